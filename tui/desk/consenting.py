"""Where a customer stands: locked and by whom, or suspected of wanting to be; in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from tui import present
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.text import one_line
from tui.store.consent import ConsentRecord
from tui.store.store import Store

_MAX_QUOTE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class ConsentStatus:
    """What is known about a customer's consent."""

    decision: ConsentRecord | None = None
    """Newest decision about a customer who has opted out."""
    possible_opt_out: Message | None = None
    """Message that may be an opt-out and that an agent has to judge."""


async def read_consent_status(store: Store, conversation: Conversation) -> ConsentStatus:
    """Read the consent status of a customer; after an opt-out no message is suspected.

    Args:
        store: Store shared by all agents.
        conversation: Conversation with the customer.
    """
    if conversation.opted_out:
        return ConsentStatus(decision=await store.consent.get_consent(conversation.party))
    return ConsentStatus(
        possible_opt_out=await store.consent.find_possible_opt_out(conversation.id)
    )


def format_opt_out(
    decision: ConsentRecord | None, now: int, zone: tzinfo | None, keys: Mapping[str, str]
) -> str:
    """Return the line above the composer of a customer who has opted out.

    Args:
        decision: Newest decision, or None if it is unknown.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
        keys: First key of each command.
    """
    parts = ["OPTED OUT: nothing can be sent", f"{keys['consent']} lets them in again"]
    if decision is not None:
        parts.append(_format_decision(decision))
        parts.append(
            f"{present.format_day(decision.at, now, zone)} {present.format_time(decision.at, zone)}"
        )
    return " · ".join(parts)


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
