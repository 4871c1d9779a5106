"""Reports, one report, and deleting what is scheduled (SerwerSMS API, delivery reports; deleting
scheduled messages)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.clock import DAY
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import ReceiptMode
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ApiError
from tui.sandbox.serwersms.fields import Fields
from tui.sandbox.serwersms.paging import USUAL_LIMIT, is_paged, page_of
from tui.sandbox.serwersms.records import Body, Outgoing, corrected
from tui.sandbox.serwersms.words import DELETED, FILTERS, SAVED

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

MAX_IDS = 500
KEPT = 14 * DAY
TYPES = ("eco", "full", "mms", "voice")


class Reports:
    """The three actions over one emulator."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Report for this account."""
        self._serwersms = serwersms

    def reports(self, fields: Fields) -> object:
        """The reports that fit all filters, newest first; the latest if nothing is asked for."""
        ids = fields.texts("id")
        if len(ids) > MAX_IDS:
            raise ApiError(errors.INVALID_DATA)
        found = list(filter(self._filter(fields), self._candidates(ids)))
        if fields.word("order", "asc", "desc") != "asc":
            found.reverse()
        narrowed = any(map(fields.given, ("id", "unique_id", "phone", "date_from", "stat_id")))
        if not narrowed and not is_paged(fields):
            found = found[:USUAL_LIMIT]
        page, paging = page_of(fields, found)
        doubled = self._serwersms.ledger.receipts.mode is ReceiptMode.DUPLICATED
        items = [self._report(o) for o in page for _ in range(2 if doubled else 1)]
        return {"paging": paging, "items": items}

    def view(self, fields: Fields) -> object:
        """One report, not wrapped."""
        if not (fields.given("id") or fields.given("unique_id")):
            raise ApiError(errors.REQUIRED)
        found = self._named(fields)
        if not found:
            raise ApiError(errors.INVALID_ID)
        return self._report(found[-1])

    def delete(self, fields: Fields) -> object:
        """Cancel scheduled messages."""
        wanted = len(fields.texts("id")) + len(fields.texts("unique_id"))
        if not wanted:
            raise ApiError(errors.REQUIRED)
        deleted = sum(self._serwersms.withdraw(outgoing) for outgoing in self._named(fields))
        return {"success": deleted > 0, "correct": deleted, "failed": max(0, wanted - deleted)}

    def _candidates(self, ids: list[str]) -> list[Outgoing]:
        """What may be reported, oldest first: kept, not deleted, with one of the ids if given."""
        outgoing = self._serwersms.outgoing
        named = [outgoing[i] for i in dict.fromkeys(ids) if i in outgoing]
        named.sort(key=lambda o: (o.queued_at, o.stat_id))
        oldest = self._serwersms.sandbox.now() - KEPT
        return [
            o
            for o in (named if ids else outgoing.values())
            if o.starts_at >= oldest and self._status(o) != DELETED
        ]

    def _named(self, fields: Fields) -> list[Outgoing]:
        """The messages with these ids of the provider's or of our own."""
        ids, own = fields.texts("id"), set(fields.texts("unique_id"))
        named = self._candidates(ids) if ids else []
        if own:
            named += [o for o in self._candidates([]) if o.unique_id in own]
        return named

    def _filter(self, fields: Fields) -> Callable[[Outgoing], bool]:
        """Whether a message passes the filters; raises `ApiError` for a filter that cannot be."""
        status = FILTERS.get(fields.word("status", *FILTERS), "")
        kind, stat_id = fields.word("type", *TYPES), fields.whole("stat_id")
        own, phones = set(fields.texts("unique_id")), set(map(corrected, fields.texts("phone")))
        between = interval(fields)

        def fits(outgoing: Outgoing) -> bool:
            """Whether this one does."""
            return (
                (not status or self._status(outgoing) == status)
                and kind in ("", outgoing.kind)
                and stat_id in (None, outgoing.stat_id)
                and (not own or outgoing.unique_id in own)
                and (not phones or outgoing.phone in phones)
                and between(outgoing.queued_at)
            )

        return fits

    def _status(self, outgoing: Outgoing) -> str:
        """The word that may be handed out now."""
        stage = self._serwersms.ledger.accepted[outgoing.id].stage
        if stage is Stage.CANCELLED:
            return DELETED
        return SAVED if stage is Stage.SCHEDULED else outgoing.status

    def _report(self, outgoing: Outgoing) -> Body:
        """One report, which confirms its receipts."""
        self._serwersms.ledger.receipts.confirm(outgoing.receipts)
        return outgoing.as_json(self._status(outgoing))


def interval(fields: Fields) -> Callable[[int], bool]:
    """Whether a time, to the second, lies within `date_from` and `date_to`."""
    first, last = fields.date("date_from"), fields.date("date_to")

    def between(at: int) -> bool:
        """Whether this one does."""
        second = at // 1000 * 1000
        return (first is None or second >= first) and (last is None or second <= last)

    return between
