"""Parse the values of options, with errors that show a correct value."""

import argparse


def parse_count(text: str) -> int:
    """Parse a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return int(text)


def parse_port(text: str) -> int:
    """Parse a port number; 0 stands for any free port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port, 0 to 65535")
    return int(text)


def parse_listen_address(text: str) -> tuple[str, int]:
    """Parse HOST:PORT; the host of an IPv6 address stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host.strip("[]"):
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT, like 127.0.0.1:8080")
    return host.strip("[]"), parse_port(port)


def parse_url(text: str) -> str:
    """Parse an http address and remove the slash at its end."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text} is not an address like http://127.0.0.1:8080")
    return text.rstrip("/")


def parse_moment(text: str) -> int:
    """Parse ISO 8601 into ms UTC; a time without an offset is local time."""
    from datetime import datetime

    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        line = f"{text} is not a time like 2026-03-04T14:30 or 2026-03-04T14:30+01:00"
        raise argparse.ArgumentTypeError(line) from None
