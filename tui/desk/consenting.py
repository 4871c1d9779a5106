"""Where a customer stands: locked and by whom, or suspected of wanting to be; in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from tui import present
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.text import one_line
from tui.store.consent import Consent
from tui.store.store import Store

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about a customer's consent."""

    word: Consent | None = None
    """The newest word on a locked customer."""
    suspicion: Message | None = None
    """A text that an agent has to judge."""


async def standing_of(store: Store, conversation: Conversation) -> Standing:
    """Read it; a locked customer is not suspected on top."""
    if conversation.opted_out:
        return Standing(word=await store.consent.of(conversation.party))
    return Standing(suspicion=await store.consent.suspicion(conversation.id))


def lock_words(word: Consent | None, now: int, zone: tzinfo | None, keys: Mapping[str, str]) -> str:
    """The line over the composer of a customer who must not be texted."""
    parts = ["OPTED OUT: nothing can be sent", f"{keys['consent']} lets them in again"]
    if word is not None:
        parts.append(_how(word))
        parts.append(f"{present.day(word.at, now, zone)} {present.clock_time(word.at, zone)}")
    return " · ".join(parts)


def _how(word: Consent) -> str:
    """Who said so, with which text."""
    said = one_line(word.evidence, _LONGEST_QUOTE)
    if word.source == "agent":
        by = one_line(word.agent, 20)
        return f"recorded by {by}: {said}" if said else f"recorded by {by}"
    if word.source == "provider":
        return "reported by the provider"
    return f'the customer wrote "{said}"'


def suspicion_words(text: Message, keys: Mapping[str, str]) -> str:
    """The question about a text that may ask to be left alone."""
    said = one_line(text.body, _LONGEST_QUOTE)
    return (
        f"May want to stop · {keys['consent']} confirms the opt-out · "
        f'{keys["not_opt_out"]} dismisses this · "{said}"'
    )
