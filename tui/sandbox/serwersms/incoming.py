"""Serve incoming messages (SerwerSMS API, incoming messages).

Both spellings of the action and of its date are served. Calls can also add messages to the inbox.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.sandbox.serwersms.errors import REQUIRED, ApiError
from tui.sandbox.serwersms.fields import RequestFields, is_paged, select_page
from tui.sandbox.serwersms.message_records import IncomingMessage, normalize_phone
from tui.sandbox.serwersms.reports import build_interval
from tui.sandbox.serwersms.sending import ECO

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

TYPES = ("eco", "nd", "ndi", "pre", "mms")
ACCESS_NUMBER = "4321"
"""The shared number that receives ND messages."""


class IncomingActions:
    """The actions for incoming messages."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Create the actions of this account."""
        self._serwersms = serwersms

    def build_reader(self, date_key: str) -> Callable[[RequestFields], object]:
        """Return the action whose answer has its date under a given key.

        Args:
            date_key: `recived` or `received`.
        """

        def list_incoming(fields: RequestFields) -> object:
            """Return incoming messages; with the flag `read` they are not returned again.

            Args:
                fields: Filters `type`, `phone`, `ndi`, `date_from`, `date_to`; paging; `read`.
            """
            found = list(filter(self._build_filter(fields), self._serwersms.incoming))
            if fields.read_choice("order", "asc", "desc") == "desc":
                found.reverse()
            if "no_paging" in self._serwersms.quirks:
                fields = fields.without("page")
            page, paging = select_page(fields, found)
            items = [
                item.to_json(date_key, self._serwersms.is_blocked(item.phone)) for item in page
            ]
            if fields.read_flag("read"):
                self._serwersms.mark_read(page)
            return {"paging": paging, "items": items} if is_paged(fields) else {"items": items}

        return list_incoming

    def add_nd_message(self, fields: RequestFields) -> object:
        """Add a message to the ND inbox.

        Args:
            fields: `phone` and `text`.
        """
        return self._add_message(fields, ACCESS_NUMBER)

    def add_ndi_message(self, fields: RequestFields) -> object:
        """Add a message to the inbox of an own number.

        Args:
            fields: `phone`, `text` and `ndi_number`.
        """
        return self._add_message(fields, fields.read_required("ndi_number"))

    def _add_message(self, fields: RequestFields, to: str) -> object:
        """Add a message as if `phone` had sent it."""
        phone = normalize_phone(fields.read_required("phone"))
        if phone is None:
            raise ApiError(REQUIRED)
        self._serwersms.receive_message(phone, to, fields.read_required("text"), ())
        return {"success": True}

    def _build_filter(self, fields: RequestFields) -> Callable[[IncomingMessage], bool]:
        """Return a function that checks whether a message is unread and matches the filters."""
        kind, own_number = (
            fields.read_choice("type", *TYPES),
            normalize_phone(fields.read_text("ndi")),
        )
        phones, is_between = fields.read_texts("phone"), build_interval(fields)
        known_phones = {phone for text in phones for phone in (text, normalize_phone(text))}

        def is_match(item: IncomingMessage) -> bool:
            """Return whether a message matches."""
            return (
                item.event_id not in self._serwersms.read_ids
                and kind in ("", item.kind)
                and (
                    own_number is None
                    or (item.kind == "ndi" and normalize_phone(item.to) == own_number)
                )
                and (not phones or item.phone in known_phones)
                and is_between(item.at)
            )

        return is_match


def find_kind(to: str | None, answered: str) -> str:
    """Return the type of an SMS by the number it was sent to, or by the message it answers.

    Args:
        to: Number that was written to, if known.
        answered: Id of the ECO+ message that it answers; empty for none.
    """
    if not to:
        return ECO if answered else "ndi"
    if len(to) in (4, 5) and to.isdecimal():
        return "pre" if to.startswith("7") else "nd"
    return "ndi"
