"""Test the stored canned replies."""

from tui.domain.templates import CannedReply
from tui.store.store import Store


async def test_canned_replies_are_added_replaced_and_removed(store: Store) -> None:
    await store.templates.save_template(CannedReply("hours", "9 to 5"), "mia")
    await store.templates.save_template(CannedReply("hours", "9 to 6"), "bo")
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
