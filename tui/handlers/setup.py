"""The command that adds an account; also what an agent sees first at a desk without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def add_account(inbox: InboxScreen) -> None:
    """Open the set-up form; a desk without accounts shows it at the start."""
    account_setup = inbox.app_context.account_setup
    if account_setup is None:
        inbox.show_status(
            "The demo has all its accounts: your own are set up by smsdesk without demo"
        )
        return
    from tui.screens.setup import SetupScreen

    await inbox.pane.compose_pane.flush_draft()
    inbox.app.push_screen(SetupScreen(account_setup, first=not inbox.app_context.accounts))


SETUP_HANDLERS: dict[str, Handler] = {"add_account": add_account}
