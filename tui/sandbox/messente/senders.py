"""Check the senders and the addresses that a request may name."""

import re
from urllib.parse import urlsplit

DEFAULT_SENDER = "+37259990011"
"""The key's default sender, and the inbound number."""

INACTIVE_SENDER = "NotActive"
"""The one well-formed sender that is not activated."""

NUMBER = re.compile(r"\+?[0-9]{3,15}")
NAME = re.compile(r"(?=.*[^\W\d_])[^\x00-\x1f\x7f]{1,11}")


def is_well_formed(sender: str) -> bool:
    """Return whether it is a number, a short code or a name of at most eleven characters.

    Args:
        sender: Sender of a request, not empty.
    """
    return bool(NUMBER.fullmatch(sender) or NAME.fullmatch(sender))


def can_be_answered(sender: str) -> bool:
    """Return whether a handset can answer: not if the sender is a name.

    Args:
        sender: Sender of a request; empty for the default sender.
    """
    return not sender or bool(NUMBER.fullmatch(sender))


def is_web_address(value: str) -> bool:
    """Return whether a value is an http or https address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
