"""Pages of a list, where the request asks for them."""

from collections.abc import Sequence
from typing import TypeVar

from tui.sandbox.serwersms.fields import Fields

Item = TypeVar("Item")

USUAL_LIMIT = 100


def page_of(fields: Fields, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, int]]:
    """The wanted page and the answer's `paging`; everything if no page is asked for."""
    page, limit = fields.whole("page") or 1, fields.whole("limit")
    if limit is None:
        limit = USUAL_LIMIT if fields.given("page") else max(1, len(items))
    count = max(1, -(-len(items) // limit))
    return items[(page - 1) * limit : page * limit], {"page": page, "count": count}


def is_paged(fields: Fields) -> bool:
    """Whether the request asks for a page."""
    return fields.given("page") or fields.given("limit")
