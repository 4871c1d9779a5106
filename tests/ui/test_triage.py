"""Triage mode: one conversation after the other, until nobody waits."""

import pytest

from tests.conftest import OpenStore
from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE, DAWIT, NAMES
from tui.clock import MINUTE
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.store.store import Store

Size = tuple[int, int]


async def keep_replies(store: Store, *texts: str) -> None:
    """Canned replies in the order of their use."""
    for place, text in enumerate(texts):
        name = f"Reply {place + 1}"
        await store.templates.save_template(CannedReply(name, text), AGENT)
        for _ in range(len(texts) - place):
            await store.templates.record_use(name)


async def shows_thread(desk: Desk, number: str) -> None:
    """Wait until this conversation fills the screen."""
    wanted = (await desk.thread(number)).id
    await desk.until(lambda: desk.shown_id == wanted, f"{number} shown")


@presses("triage", "skip")
async def test_one_conversation_fills_the_screen_longest_wait_first(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("triage")
        await shows_thread(desk, CHLOE)
        await desk.shows("Triage  3 left · 0 handled", "Space Later")
        await desk.hides(NAMES[DAWIT], "longest waiting")
        await desk.command("skip")
        await shows_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).waiting_since is not None


@BOTH_SIZES
async def test_closing_goes_on_and_the_end_is_said(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "e")
        await shows_thread(desk, DAWIT)
        await desk.shows("Triage  2 left · 1 handled")
        await desk.press("e", "e")
        await desk.shows("All clear, 3 handled", "Esc goes to the list")
        for number in (CHLOE, DAWIT, ANA):
            assert (await desk.thread(number)).state is State.CLOSED
        await desk.press("escape")
        await desk.shows("Open 4", "All clear, 3 handled")
        await desk.hides("Triage  0 left")


@BOTH_SIZES
async def test_a_reply_goes_on_to_the_next(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "r")
        await desk.type("Friday is fine")
        await desk.press("enter")
        await shows_thread(desk, DAWIT)
        last = await desk.last(CHLOE)
        assert (last.body, last.status) == ("Friday is fine", Status.QUEUED)
        await desk.press("e")
        await shows_thread(desk, ANA)


@presses(
    "canned_1", "canned_2", "canned_3", "canned_4", "canned_5", "canned_6", "canned_7",
    "canned_8", "canned_9",
)  # fmt: skip
async def test_digits_put_canned_replies_into_the_composer_filled(desk: Desk, size: Size) -> None:
    await keep_replies(desk.store, *(f"Text {n} for {{first_name}}" for n in range(1, 10)))
    async with desk.open(size):
        await desk.press("t")
        for number in range(1, 10):
            await desk.command(f"canned_{number}")
            await desk.until(lambda n=number: desk.typed == f"Text {n} for Chloe")
            await desk.press("ctrl+u", "escape")
            await desk.until(lambda: not desk.inbox.is_composer_focused)


async def test_canned_replies_stand_under_the_conversation_by_use(desk: Desk) -> None:
    await keep_replies(desk.store, "Thank you!", "Sorry [/]")
    async with desk.open(NARROW):
        await desk.press("t")
        await desk.shows("1 Reply 1  Thank you!", "2 Reply 2  Sorry [/]")
        await desk.press("3")
        await desk.shows("There is no canned reply 3")
        await desk.press("1", "enter")
        await shows_thread(desk, DAWIT)
        assert (await desk.last(CHLOE)).body == "Thank you!"


async def test_a_canned_reply_is_parted_from_what_was_typed_before_it(desk: Desk) -> None:
    await keep_replies(desk.store, "Thank you {order}!")
    async with desk.open(NARROW):
        await desk.press("t", "r")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("Yes.")
        await desk.press("escape", "1")
        await desk.until(lambda: desk.typed == "Yes. Thank you {order}!")
        assert desk.inbox.pane.compose_pane.composer.selected_text == "{order}"


async def test_without_canned_replies_it_says_how_to_get_some(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t")
        await desk.shows("No canned replies yet")


@BOTH_SIZES
async def test_the_end_of_a_round_offers_only_what_acts_there(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t")
        await desk.shows("1-9 Canned", "r Reply")
        await desk.press("space", "space", "space")
        await desk.shows("0 handled, 3 still wait", " z Undo  Space Begin again  Esc To the list")
        await desk.hides("Canned", "r Reply", "h Snooze")
        await desk.press("space")
        await shows_thread(desk, CHLOE)
        await desk.shows("1-9 Canned", "r Reply", "Space Later")


@BOTH_SIZES
async def test_snoozing_goes_on(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "h")
        await desk.type("2h")
        await desk.press("enter")
        await shows_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).snoozed_until == desk.clock.now() + 120 * MINUTE


async def test_giving_it_to_a_colleague_goes_on_and_a_label_does_not(desk: Desk) -> None:
    await desk.store.agents.record_agent(COLLEAGUE)
    async with desk.open(WIDE):
        await desk.press("t", "l")
        await desk.type("parcels")
        await desk.press("enter")
        await desk.shows("Put #parcels on Chloe Martin")
        await shows_thread(desk, CHLOE)
        await desk.press("a")
        await desk.type(COLLEAGUE)
        await desk.press("enter")
        await shows_thread(desk, DAWIT)
        assert (await desk.thread(CHLOE)).assignee == COLLEAGUE


@BOTH_SIZES
async def test_undo_shows_the_one_that_waits_again(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "e")
        await shows_thread(desk, DAWIT)
        await desk.press("z")
        await shows_thread(desk, CHLOE)
        await desk.shows("Triage  3 left · 0 handled")
        await desk.press("e", "e", "e")
        await desk.shows("All clear, 3 handled")
        await desk.press("z")
        await shows_thread(desk, ANA)
        await desk.hides("All clear")


@BOTH_SIZES
async def test_a_message_that_has_not_left_is_taken_back_into_the_composer(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=5):
        await desk.press("t", "r")
        await desk.type("Oops")
        await desk.press("enter")
        await shows_thread(desk, DAWIT)
        await desk.shows("Sending in 5 s · z takes it back", "2 left · 1 handled")
        await desk.press("z")
        await shows_thread(desk, CHLOE)
        await desk.until(lambda: desk.typed == "Oops")
        await desk.shows("3 left · 0 handled")
        assert (await desk.last(CHLOE)).status is Status.CANCELLED


async def test_what_was_left_waits_for_another_round(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "space", "e", "e")
        await desk.shows("2 handled, 1 still waits")
        await desk.press("space")
        await shows_thread(desk, CHLOE)
        await desk.press("n")
        await desk.shows("2 handled, 1 still waits")


async def test_what_a_colleague_has_or_looks_at_is_left_to_them(
    desk: Desk, open_store: OpenStore
) -> None:
    dawit = await desk.thread(DAWIT)
    await desk.store.triage.assign_conversations([dawit.id], COLLEAGUE, COLLEAGUE)
    theirs = await open_store(owner="bo's desk")
    await theirs.presence.announce_presence(COLLEAGUE, (await desk.thread(CHLOE)).id, typing=False)
    async with desk.open(WIDE):
        await desk.press("t")
        await shows_thread(desk, ANA)
        await desk.shows("Triage  2 left")


async def test_leaving_stands_in_the_list_on_the_one_that_was_shown(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t", "space")
        await shows_thread(desk, DAWIT)
        await desk.press("escape")
        await desk.shows("longest waiting", NAMES[CHLOE])
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == DAWIT
        assert len(desk.app.query("#canned, #all-clear")) == 0


async def test_going_elsewhere_ends_it(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "g", "i")
        await desk.shows("Mine 1")
        await desk.hides("handled", "No canned replies yet")


@pytest.mark.parametrize("key", ["space", "1"])
async def test_its_keys_say_so_elsewhere(desk: Desk, key: str) -> None:
    async with desk.open(WIDE):
        await desk.press(key)
        await desk.shows("Only in triage: t starts it")


async def test_with_nobody_waiting_it_does_not_begin(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press("t")
        await empty_desk.shows("All clear: no one is waiting")
        assert not empty_desk.inbox.triage.is_on


async def test_news_does_not_move_the_conversation_away(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("t", "space")
        await shows_thread(desk, DAWIT)
        await desk.world.writes(ANA, "Halo?", account="pl")
        await desk.store.triage.close_conversations([(await desk.thread(CHLOE)).id], COLLEAGUE)
        await desk.shows("2 waiting")
        await shows_thread(desk, DAWIT)
        await desk.press("e")
        assert (await desk.thread(DAWIT)).state is State.CLOSED


async def test_twenty_who_wait_are_cleared_in_less_than_sixty_keys(empty_desk: Desk) -> None:
    desk = empty_desk
    await keep_replies(desk.store, "Thank you, we will see to it.", "We are open from 9 to 18.")
    numbers = [f"+614915700{place:02d}" for place in range(20)]
    for number in numbers:
        await desk.world.writes(number, "Hello?")
        desk.clock.advance(60)
    pressed = 0

    async def press(*keys: str) -> None:
        nonlocal pressed
        pressed += len(keys)
        await desk.press(*keys)

    async with desk.open(NARROW):
        await press("t")
        for place, number in enumerate(numbers):
            await shows_thread(desk, number)
            await press(*(("1", "enter"), ("2", "enter"), ("e",))[place % 3])
        await desk.shows("All clear, 20 handled")
    assert pressed < 60
    assert (await desk.store.conversations.get_counts()).waiting == 0
    for place, number in enumerate(numbers):
        assert (await desk.thread(number)).state is (State.CLOSED if place % 3 == 2 else State.OPEN)
