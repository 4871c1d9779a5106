"""Unread and waiting: what the list says of a thread follows from what was said in it."""

from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, answer, conversation_with, reply
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.message import Direction
from tui.store.messages import NEWEST

STEPS = st.lists(st.tuples(st.sampled_from(["text", "answer", "read"]), st.integers(-90, 30)))


@given(STEPS)
async def test_unread_and_waiting_follow_from_the_thread(steps: list[tuple[str, int]]) -> None:
    clock = ManualClock()
    async with temporary_store(clock) as store:
        await store.ingest.store(ACCOUNT, [reply(id="first")])
        seen = 0
        for number, (step, seconds) in enumerate(steps):
            clock.advance(10)
            if step == "text":
                at = clock.now() + seconds * 1_000
                await store.ingest.store(ACCOUNT, [reply(id=f"{number}", received_at=at)])
            elif step == "answer":
                await store.outbox.queue(answer())
            else:
                thread = await conversation_with(store)
                seen = thread.last_id
                await store.triage.read(thread.id, "ana", seen)
        thread = await conversation_with(store)
        said = await store.messages.before(thread.id, NEWEST, 500)
        answered = max((m.id for m in said if m.direction is Direction.OUT), default=0)
        texts = [m for m in said if m.direction is Direction.IN]
        assert thread.unread == sum(m.id > seen for m in texts)
        assert thread.waiting_since == min((m.at for m in texts if m.id > answered), default=None)
