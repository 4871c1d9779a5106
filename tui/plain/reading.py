"""Show messages: the end of a conversation, older and newer pages, one's history, and files."""

import asyncio
from collections.abc import Sequence

from tui.desk import format
from tui.desk.badges import BADGES
from tui.desk.consent import format_opt_out, format_possible_opt_out, read_consent_status
from tui.desk.downloads import save_new_file
from tui.desk.message_text import format_file, list_entry_details
from tui.desk.presence import format_colleagues
from tui.domain.failure_advice import explain_stalled_status
from tui.domain.message import Direction, Message
from tui.domain.text import one_line
from tui.plain.lines import format_heading, format_message_line
from tui.plain.session import PLAIN_KEYS, PlainSession, line_handler
from tui.store.messages import NEWEST

PAGE_SIZE = 10
_MAX_RAW_LENGTH = 300
_MAX_LATE = 100
"""Messages that are searched for texts that arrived late."""


async def read_conversation(session: PlainSession, conversation_id: int, at: int = 0) -> None:
    """Open a conversation and show its end, or the part that ends at one message.

    Args:
        session: State of this agent's line-mode session.
        conversation_id: Conversation to open.
        at: Id of the last message to show; 0 for the newest.
    """
    row = await session.store.conversations.get(conversation_id)
    if row is None:
        session.dialog.write_line("That conversation is gone: l lists again.")
        return
    session.enter_conversation(row)
    session.dialog.write_line(format_heading(row, session.context))
    await show_consent(session)
    seen = await session.store.conversations.get_read_marker(row.id, session.context.agent)
    before = at + 1 if at else NEWEST
    await show_messages(
        session, await session.store.messages.list_before(row.id, before, PAGE_SIZE)
    )
    if seen and not at:
        await _show_unread_above(session, seen)
    if at and await session.store.messages.list_after(row.id, session.newest_shown, 1):
        session.dialog.write_line("There is more after this: j reads on.")
    await session.presence.refresh_colleagues()
    others = format_colleagues(session.presence.colleagues)
    if others:
        session.dialog.write_line(f"{others}.")


async def show_consent(session: PlainSession) -> None:
    """Show an opt-out, or a message that may be one and has to be judged."""
    standing = await read_consent_status(session.store, session.current)
    if session.current.opted_out:
        line = format_opt_out(standing, session.context, PLAIN_KEYS)
        session.dialog.write_line(f"{line}.")
    elif standing.possible_opt_out is not None:
        session.dialog.write_line(format_possible_opt_out(standing.possible_opt_out, PLAIN_KEYS))


async def show_messages(session: PlainSession, messages: Sequence[Message]) -> None:
    """Show messages and mark them as read by this agent.

    Args:
        session: State of this agent's line-mode session.
        messages: Messages, oldest first.
    """
    title = format.format_title(session.current)
    for message in messages:
        session.dialog.write_line(format_message_line(message, title, session.context))
    if messages:
        session.oldest_shown = min(session.oldest_shown, messages[0].id)
        session.newest_shown = max(session.newest_shown, messages[-1].id)
        await _mark_read(session, messages)


async def show_arrived(session: PlainSession, messages: Sequence[Message]) -> None:
    """Show messages that have arrived, first those that stand above what was shown.

    Args:
        session: State of this agent's line-mode session.
        messages: Messages, oldest first.
    """
    title = format.format_title(session.current)
    late = [message for message in messages if message.id < session.newest_shown]
    for message in late:
        line = format_message_line(message, title, session.context)
        # Only what comes in arrives; a colleague may have written this meanwhile.
        label = "Arrived late" if message.direction is Direction.IN else "Written meanwhile"
        session.dialog.write_line(f"{label}: {line}")
    await show_messages(session, messages[len(late) :])
    if late:
        await _mark_read(session, late)


async def _show_unread_above(session: PlainSession, seen_upto: int) -> None:
    """Show the texts that arrived late above the page that was shown."""
    store, row_id = session.store, session.current.id
    if not await store.messages.find_first_late_text(row_id, seen_upto):
        return
    arrived = await store.messages.list_arrived_after(row_id, seen_upto, _MAX_LATE)
    await show_arrived(session, [m for m in arrived if m.id < session.oldest_shown])


async def _mark_read(session: PlainSession, messages: Sequence[Message]) -> None:
    """Mark messages as read by this agent; those before the newest one shown are read, too."""
    arrival = max(session.seen_upto, *(message.arrival_id for message in messages))
    seen = await session.store.conversations.set_read_marker(
        session.current.id, session.context.agent, session.newest_shown, arrival
    )
    session.seen_upto = max(session.seen_upto, seen)


async def show_new_messages(session: PlainSession) -> list[Message]:
    """Show at most a page of messages that arrived since the last one shown; return them."""
    unread = await session.store.messages.list_arrived_after(
        session.current.id, session.seen_upto, PAGE_SIZE
    )
    await show_arrived(session, unread)
    return unread


@line_handler("page_up")
async def show_older(session: PlainSession, typed: str) -> None:
    """Show the page before the oldest message shown.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    found = await session.store.messages.list_before(
        session.current.id, session.oldest_shown, PAGE_SIZE
    )
    await show_messages(session, found)
    if not found:
        session.dialog.write_line("That was the first message.")


@line_handler("page_down")
async def show_newer(session: PlainSession, typed: str) -> None:
    """Show the page after the newest message shown.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    found = await session.store.messages.list_after(
        session.current.id, session.newest_shown, PAGE_SIZE
    )
    await show_messages(session, found)
    if not found:
        session.dialog.write_line("That was the newest message: r writes a reply.")


@line_handler("timeline")
async def show_history(session: PlainSession, typed: str) -> None:
    """Show everything that was reported about a sent message.

    Args:
        session: State of this agent's line-mode session.
        typed: 1 or empty for the newest sent message, 2 for the one before, and so on.
    """
    back = int(typed) if typed.isdecimal() else 1
    newest = await session.store.messages.list_before(session.current.id, NEWEST, 100)
    sent = [message for message in newest if message.direction is Direction.OUT]
    if not 1 <= back <= len(sent):
        session.dialog.write_line(
            "There is no such message: . is the last one sent, . 2 the one before it."
        )
        return
    message, context = sent[-back], session.context
    session.dialog.write_line(
        format_message_line(message, format.format_title(session.current), context)
    )
    for entry in await session.store.messages.list_events(message.id):
        time = format.format_time(entry.at or entry.received_at, context.zone)
        status = BADGES[entry.status].label if entry.status else entry.kind
        session.dialog.write_line(f"{time} {', '.join([status, *list_entry_details(entry)])}")
        session.dialog.write_line(f"  {one_line(entry.raw, _MAX_RAW_LENGTH)}")
    account = context.find_account(message.account)
    state = (await session.store.accounts.get_states()).get(message.account)
    limit = explain_stalled_status(message, account, context.clock.now(), state)
    if limit:
        session.dialog.write_line(one_line(limit, 200))


_FILE_SEARCH_LIMIT = 100
"""Messages of a conversation that are searched for files."""


@line_handler("files")
async def save_file(session: PlainSession, typed: str) -> None:
    """Save one of the files of the open conversation, the newest first.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    newest = await session.store.messages.list_before(
        session.current.id, NEWEST, _FILE_SEARCH_LIMIT
    )
    found = []
    for message in reversed([m for m in newest if m.attachments]):
        found += await session.store.messages.list_attachments(message.id)
    if not found:
        session.dialog.write_line("No files came in this conversation.")
        return
    names = [format_file(file) for file in found[: format.MAX_FILES]]
    place = await session.dialog.choose_item("Save which file?", names, typed)
    if place is None:
        return
    file, folder = found[place], session.context.preferences.downloads
    data = await session.store.messages.get_attachment_data(file.id)
    try:
        path = await asyncio.to_thread(save_new_file, folder, file.name, file.content_type, data)
    except OSError as error:
        session.dialog.write_line(f"Not saved into {one_line(str(folder), 200)}: {error.strerror}.")
        return
    session.dialog.write_line(f"Saved as {one_line(str(path), 300)}")
