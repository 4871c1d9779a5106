"""Addresses of pictures that go with an MMS: the provider fetches them, so they must be public."""

from urllib.parse import urlsplit

_MOST = 10
_LONGEST = 2_000


class BadAddress(ValueError):
    """An address that no provider can fetch; the text says why, on one line."""


def picture_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in `text`, which blanks separate; raises `BadAddress`."""
    found = tuple(dict.fromkeys(text.split()))
    if len(found) > _MOST:
        raise BadAddress(f"At most {_MOST} pictures")
    for address in found:
        _check(address)
    return found


def _check(address: str) -> None:
    """Raise `BadAddress` unless it is http or https with a host, in plain ASCII."""
    if len(address) > _LONGEST:
        raise BadAddress(f"An address is longer than {_LONGEST} characters")
    if not address.isascii() or not address.isprintable():
        raise BadAddress("An address has only ASCII letters: write others as %..")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        raise BadAddress("Not an address: it begins with https://") from None
    if parts.scheme not in ("http", "https"):
        raise BadAddress("An address begins with https:// or http://")
    if not host or parts.username is not None:
        raise BadAddress("An address needs a host, and no user name in it")
