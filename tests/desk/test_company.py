"""An agent among colleagues: where she is said, and what she leaves behind: nothing."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA, TOM, conversation_with, reply
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.company import Company, company_words
from tui.store.desk import Colleague
from tui.store.pens import KEPT_MS
from tui.store.store import Store


async def two_threads(store: Store) -> tuple[int, int]:
    """Two conversations."""
    await store.ingest.store("au", [reply(party=MIA), reply(party=TOM)])
    return (await conversation_with(store, MIA)).id, (await conversation_with(store, TOM)).id


def company(store: Store, agent: str, clock: ManualClock) -> Company:
    """An agent whose screen nobody draws."""
    return Company(store, agent, clock, lambda: None)


@pytest.mark.parametrize(
    ("colleagues", "words"),
    [
        ((), ""),
        ((Colleague("bo", False),), "bo is here"),
        ((Colleague("bo", True),), "bo is typing"),
        ((Colleague("bo", False), Colleague("mia", True)), "mia is typing"),
        ((Colleague("bo", False), Colleague("mia", False)), "bo and mia are here"),
        (tuple(Colleague(name, False) for name in "abc"), "a and 2 others are here"),
        ((Colleague("b\x1b[2Jo", False),), "b␛[2Jo is here"),
    ],
)
def test_colleagues_are_named_in_words(colleagues: tuple[Colleague, ...], words: str) -> None:
    assert company_words(colleagues) == words


async def test_a_pen_is_given_back_when_another_conversation_is_opened(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    first, second = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.at(first)
    assert await mia.take_pen() == ""
    mia.at(second)
    assert await mia.take_pen() == ""

    async def free() -> bool:
        return await other.pens.holder(first) == ""

    await wait_until(free)
    assert await other.pens.holder(second) == "mia"
    await mia.leave()
    assert await other.pens.holder(second) == ""
    assert await other.presence.others(second) == []


async def test_a_pen_is_kept_as_long_as_the_agent_writes(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.at(thread)
    await mia.take_pen()
    for _ in range(4):
        clock.advance(KEPT_MS / 2_000)
        mia.beat()
        assert mia._telling is not None
        await mia._telling
    assert await other.pens.holder(thread) == "mia"
    await mia.leave()


async def test_who_pressed_no_key_for_long_is_not_typing(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.at(thread)
    mia.typed()

    async def typing() -> list[Colleague]:
        return [c for c in await other.presence.others(thread) if c.typing]

    await wait_until(typing)
    clock.advance(11)
    mia.beat()

    async def idle() -> bool:
        return await other.presence.others(thread) == [Colleague("mia", False)]

    await wait_until(idle)
    await mia.leave()


async def test_the_same_agent_at_another_screen_is_no_colleague(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    await other.presence.here("mia", thread, typing=True)
    await other.pens.take(thread, "mia")
    mia = company(store, "mia", clock)
    mia.at(thread)
    await mia.look()
    assert (list(mia.colleagues), mia.holder) == ([], "")
    await mia.leave()


async def test_a_pen_that_was_taken_over_is_seen_to_be_gone(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia, bo = company(store, "mia", clock), company(other, "bo", clock)
    mia.at(thread)
    bo.at(thread)
    await mia.take_pen()
    assert await bo.take_pen() == "mia"
    assert await bo.take_pen(force=True) == ""
    await mia.look()
    assert mia.holder == "bo"
    await mia.lay_down()
    await mia.leave()
    assert await store.pens.holder(thread) == "bo", "only its holder gives a pen back"
    await bo.leave()
