"""Read ahead what the events of a page may ask for, with a few statements for all of them.

Only ordinary values are looked up. What no statement may contain is met again, alone, when its
event is stored, and is reported there.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui.domain.events import (
    Event,
    EventKind,
    OptOut,
    Receipt,
    Reply,
    Unreadable,
    sanitize_time,
)
from tui.domain.ids import normalize_provider_id, parse_reference, smallest_id_at
from tui.domain.national_numbers import get_ending, list_national_keys
from tui.domain.phone import Address
from tui.domain.text import repair_text
from tui.store.conversation_lookups import drop_given, may_be_opted_out_nationally
from tui.store.customer_addresses import parse_sender
from tui.store.errors import BAD_VALUE_ERRORS
from tui.store.message_lookups import is_sent_by, name_copy_range, select_copies
from tui.store.page_connection import PageConnection
from tui.store.queries import queries
from tui.store.rows import Row, to_dict

_KINDS: dict[type[Event], str] = {
    Reply: EventKind.REPLY.value,
    Receipt: EventKind.RECEIPT.value,
    OptOut: EventKind.OPT_OUT.value,
}


@dataclass(slots=True)
class _Keys:
    """What the events of a page name."""

    senders: dict[str, bool] = field(default_factory=dict)
    """Keys of customers, and whether the key is a number with its country."""
    endings: set[str] = field(default_factory=set)
    texts: list[tuple[str, int]] = field(default_factory=list)
    """Key of the customer and time (ms UTC) of every text."""
    receipts: list[tuple[int | None, str]] = field(default_factory=list)
    """Message id by our reference, and the provider's id, of every receipt."""


class PageLoader:
    """Reading ahead for one page."""

    def __init__(self, page: PageConnection, account: str, region: str | None) -> None:
        """Create the loader of one page.

        Args:
            page: Connection of the page.
            account: Account that the events came from.
            region: Country (ISO) of numbers without a country code.
        """
        self._page = page
        self._cache = page.cache
        self._account = account
        self._region = region
        self._sql = queries("pages")

    def load(self, events: Sequence[Event], now: int) -> None:
        """Read ahead what these events may ask for.

        Args:
            events: Events that are still to be stored.
            now: Current time in ms UTC.
        """
        self._load_events(events)
        keys = _Keys()
        for event in events:
            try:
                self._collect_keys(keys, event, now)
            except BAD_VALUE_ERRORS:
                continue
        if keys.senders:
            self._load_customers(keys)
            self._load_ids({at for _key, at in keys.texts} | {now})
            self._load_places(keys.texts)
        if keys.receipts:
            self._load_sent(keys.receipts)
        self._page.is_stale = False

    def _collect_keys(self, keys: _Keys, event: Event, now: int) -> None:
        """Add what an event names, unless its id is known: most of these are repetitions."""
        match event:
            case Receipt():
                if self._cache.receipts.get(event.event_id):
                    return
                reference = parse_reference(event.reference)
                provider_id = event.provider_id if _is_ordinary(event.provider_id) else ""
                keys.receipts.append((reference, provider_id))
            case Reply() | OptOut():
                if self._cache.copies.get((_KINDS[type(event)], event.event_id)):
                    return
                raw = parse_sender(repair_text(event.party), None)
                address = parse_sender(repair_text(event.party), self._region)
                for form in (address, raw):
                    _add_sender(keys, form)
                if not (address.e164 and self._region):
                    keys.endings.add(get_ending(address.raw))
                at = event.received_at if isinstance(event, Reply) else event.at
                keys.texts.append((address.conversation_key, sanitize_time(at, now)))

    # Events -------------------------------------------------------------------------------

    def _load_events(self, events: Sequence[Event]) -> None:
        """Load the stored events with the same ids."""
        ids: dict[str, set[str]] = {}
        for event in events:
            if not isinstance(event, Unreadable) and _is_ordinary(event.event_id):
                ids.setdefault(_KINDS[type(event)], set()).add(event.event_id)
        for kind, those in ids.items():
            if kind == EventKind.RECEIPT:
                self._load_receipts(those)
            else:
                self._load_copies(kind, those)

    def _load_receipts(self, ids: set[str]) -> None:
        """Load which receipts are stored."""
        found = self._select("stored_receipts", sorted(ids), account=self._account)
        stored = {row["event_id"] for row in found}
        self._cache.receipts.update({one: one in stored for one in ids})

    def _load_copies(self, kind: str, ids: set[str]) -> None:
        """Load the stored events with the same ids."""
        keys = [(one, name_copy_range(one)[1]) for one in sorted(ids)]
        by_id: dict[str, list[Row]] = {one: [] for one in ids}
        for row in self._select("copies", keys, account=self._account, kind=kind):
            by_id[row["given"]].append(row)
        for one, found in by_id.items():
            self._cache.copies[kind, one] = select_copies(one, found)
            self._cache.copied.update(row["message_id"] for row in found)

    # Conversations ------------------------------------------------------------------------

    def _load_customers(self, keys: _Keys) -> None:
        """Load conversations, contacts and decisions of the customers."""
        cache = self._cache
        if endings := sorted(keys.endings - {""}):
            cache.endings.update({ending: [] for ending in endings})
            for row in self._select("endings", endings):
                cache.endings[row["given"]].append((row["last_at"], row["party"]))
                keys.senders.setdefault(row["party"], False)
        parties = list(keys.senders)
        cache.parties.update(dict.fromkeys(parties))
        for row in self._select("parties", parties):
            cache.parties[row["given"]] = conversation = drop_given(row)
            cache.conversations[conversation["id"]] = conversation
        decided = list(parties)
        for party in parties:
            is_new = keys.senders[party] and cache.parties[party] is None
            if is_new and may_be_opted_out_nationally(self._page, party):
                decided += list_national_keys(party)
        cache.consent.update(dict.fromkeys(decided))
        cache.consent.update(
            {row["party"]: to_dict(row) for row in self._select("consent", decided)}
        )
        cache.contacts.update(dict.fromkeys(parties))
        cache.contacts.update(
            {row["party"]: row["name"] for row in self._select("contacts", parties)}
        )

    # Messages -----------------------------------------------------------------------------

    def _load_ids(self, times: set[int]) -> None:
        """Load all ids of these times: a new one must differ."""
        first_ids = [smallest_id_at(at) for at in sorted(times)]
        for row in self._select("ids_of_times", first_ids):
            is_message = row["kind"] == "message"
            known = self._cache.message_ids if is_message else self._cache.conversation_ids
            known.add(row["id"])
        self._cache.times |= times

    def _load_places(self, texts: list[tuple[str, int]]) -> None:
        """Load what decides about the place of a text in a conversation that exists."""
        known, late = set(), set()
        for party, at in texts:
            if (conversation := self._cache.parties.get(party)) is not None:
                known.add(conversation["id"])
                first_id = smallest_id_at(at)
                if conversation["last_id"] >= first_id:
                    late.add((conversation["id"], first_id))
        if known:
            self._cache.waits_for_silence.update(dict.fromkeys(known, False))
            for row in self._select("until_reply", sorted(known)):
                self._cache.waits_for_silence[row["conversation_id"]] = True
            for row in self._select("newest_texts", sorted(known)):
                self._cache.newest_texts[row["conversation_id"]] = row["newest"]
        if late:
            for row in self._select("places", sorted(late)):
                place = (row["conversation_id"], row["first_id"])
                self._cache.places[place] = row["newest"]

    def _load_sent(self, receipts: list[tuple[int | None, str]]) -> None:
        """Load the messages that receipts are about, and their conversations."""
        messages = self._cache.outgoing
        if ids := sorted({reference for reference, _id in receipts if reference is not None}):
            messages.update(dict.fromkeys(ids))
            for row in self._select("outgoing", ids):
                if is_sent_by(row, self._account):
                    messages[row["id"]] = to_dict(row)
        names = {
            normalize_provider_id(provider_id)
            for reference, provider_id in receipts
            if provider_id and (reference is None or messages[reference] is None)
        }
        if names:
            self._cache.sent.update({name: [] for name in names})
            for row in self._select("sent", sorted(names), account=self._account):
                message = messages.get(row["id"]) or drop_given(row)
                messages[row["id"]] = message
                self._cache.sent[row["given"]].append(message)
        self._cache.concerned.update(one["conversation_id"] for one in messages.values() if one)

    def _select(self, name: str, values: Sequence[Any], **others: Any) -> Iterator[Row]:
        """Yield the rows of a query for a list of values."""
        yield from getattr(self._sql, name)(self._page, keys=json.dumps(values), **others)


def _add_sender(keys: _Keys, address: Address) -> None:
    """Add the key of a customer."""
    if _is_ordinary(address.conversation_key):
        keys.senders[address.conversation_key] = address.e164 is not None


def _is_ordinary(value: object) -> bool:
    """Return whether a value is a text that every statement may contain."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
