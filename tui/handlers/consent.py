"""Commands about the customer: consent (opt-out, opt-in), contact panel and contact card.

An opt-out is confirmed or recorded, lifted with a reason, or dismissed as a false
suspicion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.text import one_line
from tui.handlers.acting import finish_action
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.inbox import InboxScreen

_NO_CONVERSATION = "Open a conversation first"


async def change_consent(inbox: InboxScreen) -> None:
    """Take the next consent step: confirm a suspicion, lift an opt-out or record one."""
    conversation = inbox.pane.conversation
    if conversation is None:
        inbox.show_status(_NO_CONVERSATION)
        return
    suspicion = inbox.pane.consent_status.possible_opt_out
    if suspicion is not None:
        await finish_action(
            inbox,
            await inbox.actions.consent.record_opt_out(conversation, suspicion.body, suspicion),
        )
    elif conversation.opted_out:
        _ask_opt_in_reason(inbox, conversation)
    else:
        _ask_opt_out_reason(inbox, conversation)


async def dismiss_possible_opt_out(inbox: InboxScreen) -> None:
    """Record that the suspected message is not an opt-out."""
    conversation, suspicion = inbox.pane.conversation, inbox.pane.consent_status.possible_opt_out
    if conversation is None or suspicion is None:
        inbox.show_status("Nothing here is suspected of being an opt-out")
    else:
        inbox.show_status(
            await inbox.actions.consent.dismiss_possible_opt_out(conversation, suspicion)
        )


def _ask_opt_in_reason(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask for the reason for which the opt-out is lifted."""
    from tui.screens.reason import ReasonScreen

    async def record_opt_in(reason: str | None) -> None:
        """Record the opt-in unless the dialog was cancelled."""
        if reason is not None:
            inbox.show_status(await inbox.actions.consent.record_opt_in(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Let {one_line(conversation.title, 30)} in again",
            "Only when the customer has asked for it: their opt-out stays in the records.",
            "asked for it by phone",
        ),
        record_opt_in,
    )


def _ask_opt_out_reason(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask how the customer expressed that they want no more messages."""
    from tui.screens.reason import ReasonScreen

    async def record_opt_out(reason: str | None) -> None:
        """Record the opt-out unless the dialog was cancelled."""
        if reason is not None:
            await finish_action(
                inbox, await inbox.actions.consent.record_opt_out(conversation, reason)
            )

    inbox.app.push_screen(
        ReasonScreen(
            f"Opt out {one_line(conversation.title, 30)}",
            "Nothing can be sent to this customer any more, by anybody, through any account.",
            "said so on the phone",
        ),
        record_opt_out,
    )


HANDLERS: dict[str, Handler] = {"consent": change_consent, "not_opt_out": dismiss_possible_opt_out}
