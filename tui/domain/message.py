"""A message as the desk keeps it, and what an agent asks to be sent."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.advice import Advice
from tui.domain.status import Status


class Direction(StrEnum):
    """Which way a line of a conversation goes."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class Format(StrEnum):
    """How a message reaches the customer."""

    SMS = "SMS"
    MMS = "MMS"
    TTS = "TTS"
    PING = "PING"
    """Shows nothing on the phone; its receipt tells whether the phone is on."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    """As the sender called it: outside text."""
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """A stored attachment without its bytes."""

    id: int
    message_id: int
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What goes with the text of an MMS."""

    media: tuple[str, ...] = ()
    """Addresses of pictures, http or https."""
    subject: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.media or self.subject)


NOTHING = Enclosed()
"""An ordinary text."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a conversation: a text in, a text out, or a private note."""

    id: int
    """Grows with `at`; its `ids.reference` is our client reference at providers that take one."""
    conversation_id: int
    direction: Direction
    status: Status | None
    """None for texts that came in and for notes."""
    account: str
    body: str
    """As it came or as it was typed, repaired but not made printable."""
    at: int
    """When the customer or the agent wrote it, ms UTC."""
    sender: str = ""
    """The address it came from or goes out under; empty means the account's default."""
    agent: str = ""
    provider_id: str = ""
    word: str = ""
    """The provider's own word for the status."""
    code: str = ""
    """The provider's own error code, empty when it gave none."""
    reason: str = ""
    """Why it failed, in words for an agent."""
    status_at: int = 0
    """When the status last changed, ms UTC."""
    scheduled_at: int | None = None
    hold_until: int = 0
    """Until when (ms UTC) it can be taken back, as it has not left the desk."""
    parts: int = 0
    """Parts as the provider counted them, 0 when it did not say."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    retry_of: int | None = None
    contradicted: bool = False
    """Whether receipts reported two different ends."""
    handled: bool = False
    """Whether an agent has dealt with its failure."""
    suspected: bool = False
    """Whether it may ask, in plain words, to be left alone."""
    attachments: int = 0
    attempts: int = 0
    """How often it was handed to the provider."""
    cancel_wanted: bool = False
    """Whether an agent has asked to take it back and the provider has not answered yet."""
    cancel_on_reply: bool = False
    """Whether it is taken back when the customer writes before its time."""
    advice: Advice = Advice.NONE
    """What the code of its failure advises."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What an agent wants sent: the intent that a composer writes into the store."""

    to: str
    """The conversation's party: E.164, or a short code as it came."""
    body: str
    account: str
    sender: str = ""
    agent: str = ""
    scheduled_at: int | None = None
    hold_until: int = 0
    """Not handed to the provider before this moment (ms UTC), so that it can be taken back."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    retry_of: int | None = None
    cancel_on_reply: bool = False
    """Not to be sent when the customer writes before `scheduled_at`."""
