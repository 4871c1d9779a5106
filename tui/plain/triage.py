"""Triage a conversation: close, snooze, assign, label, note, rename, merge."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from tui.desk.actions import ConversationActions
from tui.desk.address_book import AddressBook, change_person
from tui.desk.merging import describe_merge, format_candidate, list_merge_candidates
from tui.desk.send_attempt import NotSentError
from tui.domain.conversation import Conversation
from tui.domain.person import Person
from tui.domain.text import one_line, to_printable
from tui.plain.ask_when import ask_snooze
from tui.plain.lists import show_first_page
from tui.plain.session import PlainSession, line_handler

TriageAction = Callable[[ConversationActions, Sequence[Conversation]], Awaitable[str]]
_NEW_LABEL = "a new label"
_MAX_MERGE_CHOICES = 9


@line_handler("star")
async def toggle_star(session: PlainSession, typed: str) -> None:
    """Star the conversation, or unstar it.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await _run_action(session, ConversationActions.toggle_star)


@line_handler("unread")
async def toggle_unread(session: PlainSession, typed: str) -> None:
    """Mark the conversation unread, or read.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await _run_action(session, ConversationActions.toggle_unread)


@line_handler("reopen")
async def reopen_conversation(session: PlainSession, typed: str) -> None:
    """Open the conversation again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await _run_action(session, ConversationActions.reopen_conversations)


async def _run_action(session: PlainSession, act: TriageAction) -> None:
    """Apply an action to the open conversation and show the result."""
    row = await session.refresh_conversation()
    await show_result(session, await act(session.actions, [row]))


async def show_result(session: PlainSession, text: str) -> None:
    """Show what was done, and read the conversation again."""
    session.dialog.write_line(f"{text}.")
    await session.refresh_conversation()


@line_handler("close")
async def close_conversation(session: PlainSession, typed: str) -> None:
    """Close the conversation and list the view again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.dialog.write_line(f"{await session.actions.close_conversations([session.current])}.")
    await show_first_page(session)


@line_handler("snooze")
async def snooze_conversation(session: PlainSession, typed: str) -> None:
    """Snooze the conversation and list the view again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    wanted, until = await ask_snooze(session, typed)
    if wanted:
        session.dialog.write_line(
            f"{await session.actions.snooze_conversations([session.current], until)}."
        )
        await show_first_page(session)


@line_handler("label")
async def toggle_label(session: PlainSession, typed: str) -> None:
    """Add a label, or remove it if the conversation has it.

    Args:
        session: State of this agent's line-mode session.
        typed: Name of the label; empty to choose one.
    """
    row, name = await session.refresh_conversation(), typed.removeprefix("#").strip()
    if not name:
        labels = [existing for existing, _ in await session.store.conversations.list_labels()]
        suffixes = [" (set: removes it)" if existing in row.labels else "" for existing in labels]
        shown = [
            f"{one_line(existing, 30)}{suffix}"
            for existing, suffix in zip(labels, suffixes, strict=True)
        ]
        place = await session.dialog.choose_item("Labels", [*shown, _NEW_LABEL])
        if place is None:
            return
        new = place == len(labels)
        name = (
            (await session.dialog.ask_line("Name of the label: ")).strip() if new else labels[place]
        )
    if name:
        await show_result(session, await session.actions.toggle_labels([row], name))


@line_handler("note")
async def write_note(session: PlainSession, typed: str) -> None:
    """Write a private note for colleagues; @name notifies one of them.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    colleagues = tuple(await session.store.agents.list_names())
    with session.dialog.delay_announcements():
        text = typed or await _read_note(session, colleagues)
    if not text:
        session.dialog.write_line("No note saved.")
        return
    try:
        result = await session.submit.save_note(session.current, text, colleagues)
    except NotSentError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 300)}.")
        return
    session.compose.finish_note(session.current.id)
    session.dialog.write_line(f"{result}.")


async def _read_note(session: PlainSession, colleagues: Sequence[str]) -> str:
    """Read several lines, saved as they are typed; return an empty text if cancelled."""
    names = " ".join(
        f"@{one_line(name, 20)}" for name in colleagues if name != session.context.agent
    )
    session.dialog.write_line(
        "A note for colleagues, never sent. A single . ends it, a single ! cancels."
    )
    if names:
        session.dialog.write_line(f"These are notified when you mention them: {names}")
    begun = await session.compose.read_draft(session.current.id, note=True)
    lines = begun.split("\n") if begun else []
    if begun:
        session.dialog.write_line(f"Your draft: {to_printable(begun)}")
    while (line := await session.dialog.ask_line("> ")) != ".":
        lines = [] if line == "!" else [*lines, line]
        session.compose.save_draft(session.current.id, "\n".join(lines), note=True)
        if line == "!":
            break
    return "\n".join(lines).strip()


@line_handler("rename")
async def rename_customer(session: PlainSession, typed: str) -> None:
    """Give the customer a name; the note of the contact stays.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    row = await session.refresh_conversation()
    name = typed or await session.dialog.ask_line("Name, empty keeps it: ")
    if not name.strip():
        return
    stored = await session.store.contacts.get_person(row.party)
    before = replace(stored or Person(0, "", "", (row.party,)), name=row.name)
    remember_undo = partial(session.actions.remember_undo, about=[row.id])
    book = AddressBook(session.store, session.context.agent, remember_undo)
    text = await book.save(change_person(before, name=name), before)
    await show_result(session, text)


@line_handler("merge")
async def merge_conversations(session: PlainSession, typed: str) -> None:
    """Merge another conversation of the same customer into the open one.

    Args:
        session: State of this agent's line-mode session.
        typed: Part of the other name or number; empty lists the newest conversations.
    """
    row = await session.refresh_conversation()
    found = (await list_merge_candidates(session.store, row, typed))[:_MAX_MERGE_CHOICES]
    if not found:
        session.dialog.write_line(
            "No other conversation has that in its name or number: & alone lists the newest."
        )
        return
    shown = [format_candidate(candidate) for candidate in found]
    place = await session.dialog.choose_item("Merge into this conversation", shown)
    if place is None:
        return
    for sentence in await describe_merge(session.store, row, found[place]):
        session.dialog.write_line(f"{sentence}.")
    if await session.dialog.ask_yes_no("Merge them?"):
        await show_result(session, await session.actions.merge_conversations(row, found[place]))
    else:
        session.dialog.write_line("Nothing was merged.")
