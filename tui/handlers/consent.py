"""Commands about consent: an opt-out confirmed or recorded, lifted with a reason, or dismissed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.text import one_line
from tui.handlers.acting import acted
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.inbox import InboxScreen

_NOBODY = "Open a conversation first"


async def consent(inbox: InboxScreen) -> None:
    """The next step there is: confirm a suspicion, lift a lock, or record an opt-out."""
    conversation = inbox.pane.conversation
    if conversation is None:
        inbox.say(_NOBODY)
        return
    suspicion = inbox.pane.standing.suspicion
    if suspicion is not None:
        await acted(
            inbox, await inbox.actions.consent.opt_out(conversation, suspicion.body, suspicion)
        )
    elif conversation.opted_out:
        _lift(inbox, conversation)
    else:
        _record(inbox, conversation)


async def not_opt_out(inbox: InboxScreen) -> None:
    """The suspected text asks for something else."""
    conversation, suspicion = inbox.pane.conversation, inbox.pane.standing.suspicion
    if conversation is None or suspicion is None:
        inbox.say("Nothing here is suspected of being an opt-out")
    else:
        inbox.say(await inbox.actions.consent.no_opt_out(conversation, suspicion))


def _lift(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask for the reason that lets a customer in again."""
    from tui.screens.reason import ReasonScreen

    async def given(reason: str | None) -> None:
        """Record it, unless called off."""
        if reason is not None:
            inbox.say(await inbox.actions.consent.opt_in(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Let {one_line(conversation.title, 30)} in again",
            "Only when the customer has asked for it: their opt-out stays in the records.",
            "asked for it by phone",
        ),
        given,
    )


def _record(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask how the customer said that no more texts are wanted."""
    from tui.screens.reason import ReasonScreen

    async def given(reason: str | None) -> None:
        """Record it, unless called off."""
        if reason is not None:
            await acted(inbox, await inbox.actions.consent.opt_out(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Opt out {one_line(conversation.title, 30)}",
            "Nothing can be sent to this customer any more, by anybody, through any account.",
            "said so on the phone",
        ),
        given,
    )


HANDLERS: dict[str, Handler] = {"consent": consent, "not_opt_out": not_opt_out}
