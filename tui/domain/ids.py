"""Create ids that grow with time, and convert them to client references.

The upper bits are the millisecond of the event, so the order of ids is the order of a conversation
and one index serves both. The lower bits are random: two processes never have to coordinate before
they write.
"""

import random

_RANDOM_BITS = 20
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PREFIX = "m"


def create_id(at: int, rng: random.Random) -> int:
    """Return an id for something that happened `at`; fits a signed 64-bit column until 2248.

    Args:
        at: Time of the event, ms UTC.
        rng: Source of the lower bits.
    """
    return (at << _RANDOM_BITS) | rng.getrandbits(_RANDOM_BITS)


def smallest_id_at(at: int) -> int:
    """Return the smallest possible id of something that happened `at`.

    Args:
        at: Time of the event, ms UTC.
    """
    return at << _RANDOM_BITS


def extract_time(identity: int) -> int:
    """Return when the thing with this id happened, ms UTC."""
    return identity >> _RANDOM_BITS


def to_reference(message_id: int) -> str:
    """Return a message id as a client reference: ASCII alphanumeric, at most 13 characters."""
    digits = []
    rest = message_id
    while rest:
        rest, digit = divmod(rest, 36)
        digits.append(_DIGITS[digit])
    return _PREFIX + "".join(reversed(digits))


def parse_reference(text: str | None) -> int | None:
    """Return the message id in a client reference, or None if it is not one of ours."""
    if not text or not 9 <= len(text) <= 14 or text[0].lower() != _PREFIX:
        return None
    # int() would accept signs, blanks, underscores and digits of other scripts.
    if not text.isascii() or not text.isalnum():
        return None
    identity = int(text[1:], 36)
    return identity if identity < 1 << 63 else None


def normalize_provider_id(provider_id: str) -> str:
    """Return a provider's id for comparison: providers change case and drop leading zeros."""
    # An id that is all zeros must not become empty.
    return provider_id.strip().casefold().lstrip("0") or "0"
