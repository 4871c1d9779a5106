"""Commands about messages: pipe the conversation to a program, show files, ping the phone.

A ping is a silent message: its delivery receipt shows whether the phone is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler
from tui.screens.said import report_store_errors

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.inbox import InboxScreen

_PIPE_HINT = "Your shell runs it, with the whole conversation as its input."


async def pipe_conversation(inbox: InboxScreen) -> None:
    """Ask for a shell command and run it with the conversation as its input."""
    from tui.screens.prompt import PromptScreen

    conversation = inbox.current_conversation
    if conversation is None:
        inbox.show_status("Open a conversation first")
        return

    @report_store_errors
    async def run_entered_command(inbox: InboxScreen, command: str | None) -> None:
        if command is not None:
            inbox.last_pipe_command = command
            await _run_pipe_command(inbox, conversation, command)

    async def handle_answer(command: str | None) -> None:
        await run_entered_command(inbox, command)

    example, last_command = "grep -i order | less", inbox.last_pipe_command
    prompt = PromptScreen("Pipe the conversation to", _PIPE_HINT, example, value=last_command)
    inbox.app.push_screen(prompt, handle_answer)


async def _run_pipe_command(inbox: InboxScreen, conversation: Conversation, command: str) -> None:
    """Run the command and show how it ended."""
    from tui.desk.transcript import read_transcript
    from tui.terminal import piping

    app_context = inbox.app_context
    text = read_transcript(inbox.store, conversation, app_context.zone)
    inbox.show_status(await piping.pipe_text(inbox.app, command, text, app_context.shell))


HANDLERS: dict[str, Handler] = {"pipe": pipe_conversation}
