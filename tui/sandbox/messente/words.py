"""Status words, error numbers and the meanings of both (Messente API, delivery report)."""

from dataclasses import dataclass

from tui.sandbox.handset import Behaviour, Stage, Step

CODE_PREFIX = "+37255500"
"""Start of the numbers that carry a result code in their last three digits."""

PROCESSING = "processing"
"""Ledger word while the provider itself says null."""
SCHEDULED = "scheduled"
DELETED = "DELETED"
SEEN = "SEEN"

MEANINGS = {
    1: "Delivery failure",
    2: "Message expired",
    3: "Invalid number",
    4: "Error crediting account",
    5: "Invalid number format or unknown destination",
    6: "Too many identical messages",
    7: "Sender name not allowed",
    8: "Operator or number blacklisted",
    9: "No route",
    10: "Message seen",
    999: "General temporary error",
}
"""The `error` text of an `err`; none for 0."""

SENT, DELIVERED, FAILED = "SENT", "DELIVERED", "FAILED"

COARSE = {
    "ACCEPTD": (SENT, 8),
    "UNKNOWN": (SENT, 4),
    "DELIVRD": (DELIVERED, 1),
    "UNDELIV": (FAILED, 2),
    "FAILED": (FAILED, 2),
    "EXPIRED": (FAILED, 2),
    "DELETED": (FAILED, 2),
    "REJECTD": (FAILED, 16),
    "NACK": (FAILED, 16),
}
"""The classic `status` and `dlr-mask` of each classic `stat`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said about a message at some stage."""

    stage: Stage
    word: str
    err: int = 0


USUAL = {
    Stage.ACCEPTED: Outcome(Stage.ACCEPTED, PROCESSING),
    Stage.ENROUTE: Outcome(Stage.ENROUTE, "ACK"),
    Stage.SUBMITTED: Outcome(Stage.SUBMITTED, "ACCEPTD"),
    Stage.DELIVERED: Outcome(Stage.DELIVERED, "DELIVRD"),
    Stage.FAILED: Outcome(Stage.FAILED, "UNDELIV", 1),
    Stage.REJECTED: Outcome(Stage.REJECTED, "REJECTD", 9),
    Stage.EXPIRED: Outcome(Stage.EXPIRED, "EXPIRED", 2),
    Stage.CANCELLED: Outcome(Stage.CANCELLED, DELETED),
}
BLOCKED = Outcome(Stage.REJECTED, "REJECTD", 8)

CODES = {
    0: Outcome(Stage.DELIVERED, "DELIVRD"),
    1: Outcome(Stage.FAILED, "UNDELIV", 1),
    2: Outcome(Stage.EXPIRED, "EXPIRED", 2),
    3: Outcome(Stage.FAILED, "UNDELIV", 3),
    4: Outcome(Stage.REJECTED, "REJECTD", 4),
    5: Outcome(Stage.FAILED, "UNDELIV", 5),
    6: Outcome(Stage.REJECTED, "REJECTD", 6),
    7: Outcome(Stage.REJECTED, "REJECTD", 7),
    8: Outcome(Stage.REJECTED, "REJECTD", 8),
    9: Outcome(Stage.FAILED, "UNDELIV", 9),
    10: Outcome(Stage.DELIVERED, "DELIVRD"),
    901: Outcome(Stage.FAILED, "FAILED", 1),
    902: Outcome(Stage.REJECTED, "NACK", 1),
    903: Outcome(Stage.FAILED, DELETED, 1),
    904: Outcome(Stage.SUBMITTED, "UNKNOWN", 999),
    905: Outcome(Stage.ENROUTE, "ACK"),
    999: Outcome(Stage.FAILED, "FAILED", 999),
}
"""By the last three digits of a number in the block for codes."""
CODE_SEEN = 10

FORBIDDEN_SENDER_CODE = 7


def outcome_of(step: Step) -> Outcome:
    """What is said about a step."""
    if step.behaviour is Behaviour.BLOCKED:
        return BLOCKED
    return USUAL[step.stage] if step.code is None else CODES[step.code]
