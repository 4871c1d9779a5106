"""The GSM 7-bit alphabet (3GPP TS 23.038): what an ordinary SMS can carry, and at what cost."""

from collections.abc import Mapping
from functools import cache

_DEFAULT_LANGUAGE = 0
_EXTENDED_SEPTETS = 2
"""Septets of a character from the extension table: the escape and the character itself."""


@cache
def map_septets() -> Mapping[str, int]:
    """Return the septets (1 or 2) that each character of the default alphabet takes."""
    from gsmcodecs.charmaps import GSMCHARMAPS

    tables = GSMCHARMAPS[_DEFAULT_LANGUAGE]
    extended = {chr(code): _EXTENDED_SEPTETS for code in tables["singleShift"]["encode"]}
    return extended | {chr(code): 1 for code in tables["locking"]["encode"]}


@cache
def _list_alphabet() -> frozenset[str]:
    """Return all characters of the alphabet, including the extension table."""
    return frozenset(map_septets())


def is_gsm(text: str) -> bool:
    """Return whether the default alphabet can encode all of `text`."""
    return _list_alphabet().issuperset(text)
