"""What several handlers share: the handler type and the steps after every action.

After an action, selected conversations are refreshed, triage moves on and a status text is
shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.desk.format import format_title
from tui.domain.conversation import Conversation
from tui.domain.text import one_line

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def finish_action(inbox: InboxScreen, text: str) -> None:
    """Refresh the selection, advance triage and show the result of a stored action.

    Args:
        inbox: Screen on which the command ran.
        text: Result for the agent, shown in place of the key hints.
    """
    if inbox.threads.marked:
        # An action can remove rows from the list; only those that remain stay selected.
        await inbox.threads.prune_marks()
        inbox.show_key_hints()
    if inbox.triage_round is not None:
        from tui.handlers.triage import advance_if_handled

        await advance_if_handled(inbox)
    inbox.show_status(text)


async def begin_reply(inbox: InboxScreen, *, force: bool = False) -> bool:
    """Begin to write a reply; return False if writing is refused.

    A refusal is shown, and the keys that the agent types on are ignored for a while, so
    that no
    character of the intended reply runs a command.

    Args:
        inbox: Screen with the open conversation.
        force: Whether to take the compose lock from a colleague who holds it.
    """
    writing = inbox.pane.compose_pane
    if await writing.begin_reply(force=force):
        return True
    inbox.key_guard.start(writing.refusal, inbox.app_context.clock.monotonic())
    return False


def describe_conversations(rows: list[Conversation]) -> str:
    """Return how the title of a dialog names the conversations.

    Args:
        rows: One or more conversations; a single one is named by its title.
    """
    return one_line(format_title(rows[0]), 30) if len(rows) == 1 else f"{len(rows)} conversations"


Handler = Callable[["InboxScreen"], Awaitable[None]]
"""Function that runs one command on the inbox."""
