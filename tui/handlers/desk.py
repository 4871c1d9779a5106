"""Commands of the desk: new conversations, search, help, leaving. Their screens load late."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from tui.commands import by_id
from tui.desk.in_flight import in_flight_words
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.handlers.acting import take_up
from tui.handlers.kind import Handler
from tui.handlers.triage import step_back
from tui.present import title
from tui.screens.said import said

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


_LAST_WORDS = 2.0
"""Seconds that drafts are given to get to the disk when the agent insists on leaving."""


async def new(inbox: InboxScreen) -> None:
    """Ask for a number and write to it."""
    from tui.screens.new_message import NewMessageScreen

    inbox.app.push_screen(NewMessageScreen(inbox.store, inbox.seat), partial(_begin, inbox))


@said
async def _begin(inbox: InboxScreen, conversation: Conversation | None) -> None:
    """Write to someone new, unless that was called off."""
    if conversation is not None:
        await inbox.go_to(conversation)
        await take_up(inbox)


async def search(inbox: InboxScreen) -> None:
    """Find words in all messages, and jump to the hit."""
    _search(inbox)


async def search_thread(inbox: InboxScreen) -> None:
    """Find words in the open conversation."""
    _search(inbox, "in:thread ")


def _search(inbox: InboxScreen, typed: str = "") -> None:
    """Open the search with this in its field."""
    from tui.screens.search import SearchScreen

    shown = inbox.pane.conversation
    screen = SearchScreen(inbox.store, inbox.seat, here=shown.id if shown else 0, typed=typed)
    inbox.app.push_screen(screen, partial(_jump, inbox))


@said
async def _jump(inbox: InboxScreen, hit: Message | None) -> None:
    """Go to a message that was found, unless the search was called off."""
    found = await inbox.store.conversations.get(hit.conversation_id) if hit else None
    if hit is not None and found is not None:
        await inbox.go_to(found, at=hit.id)


async def undo(inbox: InboxScreen) -> None:
    """Take the last action back."""
    await inbox.pane.writing.flush()
    words = await inbox.actions.undo()
    await inbox.pane.writing.take_up_draft()
    await step_back(inbox)
    inbox.say(words)


async def accounts(inbox: InboxScreen) -> None:
    """How the accounts are doing."""
    from tui.screens.accounts import AccountsScreen

    inbox.app.push_screen(AccountsScreen(inbox.store, inbox.seat))


async def palette(inbox: InboxScreen) -> None:
    """Every command, fuzzy."""
    from tui.palette import Palette

    inbox.app.push_screen(Palette())


async def show_help(inbox: InboxScreen) -> None:
    """The keys."""
    from tui.screens.help import HelpScreen

    inbox.app.push_screen(HelpScreen(inbox.seat.commands))


async def leave(inbox: InboxScreen) -> None:
    """Quit, with every draft on disk; with something unsent, ask."""
    from tui.screens.leave import LeaveScreen

    await inbox.pane.writing.flush()
    unsent = await _unsent(inbox)
    if not unsent:
        inbox.app.exit()
        return

    def answered(leave: bool | None) -> None:
        if leave:
            inbox.app.exit()

    keys = by_id(inbox.seat.commands)["quit"].keys
    inbox.app.push_screen(LeaveScreen(unsent, keys), answered)


async def leave_at_once(inbox: InboxScreen) -> None:
    """Quit whatever is going on; a disk that does not take drafts is not waited for long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(inbox.pane.writing.flush(), _LAST_WORDS)
    inbox.app.exit()


async def _unsent(inbox: InboxScreen) -> str:
    """What this agent leaves behind: "1 text is still being sent · the draft to Ana is kept"."""
    sending = in_flight_words(await inbox.actions.in_flight.count())
    words = [sending] if sending else []
    writing = inbox.pane.writing
    if writing.conversation is not None and (writing.composer.text or writing.sheet.enclosed):
        kind = "note on" if writing.composer.note else "draft to"
        words.append(f"the {kind} {title(writing.conversation)} is kept")
    joined = " · ".join(words)
    return f"{joined[:1].upper()}{joined[1:]}"


HANDLERS: dict[str, Handler] = {
    "new": new,
    "search": search,
    "undo": undo,
    "accounts": accounts,
    "palette": palette,
    "help": show_help,
    "quit": leave,
}
