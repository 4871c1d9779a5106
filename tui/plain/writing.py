"""Write a reply line by line; the draft is saved after each line.

Only one agent at a time has the compose lock of a conversation.
"""

import asyncio
import shlex
from collections.abc import Sequence

from tui.desk import assist
from tui.desk.helper_program import HelperAnswer, HelperProgram
from tui.desk.routes import format_plan_time
from tui.desk.undo_stack import format_undo_question
from tui.domain.conversation import Conversation
from tui.domain.templates import CannedReply
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import clean_typed_text, is_blank_text
from tui.plain.canned import choose_canned_reply, fill_picked, pick_canned_reply, run_macro
from tui.plain.reading import show_consent, show_new_messages
from tui.plain.review import ReplyReview
from tui.plain.session import PlainSession, line_handler
from tui.store.messages import NEWEST

END_MARK = "."
CANCEL_MARK = "!"
CANNED_MARK = "::"
_INSTRUCTIONS = (
    f"Write your reply. A single {END_MARK} ends it, a single {CANCEL_MARK} cancels it, "
    f"{CANNED_MARK} takes a canned reply."
)


@line_handler("reply")
async def write_reply(session: PlainSession, typed: str) -> None:
    """Write, review and send a reply.

    Args:
        session: State of this agent's line-mode session.
        typed: The whole reply, if it came with the command.
    """
    if await _prepare_reply(session):
        await _compose_reply(session, [typed] if typed else [], is_complete=bool(typed))


@line_handler("canned")
async def write_canned_reply(session: PlainSession, typed: str) -> None:
    """Begin a reply with a canned reply, or run a macro.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    template = await pick_canned_reply(session, typed)
    if template is not None and template.actions:
        await run_macro(session, template)
    elif template is not None and await _prepare_reply(session):
        await _compose_reply(session, [], is_complete=False, template=template)


@line_handler("macro")
async def run_picked_macro(session: PlainSession, typed: str) -> None:
    """Run a canned reply with actions.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    template = await pick_canned_reply(session, typed, with_actions=True)
    if template is not None:
        await run_macro(session, template)


async def _prepare_reply(session: PlainSession) -> bool:
    """Acquire the compose lock; return False and show the reason if a reply is not possible."""
    row = await session.refresh_conversation()
    if row.opted_out:
        await show_consent(session)
        return False
    session.compose.load_reply(row, None)
    if obstacle := session.submit.find_obstacle(row):
        session.dialog.write_line(f"{obstacle}.")
        return False
    holder = await session.presence.acquire_compose_lock()
    if holder:
        who = one_line(holder, 20)
        if not await session.dialog.ask_yes_no(f"{who} is writing here. Take over?"):
            session.dialog.write_line("Not taken over: n opens the next.")
            return False
        await session.presence.acquire_compose_lock(force=True)
    return True


async def _compose_reply(
    session: PlainSession,
    first_lines: list[str],
    *,
    is_complete: bool,
    template: CannedReply | None = None,
) -> None:
    """Read a reply up to its last line, then review it or leave it as a draft."""
    row = session.current
    try:
        with session.dialog.delay_announcements():
            await show_new_messages(session)
            lines = [*await _resume_draft(session, row), *first_lines]
            if template is not None:
                lines += await fill_picked(session, template)
            text = "\n".join(lines) if is_complete else await _read_lines(session, row, lines)
            text = clean_typed_text(text).strip()
            if not is_blank_text(text):
                _save_draft(session, row, text)
                await ReplyReview(session, row, text).run_review()
    finally:
        await session.compose.wait_until_saved()
        await session.presence.release_compose_lock()


async def _resume_draft(session: PlainSession, row: Conversation) -> list[str]:
    """Load the draft of this conversation; return its lines if the agent continues it."""
    draft = await session.store.drafts.get_draft(row.id, session.context.agent)
    text = session.compose.load_reply(row, draft)
    session.compose.set_seen(session.seen_upto, text)
    if not text:
        return []
    session.dialog.write_line("Your draft here:")
    session.dialog.write_line(to_printable(text))
    if plan := session.compose.plan:
        context = session.context
        moment = format_plan_time(plan, context.clock.now(), context.zone)
        session.dialog.write_line(f"It is scheduled for {moment}.")
    if await session.dialog.ask_yes_no("Continue it? n starts a new one."):
        return text.split("\n")
    session.compose.replace_draft(row)
    return []


async def _read_lines(session: PlainSession, row: Conversation, first_lines: list[str]) -> str:
    """Read lines up to a single dot; return an empty text if cancelled."""
    lines = list(first_lines)
    session.dialog.write_line(
        _INSTRUCTIONS if not lines else f"Write more, or a single {END_MARK} to end it."
    )
    while (line := await session.dialog.ask_line("> ")) != END_MARK:
        if line == CANCEL_MARK:
            _save_draft(session, row, "")
            session.dialog.write_line("Cancelled: nothing was sent. r starts again.")
            return ""
        lines += await choose_canned_reply(session, "") if line == CANNED_MARK else [line]
        _save_draft(session, row, "\n".join(lines))
        session.presence.record_key_press()
    if is_blank_text("".join(lines)):
        _save_draft(session, row, "")
        session.dialog.write_line("Nothing was written: r starts again.")
    return "\n".join(lines)


def _save_draft(session: PlainSession, row: Conversation, text: str) -> None:
    """Save the draft."""
    session.compose.save_draft(row.id, text, note=False)


@line_handler("undo")
async def undo_action(session: PlainSession, typed: str) -> None:
    """Undo the last action; a message that was not submitted becomes a draft again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    entry = session.actions.newest_undo
    guard, shown_id = session.undo_guard, session.shown_id
    is_seen = entry is None or guard.is_in_sight(entry, shown_id, is_offered=True)
    if entry is not None and not is_seen and not await entry.is_too_late():
        now = session.context.clock.now()
        question = await format_undo_question(session.store, entry, now)
        session.dialog.write_line(f"This {question}.")
        if not await session.dialog.ask_yes_no("Do it?"):
            session.dialog.write_line("Nothing was undone.")
            return
    session.dialog.write_line(f"{await session.actions.undo_last()}.")
    if session.conversation is not None:
        await session.refresh_conversation()


@line_handler("cancel_scheduled")
async def cancel_scheduled(session: PlainSession, typed: str) -> None:
    """Cancel a scheduled message.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    newest = await session.store.messages.list_before(session.current.id, NEWEST, 100)
    waiting = [
        m for m in newest if m.scheduled_at is not None and m.status and not m.status.is_final
    ]
    if not waiting:
        session.dialog.write_line("No message waits for its time here.")
        return
    texts = [one_line(message.summary, 80) for message in waiting]
    place = 0 if len(waiting) == 1 else await session.dialog.choose_item("Which one?", texts, typed)
    if place is not None:
        session.dialog.write_line(
            f"{await session.actions.outgoing.cancel_scheduled(waiting[place])}."
        )


@line_handler("assist")
async def ask_helper(session: PlainSession, typed: str) -> None:
    """Ask the agent's helper for a text; a suggestion becomes a draft at most.

    Args:
        session: State of this agent's line-mode session.
        typed: What the helper is asked for, if it came with the command.
    """
    context, row = session.context, await session.refresh_conversation()
    command = context.preferences.assist
    if not command:
        session.dialog.write_line(f"{assist.OFF}.")
        return
    draft = await session.compose.read_draft(row.id, note=False)
    request = await assist.read_request(session.store, row, context.agent, draft, context.zone)
    wishes = request.list_wishes()
    if not wishes:
        session.dialog.write_line(f"{assist.NOTHING_TO_HELP_WITH}.")
        return
    if not await _agree_to_help(session, command):
        return
    titles = [wish.label for wish in wishes]
    place = 0 if len(wishes) == 1 else await session.dialog.choose_item("Help", titles, typed)
    if place is None:
        return
    program = HelperProgram(command, context.program_environ)
    answer = await _run_helper(session, program, request.format_input(wishes[place]))
    if answer is None or answer.problem:
        reason = answer.problem if answer else "Stopped"
        session.dialog.write_line(f"{reason}. Nothing was changed.")
        return
    session.dialog.write_line("Suggestion:")
    session.dialog.write_line(to_printable(answer.text))
    if wishes[place] is assist.Wish.TRANSLATE:
        return
    if not await session.dialog.ask_yes_no("Keep it as your draft, in place of what is there?"):
        session.dialog.write_line("Discarded: your own text is as it was.")
    elif await _prepare_reply(session):
        try:
            session.compose.load_reply(
                row, await session.store.drafts.get_draft(row.id, context.agent)
            )
            session.compose.set_seen(session.seen_upto, answer.text)
            _save_draft(session, row, answer.text)
            await ReplyReview(session, row, answer.text).run_review()
        finally:
            await session.compose.wait_until_saved()
            await session.presence.release_compose_lock()


async def _agree_to_help(session: PlainSession, command: Sequence[str]) -> bool:
    """Say once what the helper gets; return whether the agent has agreed to that."""
    agent, choices, wanted = session.context.agent, session.store.choices, shlex.join(command)
    if await choices.get_choice(agent, assist.CONSENT_CHOICE) == wanted:
        return True
    session.dialog.write_line(f"{assist.describe_disclosure(command)}.")
    if not await session.dialog.ask_yes_no("Continue? It is not asked again."):
        session.dialog.write_line("Not asked: nothing has left smsdesk.")
        return False
    await choices.save_choice(agent, assist.CONSENT_CHOICE, wanted)
    return True


async def _run_helper(
    session: PlainSession, program: HelperProgram, text: str
) -> HelperAnswer | None:
    """Run the helper; return None if the agent has stopped it by typing a line."""
    running = asyncio.create_task(program.run(text, lambda _: None), name="assist")
    stopping = asyncio.create_task(
        session.dialog.ask_line(
            f"Asking {assist.format_command(program.command)}; Enter stops it: "
        )
    )
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else None
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.wait({running, stopping})
        if stopping.done() and not stopping.cancelled():
            stopping.result()  # the end of the input ends the session
