"""Commands of the composer: which way the message goes, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.replying import changes, next_account, next_sender
from tui.desk.ribbon import change_words, saved_words
from tui.domain.replacements import to_gsm
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def send(inbox: InboxScreen) -> None:
    """Hand the text over."""
    inbox.pane.writing.composer.submit(close=False)


async def send_close(inbox: InboxScreen) -> None:
    """Hand the text over and close the conversation."""
    inbox.pane.writing.composer.submit(close=True)


async def new_line(inbox: InboxScreen) -> None:
    """Break the line."""
    inbox.pane.writing.composer.break_line()


async def account(inbox: InboxScreen) -> None:
    """Send through the next account."""
    route, conversation = inbox.pane.writing.route, inbox.pane.conversation
    if route is not None and conversation is not None:
        other = next_account(inbox.seat.accounts, route, conversation)
        inbox.pane.writing.reroute(other)
        if other != route:
            inbox.say(changes(route, other))


async def sender(inbox: InboxScreen) -> None:
    """Send under the next own number or name."""
    if inbox.pane.writing.route is not None:
        inbox.pane.writing.reroute(next_sender(inbox.pane.writing.route))


async def plain_signs(inbox: InboxScreen) -> None:
    """Replace the signs that force Unicode, where that makes the text plain."""
    composer = inbox.pane.writing.composer
    replacement = to_gsm(composer.text)
    if replacement is None:
        inbox.say("Nothing to replace: no sign in the text makes it longer")
        return
    composer.replace_all(replacement.text)
    words = f"Replaced {change_words(replacement)}:{saved_words(replacement)}"
    inbox.say(f"{words} · Ctrl+Z undoes")


HANDLERS: dict[str, Handler] = {
    "send": send,
    "send_close": send_close,
    "new_line": new_line,
    "account": account,
    "sender": sender,
    "to_gsm": plain_signs,
}
