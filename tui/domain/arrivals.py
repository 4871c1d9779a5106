"""Describe what reached an account, as it came, and what of it is held.

A held item is a request or an item of a polled page that could become neither a message nor a
receipt. It keeps its bytes, so that it can be read again after the reason is fixed.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from tui.domain.events import Cause, EventKind
from tui.domain.record_type import record


class Channel(StrEnum):
    """How something reached the account."""

    PUSH = "push"
    POLL = "poll"


class ArrivalState(StrEnum):
    """What became of something that arrived."""

    READ = "read"
    """Everything in it became messages and receipts at once."""
    HELD = "held"
    """Something in it could not be used; it waits for a person."""
    RETAKEN = "retaken"
    """It was held, and then everything in it became messages and receipts."""
    DISMISSED = "dismissed"
    """It was held, and is not wanted."""


CAUSE_FIXES = {
    Cause.SIGNATURE: "correct inbound_secret or signature_key, restart smsdesk sync, then retry",
    Cause.UNREADABLE: "compare the template at the provider with the documentation, or set the "
    "account's charset or field names; then retry, or dismiss it",
    Cause.NOT_STORED: "retry; if it stays, report it with the log",
    Cause.TOO_LARGE: "ask the customer to send it in a smaller form, then dismiss it",
}
"""What to do about a held item, by its cause."""


class Refusal(StrEnum):
    """Why a request was refused without being kept; such requests are only counted."""

    WRONG_SECRET = "wrong secret"
    UNKNOWN_ACCOUNT = "unknown account"
    BROKEN_OFF = "broken off"
    EMPTY = "empty"


REFUSAL_TEXTS = {
    Refusal.WRONG_SECRET: "with a wrong secret in the address",
    Refusal.UNKNOWN_ACCOUNT: "for an account that is not in the settings",
    Refusal.BROKEN_OFF: "broken off before they were complete",
    Refusal.EMPTY: "without any content",
}
"""The rest of a sentence that begins with a number of requests."""


_SLASH = r"(?:\\?/|%(?:25)*2F|\\u002F|&#(?:x2F|47);)"
_SECRET_PATH = re.compile(
    rf"({_SLASH}hooks{_SLASH}(?:(?!{_SLASH})[^\s\"'<>])+?{_SLASH})(?:(?!{_SLASH})[^\s\"'<>?&])+",
    re.IGNORECASE,
)
"""Path of the listener, however a sender has escaped its slashes."""


def hide_hook_secrets(text: str, mask: str) -> str:
    """Return a text without the secrets in paths of the listener: providers echo our address.

    Args:
        text: Text that may contain such paths.
        mask: What stands in the place of a secret.
    """
    return _SECRET_PATH.sub(lambda found: found[1] + mask, text)


@record
class Arrival:
    """One request or polled item as it came."""

    channel: Channel
    body: bytes = field(repr=False)
    source: EventKind = EventKind.REPLY
    """For a polled item, whether it stood in a page of replies or of receipts."""
    method: str = ""
    target: str = field(default="", repr=False)
    """Path and query as received, with `{secret}` in the place of the account's secret."""
    tail: str = ""
    """The rest of the path after the secret."""
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Headers with names in lower case, without credentials."""
    http_version: str = "1.1"

    @property
    def digest(self) -> str:
        """Return a digest that is the same when the same content comes again."""
        content = (self.channel.value, self.source.value, self.tail, list(self.query), self.body)
        return hashlib.sha256(repr(content).encode()).hexdigest()

    @property
    def content_type(self) -> str:
        """Return the content type as it was declared; empty if it was not."""
        return self.headers.get("content-type", "")


@record
class HeldReason:
    """Why something is held."""

    cause: Cause
    text: str
    """One line in words."""


@record
class HeldItem:
    """Something that arrived and is or was held."""

    id: int
    account: str
    arrival: Arrival
    state: ArrivalState
    reason: HeldReason
    size: int
    """Size of the body as it came, in bytes; more than was kept if it was too large."""
    received_at: int
    """When it came first, ms UTC."""
    last_at: int
    """When it came last, ms UTC."""
    repeats: int
    """How often the provider has sent it again."""
    done_at: int = 0
    """When it was taken in or dismissed, ms UTC; 0 if it is still held."""
    done_by: str = ""
    """Agent who did that; empty for the program itself."""

    @property
    def fix(self) -> str:
        """Return what to do about it."""
        return CAUSE_FIXES[self.reason.cause]


@record
class HeldGroup:
    """The held items of one account with the same reason."""

    account: str
    reason: HeldReason
    count: int
    last_at: int
    """When the last of them came, ms UTC."""


@record
class RefusalCount:
    """How many requests were refused without being kept."""

    account: str
    """Account that the address named; empty for names that are not in the settings."""
    refusal: Refusal
    count: int
    last_at: int
    """When the last one came, ms UTC."""


@record
class RetryResult:
    """Result of reading held items again."""

    taken: int = 0
    """Number of items that are in the inbox now."""
    still_held: int = 0
    new_events: int = 0
    """Number of messages and receipts that were new."""
    first_reason: str = ""
    """Why the first of those is still held that are; empty if none is."""

    def __add__(self, other: "RetryResult") -> "RetryResult":
        """Return the sum of both."""
        return RetryResult(
            self.taken + other.taken,
            self.still_held + other.still_held,
            self.new_events + other.new_events,
            self.first_reason or other.first_reason,
        )
