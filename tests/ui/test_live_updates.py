"""Test that changes by others are shown at once, and never disturb the agent's work."""

import re

from textual.events import AppBlur, AppFocus

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import ANA, BOB, CHLOE, COLLEAGUE, DAWIT, HUGO, NAMES, UNNAMED
from tui.domain.account import Health
from tui.domain.phone import format_phone_number

Size = tuple[int, int]


def find_line(desk: Desk, number: str) -> int:
    """Return the line of the screen on which the list shows a name."""
    return next(n for n, line in enumerate(desk.lines()) if NAMES[number] in line[:42])


@BOTH_SIZES
async def test_a_new_customer_appears_in_the_list(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.events.receive_texts("+61491571804", "Hello, is anybody there?")
        await desk.shows("+61 491 571 804", "Hello, is anybody there?", "4 waiting")


async def test_rows_painted_within_one_minute_show_the_same_age(desk: Desk) -> None:
    desk.clock.advance(60 - desk.clock.now() // 1_000 % 60)
    async with desk.open(WIDE):
        await desk.events.receive_texts("+61491571804", "Me first")
        desk.clock.advance(70)
        await desk.events.receive_texts("+61491571805", "Me second")
        await desk.shows("Me second")
        desk.clock.advance(40)
        await desk.events.receive_texts("+61491571805", "And again")
        await desk.shows("And again")
        lines = {line[4:19]: line[35:40].strip() for line in desk.lines()}
        assert (lines["+61 491 571 804"], lines["+61 491 571 805"]) == ("1m", "now")


async def test_an_empty_text_is_marked_in_the_list(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.events.receive_texts("+61491571804", "")
        await desk.shows("+61 491 571 804", "   (no text) ")


async def test_a_new_text_appears_in_the_open_conversation(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(DAWIT)
        await desk.events.receive_texts(DAWIT, "And the tax number too")
        await desk.shows("And the tax number too")


@BOTH_SIZES
async def test_the_cursor_stays_on_its_conversation_when_the_list_reorders(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.move_to(BOB)
        await desk.events.receive_texts(BOB, "Hello?")
        await desk.until(lambda: "4 waiting" in desk.text())
        await desk.until(lambda: [r.party for r in desk.inbox.threads.rows][3] == BOB, "moved up")
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == BOB
        await desk.shows("Hello?")


async def test_the_cursor_line_stays_when_rows_above_change(desk: Desk) -> None:
    for n in range(40):
        await desk.events.receive_texts(f"+6149157{n:04d}", f"Question {n}")
    async with desk.open(NARROW):
        await desk.press(*["j"] * 25)
        row = desk.inbox.threads.current_row
        assert row is not None
        before = desk.inbox.threads.cursor - desk.inbox.threads.top
        first = await desk.thread(CHLOE)
        await desk.store.triage.close_conversations([first.id], COLLEAGUE)
        await desk.until(
            lambda: all(r.party != CHLOE for r in desk.inbox.threads.rows), "closed elsewhere"
        )
        after = desk.inbox.threads.current_row
        assert after is not None and after.id == row.id
        assert desk.inbox.threads.cursor - desk.inbox.threads.top == before


@BOTH_SIZES
async def test_a_new_text_does_not_scroll_a_reader_further_up(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(HUGO)
        await desk.shows("We are looking into it")
        await desk.command("page_up")
        await desk.command("page_up")
        await desk.hides("We are looking into it")
        before = re.findall(r"Line \d+", desk.text())
        await desk.events.receive_texts(HUGO, "Any news?\nI am waiting")
        await desk.until(
            lambda: desk.inbox.pane.message_view.messages[-1].body.startswith("Any news"),
            "taken in",
        )
        await desk.pilot.pause()
        assert re.findall(r"Line \d+", desk.text()) == before
        await desk.press(*["pagedown"] * 8)
        await desk.shows("Any news?")


async def test_texts_since_the_last_visit_are_under_a_line(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(HUGO)
        await desk.press("escape", "g", "o")
        await desk.events.receive_texts(HUGO, "Any news?")
        await desk.open_thread(HUGO)
        await desk.shows("new since you looked", "Any news?")


async def test_nothing_is_read_while_the_terminal_is_in_the_background(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.until(lambda: is_read(desk, CHLOE), "read when opened")
        desk.app.post_message(AppBlur())
        await desk.until(lambda: not desk.app.app_focus)
        await desk.events.receive_texts(CHLOE, "Are you there?")
        await desk.shows("Are you there?")
        assert (await desk.thread(CHLOE)).unread == 1
        desk.app.post_message(AppFocus())
        await desk.until(lambda: is_read(desk, CHLOE), "read with the focus")


async def test_a_text_in_the_open_conversation_is_read_at_once(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.events.receive_texts(CHLOE, "Are you there?")
        await desk.shows("Are you there?")
        await desk.until(lambda: is_read(desk, CHLOE), "read with the focus")


async def is_read(desk: Desk, number: str) -> bool:
    """Return whether a conversation is stored without unread texts."""
    return (await desk.thread(number)).unread == 0


async def test_the_badge_in_the_list_changes_by_itself(desk: Desk) -> None:
    async with desk.open(WIDE):
        unnamed = await desk.thread(UNNAMED)
        message = await desk.store.messages.get(unnamed.last_id)
        assert message is not None
        line = (
            next(n for n, text in enumerate(desk.lines()) if format_phone_number(UNNAMED) in text)
            + 1
        )
        assert "✓✓" in desk.lines()[line]
        answer = await desk.events.add_reply(UNNAMED, "Still ready", message.status or exit())
        assert answer.id != message.id
        await desk.shows("Still ready")


async def test_changes_by_colleagues_are_shown(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(DAWIT)
        dawit = await desk.thread(DAWIT)
        await desk.store.triage.assign_conversations([dawit.id], COLLEAGUE, COLLEAGUE)
        await desk.store.triage.set_star([dawit.id], COLLEAGUE, True)
        await desk.shows("★ @bo", "there  @bo")
        await desk.store.triage.set_label([dawit.id], COLLEAGUE, "billing", True)
        await desk.shows("#billing")
        await desk.store.contacts.rename_contact(dawit.id, "Dawit B.", "", COLLEAGUE)
        await desk.shows("Dawit B.")


async def test_the_first_line_follows_the_accounts(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.shows("pl retry 40s")
        await desk.store.accounts.save_health("pl", Health.STOPPED, line="Wrong password")
        await desk.shows("✗ pl stopped")
        await desk.store.accounts.save_health("pl", Health.OK, ok_at=desk.clock.now())
        await desk.shows("● pl")


async def test_a_customer_who_writes_to_a_closed_conversation_opens_it_again(desk: Desk) -> None:
    async with desk.open(WIDE):
        chloe = await desk.thread(CHLOE)
        await desk.press("j")
        await desk.store.triage.close_conversations([chloe.id], COLLEAGUE)
        await desk.hides(NAMES[CHLOE])
        await desk.events.receive_texts(CHLOE, "One more thing")
        await desk.shows(NAMES[CHLOE], "One more thing")


async def test_more_changes_than_a_reader_can_follow_reload_the_screen(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(ANA)
        texts = [f"Flood {n}" for n in range(2_500)]
        await desk.events.receive_texts(HUGO, *texts)
        await desk.shows("Flood 2499")
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == ANA
