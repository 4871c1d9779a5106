"""Commands of the composer: send, route, canned replies, notes, pictures, schedule.

Also here: taking over the compose lock from a colleague who writes in the same
conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.composer_hints import format_changes, format_saving
from tui.desk.routes import describe_route_change, select_next_account, select_next_sender
from tui.domain.replacements import to_gsm
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def send_message(inbox: InboxScreen) -> None:
    """Send the composed text."""
    inbox.pane.compose_pane.composer.submit_text(close=False)


async def send_and_close(inbox: InboxScreen) -> None:
    """Send the composed text and close the conversation."""
    inbox.pane.compose_pane.composer.submit_text(close=True)


async def insert_line_break(inbox: InboxScreen) -> None:
    """Insert a line break."""
    inbox.pane.compose_pane.composer.insert_line_break()


async def switch_account(inbox: InboxScreen) -> None:
    """Send through the next account."""
    route, conversation = inbox.pane.compose_pane.route, inbox.pane.conversation
    if route is not None and conversation is not None:
        other = select_next_account(inbox.app_context.accounts, route, conversation)
        inbox.pane.compose_pane.change_route(other)
        if other != route:
            inbox.show_status(describe_route_change(route, other))


async def switch_sender(inbox: InboxScreen) -> None:
    """Send under the next own number or sender ID."""
    if inbox.pane.compose_pane.route is not None:
        inbox.pane.compose_pane.change_route(select_next_sender(inbox.pane.compose_pane.route))


async def replace_unicode_characters(inbox: InboxScreen) -> None:
    """Replace the characters that force Unicode, if the text then fits the GSM alphabet."""
    composer = inbox.pane.compose_pane.composer
    replacement = to_gsm(composer.text)
    if replacement is None:
        inbox.show_status("Nothing to replace: no sign in the text makes it longer")
        return
    composer.replace_text(replacement.text)
    text = f"Replaced {format_changes(replacement)}:{format_saving(replacement)}"
    inbox.show_status(f"{text} · Ctrl+Z undoes")


HANDLERS: dict[str, Handler] = {
    "send": send_message,
    "send_close": send_and_close,
    "new_line": insert_line_break,
    "account": switch_account,
    "sender": switch_sender,
    "to_gsm": replace_unicode_characters,
}
