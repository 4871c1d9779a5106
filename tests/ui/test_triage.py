"""Test triage mode: one conversation after the other, until no customer waits."""

import pytest
from textual.events import Paste

from tests.conftest import OpenStore
from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE, DAWIT, NAMES
from tui.clock import MINUTE
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.store.store import Store

Size = tuple[int, int]


async def save_replies(store: Store, *texts: str) -> None:
    """Save canned replies in the order of their use."""
    for place, text in enumerate(texts):
        name = f"Reply {place + 1}"
        await store.templates.save_template(CannedReply(name, text), AGENT)
        for _ in range(len(texts) - place):
            await store.templates.record_use(name)


async def wait_for_thread(desk: Desk, number: str) -> None:
    """Wait until this conversation is shown."""
    wanted = (await desk.thread(number)).id
    await desk.until(lambda: desk.shown_id == wanted, f"{number} shown")


@presses("triage", "skip")
async def test_one_conversation_fills_the_screen_longest_wait_first(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("triage")
        await wait_for_thread(desk, CHLOE)
        await desk.shows("Triage  3 left · 0 handled", "Space Later")
        await desk.hides(NAMES[DAWIT], "longest waiting")
        await desk.command("skip")
        await wait_for_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).waiting_since is not None


@BOTH_SIZES
async def test_closing_moves_on_and_the_end_is_shown(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "e")
        await wait_for_thread(desk, DAWIT)
        await desk.shows("Triage  2 left · 1 handled")
        await desk.press("e", "e")
        await desk.shows("All clear, 3 handled", "Esc goes to the list")
        for number in (CHLOE, DAWIT, ANA):
            assert (await desk.thread(number)).state is State.CLOSED
        await desk.press("escape")
        await desk.shows("Open 4", "All clear, 3 handled")
        await desk.hides("Triage  0 left")


@BOTH_SIZES
async def test_closing_goes_on_from_what_a_colleague_has_closed(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t")
        for number, following in ((CHLOE, DAWIT), (DAWIT, ANA)):
            await wait_for_thread(desk, number)
            closed = await desk.thread(number)
            await desk.store.triage.close_conversations([closed.id], COLLEAGUE)
            await desk.press("E")
            await wait_for_thread(desk, following)
            await desk.shows(f"Already closed by {COLLEAGUE}: {NAMES[number]}", "0 handled")
        assert (await desk.thread(ANA)).state is State.OPEN
        ana = await desk.thread(ANA)
        await desk.store.triage.close_conversations([ana.id], COLLEAGUE)
        await desk.press("E")
        await desk.shows("All clear, 0 handled", f"Already closed by {COLLEAGUE}")
        await desk.press("E")
        await desk.shows("All clear, 0 handled")


@pytest.mark.parametrize("change", ["snoozed", "assigned"])
async def test_closing_in_triage_goes_on_whatever_a_colleague_has_done(
    desk: Desk, change: str
) -> None:
    async with desk.open(NARROW):
        await desk.press("t")
        await wait_for_thread(desk, CHLOE)
        chloe = await desk.thread(CHLOE)
        if change == "snoozed":
            await desk.store.triage.snooze_conversations([chloe.id], COLLEAGUE, None)
        else:
            await desk.store.triage.assign_conversations([chloe.id], COLLEAGUE, COLLEAGUE)
        await desk.shows(change)
        await desk.press("E")
        await wait_for_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).state is State.CLOSED


@BOTH_SIZES
async def test_a_reply_moves_on_to_the_next(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "r")
        await desk.type("Friday is fine")
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        last = await desk.last(CHLOE)
        assert (last.body, last.status) == ("Friday is fine", Status.QUEUED)
        await desk.press("e")
        await wait_for_thread(desk, ANA)


@presses(
    "canned_1", "canned_2", "canned_3", "canned_4", "canned_5", "canned_6", "canned_7",
    "canned_8", "canned_9",
)  # fmt: skip
async def test_digits_insert_filled_canned_replies(desk: Desk, size: Size) -> None:
    await save_replies(desk.store, *(f"Text {n} for {{first_name}}" for n in range(1, 10)))
    async with desk.open(size):
        await desk.press("t")
        for number in range(1, 10):
            await desk.command(f"canned_{number}")
            await desk.until(lambda n=number: desk.typed == f"Text {n} for Chloe")
            await desk.press("ctrl+u", "escape")
            await desk.until(lambda: not desk.inbox.is_composer_focused)


async def test_canned_replies_are_listed_in_order_under_the_conversation(desk: Desk) -> None:
    await save_replies(desk.store, "Thank you!", "Sorry [/]")
    async with desk.open(NARROW):
        await desk.press("t")
        await desk.shows("1 Reply 1  Thank you!", "2 Reply 2  Sorry [/]")
        await desk.press("3")
        await desk.shows("There is no canned reply 3")
        await desk.press("1", "enter")
        await wait_for_thread(desk, DAWIT)
        assert (await desk.last(CHLOE)).body == "Thank you!"


async def test_a_space_separates_a_canned_reply_from_typed_text(desk: Desk) -> None:
    await save_replies(desk.store, "Thank you {order}!")
    async with desk.open(NARROW):
        await desk.press("t", "r")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("Yes.")
        await desk.press("escape", "1")
        await desk.until(lambda: desk.typed == "Yes. Thank you {order}!")
        assert desk.inbox.pane.compose_pane.composer.selected_text == "{order}"


async def test_without_canned_replies_the_screen_says_so(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t")
        await desk.shows("No canned replies yet")


@BOTH_SIZES
async def test_the_end_of_a_round_shows_only_keys_that_act_there(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t")
        await desk.shows("1-9 Canned", "r Reply")
        await desk.press("space", "space", "space")
        await desk.shows("0 handled, 3 still wait", " z Undo  Space Start again  Esc To the list")
        await desk.hides("Canned", "r Reply", "h Snooze")
        await desk.press("space")
        await wait_for_thread(desk, CHLOE)
        await desk.shows("1-9 Canned", "r Reply", "Space Later")


@BOTH_SIZES
async def test_snoozing_moves_on(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "h")
        await desk.type("2h")
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).snoozed_until == desk.clock.now() + 120 * MINUTE


async def test_assigning_to_a_colleague_moves_on_and_a_label_does_not(desk: Desk) -> None:
    await desk.store.agents.record_agent(COLLEAGUE)
    async with desk.open(WIDE):
        await desk.press("t", "l")
        await desk.type("parcels")
        await desk.press("enter")
        await desk.shows("Labelled Chloe Martin #parcels")
        await wait_for_thread(desk, CHLOE)
        await desk.press("a")
        await desk.type(COLLEAGUE)
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).assignee == COLLEAGUE


@BOTH_SIZES
async def test_undo_returns_to_the_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "e")
        await wait_for_thread(desk, DAWIT)
        await desk.press("z")
        await wait_for_thread(desk, CHLOE)
        await desk.shows("Triage  3 left · 0 handled")
        await desk.press("e", "e", "e")
        await desk.shows("All clear, 3 handled")
        await desk.press("z")
        await wait_for_thread(desk, ANA)
        await desk.hides("All clear")


@BOTH_SIZES
async def test_cancelling_an_unsent_message_returns_it_to_the_composer(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=5):
        await desk.press("t", "r")
        await desk.type("Oops")
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        await desk.shows("Sending in 5 s · z cancels", "2 left · 1 handled")
        await desk.press("z")
        await wait_for_thread(desk, CHLOE)
        await desk.until(lambda: desk.typed == "Oops")
        await desk.shows("3 left · 0 handled")
        assert (await desk.last(CHLOE)).status is Status.CANCELLED


async def test_skipped_conversations_wait_for_another_round(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "space", "e", "e")
        await desk.shows("2 handled, 1 still waits")
        await desk.press("space")
        await wait_for_thread(desk, CHLOE)
        await desk.press("n")
        await desk.shows("2 handled, 1 still waits")


async def test_conversations_of_colleagues_are_skipped(desk: Desk, open_store: OpenStore) -> None:
    dawit = await desk.thread(DAWIT)
    await desk.store.triage.assign_conversations([dawit.id], COLLEAGUE, COLLEAGUE)
    theirs = await open_store(owner="bo's desk")
    await theirs.presence.announce_presence(COLLEAGUE, (await desk.thread(CHLOE)).id, typing=False)
    async with desk.open(WIDE):
        await desk.press("t")
        await wait_for_thread(desk, ANA)
        await desk.shows("Triage  1 for you · 2 with colleagues · 0 handled")


async def test_leaving_selects_the_shown_conversation_in_the_list(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t", "space")
        await wait_for_thread(desk, DAWIT)
        await desk.press("escape")
        await desk.shows("longest waiting", NAMES[CHLOE])
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == DAWIT
        assert len(desk.app.query("#canned, #all-clear")) == 0


async def test_opening_another_list_ends_triage(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "g", "i")
        await desk.shows("Mine 1")
        await desk.hides("handled", "No canned replies yet")


async def test_keys_that_need_more_say_what(desk: Desk) -> None:
    await save_replies(desk.store, "Thank you!")
    async with desk.open(WIDE):
        await desk.press("space")
        await desk.shows("Only in triage: t starts it")
        await desk.press("1")
        await desk.shows("A digit takes a canned reply in an open conversation: Enter opens it")
        await desk.press("enter", "1")
        await desk.until(lambda: desk.typed == "Thank you!")


async def test_triage_does_not_start_without_waiting_customers(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press("t")
        await empty_desk.shows("All clear: no one is waiting")
        assert not empty_desk.inbox.triage.is_on


async def test_new_texts_do_not_replace_the_shown_conversation(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "space")
        await wait_for_thread(desk, DAWIT)
        await desk.events.receive_texts(ANA, "Halo?", account="pl")
        await desk.store.triage.close_conversations([(await desk.thread(CHLOE)).id], COLLEAGUE)
        await desk.shows("2 waiting")
        await wait_for_thread(desk, DAWIT)
        await desk.press("e")
        assert (await desk.thread(DAWIT)).state is State.CLOSED


async def test_twenty_waiting_customers_take_less_than_sixty_keys(empty_desk: Desk) -> None:
    desk = empty_desk
    await save_replies(desk.store, "Thank you, we will see to it.", "We are open from 9 to 18.")
    numbers = [f"+614915700{place:02d}" for place in range(20)]
    for number in numbers:
        await desk.events.receive_texts(number, "Hello?")
        desk.clock.advance(60)
    pressed = 0

    async def press(*keys: str) -> None:
        nonlocal pressed
        pressed += len(keys)
        await desk.press(*keys)

    async with desk.open(NARROW):
        await press("t")
        for place, number in enumerate(numbers):
            await wait_for_thread(desk, number)
            await press(*(("1", "enter"), ("2", "enter"), ("e",))[place % 3])
        await desk.shows("All clear, 20 handled")
    assert pressed < 60
    assert (await desk.store.conversations.get_counts()).waiting == 0
    for place, number in enumerate(numbers):
        assert (await desk.thread(number)).state is (State.CLOSED if place % 3 == 2 else State.OPEN)


@BOTH_SIZES
async def test_triage_says_how_many_wait_with_colleagues(desk: Desk, size: Size) -> None:
    dawit = await desk.thread(DAWIT)
    await desk.store.triage.assign_conversations([dawit.id], COLLEAGUE, COLLEAGUE)
    async with desk.open(size):
        await desk.press("t")
        await desk.shows("Triage  2 for you · 1 with colleagues", "3 waiting")
        ana = await desk.thread(ANA)
        await desk.store.triage.assign_conversations([ana.id], COLLEAGUE, COLLEAGUE)
        await desk.shows("Triage  1 for you · 2 with colleagues")
        await desk.press("space")
        await desk.shows("0 handled, 1 still waits for you · 2 with colleagues")
        await desk.press("space", "e")
        await desk.shows("All clear, 1 handled · 2 wait with colleagues")


@BOTH_SIZES
async def test_triage_that_does_not_start_says_who_waits_with_colleagues(
    desk: Desk, size: Size
) -> None:
    ids = [(await desk.thread(number)).id for number in (CHLOE, DAWIT, ANA)]
    await desk.store.triage.assign_conversations(ids, COLLEAGUE, COLLEAGUE)
    async with desk.open(size):
        await desk.press("t")
        await desk.shows("0 for you · 3 with colleagues")
        assert not desk.inbox.triage.is_on


async def test_triage_that_does_not_start_says_that_colleagues_have_all_open(
    desk: Desk, open_store: OpenStore
) -> None:
    theirs = await open_store(owner="bo's desk")
    for number in (CHLOE, DAWIT, ANA):
        row = await desk.thread(number)
        if number != CHLOE:
            await desk.store.triage.close_conversations([row.id], COLLEAGUE)
    await theirs.presence.announce_presence(COLLEAGUE, (await desk.thread(CHLOE)).id, typing=False)
    async with desk.open(WIDE):
        await desk.press("t")
        await desk.shows("1 for you", "colleagues have it open", "t again shows what they have")
        assert not desk.inbox.triage.is_on
        await desk.press("t")
        await desk.hides("t again")
        assert desk.inbox.triage.is_on
        await wait_for_thread(desk, CHLOE)
        await desk.shows("bo is here")


@BOTH_SIZES
@pytest.mark.parametrize("key", ["space", "enter", "n"])
async def test_the_end_of_a_round_leads_to_what_a_colleague_has_open(
    desk: Desk, open_store: OpenStore, size: Size, key: str
) -> None:
    theirs = await open_store(owner="bo's desk", seed=2)
    await theirs.presence.announce_presence(COLLEAGUE, (await desk.thread(CHLOE)).id, typing=False)
    async with desk.open(size):
        await desk.press("t")
        await wait_for_thread(desk, DAWIT)
        await desk.press("e", "e")
        await desk.shows(
            "All clear, 2 handled · 1 waits with colleagues, who have it open",
            "Space shows what colleagues have open",
        )
        await desk.press(key)
        await wait_for_thread(desk, CHLOE)
        await desk.shows("bo is here")


async def test_a_colleague_with_the_cursor_of_a_narrow_list_there_has_nothing_open(
    mia: Desk, bo: Desk
) -> None:
    async with mia.open(WIDE), bo.open(NARROW):
        await bo.move_to(CHLOE)
        await bo.press("enter")
        await mia.press("t")
        await mia.shows("with colleagues")
        await bo.press("escape")
        await mia.shows("Triage  3 left · 0 handled")
        await mia.press("t", "t")
        await wait_for_thread(mia, CHLOE)


@BOTH_SIZES
async def test_undo_after_triage_has_moved_on_asks_once_the_confirmation_is_gone(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("t", "e")
        await wait_for_thread(desk, DAWIT)
        desk.inbox.show_status("")
        await desk.press("z")
        await desk.shows("z again reopens Chloe Martin, closed just now")
        await wait_for_thread(desk, DAWIT)
        await desk.press("z")
        await wait_for_thread(desk, CHLOE)


@BOTH_SIZES
async def test_what_is_undone_elsewhere_names_the_customer_and_where_to_go(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=30):
        await desk.press("t")
        await wait_for_thread(desk, CHLOE)
        await desk.press("r")
        await desk.type("see you")
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        await desk.store.triage.close_conversations([(await desk.thread(CHLOE)).id], COLLEAGUE)
        await desk.press("z")
        await desk.shows(f"a draft again for {NAMES[CHLOE]}", "g d lists drafts")
        await wait_for_thread(desk, DAWIT)
        await desk.press("g", "d")
        await desk.shows(NAMES[CHLOE])


async def test_what_is_undone_on_the_screen_names_no_way(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=30):
        await desk.press("t")
        await wait_for_thread(desk, CHLOE)
        await desk.press("r")
        await desk.type("see you")
        await desk.press("enter")
        await wait_for_thread(desk, DAWIT)
        await desk.press("z")
        await wait_for_thread(desk, CHLOE)
        await desk.shows("Cancelled: not sent, the text is a draft again")
        await desk.hides("lists drafts", "draft again for")


@pytest.fixture
def lasting_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let notices stay until something removes them."""
    monkeypatch.setattr("tui.widgets.key_bar.STATUS_SECONDS", 600.0)


@pytest.mark.usefixtures("lasting_notices")
@pytest.mark.parametrize("field", ["r", "p", "slash"])
async def test_a_notice_of_before_does_not_cover_the_keys_of_a_text_field(
    desk: Desk, field: str
) -> None:
    async with desk.open(WIDE):
        await desk.press("space")
        await desk.shows("Only in triage: t starts it")
        await desk.press(field)
        await desk.until(lambda: desk.inbox.is_typing, "a text field")
        await desk.hides("Only in triage")


@pytest.mark.usefixtures("lasting_notices")
async def test_a_notice_that_needs_reading_stays_beside_a_text_field(desk: Desk) -> None:
    async with desk.open(WIDE):
        await wait_for_thread(desk, CHLOE)
        await desk.pilot.pause()  # the message of the opening, still under way, would remove it
        desk.inbox.keys.show_status("Read this first", needs_reading=True)
        await desk.press("r")
        await desk.until(lambda: desk.inbox.is_composer_focused, "a text field")
        assert desk.inbox.keys.shown_status == "Read this first"


@pytest.mark.usefixtures("lasting_notices")
@pytest.mark.parametrize("field", ["r", "p", "slash"])
async def test_a_paste_that_goes_in_is_not_called_dropped(desk: Desk, field: str) -> None:
    async with desk.open(WIDE):
        desk.app.post_message(Paste("alpha beta"))
        await desk.shows("Nothing was done with the pasted text")
        await desk.press(field)
        await desk.until(lambda: desk.inbox.is_typing, "a text field")
        desk.app.post_message(Paste("alpha beta"))
        await desk.shows("alpha beta")
        await desk.hides("Nothing was done")
