"""Test that unread and waiting in the list follow from the messages of a conversation."""

from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.message import Direction
from tui.store.messages import NEWEST

OFTEN = ["text", "text", "answer", "read", "stop", "stop by agent", "start by agent"]
STEPS_WITH_CONSENT = st.lists(st.sampled_from(OFTEN), max_size=12)
STEPS = st.lists(st.tuples(st.sampled_from(["text", "answer", "read"]), st.integers(-90, 30)))


@given(STEPS)
async def test_unread_and_waiting_follow_from_the_messages(steps: list[tuple[str, int]]) -> None:
    clock = ManualClock()
    async with temporary_store(clock) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply(id="first")])
        seen = 0
        for number, (step, seconds) in enumerate(steps):
            clock.advance(10)
            if step == "text":
                at = clock.now() + seconds * 1_000
                await store.ingest.store_events(
                    ACCOUNT, [make_reply(id=f"{number}", received_at=at)]
                )
            elif step == "answer":
                await store.intents.queue_message(make_outgoing())
            else:
                thread = await get_conversation(store)
                seen = thread.last_arrival
                await store.conversations.set_read_marker(thread.id, "ana", thread.last_id)
        thread = await get_conversation(store)
        messages = await store.messages.list_before(thread.id, NEWEST, 500)
        answered = max((m.id for m in messages if m.direction is Direction.OUT), default=0)
        texts = [m for m in messages if m.direction is Direction.IN]
        assert thread.unread == sum(m.arrival_id > seen for m in texts)
        unanswered = [m.at for m in texts if m.arrival_id > answered]
        assert thread.waiting_since == min(unanswered, default=None)
        assert [m.id for m in messages] == sorted(m.id for m in messages)
        times = [m.at for m in messages]
        assert times == sorted(times)
        await check_counters_and_summaries(store)


@given(STEPS_WITH_CONSENT)
async def test_a_customer_waits_only_outside_an_opt_out(steps: list[str]) -> None:
    clock = ManualClock()
    async with temporary_store(clock) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply()])
        asked, out, unread = [clock.now()], False, 1
        for step in steps:
            clock.advance(10)
            thread = await get_conversation(store)
            if step in ("text", "stop"):
                stop = step == "stop"
                await store.ingest.store_events(ACCOUNT, [make_reply(opted_out=stop)])
                out, unread = out or stop, unread + 1
                asked += [] if stop else [clock.now()]
            elif step == "answer" and not out:
                await store.intents.queue_message(make_outgoing())
                asked = []
            elif step == "read":
                await store.conversations.set_read_marker(thread.id, "ana", thread.last_id)
                unread = 0
            elif step.endswith("agent"):
                out = step.startswith("stop")
                await store.consent.record_decision(
                    thread.id, "ana", opted_out=out, evidence="said so"
                )
            await check_counters_and_summaries(store)
        thread = await get_conversation(store)
        waits = bool(asked) and not out
        assert thread.waiting_since == (asked[0] if waits else None)
        assert (thread.unread, thread.opted_out) == (unread, out)
        assert (await store.conversations.get_counts()).waiting == int(waits)
        assert await store.conversations.find_next_waiting(None) == (thread if waits else None)
        assert await store.agents.count_remaining("ana") == int(waits)
