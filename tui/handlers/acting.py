"""What every action on conversations ends with: words, marks brought in line, triage going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation
from tui.domain.text import one_line

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


def these(rows: list[Conversation]) -> str:
    """How the title of a dialog calls conversations."""
    return one_line(rows[0].title, 30) if len(rows) == 1 else f"{len(rows)} conversations"
