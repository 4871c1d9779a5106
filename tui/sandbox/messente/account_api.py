"""Serve blacklist, number lookup and statistics, each with error objects of its own format.

See phonebook, number lookup and statistics in the Messente API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox.handset import Behaviour, extract_code, extract_digits
from tui.sandbox.messente.countries import find_country
from tui.sandbox.messente.omnichannel_api import Endpoint, guard_endpoint
from tui.sandbox.messente.omnimessage import E164
from tui.sandbox.messente.records import PART_PRICE
from tui.sandbox.messente.status_codes import CODE_PREFIX, JsonRefusal
from tui.sandbox.wire import InvalidBody, read_object, to_json_response

if TYPE_CHECKING:
    from tui.sandbox.ledger import AcceptedMessage
    from tui.sandbox.messente.emulator import Messente

MAX_LOOKUPS = 10
UNCHARGEABLE_CODE = 402
MESSAGE_TYPES = frozenset({"sms", "viber", "whatsapp", "rcs", "hlr"})

LOOKUP_STATUSES = {Behaviour.FAIL: "false", Behaviour.SILENT: "UNKNOWN"}
"""Status of handsets that are not simply available."""


class AccountApi:
    """The calls besides sending."""

    def __init__(self, messente: Messente) -> None:
        """Create the calls of this account."""
        self._messente = messente

    def build_routes(self) -> list[BaseRoute]:
        """Return the routes of these calls."""
        list_path, number_path = "/v1/phonebook/blacklist", "/v1/phonebook/blacklist/{phone}"
        calls: list[tuple[str, str, Endpoint, Callable[[], JsonRefusal]]] = [
            (list_path, "GET", self.list_blacklist, blacklist_unauthorized),
            (list_path, "POST", self.add_to_blacklist, blacklist_unauthorized),
            (number_path, "GET", self.check_blacklist, blacklist_unauthorized),
            (number_path, "DELETE", self.remove_from_blacklist, blacklist_unauthorized),
            ("/v1/hlr/sync", "POST", self.look_up_numbers, lookup_unauthorized),
            ("/v1/statistics/reports", "POST", self.get_statistics, statistics_unauthorized),
        ]
        return [
            Route(path, guard_endpoint(call, unauthorized), methods=[method])
            for path, method, call, unauthorized in calls
        ]

    async def list_blacklist(self, request: Request) -> Response:
        """Return all numbers of the blacklist."""
        numbers = sorted(self._messente.blocked)
        return to_json_response({"phoneNumbers": [f"+{number}" for number in numbers]})

    async def add_to_blacklist(self, request: Request) -> Response:
        """Add one number; 409 if it is already there."""
        number = (await _read_body(request, build_blacklist_error(400, "244", "Client error"))).get(
            "phoneNumber"
        )
        if not isinstance(number, str) or not E164.fullmatch(number):
            raise build_blacklist_error(400, "201", "Invalid data")
        if self._messente.is_blocked(number):
            raise build_blacklist_error(409, "204", "Conflict")
        self._messente.block_number(number)
        return Response(status_code=204)

    async def check_blacklist(self, request: Request) -> Response:
        """Answer 204 if the number is on the blacklist."""
        self._read_blocked_number(request)
        return Response(status_code=204)

    async def remove_from_blacklist(self, request: Request) -> Response:
        """Remove one number."""
        self._messente.blocked.discard(self._read_blocked_number(request))
        return Response(status_code=204)

    async def look_up_numbers(self, request: Request) -> Response:
        """Return the state of 1 to 10 numbers."""
        numbers = (
            await _read_body(request, build_lookup_error(400, 102, "Invalid arguments"))
        ).get("numbers")
        if not isinstance(numbers, list) or not 1 <= len(numbers) <= MAX_LOOKUPS:
            raise build_lookup_error(400, 102, "Invalid arguments or parameters")
        if any(extract_code(str(number), CODE_PREFIX) == UNCHARGEABLE_CODE for number in numbers):
            raise build_lookup_error(402, 104, "Crediting error #1")
        result = [self._look_up_number(str(number)) for number in numbers]
        return to_json_response({"request_id": self._messente.sandbox.new_uuid(), "result": result})

    async def get_statistics(self, request: Request) -> Response:
        """Return how many messages went to which country, and what they cost."""
        body = await _read_body(request, build_statistics_error(400, "105", "Invalid data"))
        first_day, last_day = _read_day(body, "start_date"), _read_day(body, "end_date")
        types = body.get("message_types") or ["sms"]
        if not isinstance(types, list) or not MESSAGE_TYPES.issuperset(map(str, types)):
            raise build_statistics_error(400, "105", "Invalid data")
        sent = [
            message
            for message in self._messente.ledger.accepted.values()
            if first_day <= _acceptance_day(message) <= last_day
        ]
        counts = Counter(country.code for message in sent if (country := find_country(message.to)))
        totals = counts if "sms" in types else Counter[str]()
        reports = [
            {"total_messages": count, "total_price": str(PART_PRICE * count), "country": code}
            for code, count in sorted(totals.items())
        ]
        return to_json_response({"reports": reports})

    def _read_blocked_number(self, request: Request) -> str:
        """Return the digits of the path's number; raise `JsonRefusal` if it is not listed."""
        number = request.path_params["phone"]
        if not E164.fullmatch(f"+{number.removeprefix('+')}"):
            raise build_blacklist_error(400, "201", "Invalid data")
        if not self._messente.is_blocked(number):
            raise build_blacklist_error(404, "203", "Missing resource")
        return extract_digits(number)

    def _look_up_number(self, number: str) -> dict[str, object]:
        """Return one entry of a number lookup."""
        is_valid = bool(E164.fullmatch(f"+{number.removeprefix('+')}"))
        kind = self._messente.get_handset(number).behaviour
        country = find_country(number) if is_valid else None
        network = country and {
            "mccmnc": str(country.networks[0][0]),
            "networkName": country.networks[0][1],
            "countryName": country.name,
            "countryPrefix": country.prefix,
            "countryCode": country.code,
        }
        return {
            "number": number,
            "status": LOOKUP_STATUSES.get(kind, "true") if is_valid else "INVALID",
            "roaming": False,
            "ported": False,
            "roamingNetwork": None,
            "currentNetwork": network,
            "originalNetwork": network,
            "portedNetwork": None,
            "error": None,
        }


def build_blacklist_error(status: int, code: str, title: str) -> JsonRefusal:
    """Return an error of the phonebook.

    Args:
        status: HTTP status of the answer.
        code: Code of the error.
        title: Title and detail of the error.
    """
    return JsonRefusal(status, {"errors": [{"code": code, "title": title, "detail": title}]})


def build_lookup_error(status: int, code: int, description: str) -> JsonRefusal:
    """Return an error of the number lookup.

    Args:
        status: HTTP status of the answer.
        code: Code of the error.
        description: Text of the error.
    """
    error = {"code": code, "description": description}
    return JsonRefusal(status, {"errors": [{"error": error}]})


def build_statistics_error(status: int, code: str, title: str) -> JsonRefusal:
    """Return an error of the statistics.

    Args:
        status: HTTP status of the answer.
        code: Code of the error.
        title: Title and details of the error.
    """
    return JsonRefusal(status, {"errors": [{"code": code, "title": title, "details": title}]})


def blacklist_unauthorized() -> JsonRefusal:
    """Return the error for wrong credentials at the phonebook."""
    return build_blacklist_error(401, "202", "Unauthorized")


def lookup_unauthorized() -> JsonRefusal:
    """Return the error for wrong credentials at the number lookup."""
    return build_lookup_error(401, 101, "Unauthorized")


def statistics_unauthorized() -> JsonRefusal:
    """Return the error for wrong credentials at the statistics."""
    return build_statistics_error(401, "103", "Unauthorized")


async def _read_body(request: Request, refusal: JsonRefusal) -> dict[str, object]:
    """Return the body of a request; raise `refusal` if it is no JSON object."""
    try:
        return await read_object(request)
    except InvalidBody:
        raise refusal from None


def _read_day(body: dict[str, object], name: str) -> date:
    """Return a day of the request; raise `JsonRefusal`."""
    try:
        return date.fromisoformat(str(body.get(name)))
    except ValueError:
        raise build_statistics_error(400, "105", "Invalid data") from None


def _acceptance_day(message: AcceptedMessage) -> date:
    """Return the day on which a message was accepted, in UTC."""
    return datetime.fromtimestamp(message.accepted_at / 1000, UTC).date()
