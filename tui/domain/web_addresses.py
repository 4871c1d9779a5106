"""Decide whether what is sent to a web address stays on this machine or is encrypted."""

import ipaddress
from urllib.parse import urlsplit


def is_unencrypted(url: str) -> bool:
    """Return whether an address is plain HTTP to another machine, which anyone between can read.

    Args:
        url: Address, as in the settings; empty for none.
    """
    return _split_scheme(url) == "http" and not is_loopback(url)


def is_loopback(url: str) -> bool:
    """Return whether an address is on this machine: 127.0.0.0/8, ::1 or localhost.

    Other names are not looked up, as the answer could be another one when the address is used.

    Args:
        url: Address, as in the settings.
    """
    try:
        host = (urlsplit(url.strip()).hostname or "").removesuffix(".")
        if host == "localhost":
            return True
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _split_scheme(url: str) -> str:
    """Return the scheme of an address in lower case; empty if it is no address."""
    try:
        return urlsplit(url.strip()).scheme
    except ValueError:
        return ""
