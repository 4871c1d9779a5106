"""Serve reports, one report, and the deletion of scheduled messages.

See delivery reports and deleting scheduled messages in the SerwerSMS API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.clock import DAY
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import ReceiptMode
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ApiError
from tui.sandbox.serwersms.fields import USUAL_LIMIT, RequestFields, is_paged, select_page
from tui.sandbox.serwersms.message_records import Body, OutgoingMessage, normalize_phone
from tui.sandbox.serwersms.status_codes import DELETED, SAVED, STATUS_OF_FILTER

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

MAX_IDS = 500
RETENTION = 14 * DAY
TYPES = ("eco", "full", "mms", "voice")


class ReportActions:
    """The three actions for reports."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Create the actions of this account."""
        self._serwersms = serwersms

    def list_reports(self, fields: RequestFields) -> object:
        """Return the reports that match all filters, newest first; without filters the latest ones.

        Args:
            fields: Filters `id`, `unique_id`, `phone`, `status`, `type`, dates; paging.
        """
        ids = fields.read_texts("id")
        if len(ids) > MAX_IDS:
            raise ApiError(errors.INVALID_DATA)
        found = list(filter(self._build_filter(fields), self._find_candidates(ids)))
        if fields.read_choice("order", "asc", "desc") != "asc":
            found.reverse()
        has_filters = any(
            map(fields.has_value, ("id", "unique_id", "phone", "date_from", "stat_id"))
        )
        if not has_filters and not is_paged(fields):
            found = found[:USUAL_LIMIT]
        page, paging = select_page(fields, found)
        is_duplicated = self._serwersms.ledger.receipts.mode is ReceiptMode.DUPLICATED
        items = [
            self._build_report(outgoing)
            for outgoing in page
            for _ in range(2 if is_duplicated else 1)
        ]
        return {"paging": paging, "items": items}

    def show_report(self, fields: RequestFields) -> object:
        """Return one report, not wrapped in a list.

        Args:
            fields: `id` or `unique_id`.
        """
        if not (fields.has_value("id") or fields.has_value("unique_id")):
            raise ApiError(errors.REQUIRED)
        found = self._find_named(fields)
        if not found:
            raise ApiError(errors.INVALID_ID)
        return self._build_report(found[-1])

    def delete_scheduled(self, fields: RequestFields) -> object:
        """Cancel scheduled messages.

        Args:
            fields: `id` and `unique_id`, one or several of each.
        """
        requested = len(fields.read_texts("id")) + len(fields.read_texts("unique_id"))
        if not requested:
            raise ApiError(errors.REQUIRED)
        deleted = sum(
            self._serwersms.cancel_scheduled(outgoing) for outgoing in self._find_named(fields)
        )
        return {"success": deleted > 0, "correct": deleted, "failed": max(0, requested - deleted)}

    def _find_candidates(self, ids: list[str]) -> list[OutgoingMessage]:
        """Return what may be reported, oldest first: recent, not deleted, with a given id."""
        outgoing = self._serwersms.outgoing
        selected = [outgoing[i] for i in dict.fromkeys(ids) if i in outgoing]
        selected.sort(key=lambda message: (message.queued_at, message.stat_id))
        oldest = self._serwersms.sandbox.now() - RETENTION
        return [
            message
            for message in (selected if ids else outgoing.values())
            if message.starts_at >= oldest and self._visible_status(message) != DELETED
        ]

    def _find_named(self, fields: RequestFields) -> list[OutgoingMessage]:
        """Return the messages with these ids, the provider's or our own."""
        ids, own_ids = fields.read_texts("id"), set(fields.read_texts("unique_id"))
        named = self._find_candidates(ids) if ids else []
        if own_ids:
            named += [
                message for message in self._find_candidates([]) if message.unique_id in own_ids
            ]
        return named

    def _build_filter(self, fields: RequestFields) -> Callable[[OutgoingMessage], bool]:
        """Return a function that checks the filters; raise `ApiError` for an invalid filter."""
        status = STATUS_OF_FILTER.get(fields.read_choice("status", *STATUS_OF_FILTER), "")
        kind, stat_id = fields.read_choice("type", *TYPES), fields.read_positive("stat_id")
        own_ids, phones = (
            set(fields.read_texts("unique_id")),
            set(map(normalize_phone, fields.read_texts("phone"))),
        )
        is_between = build_interval(fields)

        def is_match(outgoing: OutgoingMessage) -> bool:
            """Return whether a message matches."""
            return (
                (not status or self._visible_status(outgoing) == status)
                and kind in ("", outgoing.kind)
                and stat_id in (None, outgoing.stat_id)
                and (not own_ids or outgoing.unique_id in own_ids)
                and (not phones or outgoing.phone in phones)
                and is_between(outgoing.queued_at)
            )

        return is_match

    def _visible_status(self, outgoing: OutgoingMessage) -> str:
        """Return the status that the desk may see now."""
        stage = self._serwersms.ledger.accepted[outgoing.id].stage
        if stage is Stage.CANCELLED:
            return DELETED
        return SAVED if stage is Stage.SCHEDULED else outgoing.status

    def _build_report(self, outgoing: OutgoingMessage) -> Body:
        """Return one report and confirm its receipts."""
        self._serwersms.ledger.receipts.confirm(outgoing.receipts)
        return outgoing.to_json(self._visible_status(outgoing))


def build_interval(fields: RequestFields) -> Callable[[int], bool]:
    """Return a function that checks whether a time, to the second, lies in the requested interval.

    Args:
        fields: `date_from` and `date_to`, both optional.
    """
    first, last = fields.read_time("date_from"), fields.read_time("date_to")

    def is_between(at: int) -> bool:
        """Return whether a time lies within `date_from` and `date_to`.

        Args:
            at: Time in milliseconds UTC.
        """
        # The API's times have no fraction of a second.
        second = at // 1000 * 1000
        return (first is None or second >= first) and (last is None or second <= last)

    return is_between
