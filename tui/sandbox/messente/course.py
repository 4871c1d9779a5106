"""How a message goes through its channels: the next is tried when one failed or took too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.sandbox.handset import Behaviour, Stage, Step, digits_of
from tui.sandbox.messente.records import SMS, Attempt

DEFAULT_VALIDITY = 21_600.0
"""Seconds, where neither `validity` nor `ttl` is given."""

CHAT_DIGITS = "98"

NO_CHAT = (Step(0.8, Stage.FAILED, Behaviour.FAIL),)
CHAT = (
    Step(0.2, Stage.ENROUTE, Behaviour.DELIVER),
    Step(0.6, Stage.SUBMITTED, Behaviour.DELIVER),
    Step(1.2, Stage.DELIVERED, Behaviour.DELIVER),
)


@dataclass(frozen=True, slots=True)
class AttemptStep(Step):
    """A step of one of the message's channels."""

    attempt: int = 0
    passing: bool = False
    """Whether it ends only this channel, and the next one is tried."""


def has_chat(number: str) -> bool:
    """Whether the handset has chat applications."""
    return digits_of(number).endswith(CHAT_DIGITS)


def through(
    attempts: Sequence[Attempt], number: str, sms_steps: tuple[Step, ...]
) -> tuple[AttemptStep, ...]:
    """All steps of a message; `sms_steps` are those of its SMS."""
    chat = CHAT if has_chat(number) else NO_CHAT
    way: list[AttemptStep] = []
    start = 0.0
    for index, attempt in enumerate(attempts):
        last = index == len(attempts) - 1
        steps = in_time(sms_steps if attempt.channel == SMS else chat, attempt.validity, last)
        end = steps[-1]
        done = last or end.stage is Stage.DELIVERED
        way += [_of(step, start, index, passing=not done and step is end) for step in steps]
        if done:
            break
        start += end.after
    return tuple(way)


def in_time(steps: tuple[Step, ...], validity: float | None, last: bool) -> tuple[Step, ...]:
    """The steps with an end at the validity; a handset that is silent to the last stays so."""
    if steps[-1].stage.final and (validity is None or steps[-1].after <= validity):
        return steps
    if last and not steps[-1].stage.final:
        return steps
    limit = DEFAULT_VALIDITY if validity is None else validity
    kept = [step for step in steps if step.after < limit]
    return (*kept, Step(limit, Stage.EXPIRED, Behaviour.EXPIRE))


def _of(step: Step, start: float, attempt: int, passing: bool) -> AttemptStep:
    """The step as one of a channel that begins `start` seconds later."""
    after = start + step.after
    return AttemptStep(after, step.stage, step.behaviour, step.code, attempt, passing)
