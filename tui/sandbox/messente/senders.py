"""Who a message may be from, and the addresses that a request may name."""

import re
from urllib.parse import urlsplit

DEFAULT_SENDER = "+37259990011"
"""The key's default sender, and the inbound number."""

NOT_ACTIVE = "NotActive"
"""The one well-formed sender that is not activated."""

NUMBER = re.compile(r"\+?[0-9]{3,15}")
NAME = re.compile(r"(?=.*[^\W\d_])[^\x00-\x1f\x7f]{1,11}")


def is_well_formed(sender: str) -> bool:
    """Whether it is a number, a short code or a name of at most eleven characters."""
    return bool(NUMBER.fullmatch(sender) or NAME.fullmatch(sender))


def can_be_answered(sender: str) -> bool:
    """Whether a handset can write back: not to a name."""
    return not sender or bool(NUMBER.fullmatch(sender))


def is_web_address(value: str) -> bool:
    """Whether a value is an http or https address."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
