"""What a request asks for: parameters repeated in one query string, paired by their place."""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from tui.domain.sms import count
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.formpush import FORM
from tui.sandbox.forms import text_pairs
from tui.sandbox.smartswitch.words import CODE_PREFIX, NOT_SENT_CODE

NUMBER = re.compile(r"[0-9]{7,15}")


@dataclass(frozen=True, slots=True)
class Submission:
    """What a request wants sent to one number."""

    number: str
    body: str
    source_name: str
    source_number: str
    wants_receipt: bool
    is_ping: bool
    request_id: str | None

    @property
    def segments(self) -> int:
        """Parts of the text, all of which are charged; an empty text is one."""
        return max(1, len(count(self.body).parts))


Parameters = Mapping[str, Sequence[str]]
"""Every parameter with its values in their order."""


async def parameters(request: Request) -> Parameters:
    """The parameters of the query string, then those of a form body."""
    pairs = text_pairs(request.scope["query_string"])
    if request.headers.get("content-type", "").startswith(FORM):
        pairs += text_pairs(await request.body())
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def is_customer(given: Parameters) -> bool:
    """Whether login and password are the account's."""
    login, password = (given.get(name, [""])[0] for name in ("_login", "_password"))
    known = hmac.compare_digest(password.encode(), API_SECRET.encode())
    return known and login == API_KEY


def submissions_of(given: Parameters) -> list[Submission]:
    """One submission for every number, with the values at its place."""

    def at(place: int, name: str) -> str:
        values = given.get(name, ())
        return values[place] if place < len(values) else ""

    return [
        Submission(
            number=number,
            body=at(place, "body"),
            source_name=at(place, "source_name"),
            source_number=at(place, "source_number"),
            wants_receipt=at(place, "require_dlr") == "1",
            is_ping=at(place, "stealth_ping") == "1",
            request_id=at(place, "request_id") or None,
        )
        for place, number in enumerate(given.get("destination_number", ()))
    ]


def is_sendable(number: str) -> bool:
    """Whether the switch sends to a number: 7 to 15 digits, and not the one that never works."""
    never = f"{CODE_PREFIX}{NOT_SENT_CODE}".removeprefix("+")
    return NUMBER.fullmatch(number) is not None and number != never
