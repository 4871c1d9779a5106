"""Choose how a handset behaves by its number, so that a test or a demo can decide what happens.

The last two digits decide:

    ..91  answers      delivered, then a friendly reply within seconds
    ..92  expires      submitted, then expired after 4 seconds
    ..93  fails        submitted, then undeliverable
    ..94  rejects      rejected by the network
    ..95  opts out     delivered, then replies STOP; every later message is blocked
    ..96  is silent    submitted, then no further receipt
    ..97  is slow      delivered after 20 seconds
    else  delivers     enroute, submitted, delivered within 2 seconds

A provider with documented result codes reserves one block of numbers, its prefix followed by
the three digits of the code: the message ends (or stays) as that code says. For an undocumented
code the table above applies. A blocked (opted out) number rejects whatever its digits are.
"""

import random
from enum import StrEnum

from tui.domain.record_type import record


class Stage(StrEnum):
    """How far a message got; every provider translates this into its own status."""

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
    def is_final(self) -> bool:
        """Return whether nothing more happens after this stage."""
        return self in FINAL_STAGES


FINAL_STAGES = frozenset(
    {Stage.DELIVERED, Stage.FAILED, Stage.REJECTED, Stage.EXPIRED, Stage.CANCELLED}
)


class Behaviour(StrEnum):
    """How the handset of a number behaves."""

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


@record
class Handset:
    """The behaviour of one number, with the provider's code where the number carries one."""

    behaviour: Behaviour
    code: int | None = None


@record
class DeliveryStep:
    """One step of a delivery, `after` so many seconds from the start."""

    after: float
    stage: Stage
    behaviour: Behaviour
    code: int | None = None


ANSWER_DELAY_SECONDS = 3.0
"""Seconds from delivery to the handset's reply."""

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})

FRIENDLY_ANSWERS = (
    "Thanks, got it!",
    "Great, see you then",
    "Perfect, thank you 😊",
    "OK, on my way",
    "Could you call me after 3pm please?",
    "Yes please",
    "Sorry, just saw this. That works for me.",
    "Cheers, much appreciated",
)


def extract_digits(number: str) -> str:
    """Return only the ASCII digits of a number, in whatever format it is written.

    Args:
        number: Phone number with any prefix and separators.
    """
    return "".join(character for character in number if character in "0123456789")


def find_behaviour(number: str) -> Behaviour:
    """Return the behaviour that the last two digits stand for.

    Args:
        number: Phone number in any format.
    """
    return BY_LAST_DIGITS.get(extract_digits(number)[-2:], Behaviour.DELIVER)


def extract_code(number: str, prefix: str) -> int | None:
    """Return the three-digit code of a number, or None if it is not in the block for codes.

    Args:
        number: Phone number in any format.
        prefix: Start of all numbers of the block.
    """
    digits, start = extract_digits(number), extract_digits(prefix)
    is_inside = len(digits) == len(start) + 3 and digits.startswith(start)
    return int(digits[-3:]) if is_inside else None


def build_steps(handset: Handset, code_stage: Stage | None = None) -> tuple[DeliveryStep, ...]:
    """Return the delivery steps of a message to a handset.

    Args:
        handset: Behaviour and code of the recipient.
        code_stage: Stage to which the number's code leads; default: FAILED.
    """
    kind, code = handset.behaviour, handset.code
    enroute, submitted = (
        DeliveryStep(0.2, Stage.ENROUTE, kind),
        DeliveryStep(0.6, Stage.SUBMITTED, kind),
    )
    match kind:
        case Behaviour.BLOCKED:
            return (DeliveryStep(0.4, Stage.REJECTED, kind),)
        case Behaviour.CODE:
            return _build_coded_steps(DeliveryStep(1.2, code_stage or Stage.FAILED, kind, code))
        case Behaviour.EXPIRE:
            return (enroute, submitted, DeliveryStep(4.0, Stage.EXPIRED, kind))
        case Behaviour.FAIL:
            return (enroute, submitted, DeliveryStep(1.2, Stage.FAILED, kind))
        case Behaviour.REJECT:
            return (enroute, DeliveryStep(0.8, Stage.REJECTED, kind))
        case Behaviour.SILENT:
            return (enroute, submitted)
        case Behaviour.SLOW:
            return (enroute, submitted, DeliveryStep(20.0, Stage.DELIVERED, kind))
        case _:
            return (enroute, submitted, DeliveryStep(1.2, Stage.DELIVERED, kind))


def _build_coded_steps(last_step: DeliveryStep) -> tuple[DeliveryStep, ...]:
    """Return the usual steps up to one with a code; an early stage's code replaces that stage."""
    usual_steps = (
        DeliveryStep(0.2, Stage.ENROUTE, last_step.behaviour),
        DeliveryStep(0.6, Stage.SUBMITTED, last_step.behaviour),
    )
    if last_step.stage is Stage.ENROUTE:
        return (last_step,)
    if last_step.stage is Stage.SUBMITTED:
        return (usual_steps[0], last_step)
    return (*usual_steps, last_step)


def is_stop_word(text: str) -> bool:
    """Return whether the whole text is a keyword that opts its sender out.

    Args:
        text: Text of a reply; case and surrounding spaces do not matter.
    """
    return text.strip().casefold() in STOP_WORDS


def pick_friendly_answer(rng: random.Random) -> str:
    """Return a short reply such as customers write."""
    return rng.choice(FRIENDLY_ANSWERS)
