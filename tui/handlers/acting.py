"""What every action on conversations ends with: words, marks brought in line, triage going on."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation
from tui.domain.text import one_line
from tui.present import title

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def acted(inbox: InboxScreen, words: str) -> None:
    """An action is stored: go on, and say it."""
    if inbox.threads.marked:
        await inbox.threads.keep_marks()
        inbox.offer_keys()
    if inbox.triaging is not None:
        from tui.handlers.triage import settle

        await settle(inbox)
    inbox.say(words)


async def take_up(inbox: InboxScreen, *, force: bool = False) -> bool:
    """Begin to write; after a refusal, which is said, what is typed on is nobody's command."""
    writing = inbox.pane.writing
    if await writing.take_up(force=force):
        return True
    inbox.hush.begin(writing.refusal, monotonic())
    return False


def these(rows: list[Conversation]) -> str:
    """How the title of a dialog calls conversations."""
    return one_line(title(rows[0]), 30) if len(rows) == 1 else f"{len(rows)} conversations"
