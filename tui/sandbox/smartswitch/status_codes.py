"""Define the switch's statuses, and the notations in which an operator may format receipts.

See HTTP API message and delivery receipts in the SmartSwitch documentation.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from tui.sandbox.handset import Stage
from tui.sandbox.push import PushRequest

OK, NOT_SENT = "ok", "error"
STATUSES = {
    Stage.ACCEPTED: OK,
    Stage.ENROUTE: "accepted",
    Stage.SUBMITTED: "enroute",
    Stage.DELIVERED: "delivered",
    Stage.EXPIRED: "expired",
    Stage.FAILED: "undeliverable",
    Stage.REJECTED: "rejected",
}

STATE_OF_CODE = {
    101: ("enroute", Stage.SUBMITTED),
    102: ("delivered", Stage.DELIVERED),
    103: ("expired", Stage.EXPIRED),
    105: ("undeliverable", Stage.FAILED),
    106: ("accepted", Stage.ENROUTE),
    107: ("unknown", Stage.SUBMITTED),
    108: ("rejected", Stage.REJECTED),
}
"""The last receipt of a number with this code, and its stage."""
CODE_PREFIX = "+12025550"
NOT_SENT_CODE = 109


class Notation(StrEnum):
    """How the operator's template formats the body of a receipt."""

    FORM = "form"
    LINES = "lines"
    """One pair per line, as the documentation shows it."""
    JSON = "json"


def apply_notation(
    push: PushRequest, body: Mapping[str, object], notation: Notation
) -> PushRequest:
    """Return a form push in another notation.

    Args:
        push: Push with a form body.
        body: Fields of the form.
        notation: Notation of the result.
    """
    match notation:
        case Notation.FORM:
            return push
        case Notation.LINES:
            return replace(push, body=push.body.replace(b"&", b"\n"))
        case Notation.JSON:
            headers = {"Content-Type": "application/json"}
            return replace(push, body=json.dumps(body).encode(), headers=headers)
