"""Check the form of a send request (MessagePort API, sending)."""

import re
from collections.abc import Mapping

from tui.domain.record_type import record

FIELDS = ("message", "number", "senderid", "reference")
DIGITS = re.compile(r"[0-9]+")
SENDER = re.compile(r"[A-Za-z0-9]{1,10}|[0-9]{1,16}")
CHARACTERS_PER_CREDIT = 160


@record
class SendForm:
    """One well-formed send request."""

    number: str
    message: str
    senderid: str
    reference: str

    @property
    def cost(self) -> int:
        """Return the cost in credits: one for every 160 characters begun."""
        return -(-len(self.message) // CHARACTERS_PER_CREDIT)


def to_send_form(form: Mapping[str, str]) -> SendForm:
    """Return the values of a valid form.

    Args:
        form: Fields of the form by name.
    """
    # The attributes have the names of the documented fields.
    return SendForm(**{name: form.get(name, "") for name in FIELDS})


def find_form_problems(form: Mapping[str, str]) -> dict[str, object] | None:
    """Return the answer to a form with missing, invalid or unknown fields, or None if it is valid.

    Args:
        form: Fields of the form by name.
    """
    found = {
        "message": "" if form.get("message") else "Messagefield not supplied",
        "number": _check_number(form.get("number", "")),
        "senderid": _check_sender(form.get("senderid", "")),
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


def _check_number(number: str) -> str:
    """Return what is wrong with the number, which may contain digits only, not even `+`."""
    if not number:
        return "Number field not supplied"
    return "" if DIGITS.fullmatch(number) else "Number field contains invalid characters"


def _check_sender(sender: str) -> str:
    """Return what is wrong with the sender: up to ten characters or up to sixteen digits."""
    is_valid = not sender or SENDER.fullmatch(sender)
    return "" if is_valid else "Senderid field contains invalid characters"
