"""Define what the parts of sync share: the account they serve and the services they use.

The events of providers, polled or pushed, all pass through here: first on disk, then confirmed, so
that none is confirmed that could still be lost.
"""

import random
from collections.abc import Sequence
from dataclasses import field
from typing import Protocol

from tui.clock import Clock
from tui.domain.account import Account
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.ids import to_reference
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.providers.protocol import Outgoing, Provider
from tui.store.ingest import StoredCounts
from tui.store.store import Store


@record
class ServedAccount:
    """An account with everything that is needed to serve it."""

    name: str
    provider: Provider = field(repr=False)
    sender: str = ""
    """Sender ID of a message without one of its own; empty for the provider's default."""
    hook_secret: str = field(default="", repr=False)
    """Secret part of the account's path at the listener; empty if pushes are not accepted."""
    callback_url: str = field(default="", repr=False)
    """URL for pushes about a message, without the reference; empty if there is none."""
    region: str = ""
    """ISO country of received numbers without a country code; empty for none."""

    def to_public_account(self) -> Account:
        """Return what may be shown of it."""
        capabilities, has_path = self.provider.capabilities, bool(self.hook_secret)
        return Account(self.name, "", capabilities=capabilities, listener=has_path)

    def to_outgoing(self, message: Message, to: str, now: int) -> Outgoing:
        """Return a queued message in the form that a provider accepts.

        Args:
            message: Queued message; a scheduled time in the past means at once.
            to: Address of the recipient.
            now: Current time (ms UTC).
        """
        client_reference = to_reference(message.id)
        is_scheduled = message.scheduled_at is not None and message.scheduled_at > now
        return Outgoing(
            reference=client_reference,
            to=to,
            text=message.body,
            sender=message.sender or self.sender,
            scheduled_at=message.scheduled_at if is_scheduled else None,
            format=message.format,
            subject=message.subject,
            media=message.media,
            valid_for=message.options.valid_for,
            metadata=message.options.metadata,
            callback_url=f"{self.callback_url.rstrip('/')}/{client_reference}"
            if self.callback_url
            else "",
        )


class SyncLog(Protocol):
    """Write what sync does: an event and its details by name."""

    def __call__(self, event: str, **details: object) -> object:
        """Write one line."""
        ...


def discard_log(event: str, **details: object) -> None:
    """Discard a line, for callers without a log.

    Args:
        event: What happened.
        details: Values by name.
    """


@record
class SyncContext:
    """The store, the clock, the source of randomness and the log, shared by all parts of sync."""

    store: Store
    clock: Clock
    rng: random.Random
    log: SyncLog = discard_log


@record
class RoundResult:
    """Result of one round."""

    pause: float | None = None
    """Seconds until the next round; None to wait until something changes."""
    answered: bool = False
    """Whether the provider answered as it should."""
    latency_ms: int = 0
    """Duration of the provider's answer; 0 if it was not measured."""
    new_events: int = 0
    """Number of replies and receipts that were new."""
    problem: str = ""
    """What went wrong although the round did its work, as text for an agent; empty if nothing."""


@record
class RoundSummary:
    """Result of one round of everything, for `smsdesk sync --once`."""

    sent: int = 0
    """Number of messages that providers accepted."""
    events: int = 0
    """Number of new replies and receipts."""
    problems: tuple[str, ...] = ()
    """One line per problem, beginning with the account."""

    def __add__(self, other: "RoundSummary") -> "RoundSummary":
        """Return the sum of both."""
        return RoundSummary(
            self.sent + other.sent, self.events + other.events, self.problems + other.problems
        )


async def store_events(
    store: Store, account: str, events: Sequence[Event], region: str = ""
) -> StoredCounts:
    """Store events, all of them or (on an error) none; known events change nothing.

    Args:
        store: Store to write to.
        account: Name of the account that the events belong to.
        events: Events of one page or push.
        region: ISO country of the account, for numbers without a country code.
    """
    return await store.ingest.store_events(account, events, region) if events else StoredCounts()


def get_confirmable_ids(events: Sequence[Event]) -> list[str]:
    """Return the ids of a page that the provider expects to be confirmed, each once.

    Args:
        events: Events that are stored already.
    """
    ids = (event.event_id for event in events if _is_confirmable(event))
    return list(dict.fromkeys(ids))


def _is_confirmable(event: Event) -> bool:
    """Return whether an event's id is the provider's own."""
    match event:
        case Reply() | Receipt():
            return True
        case Unreadable():
            return event.can_confirm
        case _:
            return False
