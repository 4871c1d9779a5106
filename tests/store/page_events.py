"""Make up an inbox and pages of events in which everything happens that providers do."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_receipt
from tui.clock import HOUR, MINUTE
from tui.domain.events import Event, OptOut, Reply, Unreadable
from tui.domain.ids import to_reference
from tui.domain.message import Attachment
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.store import Store

SUE, OWN = "+447700900100", "+61491570157"
PARTIES = (
    *(MIA, "0491570006", "61491570006", "491 570 006"),
    *(TOM, "0491570156", SUE, "07700900100", "+5491123456789", "+541123456789", "01123456789"),
    *("BANK", "19991", "+61491570110", "0491570110"),
)
"""Forms of few customers: with and without the country, names, short codes."""
TEXTS = (
    *("Hello", "Hello & more", "Hell? & more", "caf\u00e9", "cafÃ©", "", "?"),
    *("STOP", "stop", "START", "please take me off your list", "Where is it?", "x" * 20_010),
)
FILES = (
    (),
    (Attachment("cat.jpg", "image/jpeg", b"\xff\xd8"),),
    (Attachment("cat.jpg", "image/jpeg", b""),),
    (Attachment("cat.jpg", "image/jpeg", b"\xff\xd8"), Attachment("a\0", "text/plain", b"a")),
)


class _Unstorable:
    """Value that no column can store, with the same name in every process."""

    def __repr__(self) -> str:
        return "<unstorable>"


WRONG: Any = _Unstorable()
BAD_FIELDS: tuple[tuple[str, Any], ...] = (
    *(("party", None), ("text", 5), ("own", [OWN]), ("event_id", 17), ("event_id", "\ud83d")),
    *(("received_at", "soon"), ("raw", None), ("attachments", (WRONG,)), ("subject", WRONG)),
    ("attachments", (Attachment("b", "image/png", WRONG),)),
)
BAD_RECEIPT_FIELDS: tuple[tuple[str, Any], ...] = (
    *(("status", "bogus"), ("code", None), ("parts", 10**30), ("price", {}), ("at", "soon")),
    *(("provider_id", 7), ("event_id", "\ud83d"), ("raw", WRONG), ("price", "\ud83d")),
)


class FixedBits(random.Random):
    """Random numbers that are all the same, so that every new id collides with the others."""

    def getrandbits(self, k: int, /) -> int:
        """Return no random bits."""
        return 0


async def fill_inbox(store: Store) -> list[str]:
    """Store conversations and messages; return the references of the messages."""
    page = [Reply(f"old-{party}", party, "Hi", None, "{}") for party in (MIA, TOM, "0491570110")]
    await store.ingest.store_events(ACCOUNT, page)
    references = []
    for number, party in enumerate((MIA, TOM, SUE, MIA, TOM)):
        queued = await store.intents.queue_message(make_outgoing(to=party))
        await store.outbox.claim_due_messages("a", ACCOUNT, 100)
        status = Status.UNCERTAIN if number == 2 else Status.ACCEPTED
        provider_id = "" if number == 2 else f"p-{number}"
        await store.outbox.settle_message(queued.id, SendRecord(status, provider_id))
        references.append(to_reference(queued.id))
    for party in (TOM, SUE):
        outgoing = make_outgoing(to=party, cancel_on_reply=True, hold_until=10**14)
        references.append(to_reference((await store.intents.queue_message(outgoing)).id))
    tom, other = await get_conversation(store, TOM), await get_conversation(store, SUE)
    await store.triage.close_conversations([tom.id], "ana")
    await store.merges.merge_conversations(tom.id, other.id, "ana")
    await store.ingest.store_events(ACCOUNT, [OptOut("old", "01123456789", None, "{}")])
    return references


def make_page(rng: random.Random, references: list[str], now: int, size: int) -> list[Event]:
    """Return a page of events.

    Args:
        rng: Source of all choices.
        references: References of messages that were sent.
        now: Current time in ms UTC.
        size: Number of events.
    """
    makers: tuple[Callable[[], Event], ...] = (
        lambda: _make_reply(rng, now),
        lambda: _make_receipt(rng, references, now),
        lambda: _make_opt_out(rng, now),
        lambda: _make_bad(rng, references, now),
    )
    weights = rng.choice([(6, 4, 1, 0), (6, 1, 2, 1), (1, 0, 0, 0), (0, 1, 0, 0)])
    events: list[Event] = []
    for _ in range(size):
        if events and rng.random() < 0.1:
            events.append(rng.choice(events))
        else:
            events.append(rng.choices(makers, weights)[0]())
    return events


def _choose_time(rng: random.Random, now: int) -> int | None:
    """Return a time that a provider gives."""
    late = (0, 1, 2, MINUTE, HOUR, -MINUTE, -HOUR, 10**13)
    return rng.choice([None, now - rng.choice(late)])


def _make_reply(rng: random.Random, now: int) -> Reply:
    """Return a text of a customer; few ids, so that many are used again."""
    return Reply(
        event_id=f"{rng.choice(('e', 'e', 'E', 'e0#'))}{rng.randrange(12)}",
        party=rng.choice(PARTIES),
        text=rng.choice(TEXTS),
        received_at=_choose_time(rng, now),
        raw='{"raw": "\\ud83d\ud83d"}',
        own=rng.choice(("", OWN, OWN, "0491570157")),
        attachments=rng.choice(FILES) if rng.random() < 0.3 else (),
        subject=rng.choice(("", "", "My cat")),
        opted_out=rng.random() < 0.1,
        party_name=rng.choice(("", "", "Anna", "Mia\nB.")),
    )


def _make_receipt(rng: random.Random, references: list[str], now: int) -> Event:
    """Return a receipt of a message that is known, or not yet."""
    provider_id = rng.choice(("p-0", "p-1", "P-1", "0p-3", "p-4", "new-1", "new-2", ""))
    return make_receipt(
        rng.choice((*Status, None)),
        provider_id,
        id=f"r{rng.randrange(20)}",
        at=_choose_time(rng, now),
        reference=rng.choice((*references, "", "", "", "", "mzzzzzzzzz")),
        code=rng.choice(("", "21610")),
        reason=rng.choice(("", "no such number")),
        parts=rng.randrange(3),
        price=rng.choice(("", "0.05 EUR")),
        opted_out=rng.random() < 0.1,
    )


def _make_opt_out(rng: random.Random, now: int) -> OptOut:
    """Return a provider's notice, with the customer's words or without."""
    return OptOut(
        event_id=f"o{rng.randrange(8)}",
        party=rng.choice(PARTIES),
        at=_choose_time(rng, now),
        raw=rng.choice(('{"opted": "out"}', "{}")),
        text=rng.choice(("", "", "STOP", "Hello")),
        own=rng.choice(("", OWN)),
    )


def _make_bad(rng: random.Random, references: list[str], now: int) -> Event:
    """Return an item that cannot be stored."""
    kind = rng.randrange(3)
    if kind == 0:
        return Unreadable(f"u{rng.randrange(4)}", "Not JSON", "{")
    if kind == 1:
        name, value = rng.choice(BAD_FIELDS)
        return replace(_make_reply(rng, now), **{name: value})
    name, value = rng.choice(BAD_RECEIPT_FIELDS)
    return replace(_make_receipt(rng, references, now), **{name: value})
