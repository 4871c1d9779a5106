"""Define statuses and error numbers with their meanings (Messente API, delivery report).

The errors of the Omnichannel API are built here, too: each has a code, its title, a detail and a
field.
"""

from dataclasses import dataclass, field

from starlette.responses import Response

from tui.domain.record_type import record
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage
from tui.sandbox.wire import to_json_response

CODE_PREFIX = "+37255500"
"""Start of the numbers that carry a result code in their last three digits."""

PROCESSING = "processing"
"""Status in the ledger while the provider itself reports null."""
SCHEDULED = "scheduled"
DELETED = "DELETED"
SEEN = "SEEN"

ERROR_TEXTS = {
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

CLASSIC_STATUSES = {
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


@record
class ReportedOutcome:
    """The status and error that are reported for a stage."""

    stage: Stage
    status: str
    err: int = 0


USUAL_OUTCOMES = {
    Stage.ACCEPTED: ReportedOutcome(Stage.ACCEPTED, PROCESSING),
    Stage.ENROUTE: ReportedOutcome(Stage.ENROUTE, "ACK"),
    Stage.SUBMITTED: ReportedOutcome(Stage.SUBMITTED, "ACCEPTD"),
    Stage.DELIVERED: ReportedOutcome(Stage.DELIVERED, "DELIVRD"),
    Stage.FAILED: ReportedOutcome(Stage.FAILED, "UNDELIV", 1),
    Stage.REJECTED: ReportedOutcome(Stage.REJECTED, "REJECTD", 9),
    Stage.EXPIRED: ReportedOutcome(Stage.EXPIRED, "EXPIRED", 2),
    Stage.CANCELLED: ReportedOutcome(Stage.CANCELLED, DELETED),
}
BLOCKED_OUTCOME = ReportedOutcome(Stage.REJECTED, "REJECTD", 8)

OUTCOME_OF_CODE = {
    0: ReportedOutcome(Stage.DELIVERED, "DELIVRD"),
    1: ReportedOutcome(Stage.FAILED, "UNDELIV", 1),
    2: ReportedOutcome(Stage.EXPIRED, "EXPIRED", 2),
    3: ReportedOutcome(Stage.FAILED, "UNDELIV", 3),
    4: ReportedOutcome(Stage.REJECTED, "REJECTD", 4),
    5: ReportedOutcome(Stage.FAILED, "UNDELIV", 5),
    6: ReportedOutcome(Stage.REJECTED, "REJECTD", 6),
    7: ReportedOutcome(Stage.REJECTED, "REJECTD", 7),
    8: ReportedOutcome(Stage.REJECTED, "REJECTD", 8),
    9: ReportedOutcome(Stage.FAILED, "UNDELIV", 9),
    10: ReportedOutcome(Stage.DELIVERED, "DELIVRD"),
    901: ReportedOutcome(Stage.FAILED, "FAILED", 1),
    902: ReportedOutcome(Stage.REJECTED, "NACK", 1),
    903: ReportedOutcome(Stage.FAILED, DELETED, 1),
    904: ReportedOutcome(Stage.SUBMITTED, "UNKNOWN", 999),
    905: ReportedOutcome(Stage.ENROUTE, "ACK"),
    999: ReportedOutcome(Stage.FAILED, "FAILED", 999),
}
"""By the last three digits of a number in the block for codes."""
SEEN_CODE = 10

FORBIDDEN_SENDER_CODE = 7


def to_outcome(step: DeliveryStep) -> ReportedOutcome:
    """Return what is reported about a step."""
    if step.behaviour is Behaviour.BLOCKED:
        return BLOCKED_OUTCOME
    return USUAL_OUTCOMES[step.stage] if step.code is None else OUTCOME_OF_CODE[step.code]


ErrorEntry = dict[str, object]

NOT_FOUND = ("101", "Not found", 404)
FORBIDDEN = ("102", "Forbidden", 403)
UNAUTHORIZED = ("103", "Unauthorized", 401)
INTERNAL = ("104", "Internal Server Error", 500)
INVALID = ("105", "Invalid data", 400)
MISSING = ("106", "Missing data", 400)
NOT_ALLOWED = ("107", "Method not allowed", 405)

ErrorKind = tuple[str, str, int]


class JsonRefusal(Exception):
    """A request that is refused with this HTTP status and body."""

    def __init__(self, status: int, body: object) -> None:
        """Create a refusal.

        Args:
            status: HTTP status of the answer.
            body: Body in the format of the refusing API.
        """
        super().__init__(status)
        self.status = status
        self.body = body

    def to_response(self) -> Response:
        """Return the answer."""
        return to_json_response(self.body, self.status)


def build_error(kind: ErrorKind, detail: str, source: str | None = None) -> ErrorEntry:
    """Return one entry of `errors`.

    Args:
        kind: Code, title and HTTP status.
        detail: Description for a person.
        source: Path of the faulty field, if any.
    """
    return {"code": kind[0], "title": kind[1], "detail": detail, "source": source}


def build_refusal(kind: ErrorKind, detail: str, source: str | None = None) -> JsonRefusal:
    """Return a refusal with one error.

    Args:
        kind: Code, title and HTTP status.
        detail: Description for a person.
        source: Path of the faulty field, if any.
    """
    return JsonRefusal(kind[2], {"errors": [build_error(kind, detail, source)]})


@dataclass(slots=True)
class ValidationErrors:
    """All errors of one message."""

    errors: list[ErrorEntry] = field(default_factory=list)

    def add_missing(self, source: str, detail: str = "Missing data for required field") -> None:
        """Add an error for a required field that is missing.

        Args:
            source: Path of the field.
            detail: Description for a person.
        """
        self.errors.append(build_error(MISSING, detail, source))

    def add_invalid(self, source: str, detail: str) -> None:
        """Add an error for an invalid field.

        Args:
            source: Path of the field.
            detail: Description for a person.
        """
        self.errors.append(build_error(INVALID, detail, source))
