"""Reading a request: JSON or form, text or array everywhere, empty as missing (SerwerSMS API,
general communications)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from tui.sandbox.forms import nested, text_pairs
from tui.sandbox.serwersms.errors import INVALID_DATA, REQUIRED, ApiError
from tui.sandbox.serwersms.times import parse_local

TRUE_WORDS = (True, 1, "true", "1")
FALSE_WORDS = (False, 0, "false", "0")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one request."""

    values: Mapping[str, object]

    def given(self, name: str) -> bool:
        """Whether a field is there; null, an empty text and an empty list are not."""
        return self.values.get(name) not in (None, "", [])

    def text(self, name: str) -> str:
        """A text, empty if missing; a number counts as its digits."""
        value = self.values.get(name)
        return "" if value is None else _as_text(value)

    def required(self, name: str) -> str:
        """A text that must be there; raises `ApiError` 2000."""
        if not self.given(name):
            raise ApiError(REQUIRED)
        return self.text(name)

    def texts(self, name: str) -> list[str]:
        """A text or an array of texts; empty if missing."""
        value = self.values.get(name)
        if not self.given(name):
            return []
        return [_as_text(item) for item in value] if isinstance(value, list) else [_as_text(value)]

    def flag(self, name: str) -> bool:
        """A boolean or its word; false if missing."""
        value = self.values.get(name)
        if not self.given(name) or value in FALSE_WORDS:
            return False
        if value not in TRUE_WORDS:
            raise ApiError(INVALID_DATA)
        return True

    def whole(self, name: str) -> int | None:
        """A whole number above 0."""
        if not self.given(name):
            return None
        digits = self.text(name)
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18 or int(digits) == 0:
            raise ApiError(INVALID_DATA)
        return int(digits)

    def date(self, name: str) -> int | None:
        """A local date and time, in milliseconds UTC."""
        try:
            return parse_local(self.text(name)) if self.given(name) else None
        except ValueError:
            raise ApiError(INVALID_DATA) from None

    def word(self, name: str, *words: str) -> str:
        """One of some words, empty if missing."""
        value = self.text(name)
        if value and value not in words:
            raise ApiError(INVALID_DATA)
        return value


def _as_text(value: object) -> str:
    """A text or a number as text; raises `ApiError` 1006 for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ApiError(INVALID_DATA)


async def fields_of(request: Request) -> Fields:
    """JSON if it is that, else a form; raises `ApiError` 1006."""
    body = await request.body()
    if "json" not in request.headers.get("content-type", "") and body.lstrip()[:1] != b"{":
        return Fields(nested(text_pairs(body)))
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(INVALID_DATA) from None
    if isinstance(parsed, list) and not parsed:
        parsed = {}
    if not isinstance(parsed, dict):
        raise ApiError(INVALID_DATA)
    return Fields(parsed)
