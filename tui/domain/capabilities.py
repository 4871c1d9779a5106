"""What a provider can do, declared: the screen offers nothing else, a badge claims nothing more."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.message import Format


class Channel(StrEnum):
    """How replies reach the desk."""

    POLL = "poll"
    PUSH = "push"
    BOTH = "both"
    NONE = "none"

    @property
    def polled(self) -> bool:
        """Whether the desk can fetch by itself."""
        return self in (Channel.POLL, Channel.BOTH)

    @property
    def pushed(self) -> bool:
        """Whether the provider can call the listener."""
        return self in (Channel.PUSH, Channel.BOTH)


class ReceiptChannel(StrEnum):
    """How receipts reach the desk when it polls."""

    PAGE = "page"
    """A page of the oldest unconfirmed ones."""
    ASK = "ask"
    """By message id only."""
    NONE = "none"
    """Never: they are pushed or do not exist."""


class SenderKind(StrEnum):
    """What may stand as the sender."""

    NUMBER = "number"
    SHORT_CODE = "short_code"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one account can do."""

    title: str
    """The provider's name as people know it."""
    replies: Channel
    receipts: ReceiptChannel
    receipts_pushed: bool = True
    confirm: bool = False
    """Whether fetched events must be confirmed."""
    batch: int = 1
    ask_batch: int = 1
    schedule: bool = False
    cancel: bool = False
    look_up: bool = False
    finds_references: bool = False
    """Whether `look_up` also takes our own reference, so a lost answer can be cleared up."""
    balance: bool = False
    ping: bool = False
    """Whether it can tell if a phone is on."""
    formats: frozenset[Format] = frozenset({Format.SMS})
    senders: frozenset[SenderKind] = frozenset(SenderKind)
    longest: int = 1600
    """Longest text in characters."""
    opt_out_signal: bool = False
    """Whether it tells about opt-outs by itself."""
    regions: frozenset[str] = frozenset()
    """Country calling codes it delivers to; empty: no limit known."""
    default_sender_answerable: bool = True
    """Whether customers can answer when no sender is named."""
    rewrites: str = ""
    """What it does to the text by itself, in words for the composer."""
    keeps_texts_with_sender: bool = False
    """Whether it does nothing of that to a message with a sender of one's own."""
    receipts_last_ms: int = 0
    """How long receipts can be asked for after sending; 0: no end is known."""
    whole_160_parts: bool = False
    """Whether it counts credits in whole multiples of 160."""
