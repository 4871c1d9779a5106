"""Split a list into pages, where the request asks for them."""

from collections.abc import Sequence
from typing import TypeVar

from tui.sandbox.serwersms.fields import RequestFields

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
