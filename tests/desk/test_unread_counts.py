"""Test that counts of views equal what the store has, whatever happens, and cost little."""

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, get_conversation, make_reply
from tests.store.temporary import temporary_store
from tui.desk import unread_counts
from tui.desk.unread_counts import UnreadCounts, format_count
from tui.domain.change import VIEWS_CHANGED, Change, Subject
from tui.domain.conversation import View
from tui.domain.views import is_in_view
from tui.store.conversations import FIRST_POSITION as FIRST
from tui.store.store import Store

PARTIES = [f"+4477009000{number:02d}" for number in range(8)]
VIEWS = {
    "all": View(None),
    "open": View(),
    "mine": View(assignee="ana"),
    "vip": View(label="vip"),
    "account": View(account=ACCOUNT),
    "none": View(account="other"),
    "unread": View(unread=True),
    "drafts": View(drafts_of="ana"),
}


async def act(store: Store, rng: random.Random) -> tuple[Change, ...]:
    """Do one thing to one conversation, and return what changed."""
    party = rng.choice(PARTIES)
    await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
    row = await get_conversation(store, party)
    match rng.randrange(6):
        case 0:
            await store.triage.set_unread([row.id], "bo", False)
        case 1:
            await store.triage.close_conversations([row.id], "bo")
        case 2:
            await store.triage.assign_conversations([row.id], "bo", rng.choice(["ana", "@x", ""]))
        case 3:
            await store.triage.set_label([row.id], "bo", "vip", rng.random() < 0.5)
    return (Change(Subject.CONVERSATION, row.id, row.id),)


@given(seed=st.integers(0, 1 << 30))
@settings(max_examples=5)
async def test_counts_follow_every_change(seed: int) -> None:
    rng = random.Random(seed)
    async with temporary_store() as store:
        await store.team.save_team("x", ["ana"])
        for name, view in VIEWS.items():
            await store.views.save_view(name, view, "ana")
        counts = UnreadCounts(store, "ana")
        await counts.reload()
        for _ in range(12):
            changes = await act(store, rng)
            await counts.apply_changes(changes)
            rows = await store.conversations.list_after(View(None), FIRST, 100)
            for saved in counts.views:
                found = [c for c in rows if c.unread and is_in_view(c, saved.view)]
                expected = 0 if saved.view.drafts_of else len(found)
                assert counts.get_count(saved) == expected, saved.name


async def test_a_view_with_many_is_read_again_when_few_are_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread_counts, "_MOST_KEPT", 4)
    monkeypatch.setattr(unread_counts, "MOST_SHOWN", 3)
    for party in PARTIES:
        await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
    await store.views.save_view("all", View(None), "ana")
    counts = UnreadCounts(store, "ana")
    await counts.reload()
    assert counts.format_count(counts.views[0]) == "3+"
    rows = await store.conversations.list_after(View(None), FIRST, 100)
    for row, expected in zip(rows, ["3+", "3+", "3+", "3+", "3", "2", "1", ""], strict=True):
        await store.triage.set_unread([row.id], "bo", False)
        await counts.apply_changes((Change(Subject.CONVERSATION, row.id, row.id),))
        assert counts.format_count(counts.views[0]) == expected


async def test_changes_that_arrive_while_all_is_read_are_counted(store: Store) -> None:
    rng = random.Random(4)
    for name, view in VIEWS.items():
        await store.views.save_view(name, view, "ana")
    counts = UnreadCounts(store, "ana")
    await counts.reload()
    shown: list[int] = []
    for _ in range(8):
        changes = await act(store, rng)
        before = [counts.get_count(saved) for saved in counts.views]
        reading = asyncio.gather(
            *(counts.reload(), counts.apply_changes(changes), counts.apply_changes(changes)),
            counts.apply_changes((VIEWS_CHANGED,)),
        )
        while not reading.done():
            shown.append(counts.get_count(counts.views[0]))
            await asyncio.sleep(0)
        await reading
        after = counts.get_count(counts.views[0])
        assert set(shown) <= {before[0], after}, "no count between"
        shown.clear()
    rows = await store.conversations.list_after(View(None), FIRST, 100)
    assert counts.get_count(counts.views[0]) == sum(bool(row.unread) for row in rows)


async def test_other_changes_read_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.views.save_view("all", View(None), "ana")
    counts = UnreadCounts(store, "ana")
    await counts.reload()

    async def refuse(*_: Any) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(store.conversations, "get", refuse)
    monkeypatch.setattr(store.conversations, "list_unread_ids", refuse)
    assert not await counts.apply_changes((Change(Subject.PRESENCE, 1, 1),))
    with pytest.raises(AssertionError, match="read"):
        await counts.apply_changes((VIEWS_CHANGED,))


def test_counts_are_short() -> None:
    assert [format_count(number) for number in (0, 1, 99, 100)] == ["", "1", "99", "99+"]
