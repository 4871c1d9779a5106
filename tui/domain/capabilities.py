"""Declare what a provider can do.

The screen shows only actions that the capabilities allow, and a badge claims no more than
the provider can report.
"""

from enum import StrEnum

from tui.domain.message import Format
from tui.domain.record_type import record


class ReplyChannel(StrEnum):
    """How replies reach the program."""

    POLL = "poll"
    PUSH = "push"
    BOTH = "both"
    NONE = "none"

    @property
    def is_polled(self) -> bool:
        """Return whether replies can be fetched."""
        return self in (ReplyChannel.POLL, ReplyChannel.BOTH)

    @property
    def is_pushed(self) -> bool:
        """Return whether the provider can call the listener."""
        return self in (ReplyChannel.PUSH, ReplyChannel.BOTH)


class ReceiptChannel(StrEnum):
    """How delivery receipts are fetched."""

    PAGE = "page"
    """As pages of the oldest unconfirmed receipts."""
    BY_ID = "ask"
    """By message id only."""
    NONE = "none"
    """Not at all: receipts are pushed or do not exist."""


class SenderKind(StrEnum):
    """Kind of sender ID."""

    NUMBER = "number"
    SHORT_CODE = "short_code"
    NAME = "name"


@record
class Capabilities:
    """Capabilities of one account."""

    title: str
    """Common name of the provider."""
    replies: ReplyChannel
    receipts: ReceiptChannel
    receipts_pushed: bool = True
    must_confirm: bool = False
    """Whether fetched events must be confirmed."""
    batch: int = 1
    receipt_batch: int = 1
    can_schedule: bool = False
    can_cancel: bool = False
    can_look_up: bool = False
    can_look_up_references: bool = False
    """Whether a look-up also takes our reference, so that a lost answer can be resolved."""
    has_balance: bool = False
    can_set_validity: bool = False
    """Whether a message may say how long its delivery is tried."""
    max_metadata: int = 0
    """How many pairs of own metadata a message may have; they come back with its events."""
    can_ping: bool = False
    """Whether it can report whether a phone is on."""
    formats: frozenset[Format] = frozenset({Format.SMS})
    senders: frozenset[SenderKind] = frozenset(SenderKind)
    max_characters: int = 1600
    """Longest text in characters."""
    has_opt_out_signal: bool = False
    """Whether the provider reports opt-outs on its own."""
    regions: frozenset[str] = frozenset()
    """Country calling codes it delivers to; empty: no limit known."""
    can_send_to_short_codes: bool = True
    """Whether it can send to a short code, not only to a phone number."""
    can_answer_default_sender: bool = True
    """Whether customers can reply when no sender is given."""
    answerable_names: frozenset[str] = frozenset()
    """Sender names that customers can reply to, in lower case; others are for reading only."""
    rewrite_note: str = ""
    """How the provider may change the text, as a note for the composer."""
    has_no_rewrite_with_sender: bool = False
    """Whether a message with its own sender is never changed."""
    receipts_last_ms: int = 0
    """How long receipts can be requested after sending; 0: no limit known."""
    has_whole_160_parts: bool = False
    """Whether it counts credits in whole multiples of 160."""

    @property
    def has_pushed_replies_only(self) -> bool:
        """Return whether replies arrive by push and in no other way."""
        return self.replies.is_pushed and not self.replies.is_polled

    @property
    def has_pushed_receipts_only(self) -> bool:
        """Return whether receipts arrive by push and in no other way."""
        return self.receipts_pushed and self.receipts is ReceiptChannel.NONE

    @property
    def needs_listener(self) -> bool:
        """Return whether replies or receipts arrive only while a process listens for pushes."""
        return self.has_pushed_replies_only or self.has_pushed_receipts_only
