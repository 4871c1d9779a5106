"""Read JSON from outside within limits, and find the items in a pushed one.

A body of a few megabytes can hold a million values, which take minutes to look at. So they are
counted before any of them is built.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from tui.domain.text import repair_json
from tui.providers.webhook_forms import MOST_FIELDS, BodyRules, UnreadableBody

MOST_POLLED_VALUES: Final = 100_000
"""Values in one answer of a provider: a page of 1,000 items has fewer than 50,000."""
_SEPARATORS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)|[,:\[{]', re.DOTALL)
"""A whole string, or a character that comes before a value."""
_TOO_DEEP = re.compile(r"\s*+(?:[\[{]\s*+){1000}")
_LONGEST_NUMBER = 100
"""Digits of a number that is looked at; a longer one is a text."""

_LIKE_A_PHONE_NUMBER = range(7, 16)
"""Digits of a number that some encoders print with a point or an exponent."""
_LIKE_JSON = re.compile(r"\s*[\[{]")


def parse_json(text: str) -> Any:
    """Return parsed JSON with repaired texts; a number with a point is a text, as it was written.

    Templates without quotes make numbers of texts: "12.50" is a customer's answer.

    Args:
        text: JSON.

    Raises:
        ValueError: It is no JSON, or it is nested too deeply.
        UnreadableBody: It has too many values; a `ValueError` that has a sentence for people.
    """
    if _TOO_DEEP.match(text):
        raise ValueError("The JSON is nested too deeply")
    if has_more_values(text, MOST_FIELDS):
        raise UnreadableBody(f"The body has more than {MOST_FIELDS:,} values")
    try:
        value = json.loads(text, strict=False, parse_float=_read_fraction, parse_int=_read_integer)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply") from None
    return repair_json(value)


def has_more_values(text: str, most: int) -> bool:
    """Return whether JSON has more names and values than a number, without building them.

    Args:
        text: JSON, or what may be JSON.
        most: The number.
    """
    if sum(map(text.count, ",:[{")) <= most:
        return False
    # Texts may have any number of these characters.
    found = (match for match in _SEPARATORS.finditer(text) if match[0][0] != '"')
    return next(islice(found, most, None), None) is not None


def find_json_items(value: Any, rules: BodyRules) -> list[Any]:
    """Return the items in parsed JSON: those of an array, or else the value itself.

    An object is left out that has no field of the provider and wraps one object or array, such
    as `{"replies": [...]}`. Some senders encode an object twice, as a text.

    Args:
        value: Parsed JSON.
        rules: What the provider knows of its bodies.
    """
    if isinstance(value, str) and _LIKE_JSON.match(value):
        value = parse_json(value)
    while isinstance(value, dict) and rules.names and not _has_field(value, rules):
        inner = [child for child in value.values() if _can_be_items(child)]
        if len(inner) != 1:
            break
        value = inner[0]
    return value if isinstance(value, list) else [value]


def _has_field(value: Mapping[str, Any], rules: BodyRules) -> bool:
    """Return whether an object has a field of the provider, or one with a dotted path."""
    paths = tuple(f"{name.strip().casefold()}." for name in value)
    if any(name.startswith(paths) for name in rules.names):
        return True
    # SerwerSMS has a field `data`, and others wrap their items in one.
    return any(
        rules.knows_name(name) and (name == rules.file_list or not _can_be_items(child))
        for name, child in value.items()
    )


def _can_be_items(value: Any) -> bool:
    """Return whether a value is an object with content, or an array of objects."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict) and bool(value)


def _read_fraction(literal: str) -> str:
    """Return a number with a point or an exponent as a text, a phone number without it."""
    if len(literal) > _LONGEST_NUMBER:
        return literal
    number = Decimal(literal)
    is_short = number.is_finite() and number.adjusted() + 1 in _LIKE_A_PHONE_NUMBER
    if is_short and number == number.to_integral_value():
        return str(int(number))
    return literal


def _read_integer(literal: str) -> int | str:
    """Return an integer, or its text if it is too long for one."""
    try:
        return int(literal)
    except ValueError:
        return literal
