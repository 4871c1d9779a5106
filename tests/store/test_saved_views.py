"""Test saved views: one list of names for all agents."""

import pytest

from tui.domain.conversation import Order, State, View
from tui.store.store import Store

VIEWS = [
    View(),
    View(state=State.CLOSED, text="zażółć [b]"),
    View(state=None, order=Order.NEWEST),
    View(assignee="", order=Order.NEWEST),
    View(assignee="bo"),
    View(label="billing"),
    View(starred=True),
    View(failed=True),
    View(drafts_of="ana"),
    View(assignee="ana"),
]


@pytest.mark.parametrize("view", VIEWS)
async def test_a_saved_view_is_read_unchanged(store: Store, view: View) -> None:
    saved = await store.views.save_view("one", view, "ana")
    assert await store.views.list_views("ana") == [saved]
    assert saved.view == view


async def test_mine_is_the_current_agent_and_named_agents_stay(store: Store) -> None:
    await store.views.save_view("drafts", View(drafts_of="ana"), "ana")
    await store.views.save_view("mine", View(assignee="ana"), "ana")
    await store.views.save_view("of bo", View(assignee="bo"), "ana")
    found = {saved.name: saved.view for saved in await store.views.list_views("zoe")}
    assert found["drafts"].drafts_of == "zoe"
    assert found["mine"].assignee == "zoe"
    assert found["of bo"].assignee == "bo"


async def test_each_view_takes_the_first_free_key_and_keeps_it(store: Store) -> None:
    for name in "abcdefghij":
        await store.views.save_view(name, View(), "ana")
    keys = {saved.name: saved.key for saved in await store.views.list_views("ana")}
    assert "".join(keys.values()) == "123456789"
    assert keys["j"] == ""
    await store.views.delete_view("c")
    assert (await store.views.save_view("k", View(), "ana")).key == "3"
    assert (await store.views.save_view("a", View(starred=True), "ana")).key == "1"


async def test_a_restored_view_gets_its_key_if_it_is_free(store: Store) -> None:
    await store.views.save_view("a", View(), "ana")
    await store.views.save_view("b", View(), "ana")
    await store.views.delete_view("b")
    assert (await store.views.save_view("b", View(), "ana", key="2")).key == "2"
    assert (await store.views.save_view("c", View(), "ana", key="2")).key == "3"


async def test_a_name_is_one_line_of_storable_text(store: Store) -> None:
    saved = await store.views.save_view(" my \n view \ud83d", View(), "ana")
    assert saved.name == "my view \ufffd"
    assert [view.name for view in await store.views.list_views("ana")] == ["my view \ufffd"]
