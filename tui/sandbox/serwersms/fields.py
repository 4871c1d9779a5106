"""Read a request: JSON or form, a text or an array for every field, empty as missing.

See general communications in the SerwerSMS API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from starlette.requests import Request

from tui.domain.record_type import record
from tui.sandbox.serwersms.errors import INVALID_DATA, REQUIRED, ApiError
from tui.sandbox.serwersms.message_records import parse_local
from tui.sandbox.wire import nest_pairs, parse_text_pairs

TRUE_VALUES = (True, 1, "true", "1")
FALSE_VALUES = (False, 0, "false", "0")


@record
class RequestFields:
    """The fields of one request."""

    values: Mapping[str, object]

    def has_value(self, name: str) -> bool:
        """Return whether a field has a value: not null, no empty text and no empty list."""
        return self.values.get(name) not in (None, "", [])

    def without(self, name: str) -> RequestFields:
        """Return the fields of a request that does not have this one."""
        return RequestFields({key: value for key, value in self.values.items() if key != name})

    def read_text(self, name: str) -> str:
        """Return a text, empty if missing; a number counts as its digits.

        Args:
            name: Name of the field.
        """
        value = self.values.get(name)
        return "" if value is None else _to_text(value)

    def read_required(self, name: str) -> str:
        """Return a text that must be there; raise `ApiError` 2000."""
        if not self.has_value(name):
            raise ApiError(REQUIRED)
        return self.read_text(name)

    def read_texts(self, name: str) -> list[str]:
        """Return a text or an array of texts as a list; empty if missing.

        Args:
            name: Name of the field.
        """
        value = self.values.get(name)
        if not self.has_value(name):
            return []
        return [_to_text(item) for item in value] if isinstance(value, list) else [_to_text(value)]

    def read_flag(self, name: str) -> bool:
        """Return a boolean, also from its text form; false if missing."""
        value = self.values.get(name)
        if not self.has_value(name) or value in FALSE_VALUES:
            return False
        if value not in TRUE_VALUES:
            raise ApiError(INVALID_DATA)
        return True

    def read_positive(self, name: str) -> int | None:
        """Return a whole number above 0, or None if missing."""
        if not self.has_value(name):
            return None
        digits = self.read_text(name)
        # 18 digits fit into 64 bits; `isdecimal` alone would accept digits of other scripts.
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18 or int(digits) == 0:
            raise ApiError(INVALID_DATA)
        return int(digits)

    def read_time(self, name: str) -> int | None:
        """Return a local date and time, in milliseconds UTC."""
        try:
            return parse_local(self.read_text(name)) if self.has_value(name) else None
        except ValueError:
            raise ApiError(INVALID_DATA) from None

    def read_choice(self, name: str, *choices: str) -> str:
        """Return one of the choices, empty if missing.

        Args:
            name: Name of the field.
            choices: Allowed values.
        """
        value = self.read_text(name)
        if value and value not in choices:
            raise ApiError(INVALID_DATA)
        return value


def _to_text(value: object) -> str:
    """Return a text or a number as text; raise `ApiError` 1006 for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ApiError(INVALID_DATA)


async def read_fields(request: Request) -> RequestFields:
    """Return the fields of a JSON or form body; raise `ApiError` 1006."""
    body = await request.body()
    if "json" not in request.headers.get("content-type", "") and body.lstrip()[:1] != b"{":
        return RequestFields(nest_pairs(parse_text_pairs(body)))
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(INVALID_DATA) from None
    # PHP clients encode an empty array of parameters as `[]`.
    if isinstance(parsed, list) and not parsed:
        parsed = {}
    if not isinstance(parsed, dict):
        raise ApiError(INVALID_DATA)
    return RequestFields(parsed)


Item = TypeVar("Item")

USUAL_LIMIT = 100


def select_page(
    fields: RequestFields, items: Sequence[Item]
) -> tuple[Sequence[Item], dict[str, int]]:
    """Return the requested page and the answer's `paging`; everything if no page is requested.

    Args:
        fields: Fields of the request.
        items: The whole list.
    """
    page, limit = fields.read_positive("page") or 1, fields.read_positive("limit")
    if limit is None:
        limit = USUAL_LIMIT if fields.has_value("page") else max(1, len(items))
    count = max(1, -(-len(items) // limit))
    return items[(page - 1) * limit : page * limit], {"page": page, "count": count}


def is_paged(fields: RequestFields) -> bool:
    """Return whether the request asks for a page."""
    return fields.has_value("page") or fields.has_value("limit")


SEPARATOR = "]|["


def parse_personalized(messages: object) -> list[tuple[str, str]]:
    """Return phone and text of each message, from an array or a packed text.

    Args:
        messages: Objects with `phone` and `text`, or `phone:text` joined by `SEPARATOR`.

    Raises:
        ApiError: 1006 for anything else.
    """
    if isinstance(messages, str):
        entries = [entry.partition(":") for entry in messages.split(SEPARATOR)]
        if not all(colon for _, colon, _ in entries):
            raise ApiError(INVALID_DATA)
        return [(phone, text) for phone, _, text in entries]
    items = messages if isinstance(messages, list) else [messages]
    objects = [RequestFields(item) for item in items if isinstance(item, dict)]
    if len(objects) < len(items):
        raise ApiError(INVALID_DATA)
    return [(item.read_text("phone"), item.read_text("text")) for item in objects]
