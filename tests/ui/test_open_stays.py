"""Test that what is open stays open: however a row leaves or moves, wherever the focus is.

Each way in which a conversation can leave a list is tried with every focus, at both widths.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest
from textual.events import MouseScrollDown

from tests.slow_cases import slow_case
from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import AGENT, ANA, BOB, CHLOE, COLLEAGUE, DAWIT, HUGO, NAMES
from tests.waiting import wait_until
from tui.clock import HOUR, MINUTE
from tui.domain.conversation import Conversation, State
from tui.domain.status import Status

Size = tuple[int, int]
FULL = (160, 40)
BOTH_WIDTHS = pytest.mark.parametrize(
    "size", [pytest.param(NARROW, id="80x24"), pytest.param(FULL, id="160x40")]
)
LONG_AT_BOTH_WIDTHS = pytest.mark.parametrize(
    "size", [pytest.param(NARROW, id="80x24"), slow_case(FULL, name="160x40")]
)
ABOVE, OPEN, BELOW = "+61491571801", "+61491571802", "+61491571803"
"""Three customers who wait, in this order; the agent works with the second."""

Act = Callable[[Desk, Conversation], Awaitable[object]]


async def do_nothing(desk: Desk, row: Conversation) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Way:
    """A way in which a conversation leaves a list."""

    name: str
    keys: tuple[str, ...]
    """Keys that show the list."""
    leave: Act
    reason: str
    prepare: Act = do_nothing


async def fail_text(desk: Desk, row: Conversation) -> None:
    """Let a text to the customer fail."""
    await desk.events.add_reply(row.address, "Hello", Status.FAILED, "no route")


async def dismiss_failures(desk: Desk, row: Conversation) -> None:
    """Let the colleague dismiss all failures of a conversation."""
    for message in await desk.messages(row.address):
        if message.status is Status.FAILED:
            await desk.store.intents.set_handled(message.id, COLLEAGUE)


async def wake_by_clock(desk: Desk, row: Conversation) -> None:
    """Let the time of a snooze come."""
    desk.clock.advance(3601)
    await desk.store.triage.reopen_due_conversations()


WAYS = (
    Way(
        "closed",
        ("g", "o"),
        lambda d, c: d.store.triage.close_conversations([c.id], COLLEAGUE),
        "closed by bo",
    ),
    Way(
        "snoozed",
        ("g", "o"),
        lambda d, c: d.store.triage.snooze_conversations([c.id], COLLEAGUE, None),
        "snoozed until they reply by bo",
    ),
    Way(
        "assigned",
        ("g", "u"),
        lambda d, c: d.store.triage.assign_conversations([c.id], COLLEAGUE, COLLEAGUE),
        "assigned to bo",
    ),
    Way(
        "reassigned",
        ("g", "i"),
        lambda d, c: d.store.triage.assign_conversations([c.id], COLLEAGUE, "tom"),
        "assigned to tom",
        lambda d, c: d.store.triage.assign_conversations([c.id], AGENT, AGENT),
    ),
    Way("resolved", ("g", "f"), dismiss_failures, "no longer failed", fail_text),
    Way(
        "unstarred",
        ("g", "asterisk"),
        lambda d, c: d.store.triage.set_star([c.id], COLLEAGUE, False),
        "star removed by bo",
        lambda d, c: d.store.triage.set_star([c.id], AGENT, True),
    ),
    Way(
        "unlabelled",
        ("g", "l", "v", "i", "p", "enter"),
        lambda d, c: d.store.triage.set_label([c.id], COLLEAGUE, "vip", False),
        "#vip removed by bo",
        lambda d, c: d.store.triage.set_label([c.id], AGENT, "vip", True),
    ),
    Way(
        "woken",
        ("g", "s"),
        wake_by_clock,
        "open again",
        lambda d, c: d.store.triage.snooze_conversations([c.id], AGENT, d.clock.now() + HOUR),
    ),
    Way(
        "written to",
        ("g", "e"),
        lambda d, c: d.events.receive_texts(c.address, "One more thing"),
        "open again",
        lambda d, c: d.store.triage.close_conversations([c.id], AGENT),
    ),
    Way(
        "renamed",
        ("g", "o", "slash", "z", "e", "d", "enter"),
        lambda d, c: d.store.contacts.rename_contact(c.id, "Ann", "", COLLEAGUE),
        "no longer matches the filter",
        lambda d, c: d.store.contacts.rename_contact(c.id, "Zed", "", AGENT),
    ),
)


async def rest_in_list(desk: Desk) -> None:
    """Leave the focus in the list."""


async def select_message(desk: Desk) -> None:
    """Open the conversation and select a message."""
    await desk.press("enter", "K")


async def begin_reply(desk: Desk) -> None:
    """Begin a reply and type."""
    await desk.press("r")
    await desk.type("for you")


async def begin_note(desk: Desk) -> None:
    """Begin a private note and type."""
    await desk.press("p")
    await desk.type("a note")


async def act_by_key(desk: Desk, row: Conversation) -> None:
    """Reply and close by keys of the list and of the open conversation."""
    await desk.press("r")
    await desk.type("from the list")
    await press_enter(desk, row, "from the list")


async def send_typed(desk: Desk, row: Conversation) -> None:
    """Send the text that was begun before."""
    await press_enter(desk, row, "for you")


async def press_enter(desk: Desk, row: Conversation, text: str) -> None:
    """Press Enter until a text is sent: the desk asks about what the customer has written since."""

    async def is_sent_or_asked() -> bool:
        return bool(desk.typed) or await has_text(desk, row, text)

    for _ in range(8):
        await desk.press("enter")
        await desk.until(is_sent_or_asked, "the reply or a question")
        if await has_text(desk, row, text):
            return
    await desk.until(lambda: has_text(desk, row, text), "the reply")


async def save_note(desk: Desk, row: Conversation) -> None:
    """Save the note that was begun before."""
    await desk.press("enter")
    await desk.until(lambda: has_text(desk, row, "a note"), "the note")


async def act_from_filter(desk: Desk, row: Conversation) -> None:
    """Leave the filter and star the conversation under the cursor."""
    await desk.press("enter", "l")
    await desk.type("filtered")
    await desk.press("enter")
    await desk.until(lambda: has_label(desk, row, "filtered"), "the label")


async def answer_dialog(desk: Desk, row: Conversation) -> None:
    """Answer the dialog that asks for labels."""
    await desk.type("answered")
    await desk.press("enter")
    await desk.until(lambda: has_label(desk, row, "answered"), "the label")


async def choose_in_palette(desk: Desk, row: Conversation) -> None:
    """Run a command in the palette that was opened before."""
    await desk.type("Star")
    await desk.shows("Star · Mark")
    await desk.press("enter")
    await desk.until(lambda: is_starred_again(desk, row), "starred")


async def is_starred_again(desk: Desk, row: Conversation) -> bool:
    """Return whether the star of a conversation was just changed by the agent."""
    entries = await desk.store.triage.get_audit_trail(row.id)
    return entries[0].agent == AGENT and entries[0].action in ("star", "unstar")


FOCUSES: dict[str, tuple[Callable[[Desk], Awaitable[None]], Act]] = {
    "list": (rest_in_list, act_by_key),
    "conversation": (lambda d: d.press("enter"), act_by_key),
    "message": (select_message, act_by_key),
    "composer": (begin_reply, send_typed),
    "note": (begin_note, save_note),
    "filter": (lambda d: d.press("slash"), act_from_filter),
    "dialog": (lambda d: d.press("l"), answer_dialog),
    "palette": (lambda d: d.press("colon"), choose_in_palette),
}
"""How the focus gets there, and what acts on the conversation afterwards."""


def is_listed(desk: Desk, row: Conversation) -> bool:
    """Return whether the list has a conversation."""
    return row.id in {known.id for known in desk.inbox.threads.rows}


async def has_text(desk: Desk, row: Conversation, text: str) -> bool:
    """Return whether the newest message of a conversation is this text."""
    found = await desk.messages(row.address)
    return found[-1].body == text and (await desk.thread(row.address)).last_id == found[-1].id


async def has_label(desk: Desk, row: Conversation, label: str) -> bool:
    """Return whether a conversation has a label."""
    return label in (await desk.thread(row.address)).labels


async def add_three_customers(desk: Desk) -> None:
    """Let three customers write, one after the other."""
    for number in (ABOVE, OPEN, BELOW):
        await desk.events.receive_texts(number, f"Hello from {number[-1]}")
        desk.clock.advance(60)


async def count_texts_to_others(desk: Desk) -> int:
    """Return how many messages the two other conversations have."""
    return len(await desk.messages(ABOVE)) + len(await desk.messages(BELOW))


async def reset_customer(desk: Desk) -> Conversation:
    """Let the second customer wait, open and without anything else."""
    store, row = desk.store.triage, await desk.thread(OPEN)
    await dismiss_failures(desk, row)
    await store.assign_conversations([row.id], AGENT, "")
    await store.set_star([row.id], AGENT, False)
    await store.set_labels([row.id], AGENT, dict.fromkeys(row.labels, False))
    await desk.events.receive_texts(OPEN, "And now?")
    return await desk.thread(OPEN)


@LONG_AT_BOTH_WIDTHS
@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
async def test_what_is_open_stays_open_wherever_the_focus_is(
    empty_desk: Desk, way: Way, size: Size
) -> None:
    desk = empty_desk
    await add_three_customers(desk)
    for number in (ABOVE, BELOW):
        await way.prepare(desk, await desk.thread(number))
    before = await count_texts_to_others(desk)
    async with desk.open(size):
        for focus, (enter, act) in FOCUSES.items():
            row = await reset_customer(desk)
            await way.prepare(desk, row)
            await desk.press(*way.keys)
            await desk.until(partial(is_listed, desk, row), f"{focus}: listed")
            await desk.move_to(OPEN)
            await enter(desk)
            await way.leave(desk, row)
            await wait_until(
                lambda: desk.inbox.threads.departure_reason == way.reason, what=f"{focus}: gone"
            )
            current = desk.inbox.threads.current_row
            assert current is not None and current.id == desk.shown_id == row.id, focus
            if focus not in ("dialog", "palette"):
                await desk.shows(way.reason)
            await act(desk, row)
            assert desk.shown_id == row.id, focus
            await desk.press("escape", "escape", "escape")
    assert await count_texts_to_others(desk) == before
    for number in (ABOVE, BELOW):
        assert set((await desk.thread(number)).labels) <= {"vip"}


async def find_line(desk: Desk, number: str) -> int:
    """Return the line of the screen on which the list shows a customer."""
    rows = [row.party for row in desk.inbox.threads.rows]
    return rows.index(number) - desk.inbox.threads.top


@BOTH_WIDTHS
async def test_the_row_goes_when_the_agent_moves_on_and_returns_with_undo(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.move_to(DAWIT)
        line = await find_line(desk, DAWIT)
        await desk.press("e")
        await desk.shows("closed by you")
        assert await find_line(desk, DAWIT) == line
        await desk.press("z")
        await desk.hides("closed by you")

        async def is_as_stored() -> bool:
            return desk.inbox.threads.current_row == await desk.thread(DAWIT)

        await desk.until(is_as_stored, "the row as it is now")
        await desk.press("e")
        await desk.shows("closed by you")
        await desk.press("j")
        assert DAWIT not in [row.party for row in desk.inbox.threads.rows]
        row = desk.inbox.threads.current_row
        assert row is not None and (row.party, await find_line(desk, ANA)) == (ANA, line)
        await desk.press("k", "k")
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == CHLOE


@BOTH_WIDTHS
async def test_a_row_that_left_stays_while_other_rows_come_and_go(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.move_to(DAWIT)
        line = await find_line(desk, DAWIT)
        dawit, ana = await desk.thread(DAWIT), await desk.thread(ANA)
        await desk.store.triage.close_conversations([dawit.id], COLLEAGUE)
        await desk.shows("closed by bo")
        await desk.store.triage.close_conversations([ana.id], COLLEAGUE)
        await desk.events.receive_texts("+61491571804", "Hello?")
        await desk.shows("+61 491 571 804")
        await desk.hides(NAMES[ANA])
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == DAWIT and await find_line(desk, DAWIT) == line
        assert desk.shown_id == dawit.id
        # A colleague opens it again: it is a row like the others.
        await desk.store.triage.reopen_conversations([dawit.id], COLLEAGUE)
        await desk.hides("closed by bo")
        assert [r.party for r in desk.inbox.threads.rows].count(DAWIT) == 1


@BOTH_WIDTHS
async def test_the_reason_stays_true_while_the_row_stays(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.store.triage.close_conversations([chloe.id], COLLEAGUE)
        await desk.shows("closed by bo")
        until = desk.clock.now() + HOUR
        await desk.store.triage.snooze_conversations([chloe.id], AGENT, until)
        await desk.shows("snoozed until today 15:02 by you")
        assert desk.shown_id == chloe.id


@BOTH_WIDTHS
async def test_a_row_that_only_moves_keeps_cursor_and_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("o")
        await desk.shows("newest")
        await desk.open_thread(HUGO)
        hugo = await desk.thread(HUGO)
        await desk.events.receive_texts(HUGO, "Any news?")
        await desk.until(lambda: desk.inbox.threads.rows[0].party == HUGO, "moved to the top")
        row = desk.inbox.threads.current_row
        assert row is not None and row.id == hugo.id == desk.shown_id
        assert desk.inbox.is_reading and desk.inbox.threads.top == 0


async def test_a_row_that_moves_within_sight_leaves_the_others_on_their_lines(
    empty_desk: Desk,
) -> None:
    desk = empty_desk
    numbers = [f"+6149157{n:04d}" for n in range(40)]
    for number in numbers:
        await desk.events.receive_texts(number, "Hello?")
        desk.clock.advance(60)
    async with desk.open(NARROW):
        threads = desk.inbox.threads
        await desk.press(*["j"] * 25)
        top = threads.rows[threads.top]
        current, above = threads.rows[threads.cursor], threads.rows[threads.cursor - 3]
        # Its oldest text turns out to be older than the one three rows above.
        assert above.waiting_since is not None
        minutes = (desk.clock.now() - above.waiting_since) // MINUTE + 1
        await desk.events.receive_late_text(current.address, "Late", minutes)
        await desk.until(lambda: threads.rows[threads.cursor].rank != current.rank, "moved")
        assert (threads.rows[threads.top].id, threads.rows[threads.cursor].id) == (
            top.id,
            current.id,
        )


@BOTH_WIDTHS
async def test_a_conversation_that_becomes_part_of_another_stays_under_the_cursor(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.open_thread(DAWIT)
        dawit, bob = await desk.thread(DAWIT), await desk.thread(BOB)
        await desk.store.triage.close_conversations([bob.id], COLLEAGUE)
        await desk.store.merges.merge_conversations(bob.id, dawit.id, COLLEAGUE)
        await desk.until(lambda: desk.shown_id == bob.id, "the joined conversation")
        await desk.shows("This conversation is part of the one with Bob Nilsson now")
        row = desk.inbox.threads.current_row
        assert row is not None and row.id == bob.id
        assert desk.inbox.is_reading and desk.inbox.threads.view.state is State.OPEN


async def test_a_merge_of_others_keeps_the_selected_message_and_the_place(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(HUGO)
        await desk.press(*["K"] * 30)
        view = desk.inbox.message_view
        selected, below = view.selected_id, view.lines_below
        assert selected and below
        dawit, bob = await desk.thread(DAWIT), await desk.thread(BOB)
        await desk.store.merges.merge_conversations(bob.id, dawit.id, COLLEAGUE)
        await desk.until(
            lambda: DAWIT not in [row.party for row in desk.inbox.threads.rows], "merged"
        )
        assert (view.selected_id, view.lines_below) == (selected, below)


async def test_the_wheel_does_not_move_the_cursor_while_the_agent_writes(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.press("r")
        wheel = MouseScrollDown(desk.inbox.threads, 1, 1, 0, 1, 0, False, False, False)
        desk.inbox.threads.post_message(wheel)
        await desk.shows("You are writing to Chloe Martin: Esc, then the list scrolls")
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == CHLOE


@BOTH_WIDTHS
async def test_marks_in_the_list_do_not_bend_what_is_done_to_the_open_one(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("x", "x")
        await desk.shows("2 selected")
        await desk.open_thread(BOB)
        await desk.press("e")
        await desk.shows("Closed Bob Nilsson")
        assert (await desk.thread(CHLOE)).state is State.OPEN
        await desk.press(*(["escape"] if size == NARROW else []), "j")
        await desk.shows("2 selected")
        await desk.press("e")
        await desk.shows("Closed 2 conversations")


@BOTH_WIDTHS
async def test_keys_typed_ahead_act_on_what_they_reached(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("home")
        desk.send_keys("j", "r", "h", "i", "enter")
        await desk.keys_done()
        await desk.until(lambda: has_text_for(desk, DAWIT, "hi"), "the reply")
        assert [m.body for m in await desk.messages(CHLOE) if m.direction.value == "out"] == []


async def has_text_for(desk: Desk, number: str, text: str) -> bool:
    """Return whether the newest message to a customer is this text."""
    return (await desk.last(number)).body == text


@BOTH_WIDTHS
async def test_a_retry_is_watched_where_it_was_started(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "f")
        await desk.open_thread(BOB)
        bob = await desk.thread(BOB)
        await desk.press("K", "R")
        await desk.shows("being sent now")
        retried = await desk.last(BOB)
        assert retried.retry_of and desk.shown_id == bob.id
        assert desk.inbox.message_view.target_message is not None
        assert desk.inbox.message_view.selected_id in (retried.retry_of, retried.id)
        await desk.press("escape", "escape")
        await desk.shows("being sent now")
        await desk.store.outbox.claim_due_messages("sync", retried.account, 1)
        await desk.events.report_status(retried, Status.DELIVERED)
        await desk.shows("no longer failed", "✓✓")
        await desk.press("j", "k")
        await desk.hides("no longer failed")


@BOTH_WIDTHS
async def test_leaving_triage_keeps_what_a_colleague_has_closed(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "space")
        dawit = await desk.thread(DAWIT)
        await desk.until(lambda: desk.shown_id == dawit.id, "Dawit shown")
        await desk.store.triage.close_conversations([dawit.id], COLLEAGUE)
        await desk.shows("Dawit Bekele  closed by bo", "2 left · 0 handled")
        await desk.press("escape")
        await desk.shows("longest waiting", "closed by bo")
        assert desk.inbox.threads.view.state is State.OPEN
        row = desk.inbox.threads.current_row
        assert row is not None and row.id == dawit.id == desk.shown_id


@BOTH_WIDTHS
async def test_a_draft_that_is_sent_from_the_list_of_drafts_stays_shown(
    desk: Desk, size: Size
) -> None:
    for number in (CHLOE, DAWIT):
        row = await desk.thread(number)
        await desk.store.drafts.save_draft(
            row.id, AGENT, "Begun", account="au", sender="", began_at=1
        )
    async with desk.open(size):
        await desk.press("g", "d")
        await desk.shows("Drafts 2")
        await desk.open_thread(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.press("r", "enter")
        await desk.until(lambda: has_text_for(desk, CHLOE, "Begun"), "sent")
        await desk.shows("no draft left")
        assert desk.shown_id == chloe.id
        await desk.press("escape", "s")
        assert (await desk.thread(CHLOE)).starred
        assert not (await desk.thread(DAWIT)).starred


@BOTH_WIDTHS
async def test_a_mention_that_was_seen_stays_shown(desk: Desk, size: Size) -> None:
    for number in (CHLOE, DAWIT):
        about = await desk.thread(number)
        await desk.store.messages.add_note(about.id, COLLEAGUE, "@mia please", [AGENT])
        await desk.store.triage.close_conversations([about.id], COLLEAGUE)
    async with desk.open(size):
        await desk.press("g", "m")
        await desk.open_thread(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.events.receive_texts(DAWIT, "Hello?")
        await desk.shows("mention seen")
        assert desk.shown_id == chloe.id
        row = desk.inbox.threads.current_row
        assert row is not None and row.id == chloe.id


@BOTH_WIDTHS
async def test_a_selected_row_that_leaves_is_no_longer_selected(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("x", "x", "x")
        await desk.shows("3 selected")
        dawit = await desk.thread(DAWIT)
        await desk.store.triage.close_conversations([dawit.id], COLLEAGUE)
        await desk.shows("2 selected")
        await desk.press("s")
        await desk.shows("Starred 2 conversations")
        assert not (await desk.thread(DAWIT)).starred


@BOTH_WIDTHS
async def test_selecting_a_row_that_has_left_selects_nothing(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("e")
        await desk.shows("closed by you")
        await desk.press("x")
        await desk.hides("closed by you", "1 selected")
        await desk.press("s")
        await desk.shows("Starred Dawit Bekele")


@BOTH_WIDTHS
async def test_keys_after_send_and_close_are_commands_about_the_same_customer(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.press("r")
        await desk.type("Friday is fine")
        await desk.press("ctrl+e")
        await desk.shows("Closed Chloe Martin", "closed by you")
        await desk.press("s")
        await desk.shows("Starred Chloe Martin")
        assert desk.typed == ""
        await desk.press("O")
        await desk.hides("closed by you")
        assert (await desk.thread(CHLOE)).state is State.OPEN
        assert (await desk.thread(CHLOE)).waiting_since is None
