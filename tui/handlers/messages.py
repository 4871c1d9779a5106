"""Commands about messages: pipe the conversation to a program, show files, ping the phone.

A ping is a silent message: its delivery receipt shows whether the phone is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.message import Format, Message, NewMessage
from tui.handlers.common import Handler
from tui.screens.base import report_store_errors
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.domain.account import Account
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
    from tui.terminal import external_programs

    app_context = inbox.app_context
    text = read_transcript(inbox.store, conversation, app_context.zone)
    inbox.show_status(
        await external_programs.pipe_text(inbox.app, command, text, app_context.shell)
    )


HANDLERS: dict[str, Handler] = {"pipe": pipe_conversation}


async def show_files(inbox: InboxScreen) -> None:
    """Show the files of the selected message, else of the newest message that has any."""
    message = _find_message_with_files(inbox)
    attachments = await inbox.store.messages.list_attachments(message.id) if message else []
    if not attachments:
        inbox.show_status("No files here: they stand under the message they came with")
        return
    from tui.screens.files import FilesScreen

    app_context = inbox.app_context
    inbox.app.push_screen(
        FilesScreen(inbox.store, attachments, app_context.downloads, colours=app_context.colours)
    )


def _find_message_with_files(inbox: InboxScreen) -> Message | None:
    """Return the selected message, else the newest one with files."""
    view = inbox.pane.message_view
    if view.selected_id:
        return next((m for m in view.messages if m.id == view.selected_id), None)
    return next((m for m in reversed(view.messages) if m.attachments), None)


FILE_HANDLERS: dict[str, Handler] = {"files": show_files}


_PING_TEXT = "Is this phone on?"


async def ping_phone(inbox: InboxScreen) -> None:
    """Queue a silent ping to the customer's phone; its receipt shows whether the phone is on."""
    conversation = inbox.pane.conversation
    account = _find_ping_account(inbox)
    if conversation is None:
        inbox.show_status("Open a conversation first: Enter opens it")
        return
    if account is None:
        inbox.show_status("None of your accounts can ask whether a phone is on")
        return
    new = NewMessage(
        to=conversation.party,
        body=_PING_TEXT,
        account=account.name,
        agent=inbox.app_context.agent,
        format=Format.PING,
    )
    try:
        await inbox.store.intents.queue_message(new)
    except StoreError as error:
        inbox.show_status(str(error))
        return
    inbox.show_status("Asked: the answer shows here, and nothing on the phone")


def _find_ping_account(inbox: InboxScreen) -> Account | None:
    """Return the account of the reply if it can ping, else any account that can."""
    route = inbox.pane.compose_pane.route
    accounts = ([route.account] if route else []) + list(inbox.app_context.accounts)
    capable = (a for a in accounts if a.capabilities is not None and a.capabilities.can_ping)
    return next(capable, None)


PING_HANDLERS: dict[str, Handler] = {"ping": ping_phone}
