"""Incoming messages (SerwerSMS API, incoming messages): both spellings of the action and its date,
and messages put into the inbox by call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.sandbox.serwersms.errors import REQUIRED, ApiError
from tui.sandbox.serwersms.fields import Fields
from tui.sandbox.serwersms.paging import is_paged, page_of
from tui.sandbox.serwersms.records import Incoming, corrected
from tui.sandbox.serwersms.reports import interval

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

TYPES = ("eco", "nd", "ndi", "pre", "mms")
ACCESS_NUMBER = "4321"
"""The shared number to which ND messages come."""


class Inbox:
    """The incoming actions over one emulator."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Read this account's inbox."""
        self._serwersms = serwersms

    def reader(self, date_key: str) -> Callable[[Fields], object]:
        """The action whose answer has its date under that key."""

        def read(fields: Fields) -> object:
            """What came in; with `read` it is not given again."""
            found = list(filter(self._filter(fields), self._serwersms.incoming))
            if fields.word("order", "asc", "desc") == "desc":
                found.reverse()
            page, paging = page_of(fields, found)
            items = [i.as_json(date_key, self._serwersms.is_blocked(i.phone)) for i in page]
            if fields.flag("read"):
                self._serwersms.mark_read(page)
            return {"paging": paging, "items": items} if is_paged(fields) else {"items": items}

        return read

    def send_nd(self, fields: Fields) -> object:
        """Put a message into the ND inbox."""
        return self._put(fields, ACCESS_NUMBER)

    def send_ndi(self, fields: Fields) -> object:
        """Put a message into the inbox of an own number."""
        return self._put(fields, fields.required("ndi_number"))

    def _put(self, fields: Fields, to: str) -> object:
        """As if `phone` had written."""
        phone = corrected(fields.required("phone"))
        if phone is None:
            raise ApiError(REQUIRED)
        self._serwersms.receive(phone, to, fields.required("text"), ())
        return {"success": True}

    def _filter(self, fields: Fields) -> Callable[[Incoming], bool]:
        """Whether a message passes the filters and was not read."""
        kind, own = fields.word("type", *TYPES), corrected(fields.text("ndi"))
        phones, between = fields.texts("phone"), interval(fields)
        known = {phone for text in phones for phone in (text, corrected(text))}

        def fits(item: Incoming) -> bool:
            """Whether this one does."""
            return (
                item.event_id not in self._serwersms.read
                and kind in ("", item.kind)
                and (own is None or (item.kind == "ndi" and corrected(item.to) == own))
                and (not phones or item.phone in known)
                and between(item.at)
            )

        return fits
