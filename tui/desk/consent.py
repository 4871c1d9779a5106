"""Opt-outs of customers: their current state in text, and an agent's decisions about them.

Each decision is stored, confirmed with a message, and can be undone.
"""

from collections.abc import Mapping

from tui.desk import format
from tui.desk.context import AppContext
from tui.desk.undo_stack import RememberUndo
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.status import PENDING_STATUSES, Status
from tui.domain.text import one_line
from tui.store.consent import ConsentRecord
from tui.store.store import Store


class ConsentActions:
    """Decisions about consent; every method returns the message that confirms the action."""

    def __init__(self, store: Store, agent: str, remember_undo: RememberUndo) -> None:
        """Create the actions of one agent.

        Args:
            store: Store shared by all agents.
            agent: Name of this agent.
            remember_undo: Remembers how to undo an action.
        """
        self._consent = store.consent
        self._agent = agent
        self._remember_undo = remember_undo

    async def record_opt_out(
        self, conversation: Conversation, evidence: str, message: Message | None = None
    ) -> str:
        """Record that the customer must not get messages any more.

        Args:
            conversation: Conversation with the customer.
            evidence: Why, in the agent's or the customer's own text.
            message: Message that requests the opt-out, if there is one.
        """
        consent, agent = self._consent, self._agent
        await consent.record_decision(
            conversation.id,
            agent,
            opted_out=True,
            evidence=evidence,
            message_id=message.id if message else None,
        )

        async def undo_opt_out() -> str:
            await consent.record_decision(
                conversation.id, agent, opted_out=False, evidence="opt-out taken back"
            )
            # The message is to be judged again, as it was before the opt-out.
            if message is not None:
                await consent.restore_possible_opt_out(message.id, agent)
            return "Undone: texts can be sent again"

        return self._remember_undo(
            "Opted out: nothing can be sent any more", undo_opt_out, about=[conversation.id]
        )

    async def record_opt_in(self, conversation: Conversation, reason: str) -> str:
        """Record that the customer wants messages again.

        Args:
            conversation: Conversation with the customer.
            reason: Why; stored as evidence.
        """
        consent, agent = self._consent, self._agent
        before = await consent.get_consent(conversation.party)
        await consent.record_decision(conversation.id, agent, opted_out=False, evidence=reason)

        async def undo_opt_in() -> str:
            if before is not None:
                await consent.restore_opt_out(conversation.id, agent, before)
            return "Undone: nothing can be sent any more"

        return self._remember_undo(
            "Opted in again: texts can be sent", undo_opt_in, about=[conversation.id]
        )

    async def dismiss_possible_opt_out(self, conversation: Conversation, message: Message) -> str:
        """Record that a possible opt-out means something else.

        Args:
            conversation: Conversation with the customer.
            message: Message that looked like an opt-out.
        """
        await self._consent.dismiss_possible_opt_outs(conversation.id, self._agent)

        async def undo_dismissal() -> str:
            await self._consent.restore_possible_opt_out(message.id, self._agent)
            return "Undone: the question is open again"

        return self._remember_undo("Noted: not an opt-out", undo_dismissal, about=[conversation.id])


_MAX_QUOTE_LENGTH = 60


@record
class ConsentStatus:
    """What is known about a customer's consent."""

    decision: ConsentRecord | None = None
    """Newest decision about a customer who has opted out."""
    possible_opt_out: Message | None = None
    """Message that may be an opt-out and that an agent has to judge."""
    planned: tuple[Message, ...] = ()
    """Texts to a customer who has opted out whose planned time is still to come."""


async def read_consent_status(store: Store, conversation: Conversation) -> ConsentStatus:
    """Read the consent status of a customer; after an opt-out no message is suspected.

    Args:
        store: Store shared by all agents.
        conversation: Conversation with the customer.
    """
    if conversation.opted_out:
        return ConsentStatus(
            decision=await store.consent.get_consent(conversation.party),
            planned=tuple(await store.consent.list_planned_texts(conversation.id)),
        )
    return ConsentStatus(
        possible_opt_out=await store.consent.find_possible_opt_out(conversation.id)
    )


def format_opt_out(status: ConsentStatus, context: AppContext, keys: Mapping[str, str]) -> str:
    """Return the line above the composer of a customer who has opted out.

    What the provider may still send stands first: it is the only thing that can go wrong.

    Args:
        status: Newest decision, and the texts that were planned before it.
        context: Accounts, clock and time zone of the agent.
        keys: First key of each command.
    """
    decision, zone, now = status.decision, context.zone, context.clock.now()
    parts = ["OPTED OUT: nothing can be sent"]
    parts += [_format_planned(message, context, keys) for message in status.planned]
    parts.append(f"{keys['consent']} allows messages again")
    if decision is not None:
        parts.append(_format_decision(decision))
        parts.append(
            f"{format.format_day(decision.at, now, zone)} {format.format_time(decision.at, zone)}"
        )
    return " · ".join(parts)


def _format_planned(message: Message, context: AppContext, keys: Mapping[str, str]) -> str:
    """Return what becomes of a text that was planned before the opt-out."""
    at = format.format_moment(message.scheduled_at or 0, context.clock.now(), context.zone)
    text, account = f"the text for {at}", context.find_account(message.account)
    if message.status is Status.CANCELLED:
        return f"{text} is cancelled"
    if message.status not in PENDING_STATUSES:
        return f"{text} is not sent"
    can = account.capabilities if account else None
    if can is not None and not can.can_cancel:
        return f"{text} may still go out: cancel it in the panel of {can.title}"
    if not message.provider_id:
        return (
            f"{text} may still go out: the provider's answer was lost, so it is cancelled when its "
            f"id is known · {keys['resolve']} resolves it"
        )
    if message.status is Status.SCHEDULED and message.reason and not message.cancel_wanted:
        reason = one_line(message.reason, _MAX_QUOTE_LENGTH)
        return f"{text} could not be cancelled: {reason}"
    return f"{text} is being cancelled at the provider"


def _format_decision(decision: ConsentRecord) -> str:
    """Return who recorded the opt-out and the text that requested it."""
    quote = one_line(decision.evidence, _MAX_QUOTE_LENGTH)
    if decision.source == "agent":
        agent = one_line(decision.agent, 20)
        return f"recorded by {agent}: {quote}" if quote else f"recorded by {agent}"
    if decision.source == "provider":
        return "reported by the provider"
    return f'the customer wrote "{quote}"'


def format_possible_opt_out(message: Message, keys: Mapping[str, str]) -> str:
    """Return the question about a message that may be an opt-out.

    Args:
        message: The message.
        keys: First key of each command.
    """
    quote = one_line(message.body, _MAX_QUOTE_LENGTH)
    return (
        f"May want to stop · {keys['consent']} confirms the opt-out · "
        f'{keys["not_opt_out"]} dismisses this · "{quote}"'
    )
