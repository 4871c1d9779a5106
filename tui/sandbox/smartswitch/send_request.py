"""Read a request: parameters are repeated in one query string and paired by their position."""

import hmac
import re
from collections.abc import Mapping, Sequence

from starlette.requests import Request

from tui.domain.record_type import record
from tui.domain.sms import count_parts
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.smartswitch.status_codes import CODE_PREFIX, NOT_SENT_CODE
from tui.sandbox.wire import FORM, parse_text_pairs

NUMBER = re.compile(r"[0-9]{7,15}")


@record
class SendRequest:
    """One message to one number."""

    number: str
    body: str
    source_name: str
    source_number: str
    wants_receipt: bool
    is_ping: bool
    request_id: str | None

    @property
    def segments(self) -> int:
        """Return the number of segments, all of which are charged; an empty text is one."""
        return max(1, len(count_parts(self.body).parts))


ParameterLists = Mapping[str, Sequence[str]]
"""Every parameter with its values in their order."""


async def read_parameters(request: Request) -> ParameterLists:
    """Return the parameters of the query string, then those of a form body."""
    pairs = parse_text_pairs(request.scope["query_string"])
    if request.headers.get("content-type", "").startswith(FORM):
        pairs += parse_text_pairs(await request.body())
    values: dict[str, list[str]] = {}
    for name, text in pairs:
        values.setdefault(name, []).append(text)
    return values


def has_credentials(parameters: ParameterLists) -> bool:
    """Return whether login and password are the account's."""
    login, password = (parameters.get(name, [""])[0] for name in ("_login", "_password"))
    is_known = hmac.compare_digest(password.encode(), API_SECRET.encode())
    return is_known and login == API_KEY


def build_send_requests(parameters: ParameterLists) -> list[SendRequest]:
    """Return one request for every number, with the values at its position.

    Args:
        parameters: All parameters of the request.
    """

    def value_at(position: int, name: str) -> str:
        values = parameters.get(name, ())
        return values[position] if position < len(values) else ""

    return [
        SendRequest(
            number=number,
            body=value_at(position, "body"),
            source_name=value_at(position, "source_name"),
            source_number=value_at(position, "source_number"),
            wants_receipt=value_at(position, "require_dlr") == "1",
            is_ping=value_at(position, "stealth_ping") == "1",
            request_id=value_at(position, "request_id") or None,
        )
        for position, number in enumerate(parameters.get("destination_number", ()))
    ]


def is_sendable(number: str) -> bool:
    """Return whether a number can be sent to: 7 to 15 digits, not the one that always fails.

    Args:
        number: Recipient as the request contains it.
    """
    failing_number = f"{CODE_PREFIX}{NOT_SENT_CODE}".removeprefix("+")
    return NUMBER.fullmatch(number) is not None and number != failing_number
