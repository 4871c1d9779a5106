"""Messages out of the inbox, ready for JSON."""

import json

from tests.store.builders import ACCOUNT, TOM, answer, conversation_with, reply, sent
from tui.clock import ManualClock
from tui.store.export import EXPORT_FIELDS, export_messages
from tui.store.store import Store


async def test_every_message_comes_out_once_in_order(store: Store, clock: ManualClock) -> None:
    for n in range(1_100):
        clock.advance(1)
        await store.ingest.store_events(ACCOUNT, [reply(f"{n}", TOM if n % 3 else "Shop")])
    exported = [row async for row in export_messages(store)]
    assert [row["text"] for row in exported] == [str(n) for n in range(1_100)]
    assert {tuple(row) for row in exported} == {EXPORT_FIELDS}


async def test_a_thread_comes_out_alone(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply("mia"), reply("tom", TOM)])
    await store.intents.queue_message(answer("hi tom", to=TOM))
    tom = await conversation_with(store, TOM)
    rows = [row async for row in export_messages(store, conversation_id=tom.id)]
    assert [(row["text"], row["direction"]) for row in rows] == [("tom", "in"), ("hi tom", "out")]
    assert {row["party"] for row in rows} == {TOM}
    assert [row["status"] for row in rows] == ["received", "queued"]


async def test_what_comes_out_is_json_with_readable_times(store: Store) -> None:
    await sent(store, "p-1", body="\x1b[31m \ud83d ok", scheduled_at=10**17)
    (row,) = [row async for row in export_messages(store)]
    assert json.loads(json.dumps(row)) == row
    assert row["at"] == row["status_at"] == "2026-03-04T08:00:00.000Z"
    assert row["scheduled_at"] == ""
    assert (row["text"], row["provider_id"]) == ("\x1b[31m \ufffd ok", "p-1")
    assert row["agent"] == "ana"
