"""Is the phone on? A silent message whose receipt is the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.message import Format, NewMessage
from tui.handlers.kind import Handler
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.domain.account import Account
    from tui.screens.inbox import InboxScreen

_PING_TEXT = "Is this phone on?"


async def ping_phone(inbox: InboxScreen) -> None:
    """Queue a silent ping to the customer's phone; its receipt shows whether the phone is on."""
    conversation = inbox.pane.conversation
    account = _find_ping_account(inbox)
    if conversation is None:
        inbox.show_status("Open a conversation first: Enter opens it")
        return
    if account is None:
        inbox.show_status("None of your accounts can ask a phone: only SmartSwitch does")
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
