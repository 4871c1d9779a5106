"""Store what providers report: one page of events becomes one transaction.

This is the only way in. What cannot be used is held in the same transaction, so that it never
blocks the others and may be confirmed like them.
"""

import random
from collections.abc import Callable, Sequence

from tui.clock import Clock
from tui.domain.arrivals import Arrival, HeldItem
from tui.domain.events import Event, EventKind, OptOut, Receipt, Reply, Unreadable
from tui.domain.record_type import record
from tui.domain.reply_copies import ReplyCopy, digest_copy
from tui.domain.text import repair_text
from tui.store import opt_out_notices
from tui.store.arrival_rows import save_arrival, save_retry
from tui.store.audit import record_action
from tui.store.consent import save_consent
from tui.store.customer_addresses import parse_sender
from tui.store.engine import Engine, Transaction
from tui.store.errors import BAD_VALUE_ERRORS
from tui.store.event_rows import (
    EventRow,
    build_held_reason,
    build_polled_arrival,
    build_receipt_row,
    replace_bad_events,
)
from tui.store.events import Events
from tui.store.incoming import ConsentClassifier, IncomingTexts
from tui.store.message_lookups import list_copies, name_copy
from tui.store.page_connection import PageConnection, PendingRowError
from tui.store.page_loading import PageLoader
from tui.store.replies import ReplyWriter
from tui.store.summaries import Summaries


@record
class StoredCounts:
    """Result of storing a page."""

    new: int = 0
    known: int = 0
    unusable: int = 0
    """Number of items that are held, new or known."""


_SMALLEST_PAGE = 4
"""Events for which it is worth to read ahead."""
_MOST_LOADS = 4
"""Times that a page is read ahead again, after a rare event has changed more than its own rows."""


class _BadItemError(Exception):
    """One item of a page cannot be stored; the transaction is rolled back."""

    def __init__(self, index: int, error: Exception) -> None:
        """Create the error of the item with this index."""
        super().__init__(index)
        self.index = index
        self.error = error


class Ingest:
    """Storage of pages of events."""

    def __init__(
        self, database: Engine, clock: Clock, rng: random.Random, classify: ConsentClassifier
    ) -> None:
        """Create the storage of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            classify: Finds opt-out and opt-in keywords in customers' texts.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._classify = classify

    async def store_events(
        self,
        account: str,
        events: Sequence[Event],
        region: str = "",
        arrival: Arrival | None = None,
    ) -> StoredCounts:
        """Store a page of events in one transaction; on an error nothing is stored.

        What cannot be used is held: the whole request of a push, or each item of a polled page.

        Args:
            account: Account that the events came from.
            events: Events of the page.
            region: Country (ISO) of the account, for numbers without a country code.
            arrival: Request that the events were read from; None for a polled page.
        """

        def hold_rest(transaction: Transaction, rest: Sequence[Unreadable]) -> int:
            now, reason = self._clock.now(), build_held_reason(rest)
            if arrival is not None:
                return int(save_arrival(transaction, now, account, arrival, reason))
            return sum(
                save_arrival(
                    *(transaction, now, account, build_polled_arrival(item)),
                    build_held_reason([item]),
                )
                for item in rest
            )

        return await self._store(account, events, region, hold_rest)

    async def store_retry(
        self, item: HeldItem, events: Sequence[Event], agent: str, region: str = ""
    ) -> StoredCounts:
        """Store what was read from a held item after a fix, and take the item in.

        It stays held if something in it still cannot be used.

        Args:
            item: The held item.
            events: Events that were read from it.
            agent: Agent who asked for it.
            region: Country (ISO) of the account, for numbers without a country code.
        """

        def take_item_in(transaction: Transaction, rest: Sequence[Unreadable]) -> int:
            save_retry(transaction, self._clock.now(), item, build_held_reason(rest), agent)
            return 0

        return await self._store(item.account, events, region, take_item_in)

    async def _store(
        self,
        account: str,
        events: Sequence[Event],
        region: str,
        hold_rest: Callable[[Transaction, Sequence[Unreadable]], int],
    ) -> StoredCounts:
        """Store events, and what cannot be used by `hold_rest`, which returns how many are new."""
        bad: dict[int, Exception] = {}
        is_split = False

        def store_page(transaction: Transaction) -> StoredCounts:
            page = replace_bad_events(events, bad)
            writer = _PageWriter(
                transaction, self._clock, self._rng, self._classify, account, region
            )
            counts = writer.store_page(page, is_split=is_split)
            rest = [event for event in page if isinstance(event, Unreadable)]
            fresh = hold_rest(transaction, rest)
            transaction.refuse_moved()
            known = counts.known + max(0, len(rest) - fresh)
            return StoredCounts(counts.new + fresh, known, unusable=len(rest))

        while True:
            try:
                return await self._database.write(store_page)
            # Repeat the page with this item replaced: the database has rolled back the others.
            except _BadItemError as error:
                bad[error.index] = error.error
            # One of many rows cannot be stored: write those of each item on their own.
            except PendingRowError as error:
                if is_split:
                    raise error.error from error
                is_split = True


class _PageWriter:
    """State while one page is stored."""

    def __init__(
        self,
        transaction: Transaction,
        clock: Clock,
        rng: random.Random,
        classify: ConsentClassifier,
        account: str,
        region: str,
    ) -> None:
        """Create the writer of one page."""
        self._page = PageConnection(transaction.connection)
        # All that follows runs in the page's transaction, so that no row overtakes another one.
        transaction.connection = self._page
        self._transaction = transaction
        self._connection = transaction.connection
        self._loader = PageLoader(self._page, account, region or None)
        self._loads_left = _MOST_LOADS
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self._account = account
        self._region = region or None
        self._summaries = Summaries(transaction, rng)
        self._events = Events(transaction, self._summaries, clock)
        self._texts = IncomingTexts(transaction, self._summaries, clock, classify, account)
        self._replies = ReplyWriter(self._texts, self._events, self._region)

    def store_page(self, events: Sequence[Event], *, is_split: bool) -> StoredCounts:
        """Store what can be used of a page, all together or each item on its own.

        Args:
            events: Events of the page.
            is_split: Whether to write the rows of each item before the next one.

        Raises:
            _BadItemError: An item cannot be stored.
            PendingRowError: An item of a page that is not split cannot be stored.
        """
        new = known = 0
        if any(isinstance(event, Reply | OptOut) for event in events):
            self._texts.look_for_rules()
        for index, event in enumerate(events):
            if isinstance(event, Unreadable):
                continue
            self._read_ahead(events, index)
            try:
                fresh = self._store_event(event)
                if is_split:
                    self._page.flush()
            except PendingRowError as error:
                if is_split:
                    raise _BadItemError(index, error.error) from error
                raise
            except BAD_VALUE_ERRORS as error:
                raise _BadItemError(index, error) from error
            new += fresh
            known += not fresh
        self._finish_page()
        return StoredCounts(new, known)

    def _read_ahead(self, events: Sequence[Event], index: int) -> None:
        """Read ahead for the events from this one on, if that saves statements."""
        if self._page.is_stale and self._loads_left and len(events) - index >= _SMALLEST_PAGE:
            self._loads_left -= 1
            self._loader.load(events[index:], self._clock.now())

    def _store_event(self, event: Reply | Receipt | OptOut) -> bool:
        """Store one event; return False if it is already stored."""
        match event:
            case Reply():
                return self._replies.store_reply(event)
            case Receipt():
                return self._events.record_receipt(self._account, build_receipt_row(event))
            case OptOut():
                return self._store_opt_out(event)

    def _finish_page(self) -> None:
        """Write what waits, the summaries and the search index.

        Raises:
            PendingRowError: One of the rows cannot be stored.
        """
        try:
            with self._page.send_together():
                self._page.flush()
                self._summaries.flush()
                self._texts.write_index()
        except BAD_VALUE_ERRORS as error:  # a server may name it only at the end of the block
            raise PendingRowError(error) from error

    def _store_opt_out(self, event: OptOut) -> bool:
        """Store a provider's notice that a customer has opted out, with the customer's words.

        A notice about another customer under a known id is another notice.
        """
        raw = repair_text(event.raw)
        sender = parse_sender(repair_text(event.party), self._region)
        address = self._replies.find_customer(sender)
        digest = digest_copy(address.conversation_key, ReplyCopy(""))
        kind, event_id = EventKind.OPT_OUT, event.event_id
        known = list_copies(self._connection, self._account, kind.value, event_id)
        # Events of earlier versions have no digest.
        if any(row["digest"] == digest or row["raw"] == raw for row in known):
            return False
        row = EventRow(
            kind.value,
            name_copy(event_id, digest) if known else event_id,
            at=event.at,
            raw=raw,
            digest=digest,
        )
        if event.text.strip():
            self._replies.store_notice(opt_out_notices.to_reply(event), address, row)
            return True
        self._events.add_event(self._account, row)
        now = self._clock.now()
        self._replies.lock_other_forms(sender, row.raw)
        if self._replies.has_conversation(address):
            summary = self._replies.open_conversation(address, "", now)
            self._events.record_opt_out(summary["id"], row.raw)
            return True
        # Nothing to read would be in a conversation; whatever creates it later finds the lock.
        party = {"party": address.conversation_key}
        save_consent(self._connection, party, now, "provider", row.raw)
        record_action(self._transaction, self._rng, self._clock, "", "opted out", detail=row.raw)
        return True
