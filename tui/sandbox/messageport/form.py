"""The form of a send and what is wrong with it (MessagePort API, 400 Bad Request)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = ("message", "number", "senderid", "reference")
DIGITS = re.compile(r"[0-9]+")
SENDER = re.compile(r"[A-Za-z0-9]{1,10}|[0-9]{1,16}")
CHARACTERS_PER_CREDIT = 160


@dataclass(frozen=True, slots=True)
class Submission:
    """One well-formed send."""

    number: str
    message: str
    senderid: str
    reference: str

    @property
    def credits(self) -> int:
        """What it costs: one credit for every 160 characters begun."""
        return -(-len(self.message) // CHARACTERS_PER_CREDIT)


def submission_of(form: Mapping[str, str]) -> Submission:
    """What a good form wants."""
    return Submission(**{name: form.get(name, "") for name in FIELDS})


def form_problems(form: Mapping[str, str]) -> dict[str, object] | None:
    """The answer to a form with missing, bad or unknown fields, or None for a good one."""
    found = {
        "message": "" if form.get("message") else "Messagefield not supplied",
        "number": _number_problem(form.get("number", "")),
        "senderid": _sender_problem(form.get("senderid", "")),
        "reference": "",
    }
    extra = set(form) - set(FIELDS)
    if not extra and not any(found.values()):
        return None
    children = {name: {"errors": [text]} if text else [] for name, text in found.items()}
    errors: dict[str, object] = {"children": children}
    if extra:
        errors = {"errors": ["This form should not contain extra fields."], **errors}
    return {"code": 400, "message": "Validation Failed", "errors": errors}


def _number_problem(number: str) -> str:
    """What is wrong with the number: digits only, also no `+`."""
    if not number:
        return "Number field not supplied"
    return "" if DIGITS.fullmatch(number) else "Number field contains invalid characters"


def _sender_problem(sender: str) -> str:
    """What is wrong with the sender: up to ten letters and digits, or up to sixteen digits."""
    good = not sender or SENDER.fullmatch(sender)
    return "" if good else "Senderid field contains invalid characters"
