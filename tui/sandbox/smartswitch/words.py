"""The switch's words for what becomes of a message (SmartSwitch, HTTP API message; delivery
receipts), and the notations in which an operator may have receipts written."""

import json
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from tui.sandbox.handset import Stage
from tui.sandbox.push import Push

OK, NOT_SENT = "ok", "error"
WORDS = {
    Stage.ACCEPTED: OK,
    Stage.ENROUTE: "accepted",
    Stage.SUBMITTED: "enroute",
    Stage.DELIVERED: "delivered",
    Stage.EXPIRED: "expired",
    Stage.FAILED: "undeliverable",
    Stage.REJECTED: "rejected",
}

STATES = {
    101: ("enroute", Stage.SUBMITTED),
    102: ("delivered", Stage.DELIVERED),
    103: ("expired", Stage.EXPIRED),
    105: ("undeliverable", Stage.FAILED),
    106: ("accepted", Stage.ENROUTE),
    107: ("unknown", Stage.SUBMITTED),
    108: ("rejected", Stage.REJECTED),
}
"""The last receipt of a number that ends so, and the stage it stands for."""
CODE_PREFIX = "+12025550"
NOT_SENT_CODE = 109


class Notation(StrEnum):
    """How the operator's template writes the body of a receipt."""

    FORM = "form"
    LINES = "lines"
    """One pair a line, as the documentation shows it."""
    JSON = "json"


def noted(push: Push, body: Mapping[str, object], notation: Notation) -> Push:
    """A form push in another notation."""
    match notation:
        case Notation.FORM:
            return push
        case Notation.LINES:
            return replace(push, body=push.body.replace(b"&", b"\n"))
        case Notation.JSON:
            headers = {"Content-Type": "application/json"}
            return replace(push, body=json.dumps(body).encode(), headers=headers)
