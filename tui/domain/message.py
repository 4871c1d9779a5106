"""Describe stored messages, messages to be sent, and the advice on a failed one.

The provider fetches the pictures of an MMS, so their URLs must be public: they are checked here.
"""

from enum import StrEnum
from urllib.parse import urlsplit

from tui.domain.file_names import summarize_message
from tui.domain.record_type import record
from tui.domain.status import Status


class Advice(StrEnum):
    """Best next step after a failure; stored with the message."""

    NONE = ""
    """Nothing is known beyond the status itself."""
    WAIT = "wait"
    """Nothing to do: the message is still on its way."""
    RETRY = "retry"
    """The same message may succeed now."""
    LATER = "later"
    """The phone or the network has to be reachable first."""
    OTHER_ACCOUNT = "other account"
    """This account cannot reach the number; another one may."""
    FIX_NUMBER = "fix number"
    FIX_TEXT = "fix text"
    FIX_SENDER = "fix sender"
    TOP_UP = "top up"
    SETTINGS = "settings"
    """The account's key, address or base URL is wrong."""
    ASK_PROVIDER = "ask provider"
    """Only the provider can allow it or explain the failure."""
    STOP = "stop"
    """Do not send again: the customer must not be texted."""
    RESOLVE = "settle"
    """The message may have been sent: an agent decides."""


class Direction(StrEnum):
    """Direction of a message in a conversation."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class Format(StrEnum):
    """How a message reaches the customer."""

    SMS = "SMS"
    MMS = "MMS"
    TTS = "TTS"
    PING = "PING"
    """Shows nothing on the phone; its receipt reports whether the phone is on."""


@record
class Attachment:
    """A file received with a message."""

    name: str
    """Name given by the sender: untrusted text."""
    content_type: str
    data: bytes


@record
class AttachmentInfo:
    """A stored attachment without its bytes."""

    id: int
    message_id: int
    name: str
    content_type: str
    size: int


@record
class MmsContent:
    """What an MMS contains besides its text."""

    media: tuple[str, ...] = ()
    """URLs of pictures, http or https."""
    subject: str = ""

    def __bool__(self) -> bool:
        """Return whether there are pictures or a subject."""
        return bool(self.media or self.subject)


NO_MMS_CONTENT = MmsContent()
"""Content of an ordinary SMS."""


@record
class SendOptions:
    """What the provider is asked for besides text, pictures and time."""

    valid_for: int = 0
    """How long delivery may be tried (ms); 0 for the account's own setting."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Names and values that come back with receipts and replies."""

    def __bool__(self) -> bool:
        """Return whether anything is asked for."""
        return bool(self.valid_for or self.metadata)


NO_OPTIONS = SendOptions()
"""Options of an ordinary message."""


@record
class SentText:
    """A text that went to a customer, or will at its time, where the same is about to be sent."""

    id: int
    at: int
    """When it was sent, or will be (ms UTC)."""
    agent: str


@record
class Message:
    """One item of a conversation: a received message, a sent message or a private note."""

    id: int
    """Grows with `at`; `ids.to_reference` makes our client reference of it."""
    conversation_id: int
    direction: Direction
    status: Status | None
    """None for received messages and for notes."""
    account: str
    body: str
    """Text as received or typed: repaired, but not made printable."""
    at: int
    """When the customer or the agent wrote it, ms UTC."""
    sender: str = ""
    """Address it came from or goes out with; empty: the account's default."""
    agent: str = ""
    provider_id: str = ""
    word: str = ""
    """Status in the provider's own terms."""
    code: str = ""
    """Error code of the provider; empty if there is none."""
    reason: str = ""
    """Reason of the failure, as text for an agent."""
    status_at: int = 0
    """When the status last changed, ms UTC."""
    scheduled_at: int | None = None
    hold_until: int = 0
    """End of the grace period (ms UTC); until then it can be cancelled here."""
    parts: int = 0
    """Number of parts counted by the provider; 0 if not reported."""
    price: str = ""
    """Price reported by the provider: decimal text, with its currency where known."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    retry_of: int | None = None
    contradicted: bool = False
    """Whether receipts reported two different final statuses."""
    handled: bool = False
    """Whether an agent has resolved its failure."""
    suspected: bool = False
    """Whether it may be an opt-out in plain language."""
    attachments: int = 0
    files: str = ""
    """Names of its files in words, see `file_names`: untrusted text."""
    attempts: int = 0
    """How often it was submitted to the provider."""
    cancel_wanted: bool = False
    """Whether an agent cancelled it and the provider has not answered yet."""
    cancel_on_reply: bool = False
    """Whether it is cancelled if the customer writes before its time."""
    advice: Advice = Advice.NONE
    """Advice that follows from the code of its failure."""
    options: SendOptions = NO_OPTIONS
    arrival: int = 0
    """Place in the order of arrival, on the scale of ids; 0 if it is that of `id`."""
    arrived_at: int | None = None
    """When a text arrived (ms UTC); None if that was within a minute of `at`."""
    rule: str = ""
    """Rule that wrote it automatically; empty if an agent or the customer did."""

    @property
    def arrival_id(self) -> int:
        """Return the place in the order of arrival: what has been read is counted by it."""
        return self.arrival or self.id

    @property
    def summary(self) -> str:
        """Return the text; of a message without text its subject and its files."""
        return summarize_message(self.body, self.subject, self.files)


@record
class NewMessage:
    """A message to be queued, as the composer writes it into the store."""

    to: str
    """Party of the conversation: E.164 number, or a short code as received."""
    body: str
    account: str
    sender: str = ""
    agent: str = ""
    scheduled_at: int | None = None
    hold_until: int = 0
    """Not submitted before this moment (ms UTC), so that it can be cancelled."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    retry_of: int | None = None
    cancel_on_reply: bool = False
    """Do not send it if the customer writes before `scheduled_at`."""
    rule: str = ""
    """Rule that answers automatically: the customer still waits for an agent."""
    confirms: int | None = None
    """The opt-out text whose receipt it confirms: the one text that may follow an opt-out."""
    sentence: str = ""
    """Sentence about opting out that is added to the text unless the customer has it by now."""
    options: SendOptions = NO_OPTIONS


_MAX_PICTURES = 10
_MAX_URL_LENGTH = 2_000


class InvalidPictureUrlError(ValueError):
    """A URL that no provider can fetch; the message says why, on one line."""


def parse_picture_urls(text: str) -> tuple[str, ...]:
    """Return the URLs in `text`, which are separated by blanks, each once.

    Raises:
        InvalidPictureUrlError: One of them cannot be fetched, or there are too many.
    """
    found = tuple(dict.fromkeys(text.split()))
    if len(found) > _MAX_PICTURES:
        raise InvalidPictureUrlError(f"At most {_MAX_PICTURES} pictures")
    for address in found:
        _check_url(address)
    return found


def _check_url(address: str) -> None:
    """Raise `InvalidPictureUrlError` unless it is http or https with a host, in plain ASCII."""
    if len(address) > _MAX_URL_LENGTH:
        raise InvalidPictureUrlError(f"An address is longer than {_MAX_URL_LENGTH} characters")
    if not address.isascii() or not address.isprintable():
        raise InvalidPictureUrlError("An address has only ASCII characters: write others as %..")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        raise InvalidPictureUrlError("Not an address: it begins with https://") from None
    if parts.scheme not in ("http", "https"):
        raise InvalidPictureUrlError("An address begins with https:// or http://")
    if not host or parts.username is not None:
        raise InvalidPictureUrlError("An address needs a host, and no user name in it")
