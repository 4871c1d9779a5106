"""Ids made by the desk: whole numbers that grow with time, and their form on the wire.

The upper bits are the millisecond of the thing itself, so the order of ids is the order of a
conversation and one index serves both. The lower bits are random: two processes never ask each
other before they write.
"""

import random

_RANDOM_BITS = 20
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PREFIX = "m"


def new_id(at: int, rng: random.Random) -> int:
    """An id for something that happened `at` (ms UTC); fits a signed 64-bit column until 2248."""
    return (at << _RANDOM_BITS) | rng.getrandbits(_RANDOM_BITS)


def first_id(at: int) -> int:
    """The smallest id anything that happened `at` can have."""
    return at << _RANDOM_BITS


def time_of(identity: int) -> int:
    """When the thing with this id happened (ms UTC)."""
    return identity >> _RANDOM_BITS


def reference(message_id: int) -> str:
    """A message's id as a client reference: letters and digits only, at most 13 characters."""
    digits = []
    rest = message_id
    while rest:
        rest, digit = divmod(rest, 36)
        digits.append(_DIGITS[digit])
    return _PREFIX + "".join(reversed(digits))


def from_reference(text: str | None) -> int | None:
    """The message id in a reference that came back, or None when it is not one of ours."""
    if not text or not 9 <= len(text) <= 14 or text[0].lower() != _PREFIX:
        return None
    if not text.isascii() or not text.isalnum():
        return None
    identity = int(text[1:], 36)
    return identity if identity < 1 << 63 else None


def match_key(provider_id: str) -> str:
    """A provider's id as it is compared: providers change its case and drop leading zeros."""
    return provider_id.strip().casefold().lstrip("0") or "0"
