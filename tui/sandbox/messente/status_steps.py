"""Build a message's steps through its channels: the next is tried when one failed or timed out."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.sandbox.handset import Behaviour, DeliveryStep, Stage, extract_digits
from tui.sandbox.messente.records import SMS, ChannelAttempt

DEFAULT_VALIDITY_SECONDS = 21_600.0
"""Seconds, where neither `validity` nor `ttl` is given."""

CHAT_DIGITS = "98"

STEPS_WITHOUT_CHAT = (DeliveryStep(0.8, Stage.FAILED, Behaviour.FAIL),)
CHAT_STEPS = (
    DeliveryStep(0.2, Stage.ENROUTE, Behaviour.DELIVER),
    DeliveryStep(0.6, Stage.SUBMITTED, Behaviour.DELIVER),
    DeliveryStep(1.2, Stage.DELIVERED, Behaviour.DELIVER),
)


@dataclass(frozen=True, slots=True)
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
