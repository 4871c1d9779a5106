"""Test the export of messages, ready for JSON."""

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.json_fields import MESSAGE_FIELDS, message_to_json
from tui.domain.status import Status
from tui.store.export import export_messages
from tui.store.reader import InboxReader
from tui.store.store import Store

TEXTS = st.text(max_size=20)
FINAL = st.sampled_from([Status.DELIVERED, Status.FAILED, Status.EXPIRED])


async def test_every_message_is_exported_once_in_order(store: Store, clock: ManualClock) -> None:
    for n in range(1_100):
        clock.advance(1)
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}", TOM if n % 3 else "Shop")])
    exported = [row async for row in export_messages(store)]
    assert [row["text"] for row in exported] == [str(n) for n in range(1_100)]
    assert {tuple(row) for row in exported} == {tuple(field.name for field in MESSAGE_FIELDS)}


async def test_one_conversation_is_exported(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("mia"), make_reply("tom", TOM)])
    await store.intents.queue_message(make_outgoing("hi tom", to=TOM))
    tom = await get_conversation(store, TOM)
    rows = [row async for row in export_messages(store, conversation_id=tom.id)]
    assert [(row["text"], row["direction"]) for row in rows] == [("tom", "in"), ("hi tom", "out")]
    assert {row["party"] for row in rows} == {TOM}
    assert [row["status"] for row in rows] == ["received", "queued"]


async def test_the_export_is_json_with_readable_times(store: Store) -> None:
    await store_sent(store, "p-1", body="\x1b[31m \ud83d ok", scheduled_at=10**17)
    (row,) = [row async for row in export_messages(store)]
    assert json.loads(json.dumps(row)) == row
    assert row["at"] == row["status_at"] == "2026-03-04T08:00:00.000Z"
    assert row["scheduled_at"] is None
    assert (row["text"], row["provider_id"]) == ("\x1b[31m \ufffd ok", "p-1")
    assert row["agent"] == "ana"


@settings(max_examples=20)
@given(
    party=st.sampled_from([MIA, "Shop", "12345"]),
    received=TEXTS,
    note=TEXTS,
    body=TEXTS,
    status=FINAL,
    details=st.fixed_dictionaries(
        {"word": TEXTS, "code": TEXTS, "reason": TEXTS, "price": TEXTS, "parts": st.integers(0, 9)}
    ),
)
def test_a_message_is_exported_as_messages_writes_it(
    party: str, received: str, note: str, body: str, status: Status, details: dict[str, Any]
) -> None:
    async def write_and_compare() -> None:
        """Fill an inbox, then read it as `export` and as `messages --json` do."""
        async with temporary_store() as store:
            await store.ingest.store_events(ACCOUNT, [make_reply(received, party)])
            conversation = await get_conversation(store, party)
            await store.contacts.rename_contact(conversation.id, "Mia Żak", "", "ana")
            await store_sent(store, "p-1", to=MIA, body=body)
            await store.ingest.store_events(ACCOUNT, [make_receipt(status, "p-1", **details)])
            await store.messages.add_note(conversation.id, "ana", note)
            exported = {row["id"]: row async for row in export_messages(store)}
            with InboxReader(store.location) as reader:
                for row in reader.iterate_newest(9):
                    for message in reader.list_messages(row.id, 9):
                        written = message_to_json(message, row)
                        assert exported.pop(written["id"]) == written
            assert not exported

    asyncio.run(write_and_compare())
