"""Group phone numbers like others that were grouped before.

The library that knows the groups of every country takes a quarter of the time to the first picture
to import. A shape is how the numbers with the same first digits and the same length are grouped:
"+# ###-###-####" for "+12025550144". It says nothing about a customer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_FIRST_CHARACTERS = 6
"""Characters of a number that decide about its groups: the "+" and five digits."""
_MAX_SHAPES = 500
_DIGIT = "#"

seen_shapes: dict[str, str] = {}
"""Shapes of the numbers that were grouped so far, by first digits and length."""
_used_shapes: Mapping[str, str] = {}


@contextmanager
def use_shapes(shapes: Mapping[str, str]) -> Iterator[None]:
    """Group numbers by these shapes during the block.

    Args:
        shapes: Shapes by first digits and length, as in `seen_shapes`.
    """
    global _used_shapes
    _used_shapes = shapes
    try:
        yield
    finally:
        _used_shapes = {}


def apply_shape(e164: str) -> str:
    """Return a number grouped by the shapes in use, or "" if none of them is for it."""
    shape = _used_shapes.get(_make_key(e164), "") if _used_shapes else ""
    digits = e164.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal() or shape.count(_DIGIT) != len(digits):
        return ""
    rest = iter(digits)
    return "".join(next(rest) if character == _DIGIT else character for character in shape)


def remember_shape(e164: str, grouped: str) -> None:
    """Remember how a number was grouped, unless some of its digits were changed.

    Args:
        e164: Number with "+" and country code.
        grouped: The same number in groups.
    """
    digits = "".join(filter(str.isdecimal, grouped))
    if digits == e164.removeprefix("+") and len(seen_shapes) < _MAX_SHAPES:
        shape = "".join(_DIGIT if one.isdecimal() else one for one in grouped)
        seen_shapes[_make_key(e164)] = shape


def _make_key(e164: str) -> str:
    """Return the first digits of a number and its length."""
    return f"{e164[:_FIRST_CHARACTERS]} {len(e164)}"
