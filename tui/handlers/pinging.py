"""Is the phone on? A silent message whose receipt is the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.message import Format, NewMessage
from tui.handlers.kind import Handler
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.domain.account import Account
    from tui.screens.inbox import InboxScreen

_QUESTION = "Is this phone on?"


async def ping(inbox: InboxScreen) -> None:
    """Queue a silent ping to the customer's phone, through an account that can."""
    conversation = inbox.pane.conversation
    account = _account(inbox)
    if conversation is None:
        inbox.say("Open a conversation first: Enter opens it")
        return
    if account is None:
        inbox.say("None of your accounts can ask a phone: only SmartSwitch does")
        return
    new = NewMessage(
        to=conversation.party,
        body=_QUESTION,
        account=account.name,
        agent=inbox.seat.agent,
        format=Format.PING,
    )
    try:
        await inbox.store.intents.queue(new)
    except StoreError as error:
        inbox.say(str(error))
        return
    inbox.say("Asked: the answer shows here, and nothing on the phone")


def _account(inbox: InboxScreen) -> Account | None:
    """The account the answer would go through if it can ask, else any that can."""
    route = inbox.pane.writing.route
    accounts = ([route.account] if route else []) + list(inbox.seat.accounts)
    able = (a for a in accounts if a.capabilities is not None and a.capabilities.ping)
    return next(able, None)


HANDLERS: dict[str, Handler] = {"ping": ping}
