"""Store what the emulator needs of a message besides the ledger's entry, and build its steps.

The steps lead through the message's channels: the next is tried when one failed or timed out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from tui.domain.record_type import record
from tui.domain.sms import count_parts
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage, extract_digits
from tui.sandbox.ledger import Event
from tui.sandbox.messente.status_codes import ERROR_TEXTS, ReportedOutcome

Body = dict[str, object]

PART_PRICE = Decimal("0.059")
FREE_STATUSES = frozenset({"REJECTD", "NACK", "ACK"})
"""Statuses of messages that cost nothing, or nothing yet."""

SMS = "sms"


@dataclass(slots=True)
class ChannelAttempt:
    """One channel of a message, in the order in which they are tried."""

    channel: str
    message_id: str
    sender: str
    text: str
    validity: float | None = None
    """Seconds after which the channel counts as failed; None if the request named none."""
    shown: Mapping[str, object] | None = None
    """The newest receipt that was released to the desk."""
    shown_at: int = -1


@dataclass(slots=True)
class SentMessage:
    """One accepted message of either API."""

    id: str
    to: str
    dlr_url: str | None
    attempts: list[ChannelAttempt]
    starts_at: int
    """When it is sent, milliseconds UTC."""
    is_classic: bool = False
    receipts: list[str] = field(default_factory=list)
    """Ids of the receipts that were released to the desk."""

    def record_receipt(self, event: Event) -> None:
        """Store a receipt that the desk may see; an older one does not replace a newer one.

        Args:
            event: Receipt in the format of its API.
        """
        self.receipts.append(event.id)
        message_id = event.body.get("message_id")
        for attempt in self.attempts:
            # A classic receipt names no channel: its message has only one.
            if message_id in (None, attempt.message_id) and event.at >= attempt.shown_at:
                attempt.shown, attempt.shown_at = event.body, event.at

    def build_report(self, index: int, outcome: ReportedOutcome, at: int) -> Body:
        """Return a delivery report of the Omnichannel API about one attempt.

        Args:
            index: Index of the attempt.
            outcome: Status to report.
            at: Time in milliseconds UTC.
        """
        attempt = self.attempts[index]
        return {
            "status": outcome.status,
            "sender": attempt.sender,
            "err": outcome.err,
            "message_id": attempt.message_id,
            "to": self.to,
            "channel": attempt.channel,
            "error": ERROR_TEXTS.get(outcome.err),
            "omnimessage_id": self.id,
            "timestamp": format_naive(at),
            "price_info": None if outcome.status in FREE_STATUSES else build_price_info(attempt),
        }

    def build_statuses(self, accepted_at: int) -> list[Body]:
        """Return the entries of a status answer; a value is null while it is unknown.

        Args:
            accepted_at: When the message was accepted, in milliseconds UTC.
        """
        return [_build_status(attempt, accepted_at) for attempt in self.attempts]


def format_naive(at: int) -> str:
    """Return a time as `2026-11-20T09:15:47.120000`, with no offset.

    Args:
        at: Time in milliseconds UTC.
    """
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def build_price_info(attempt: ChannelAttempt) -> Body:
    """Return what one attempt costs; a chat message is one part."""
    parts = max(1, len(count_parts(attempt.text).parts)) if attempt.channel == SMS else 1
    return {
        "part_price": str(PART_PRICE),
        "parts_count": parts,
        "total_price": str(PART_PRICE * parts),
    }


def _build_status(attempt: ChannelAttempt, accepted_at: int) -> Body:
    """Return one entry of a status answer."""
    names = ("status", "channel", "message_id", "sender", "err", "error", "timestamp", "price_info")
    values: Mapping[str, object] = attempt.shown or {
        "channel": attempt.channel,
        "message_id": attempt.message_id,
        "sender": attempt.sender,
        "timestamp": format_naive(accepted_at),
    }
    return {name: values.get(name) for name in names}


DEFAULT_VALIDITY_SECONDS = 21_600.0
"""Seconds, where neither `validity` nor `ttl` is given."""

CHAT_DIGITS = "98"

STEPS_WITHOUT_CHAT = (DeliveryStep(0.8, Stage.FAILED, Behaviour.FAIL),)
CHAT_STEPS = (
    DeliveryStep(0.2, Stage.ENROUTE, Behaviour.DELIVER),
    DeliveryStep(0.6, Stage.SUBMITTED, Behaviour.DELIVER),
    DeliveryStep(1.2, Stage.DELIVERED, Behaviour.DELIVER),
)


@record
class AttemptStep(DeliveryStep):
    """A step in one of the message's channels."""

    attempt: int = 0
    ends_channel_only: bool = False
    """Whether it ends only this channel, and the next one is tried."""


def has_chat(number: str) -> bool:
    """Return whether the handset has chat applications."""
    return extract_digits(number).endswith(CHAT_DIGITS)


def build_attempt_steps(
    attempts: Sequence[ChannelAttempt], number: str, sms_steps: tuple[DeliveryStep, ...]
) -> tuple[AttemptStep, ...]:
    """Return all steps of a message.

    Args:
        attempts: Channels in the order in which they are tried.
        number: Number of the recipient.
        sms_steps: Steps of its SMS.
    """
    chat_steps = CHAT_STEPS if has_chat(number) else STEPS_WITHOUT_CHAT
    all_steps: list[AttemptStep] = []
    start = 0.0
    for index, attempt in enumerate(attempts):
        is_last = index == len(attempts) - 1
        steps = limit_steps(
            sms_steps if attempt.channel == SMS else chat_steps, attempt.validity, is_last
        )
        end = steps[-1]
        is_done = is_last or end.stage is Stage.DELIVERED
        all_steps += [
            _shift_step(step, start, index, passing=not is_done and step is end) for step in steps
        ]
        if is_done:
            break
        start += end.after
    return tuple(all_steps)


def limit_steps(
    steps: tuple[DeliveryStep, ...], validity: float | None, is_last: bool
) -> tuple[DeliveryStep, ...]:
    """Return the steps up to the validity; a silent handset on the last channel stays silent.

    Args:
        steps: Steps of one channel.
        validity: Seconds after which the channel counts as failed; None: the default.
        is_last: Whether no other channel follows.
    """
    if steps[-1].stage.is_final and (validity is None or steps[-1].after <= validity):
        return steps
    if is_last and not steps[-1].stage.is_final:
        return steps
    limit = DEFAULT_VALIDITY_SECONDS if validity is None else validity
    early_steps = [step for step in steps if step.after < limit]
    return (*early_steps, DeliveryStep(limit, Stage.EXPIRED, Behaviour.EXPIRE))


def _shift_step(step: DeliveryStep, start: float, attempt: int, passing: bool) -> AttemptStep:
    """Return the step as one of a channel that begins `start` seconds later."""
    after = start + step.after
    return AttemptStep(after, step.stage, step.behaviour, step.code, attempt, passing)
