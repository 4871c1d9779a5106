"""Commands about messages: select and copy one, its history and files, pipe all, ping the phone.

A ping is a silent message: its delivery receipt shows whether the phone is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import get_first_keys
from tui.desk.outages import explain_failure
from tui.desk.queue_attempts import queue_attempt
from tui.desk.routes import Route
from tui.desk.send_attempt import NotSentError, SendAttempt
from tui.domain.message import Message
from tui.domain.text import to_printable
from tui.handlers.common import OPEN_FIRST, InboxActions, command_handler
from tui.screens.base import report_store_errors
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.domain.account import Account
    from tui.domain.conversation import Conversation


@command_handler("next_message")
async def select_next_message(inbox: InboxActions) -> None:
    """Select the message below."""
    inbox.message_view.select_message(1)


@command_handler("previous_message")
async def select_previous_message(inbox: InboxActions) -> None:
    """Select the message above."""
    inbox.message_view.select_message(-1)


@command_handler("page_up")
async def show_earlier_messages(inbox: InboxActions) -> None:
    """Scroll one page up, to earlier messages."""
    await inbox.message_view.scroll_pages(1)


@command_handler("page_down")
async def show_later_messages(inbox: InboxActions) -> None:
    """Scroll one page down, to later messages."""
    await inbox.message_view.scroll_pages(-1)


@command_handler("timeline")
async def show_timeline(inbox: InboxActions) -> None:
    """Show every receipt and event of the selected message."""
    from tui.screens.timeline import TimelineScreen

    message = inbox.message_view.target_message
    if message is None:
        inbox.show_status("Select a message first: K goes up, J goes down")
        return
    entries = await inbox.store.messages.list_events(message.id)
    state = (await inbox.store.accounts.get_states()).get(message.account)
    screen = TimelineScreen(message, entries, inbox.app_context, state, inbox.store)
    inbox.app.push_screen(screen)


@command_handler("copy_text")
async def copy_message_text(inbox: InboxActions) -> None:
    """Copy the selected message, else the newest one, to the clipboard."""
    view = inbox.message_view
    chosen = [m for m in view.messages if m.id == view.selected_id] or view.messages[-1:]
    if chosen:
        inbox.app.copy_to_clipboard(to_printable(chosen[0].body))
        inbox.show_status("Copied the text")


@command_handler("cancel_scheduled")
async def cancel_scheduled_message(inbox: InboxActions) -> None:
    """Cancel a scheduled message; its text becomes the draft again."""
    message = inbox.message_view.target_message
    if message is None or message.scheduled_at is None:
        inbox.show_status("Select a scheduled message first: K goes up, J goes down")
        return
    await inbox.compose_pane.flush_draft()
    inbox.show_status(await inbox.actions.outgoing.cancel_scheduled(message))
    await inbox.compose_pane.reload_draft()


_PIPE_HINT = "Your shell runs it; the whole conversation is its input."


@command_handler("pipe")
async def pipe_conversation(inbox: InboxActions) -> None:
    """Ask for a shell command and run it with the conversation as its input."""
    from tui.screens.questions import PromptScreen

    conversation = inbox.current_conversation
    if conversation is None:
        inbox.show_status(OPEN_FIRST)
        return

    @report_store_errors
    async def run_entered_command(inbox: InboxActions, command: str | None) -> None:
        if command is not None:
            inbox.last_pipe_command = command
            await _run_pipe_command(inbox, conversation, command)

    async def handle_answer(command: str | None) -> None:
        await run_entered_command(inbox, command)

    example, last_command = "grep -i order | less", inbox.last_pipe_command
    prompt = PromptScreen(
        "Pipe the conversation to", _PIPE_HINT, example, verb="runs it", value=last_command
    )
    inbox.app.push_screen(prompt, handle_answer)


async def _run_pipe_command(inbox: InboxActions, conversation: Conversation, command: str) -> None:
    """Run the command and show how it ended."""
    from tui.desk.transcript import read_transcript
    from tui.terminal import external_programs

    app_context = inbox.app_context
    text = read_transcript(inbox.store, conversation, app_context.zone)
    inbox.show_status(
        await external_programs.pipe_text(inbox.app, command, text, app_context.shell)
    )


@command_handler("files")
async def show_files(inbox: InboxActions) -> None:
    """Show the files of the selected message, else of the newest message that has any."""
    message = _find_message_with_files(inbox)
    attachments = await inbox.store.messages.list_attachments(message.id) if message else []
    if not attachments:
        inbox.show_status("No files in this conversation")
        return
    from tui.screens.files import FilesScreen

    app_context = inbox.app_context
    inbox.app.push_screen(
        FilesScreen(
            inbox.store, attachments, app_context.preferences.downloads, colours=app_context.colours
        )
    )


def _find_message_with_files(inbox: InboxActions) -> Message | None:
    """Return the selected message, else the newest one with files."""
    view = inbox.message_view
    if view.selected_id:
        return next((m for m in view.messages if m.id == view.selected_id), None)
    return next((m for m in reversed(view.messages) if m.attachments), None)


_PING_TEXT = "Is this phone on?"


@command_handler("ping")
async def ping_phone(inbox: InboxActions) -> None:
    """Queue a silent ping to the customer's phone; its receipt shows whether the phone is on."""
    conversation = inbox.pane.conversation
    account = _find_ping_account(inbox)
    if conversation is None:
        inbox.show_status("Open a conversation first: Enter opens it")
        return
    if account is None:
        inbox.show_status("None of your accounts can ask whether a phone is on")
        return
    attempt = SendAttempt(
        inbox.app_context.preferences,
        conversation.address,
        _PING_TEXT,
        Route(account, ""),
        inbox.app_context.clock.now(),
        conversation,
        is_ping=True,
        keys=get_first_keys(inbox.app_context.commands),
    )
    try:
        await queue_attempt(inbox.store, attempt)
    except NotSentError as error:
        inbox.show_status(str(error))
        return
    except StoreError as error:
        inbox.show_status(explain_failure(error, done="sent"))
        return
    inbox.show_status("Ping sent: the answer appears here, nothing appears on the phone")


def _find_ping_account(inbox: InboxActions) -> Account | None:
    """Return the account of the reply if it can ping, else any account that can."""
    route = inbox.compose_pane.route
    accounts = ([route.account] if route else []) + list(inbox.app_context.accounts)
    capable = (a for a in accounts if a.capabilities is not None and a.capabilities.can_ping)
    return next(capable, None)
