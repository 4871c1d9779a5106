"""Test the commands of the whole app, each pressed at both sizes: their dialogs, and quitting."""

from dataclasses import replace

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import CHLOE, HUGO, NAMES
from tui.domain.conversation import State
from tui.domain.phone import parse_address

Size = tuple[int, int]


@presses("new")
async def test_a_new_conversation_starts_with_a_number(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("new")
        await desk.shows("New conversation", "A number with its country code")
        await desk.type("0491 570 801")
        await desk.shows("+61 491 570 801", "through au")
        await desk.press("f6")
        await desk.shows("through pl")
        await desk.press("f6", "enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        await desk.type("Good morning")
        await desk.press("enter")
        await desk.shows("… queued")
        message = await desk.last("+61491570801")
        assert (message.body, message.account) == ("Good morning", "au")


@BOTH_SIZES
async def test_a_new_conversation_without_a_text_is_not_listed(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        before = await desk.store.conversations.get_counts()
        await desk.command("new")
        await desk.type("0491 570 801")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert await desk.store.conversations.get_counts() == replace(
            before, closed=before.closed + 1
        )
        await desk.press("escape", "escape")
        await desk.press("g", "o")
        await desk.hides("+61 491 570 801")
        await desk.command("new")
        await desk.type("0491 570 801")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        await desk.type("Good morning")
        await desk.inbox.compose_pane.flush_draft()
        assert (await desk.thread("+61491570801")).state is State.OPEN
        await desk.press("escape", "escape", "g", "o")
        await desk.shows("+61 491 570 801")
        await desk.open_thread("+61491570801")
        await desk.press("r", "enter")
        await desk.shows("… queued")
        assert (await desk.last("+61491570801")).body == "Good morning"


@BOTH_SIZES
async def test_an_invalid_number_is_refused(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        before = await desk.store.conversations.get_counts()
        await desk.command("new")
        await desk.type("12")
        await desk.press("enter", "enter")
        assert "New conversation" in desk.text()
        await desk.press("escape")
        await desk.hides("New conversation")
        assert await desk.store.conversations.get_counts() == before


async def test_a_known_number_opens_its_conversation(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("new")
        await desk.type(HUGO)
        await desk.press("enter")
        await desk.shows("We are looking into it")
        assert await desk.store.conversations.find_by_address(parse_address(HUGO))


@presses("suspend")
async def test_suspending_without_a_shell_does_nothing(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("suspend")
        await desk.shows("No shell to go back to")


@presses("search")
async def test_searching_everything_jumps_to_the_hit(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("search")
        await desk.type("dziekuje")
        await desk.shows("from Ana Kowalska", "Dziękuję za informację")
        await desk.press("enter")
        await desk.hides("─ Search")
        await desk.shows("Dziękuję za informację", "Your appointment is at 16:00")


async def test_a_hit_far_up_is_scrolled_into_view(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.command("search")
        await desk.type("line 7")
        await desk.shows("Line 7: the parcel")
        await desk.press("enter")
        await desk.hides("─ Search")
        await desk.shows("Line 7: the parcel")


async def test_a_search_without_a_hit_can_be_cancelled(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("xyzzy")
        await desk.press("enter", "down", "enter")
        await desk.shows("─ Search")
        await desk.press("escape")
        await desk.hides("─ Search")
        assert (await desk.thread(CHLOE)).unread == 2


@presses("accounts")
async def test_the_accounts_show_health_balance_and_advice(desk: Desk, size: Size) -> None:
    await desk.store.event_targets.add_targets(["hook reply"])
    async with desk.open(size, hooks={"reply": ("on-reply",)}):
        await desk.command("accounts")
        await desk.shows(
            "au 0.4s", "MessageMedia", "balance 812 credits", "SerwerSMS does not answer"
        )
        await desk.store.accounts.save_balance("au", "5 credits")
        await desk.shows("balance 5 credits")
        await desk.store.event_targets.end_run("hook reply", 1, "code 1: [red]no\x1b")
        await desk.shows("hook reply:", "code 1: [red]no")
        await desk.press("escape")
        await desk.hides("5 credits")


@presses("palette", "help")
async def test_palette_and_help_open_and_close(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("palette")
        await desk.shows("Next conversation")
        await desk.press("escape")
        await desk.hides("Next conversation")
        await desk.command("help")
        await desk.shows("Move down the list")
        await desk.press("escape")
        await desk.hides("Move down the list")


@presses("quit")
async def test_quitting_ends_the_app(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("quit")
        await desk.until(lambda: not desk.app.is_running)
    assert desk.app.return_code == 0
    assert desk.app.failure is None


async def test_keys_typed_in_a_dialog_are_not_commands(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("equs")
        await desk.press("escape")
        assert desk.app.is_running
        await desk.shows(NAMES[CHLOE])
        assert not (await desk.thread(CHLOE)).starred
