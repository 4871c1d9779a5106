"""Test saved views: one list of names for all agents."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tui.domain.conversation import Order, State, View
from tui.store.saved_views import read_views
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store
from tui.store.view_rows import ViewExistsError, ViewGoneError

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
    View(account="au", own="+61", unread=True, only_state=True),
    View(mentions_of="ana"),
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


async def test_a_private_view_is_seen_by_its_owner_alone(store: Store) -> None:
    shared = await store.views.save_view("late", View(), "ana")
    private = await store.views.save_view("late", View(starred=True), "ana", private=True)
    assert await store.views.list_views("ana") == [shared, private]
    assert await store.views.list_views("bo") == [shared]
    await store.views.delete_view("late")
    assert await store.views.list_views("ana") == [private]


async def test_a_private_view_makes_way_for_a_shared_one(store: Store) -> None:
    await store.views.save_view("mine", View(), "ana", private=True)
    await store.views.save_view("all", View(None), "bo")
    keys = {saved.name: saved.key for saved in await store.views.list_views("ana")}
    assert keys == {"all": "1", "mine": "2"}


async def test_moving_a_view_swaps_its_key_with_that_of_its_neighbour(store: Store) -> None:
    for name in ("a", "b", "c"):
        await store.views.save_view(name, View(), "ana")
    first, _, last = await store.views.list_views("ana")
    assert await store.views.move_view(last, "ana", -1)
    assert [saved.name for saved in await store.views.list_views("ana")] == ["a", "c", "b"]
    assert not await store.views.move_view(first, "ana", -1)
    await store.views.delete_view("a")
    with pytest.raises(ViewGoneError):
        await store.views.move_view(first, "ana", 1)


async def test_a_new_name_keeps_the_place_and_the_notices(store: Store) -> None:
    saved = await store.views.save_view("a", View(), "ana")
    await store.views.save_view("b", View(), "ana")
    await store.views.set_notice(saved, "bo", True)
    renamed = await store.views.rename_view(saved, "z")
    assert [one.name for one in await store.views.list_views("ana")] == ["z", "b"]
    assert await store.views.list_notices("bo") == {("", "z")}
    with pytest.raises(ViewExistsError):
        await store.views.rename_view(renamed, "b")
    await store.views.delete_view("z")
    assert await store.views.list_notices("bo") == frozenset()


async def test_a_view_that_was_renamed_meanwhile_is_not_changed_or_made_again(store: Store) -> None:
    views = store.views
    seen = await views.save_view("a", View(), "ana")
    await views.rename_view(seen, "z")
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: views.rename_view(seen, "b"),
        lambda: views.change_view(seen, "bo", view=View(starred=True)),
        lambda: views.move_view(seen, "bo", -1),
        lambda: views.set_notice(seen, "bo", True),
        lambda: views.delete_view(seen.name),
        lambda: store.answer_targets.set_target(seen, 30, "", "bo"),
    ]
    for change in changes:
        with pytest.raises(ViewGoneError, match="The view a was renamed or removed meanwhile"):
            await change()
    assert await views.list_views("ana") == [replace(seen, name="z")]
    assert await views.list_notices("bo") == frozenset()


async def test_a_changed_filter_keeps_the_time_that_a_colleague_has_set(store: Store) -> None:
    seen = await store.views.save_view("a", View(), "ana")
    await store.answer_targets.set_target(seen, 30, "", "bo")
    await store.views.change_view(seen, "ana", view=View(starred=True))
    (saved,) = await store.views.list_views("ana")
    assert (saved.answer_within, saved.view) == (30, View(starred=True))


async def test_a_removed_view_comes_back_with_its_notices_unless_the_name_is_used(
    store: Store,
) -> None:
    saved = await store.views.save_view("a", View(), "ana")
    await store.views.set_notice(saved, "bo", True)
    notified = await store.views.delete_view("a")
    await store.views.restore_view(saved, "ana", notified)
    assert await store.views.list_notices("bo") == {("", "a")}
    newer = View(starred=True)
    await store.views.delete_view("a")
    await store.views.save_view("a", newer, "bo")
    with pytest.raises(ViewExistsError, match="There is a view a already"):
        await store.views.restore_view(saved, "ana", notified)
    assert [one.view for one in await store.views.list_views("ana")] == [newer]


async def test_a_view_of_a_team_has_its_members_of_now(store: Store) -> None:
    await store.views.save_view("sales", View(team="sales"), "ana")
    await store.views.save_view("mine", View(assignee="ana"), "ana")
    await store.team.save_team("sales", ["ana", "bo"])
    found = {saved.name: saved.view.assigned for saved in await store.views.list_views("ana")}
    assert found == {"sales": ("@sales", "ana", "bo"), "mine": ("@sales",)}
    await store.team.save_team("sales", ["bo"])
    found = {saved.name: saved.view.assigned for saved in await store.views.list_views("ana")}
    assert found == {"sales": ("@sales", "bo"), "mine": ()}


@pytest.mark.only_engine("sqlite")
def test_views_of_an_older_inbox_keep_their_keys() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=FileConnection)
    migrations.apply_migrations(connection, upto=25)
    for name, key in (("late", "2"), ("open", "1"), ("tenth", "")):
        content = (
            f'{{"key": "{key}", "state": "open", "assignee": null, "mine": true, "label": "",'
            ' "starred": false, "failed": false, "drafts": false, "text": "",'
            ' "order": "longest waiting"}'
        )
        connection.execute("insert into views values (?, 'ana', ?)", (name, content))
    migrations.apply_migrations(connection)
    connection.row_factory = sqlite3.Row
    found = read_views(connection, "bo")
    assert [(saved.key, saved.name) for saved in found] == [
        ("1", "open"),
        ("2", "late"),
        ("", "tenth"),
    ]
    assert found[0].view == View(assignee="bo")
    connection.close()
