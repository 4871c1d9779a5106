"""How handsets behave, told by their number, so that a test or a demo can choose what happens.

The last two digits decide:

    ..91  answers      delivered, then a friendly reply within seconds
    ..92  expires      submitted, then expired after 4 seconds
    ..93  fails        submitted, then undeliverable
    ..94  rejects      rejected by the network
    ..95  opts out     delivered, then replies STOP; every later message is blocked
    ..96  is silent    submitted, and never heard of again
    ..97  is slow      delivered after 20 seconds
    else  delivers     enroute, submitted, delivered within 2 seconds

A provider with documented result codes sets aside one block of numbers, its prefix followed by
the three digits of the code: the message ends (or stays) as that code says. An undocumented code
there falls back to the table above. A blocked (opted out) number rejects whatever its digits say.
"""

import random
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a message is, in words that every provider translates into its own."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    ENROUTE = "enroute"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more happens after this stage."""
        return self in FINAL_STAGES


FINAL_STAGES = frozenset(
    {Stage.DELIVERED, Stage.FAILED, Stage.REJECTED, Stage.EXPIRED, Stage.CANCELLED}
)


class Behaviour(StrEnum):
    """What kind of handset a number stands for."""

    DELIVER = "delivers"
    ANSWER = "answers"
    EXPIRE = "expires"
    FAIL = "fails"
    REJECT = "rejects"
    OPT_OUT = "opts out"
    SILENT = "is silent"
    SLOW = "is slow"
    CODE = "ends with a documented code"
    BLOCKED = "is blocked"


BY_LAST_DIGITS = {
    "91": Behaviour.ANSWER,
    "92": Behaviour.EXPIRE,
    "93": Behaviour.FAIL,
    "94": Behaviour.REJECT,
    "95": Behaviour.OPT_OUT,
    "96": Behaviour.SILENT,
    "97": Behaviour.SLOW,
}


@dataclass(frozen=True, slots=True)
class Handset:
    """One number's behaviour, with the provider's code where the number carries one."""

    behaviour: Behaviour
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that becomes of a message, `after` so many seconds from the start."""

    after: float
    stage: Stage
    behaviour: Behaviour
    code: int | None = None


ANSWER_DELAY = 3.0
"""Seconds from delivery to the handset's reply."""

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})

FRIENDLY = (
    "Thanks, got it!",
    "Great, see you then",
    "Perfect, thank you 😊",
    "OK, on my way",
    "Could you call me after 3pm please?",
    "Yes please",
    "Sorry, just saw this. That works for me.",
    "Cheers, much appreciated",
)


def digits_of(number: str) -> str:
    """Only the ASCII digits of a number, however it was written."""
    return "".join(character for character in number if character in "0123456789")


def behaviour_of(number: str) -> Behaviour:
    """The behaviour that the last two digits stand for."""
    return BY_LAST_DIGITS.get(digits_of(number)[-2:], Behaviour.DELIVER)


def code_of(number: str, prefix: str) -> int | None:
    """The three-digit code of a number in the block that starts with `prefix`, if it is in it."""
    digits, start = digits_of(number), digits_of(prefix)
    inside = len(digits) == len(start) + 3 and digits.startswith(start)
    return int(digits[-3:]) if inside else None


def steps_of(handset: Handset, code_stage: Stage | None = None) -> tuple[Step, ...]:
    """What becomes of a message to that handset; `code_stage` is where a carried code leads."""
    kind, code = handset.behaviour, handset.code
    enroute, submitted = Step(0.2, Stage.ENROUTE, kind), Step(0.6, Stage.SUBMITTED, kind)
    match kind:
        case Behaviour.BLOCKED:
            return (Step(0.4, Stage.REJECTED, kind),)
        case Behaviour.CODE:
            return _coded(Step(1.2, code_stage or Stage.FAILED, kind, code))
        case Behaviour.EXPIRE:
            return (enroute, submitted, Step(4.0, Stage.EXPIRED, kind))
        case Behaviour.FAIL:
            return (enroute, submitted, Step(1.2, Stage.FAILED, kind))
        case Behaviour.REJECT:
            return (enroute, Step(0.8, Stage.REJECTED, kind))
        case Behaviour.SILENT:
            return (enroute, submitted)
        case Behaviour.SLOW:
            return (enroute, submitted, Step(20.0, Stage.DELIVERED, kind))
        case _:
            return (enroute, submitted, Step(1.2, Stage.DELIVERED, kind))


def _coded(last: Step) -> tuple[Step, ...]:
    """The usual way to a step that carries a code; a code of an early stage is that stage."""
    way = (Step(0.2, Stage.ENROUTE, last.behaviour), Step(0.6, Stage.SUBMITTED, last.behaviour))
    if last.stage is Stage.ENROUTE:
        return (last,)
    if last.stage is Stage.SUBMITTED:
        return (way[0], last)
    return (*way, last)


def is_stop_word(text: str) -> bool:
    """Whether the whole text is a word that opts its sender out."""
    return text.strip().casefold() in STOP_WORDS


def friendly_answer(rng: random.Random) -> str:
    """A short reply such as customers write."""
    return rng.choice(FRIENDLY)
