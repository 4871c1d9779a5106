"""The GSM 7-bit alphabet (3GPP TS 23.038): what an ordinary SMS can carry, and at what cost."""

from collections.abc import Mapping
from functools import cache

_DEFAULT_LANGUAGE = 0
_ESCAPED = 2
"""Septets of a character from the extension table: the escape and the character itself."""


@cache
def septets() -> Mapping[str, int]:
    """Return the septets (1 or 2) that each character of the default alphabet takes."""
    from gsmcodecs.charmaps import GSMCHARMAPS

    tables = GSMCHARMAPS[_DEFAULT_LANGUAGE]
    extended = {chr(code): _ESCAPED for code in tables["singleShift"]["encode"]}
    return extended | {chr(code): 1 for code in tables["locking"]["encode"]}


@cache
def _alphabet() -> frozenset[str]:
    """Return all characters of the alphabet, extension table included."""
    return frozenset(septets())


def is_gsm(text: str) -> bool:
    """Tell whether the default alphabet can carry the whole of `text`."""
    return _alphabet().issuperset(text)
