"""The command that adds an account; also what an agent sees first at a desk without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def add_account(inbox: InboxScreen) -> None:
    """Ask for provider and credentials."""
    enrol = inbox.seat.enrol
    if enrol is None:
        inbox.say("The demo has all its accounts: your own are set up by smsdesk without demo")
        return
    from tui.screens.setup import SetupScreen

    await inbox.pane.writing.flush()
    inbox.app.push_screen(SetupScreen(enrol, first=not inbox.seat.accounts))


HANDLERS: dict[str, Handler] = {"add_account": add_account}
