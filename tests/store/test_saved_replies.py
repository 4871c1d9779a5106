"""Test the stored canned replies."""

import asyncio

import pytest

from tests.conftest import OpenStore
from tui.domain.templates import CannedReply, CustomField
from tui.store.errors import StoreError
from tui.store.store import Store


async def test_canned_replies_are_added_replaced_and_removed(store: Store) -> None:
    await store.templates.save_template(CannedReply("hours", "9 to 5"), "mia")
    await store.templates.save_template(CannedReply("hours", "9 to 6"), "bo", replaces="hours")
    await store.templates.save_template(CannedReply("bye", "Bye"), "bo")
    assert await store.templates.list_by_name() == [
        CannedReply("bye", "Bye"),
        CannedReply("hours", "9 to 6"),
    ]
    await store.templates.delete_template("bye", "ana")
    assert await store.templates.list_by_name() == [CannedReply("hours", "9 to 6")]


async def test_a_renamed_canned_reply_is_gone_under_its_old_name(store: Store) -> None:
    await store.templates.save_template(CannedReply("hours", "9 to 5"), "mia")
    await store.templates.save_template(CannedReply("open", "9 to 5"), "mia", replaces="hours")
    assert await store.templates.list_by_name() == [CannedReply("open", "9 to 5")]


async def test_two_agents_who_choose_one_name_do_not_replace_each_other(
    store: Store, open_store: OpenStore
) -> None:
    other = await open_store(owner="b")
    for name in ("hours", "bye"):
        await store.templates.save_template(CannedReply(name, name), "mia")
    results = await asyncio.gather(
        store.templates.save_template(CannedReply("open", "mia"), "mia", replaces="hours"),
        other.templates.save_template(CannedReply("open", "bo"), "bo", replaces="bye"),
        return_exceptions=True,
    )
    (refused,) = [result for result in results if result is not None]
    assert isinstance(refused, StoreError)
    assert str(refused) == 'Another canned reply is named "open": nothing was saved'
    kept = "bye" if results[0] is None else "hours"
    assert {one.name for one in await store.templates.list_by_name()} == {"open", kept}
    with pytest.raises(StoreError):
        await other.templates.save_template(CannedReply("open", "new"), "bo")
    own = CannedReply("open", "Mine", owner="bo")
    await other.templates.save_template(own, "bo")
    with pytest.raises(StoreError):
        await other.templates.save_template(
            CannedReply("open", "Mine"), "bo", replaces="open", replaces_owner="bo"
        )
    assert own in await store.templates.list_all("bo")


async def test_two_agents_who_choose_one_field_do_not_replace_each_other(store: Store) -> None:
    for name in ("shop", "town"):
        await store.templates.save_field(CustomField(name, name), "mia")
    for replaces in ("town", ""):
        with pytest.raises(StoreError, match='Another field is named "shop"'):
            await store.templates.save_field(CustomField("shop", "x"), "bo", replaces=replaces)
    await store.templates.save_field(CustomField("shop", "x"), "bo", replaces="shop")
    assert await store.templates.get_fields() == {"shop": "x", "town": "town"}


async def test_canned_replies_keep_their_order(store: Store) -> None:
    for name in ("b", "a", "c"):
        await store.templates.save_template(CannedReply(name, name), "mia")
    await store.templates.record_use("c")
    assert await list_names(store) == ["b", "a", "c"]
    for name, places, expected in (
        ("c", -1, ["b", "c", "a"]),
        ("b", 1, ["c", "b", "a"]),
        ("a", -5, ["a", "c", "b"]),
        ("a", 9, ["c", "b", "a"]),
        ("none", 1, ["c", "b", "a"]),
    ):
        await store.templates.move_template(CannedReply(name, name), "mia", places)
        assert await list_names(store) == expected
    await store.templates.save_template(CannedReply("d", "new"), "mia", replaces="c")
    assert await list_names(store) == ["d", "b", "a"]
    assert (await store.templates.list_in_order())[0] == CannedReply("d", "new", uses=1)


async def list_names(store: Store, agent: str = "") -> list[str]:
    """Return the names that an agent sees, in order."""
    return [template.name for template in await store.templates.list_in_order(agent)]


async def test_an_own_canned_reply_hides_that_of_the_team_from_its_owner_alone(
    store: Store,
) -> None:
    shared, own = CannedReply("hours", "9 to 5"), CannedReply("hours", "Mine", owner="mia")
    for template in (shared, CannedReply("bye", "Bye"), own):
        await store.templates.save_template(template, "mia")
    assert await store.templates.list_in_order("mia") == [CannedReply("bye", "Bye"), own]
    assert await store.templates.list_in_order("bo") == [shared, CannedReply("bye", "Bye")]
    assert await store.templates.list_in_order() == [shared, CannedReply("bye", "Bye")]
    await store.templates.record_use("hours", "mia")
    assert [t.uses for t in await store.templates.list_all("mia")] == [0, 0, 1]
    await store.templates.move_template(own, "mia", -1)
    assert await list_names(store, "mia") == ["hours", "bye"]
    assert await list_names(store, "bo") == ["hours", "bye"]
    assert await store.templates.delete_template("hours", "mia", "mia")
    assert not await store.templates.delete_template("hours", "mia", "mia")
    assert await store.templates.list_in_order("mia") == [shared, CannedReply("bye", "Bye")]


async def test_a_canned_reply_can_be_given_to_the_team(store: Store) -> None:
    own = CannedReply("hours", "Mine", owner="mia", actions="close")
    await store.templates.save_template(own, "mia")
    given = CannedReply("hours", "Ours", actions="close")
    await store.templates.save_template(given, "mia", replaces="hours", replaces_owner="mia")
    assert await store.templates.list_all("mia") == [given]


async def test_the_last_choice_of_an_agent_is_remembered(store: Store) -> None:
    assert await store.choices.get_choice("mia", "snooze") == ""
    for value in ("2h", "fri 9"):
        await store.choices.save_choice("mia", "snooze", value)
    await store.choices.save_choice("bo", "snooze", "1d")
    assert await store.choices.get_choice("mia", "snooze") == "fri 9"


async def test_a_file_is_imported_with_its_custom_fields(store: Store) -> None:
    await store.templates.import_templates([CannedReply("a", "{shop}")], {"shop": "Main St"}, "mia")
    assert await store.templates.list_by_name() == [CannedReply("a", "{shop}")]
    assert await store.templates.get_fields() == {"shop": "Main St"}


async def test_invalid_text_is_repaired_and_stored(store: Store) -> None:
    await store.templates.save_template(CannedReply("a\0", "\ud83d"), "mia")
    assert await store.templates.list_by_name() == [CannedReply("a�", "�")]
