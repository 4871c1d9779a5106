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
    await store.templates.delete_template("bye")
    assert await store.templates.list_by_name() == [CannedReply("hours", "9 to 6")]


async def test_a_renamed_canned_reply_is_gone_under_its_old_name(store: Store) -> None:
    await store.templates.save_template(CannedReply("hours", "9 to 5"), "mia")
    await store.templates.save_template(CannedReply("open", "9 to 5"), "mia", replaces="hours")
    assert await store.templates.list_by_name() == [CannedReply("open", "9 to 5")]


async def test_the_most_used_canned_replies_come_first(store: Store) -> None:
    for name in ("a", "b", "c"):
        await store.templates.save_template(CannedReply(name, name), "mia")
    for name in ("c", "c", "b"):
        await store.templates.record_use(name)
    assert [template.name for template in await store.templates.list_by_use()] == ["c", "b", "a"]
    await store.templates.save_template(CannedReply("c", "new"), "mia")
    assert (await store.templates.list_by_use())[0] == CannedReply("c", "new", uses=2)


async def test_a_file_is_imported_with_its_custom_fields(store: Store) -> None:
    await store.templates.import_templates([CannedReply("a", "{shop}")], {"shop": "Main St"}, "mia")
    assert await store.templates.list_by_name() == [CannedReply("a", "{shop}")]
    assert await store.templates.get_fields() == {"shop": "Main St"}


async def test_invalid_text_is_repaired_and_stored(store: Store) -> None:
    await store.templates.save_template(CannedReply("a\0", "\ud83d"), "mia")
    assert await store.templates.list_by_name() == [CannedReply("a�", "�")]
