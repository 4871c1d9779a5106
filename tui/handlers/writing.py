"""Commands of the composer: which way the message goes, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def send(inbox: InboxScreen) -> None:
    """Hand the text over."""
    inbox.pane.composer.submit(close=False)


async def send_close(inbox: InboxScreen) -> None:
    """Hand the text over and close the conversation."""
    inbox.pane.composer.submit(close=True)


async def new_line(inbox: InboxScreen) -> None:
    """Break the line."""
    inbox.pane.composer.break_line()


async def account(inbox: InboxScreen) -> None:
    """Send through the next account."""
    inbox.pane.other_account()


async def sender(inbox: InboxScreen) -> None:
    """Send under the next own number or name."""
    inbox.pane.other_sender()


async def to_gsm(inbox: InboxScreen) -> None:
    """Replace the signs that force Unicode."""
    inbox.pane.plain_signs()


HANDLERS: dict[str, Handler] = {
    "send": send,
    "send_close": send_close,
    "new_line": new_line,
    "account": account,
    "sender": sender,
    "to_gsm": to_gsm,
}
