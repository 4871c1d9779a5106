"""Test canned replies on the screen: choosing, filling, and never sending an open field."""

from pathlib import Path

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import CHLOE, UNNAMED
from tui.domain.agent_level import Level
from tui.domain.message import Direction
from tui.domain.templates import CannedReply
from tui.screens.canned_replies import CannedRepliesScreen

Size = tuple[int, int]
_READY = CannedReply("ready", "Hi {first_name}, your order {order} is ready")


async def _open_composer(desk: Desk, number: str) -> None:
    """Open the composer of a conversation."""
    await desk.open_thread(number)
    await desk.command("reply")
    await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")


async def _list_sent(desk: Desk, number: str) -> list[str]:
    """Return the texts that were queued for a customer."""
    return [m.body for m in await desk.messages(number) if m.direction is Direction.OUT]


@presses("canned")
async def test_a_canned_reply_is_filled_and_its_open_field_is_typed_over(
    desk: Desk, size: Size
) -> None:
    await desk.store.templates.save_template(_READY, "mia")
    await desk.store.templates.save_template(CannedReply("hours", "9 to 6"), "mia")
    async with desk.open(size):
        await _open_composer(desk, CHLOE)
        await desk.command("canned")
        await desk.type("rdy")
        await desk.shows("Hi Chloe, your order {order} is ready")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Hi Chloe, your order {order} is ready")
        await desk.type("4711")
        await desk.press("enter")
        await desk.shows("queued")
        assert await _list_sent(desk, CHLOE) == ["Hi Chloe, your order 4711 is ready"]
        assert (await desk.store.templates.list_in_order())[0].uses == 1


@BOTH_SIZES
async def test_a_canned_reply_opens_the_composer(desk: Desk, size: Size) -> None:
    await desk.store.templates.save_template(_READY, "mia")
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.press("f2")
        await desk.shows("Canned replies", "Hi Chloe, your order")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Hi Chloe, your order {order} is ready")
        assert desk.inbox.is_composer_focused


async def test_a_canned_reply_to_an_opted_out_customer_is_refused(desk: Desk) -> None:
    await desk.store.templates.save_template(_READY, "mia")
    conversation_id = (await desk.thread(CHLOE)).id
    await desk.store.consent.record_decision(
        conversation_id, "bo", opted_out=True, evidence="by phone"
    )
    async with desk.open(WIDE):
        await desk.command("show_closed")
        await desk.move_to(CHLOE)
        await desk.press("f2")
        await desk.shows("This customer has opted out · nothing can be sent (! has more)")
        assert not desk.inbox.is_composer_focused
        assert desk.app.screen is desk.inbox


async def test_an_open_field_stops_every_enter_and_is_named(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _open_composer(desk, CHLOE)
        await desk.type("Dear {title}")
        for _ in range(3):
            await desk.press("enter")
            await desk.shows("Not sent: {title} is not filled in · replace it, or Esc C writes it")
        assert await _list_sent(desk, CHLOE) == []
        assert desk.typed == "Dear {title}"


async def test_two_colons_open_the_canned_replies_and_are_replaced(desk: Desk) -> None:
    await desk.store.templates.save_template(CannedReply("hours", "We are open 9 to 6"), "mia")
    async with desk.open(WIDE):
        await _open_composer(desk, CHLOE)
        await desk.type("Hello! ::")
        await desk.shows("Canned replies")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Hello! We are open 9 to 6")


async def test_two_colons_stay_when_nothing_is_chosen(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _open_composer(desk, CHLOE)
        await desk.type("a::")
        await desk.shows("There are none yet")
        await desk.press("escape")
        await desk.hides("Canned replies")
        assert desk.typed == "a::"


async def test_a_customer_without_a_name_leaves_the_field_open(desk: Desk) -> None:
    await desk.store.templates.save_template(CannedReply("hi", "Hi {name}"), "mia")
    async with desk.open(WIDE):
        await _open_composer(desk, UNNAMED)
        await desk.command("canned")
        await desk.shows("Hi {name}")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Hi {name}")


@presses("templates")
async def test_canned_replies_are_added_changed_deleted_and_restored(
    desk: Desk, size: Size
) -> None:
    templates = desk.store.templates
    async with desk.open(size):
        await desk.command("templates")
        await desk.shows("None yet")
        await desk.press("a")
        await desk.type("bye")
        await desk.press("enter")
        await desk.type("Bye {name}")
        await desk.shows("12/160 · 1 part")
        await desk.press("f2")
        await desk.shows("Saved bye")
        assert await templates.list_by_name() == [CannedReply("bye", "Bye {name}")]
        await desk.press("e", "tab", "end")
        await desk.type("!")
        await desk.press("f2")
        await desk.until(lambda: _has_replies(desk, ["Bye {name}!"]), "the change")
        await desk.shows("Saved bye")
        await desk.press("d")
        await desk.shows("Deleted bye")
        assert await templates.list_by_name() == []
        await desk.press("z")
        await desk.shows("bye is restored")
        assert await _has_replies(desk, ["Bye {name}!"])


async def _has_replies(desk: Desk, bodies: list[str]) -> bool:
    """Return whether exactly these canned replies are stored."""
    return [template.body for template in await desk.store.templates.list_by_name()] == bodies


async def test_a_file_is_imported_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    file.write_text('[templates]\nhours = "9 to 6 at {shop}"\n[values]\nshop = "Main St"\n')
    bad = tmp_path / "bad.toml"
    bad.write_text('[templates]\nfine = "x"\nempty = ""\n')
    async with desk.open(WIDE):
        await desk.command("templates")
        await desk.press("i")
        await desk.shows("Import canned replies")
        for path, expected in ((bad, "Nothing imported: empty has no text"), (file, "Imported 1")):
            await desk.press("ctrl+u")
            await desk.type(str(path))
            await desk.press("enter")
            await desk.shows(expected)
        assert await desk.store.templates.list_by_name() == [
            CannedReply("hours", "9 to 6 at {shop}")
        ]
        await desk.press("escape")
        await _open_composer(desk, CHLOE)
        await desk.command("canned")
        await desk.shows("9 to 6 at Main St")


@BOTH_SIZES
async def test_own_fields_are_added_used_changed_deleted_and_restored(
    desk: Desk, size: Size
) -> None:
    templates = desk.store.templates
    await templates.save_template(CannedReply("where", "We are at {shop}"), "mia")
    async with desk.open(size):
        await desk.command("templates")
        await desk.press("v")
        await desk.shows("Own fields", "None yet: a adds one")
        await desk.press("a")
        await desk.type("{Shop}")
        await desk.press("enter")
        await desk.type("Main St")
        await desk.press("enter")
        await desk.shows("Saved {shop}", "{shop}  Main St")
        assert await templates.get_fields() == {"shop": "Main St"}
        await desk.press("e", "tab", "end")
        await desk.type(" 4")
        await desk.press("enter")
        await desk.shows("{shop}  Main St 4")
        await desk.press("d")
        await desk.shows("Deleted {shop} · z undoes", "None yet")
        assert await templates.get_fields() == {}
        await desk.press("z")
        await desk.shows("{shop} is restored", "{shop}  Main St 4")
        await desk.press("escape", "escape")
        await desk.hides("Own fields", "Canned replies")
        await desk.move_to(CHLOE)
        await desk.command("canned")
        await desk.shows("We are at Main St 4")


async def test_an_invalid_field_name_is_refused_with_the_reason(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("templates")
        await desk.press("v", "a")
        await desk.shows("Own field ")
        for name, expected in (
            ("two words", "A name is one word of a-z"),
            ("name", "{name} is filled in automatically"),
        ):
            await desk.press("home", "ctrl+k")
            await desk.type(name)
            await desk.press("enter")
            await desk.shows(expected)
        await desk.press("escape", "escape")
        await desk.shows("None yet")
        assert await desk.store.templates.get_fields() == {}


async def test_an_agent_adds_own_replies_where_leads_change_the_shared_ones(desk: Desk) -> None:
    templates = desk.store.templates
    await templates.save_template(_READY, "mia")
    await desk.store.team.set_level("zoe", Level.LEAD)
    async with desk.open(NARROW):
        await desk.command("templates")
        await desk.press("e")
        await desk.shows("Only leads change shared canned replies", "a adds one of your own")
        assert isinstance(desk.app.screen, CannedRepliesScreen)
        await desk.press("a")
        await desk.type("bye")
        await desk.press("tab")
        await desk.type("Bye")
        await desk.press("f4")
        await desk.shows("Only leads change shared canned replies", "this one is yours")
        await desk.shows("[x] only for you (F4)")
        await desk.press("enter")
        await desk.shows("Saved bye")
        assert [one.owner for one in await templates.list_by_name("mia")] == ["mia", ""]
        await desk.press("v", "a")
        await desk.shows("Only leads change shared canned replies")


async def test_the_cursor_stays_on_the_reply_that_was_saved(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        await desk.store.templates.save_template(CannedReply(name, f"Text {name}"), "mia")
    async with desk.open(WIDE):
        await desk.command("templates")
        await desk.press("down", "e", "tab", "end")
        await desk.type("!")
        await desk.press("enter")
        await desk.shows("Saved two")
        screen = desk.app.screen
        assert isinstance(screen, CannedRepliesScreen)
        assert screen.current_item is not None and screen.current_item.body == "Text two!"
        await desk.press("a")
        await desk.type("four")
        await desk.press("tab")
        await desk.type("Text four")
        await desk.press("enter")
        await desk.shows("Saved four")
        assert screen.current_item is not None and screen.current_item.body == "Text four"


async def test_a_canned_reply_takes_no_name_and_undoes_no_change_of_a_colleague(
    desk: Desk,
) -> None:
    templates = desk.store.templates
    await templates.save_template(CannedReply("hours", "9 to 6"), "mia")
    await templates.save_template(CannedReply("thanks", "Thank you"), "mia")
    async with desk.open():
        await desk.command("templates")
        await desk.shows("hours")
        await desk.press("a")
        await desk.type("thanks")
        await desk.press("tab")
        await desk.type("Thanks a lot")
        await desk.press("enter")
        await desk.shows("Not saved: there is thanks already: choose another name")
        assert await _has_replies(desk, ["9 to 6", "Thank you"])
        await desk.press("escape", "escape", "e", "tab", "end")
        await desk.type("pm")
        await templates.save_template(CannedReply("hours", "10 to 4"), "bo", replaces="hours")
        await desk.press("enter")
        await desk.shows("Not saved: a colleague has changed it", "Text: 10 to 4", "9 to 6pm")
        await desk.press("escape", "escape")
        await desk.shows("10 to 4")
        assert await _has_replies(desk, ["10 to 4", "Thank you"])
