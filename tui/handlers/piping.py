"""The command that hands a conversation to another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler
from tui.screens.said import said

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.inbox import InboxScreen

_HINT = "Your shell runs it, with the whole conversation as its input."


async def pipe(inbox: InboxScreen) -> None:
    """Ask for a command and give it the conversation as its input."""
    from tui.screens.prompt import PromptScreen

    conversation = inbox.here
    if conversation is None:
        inbox.say("Open a conversation first")
        return

    @said
    async def run(inbox: InboxScreen, command: str | None) -> None:
        if command is not None:
            inbox.piped_to = command
            await _run(inbox, conversation, command)

    async def done(command: str | None) -> None:
        await run(inbox, command)

    example, offer = "grep -i order | less", inbox.piped_to
    prompt = PromptScreen("Pipe the conversation to", _HINT, example, value=offer)
    inbox.app.push_screen(prompt, done)


async def _run(inbox: InboxScreen, conversation: Conversation, command: str) -> None:
    """Run it, and say what became of it."""
    from tui.desk.transcript import transcript
    from tui.terminal import piping

    seat = inbox.seat
    text = transcript(inbox.store, conversation, seat.zone)
    inbox.say(await piping.pipe(inbox.app, command, text, seat.shell))


HANDLERS: dict[str, Handler] = {"pipe": pipe}
