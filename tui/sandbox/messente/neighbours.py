"""Blacklist, number lookup and statistics, each with error objects of its own shape (Messente
API, phonebook, number lookup, statistics)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox.handset import Behaviour, code_of, digits_of
from tui.sandbox.messente.countries import country_of
from tui.sandbox.messente.faults import Refused
from tui.sandbox.messente.omnichannel import Endpoint, guarded
from tui.sandbox.messente.omnimessage import E164
from tui.sandbox.messente.records import PART_PRICE
from tui.sandbox.messente.words import CODE_PREFIX
from tui.sandbox.wire import BadBody, json_response, read_object

if TYPE_CHECKING:
    from tui.sandbox.ledger import Accepted
    from tui.sandbox.messente.emulator import Messente

MAX_LOOKUPS = 10
UNCHARGEABLE = 402
MESSAGE_TYPES = frozenset({"sms", "viber", "whatsapp", "rcs", "hlr"})

LOOKUP_STATUS = {Behaviour.FAIL: "false", Behaviour.SILENT: "UNKNOWN"}
"""Handsets that are not simply there."""


class Neighbours:
    """The calls beside sending, over one emulator."""

    def __init__(self, messente: Messente) -> None:
        """Serve this account."""
        self._messente = messente

    def routes(self) -> list[BaseRoute]:
        """Their paths."""
        every, one = "/v1/phonebook/blacklist", "/v1/phonebook/blacklist/{phone}"
        calls: list[tuple[str, str, Endpoint, Callable[[], Refused]]] = [
            (every, "GET", self.blacklist, blacklist_stranger),
            (every, "POST", self.add_to_blacklist, blacklist_stranger),
            (one, "GET", self.look_into_blacklist, blacklist_stranger),
            (one, "DELETE", self.take_off_blacklist, blacklist_stranger),
            ("/v1/hlr/sync", "POST", self.look_up, lookup_stranger),
            ("/v1/statistics/reports", "POST", self.statistics, statistics_stranger),
        ]
        return [
            Route(path, guarded(call, stranger), methods=[method])
            for path, method, call, stranger in calls
        ]

    async def blacklist(self, request: Request) -> Response:
        """All numbers."""
        numbers = sorted(self._messente.blocked)
        return json_response({"phoneNumbers": [f"+{number}" for number in numbers]})

    async def add_to_blacklist(self, request: Request) -> Response:
        """Add one number; 409 if it is there."""
        number = (await _object(request, blacklist_error(400, "244", "Client error"))).get(
            "phoneNumber"
        )
        if not isinstance(number, str) or not E164.fullmatch(number):
            raise blacklist_error(400, "201", "Invalid data")
        if self._messente.is_blocked(number):
            raise blacklist_error(409, "204", "Conflict")
        self._messente.block(number)
        return Response(status_code=204)

    async def look_into_blacklist(self, request: Request) -> Response:
        """204 if the number is there."""
        self._blocked_number(request)
        return Response(status_code=204)

    async def take_off_blacklist(self, request: Request) -> Response:
        """Remove one number."""
        self._messente.blocked.discard(self._blocked_number(request))
        return Response(status_code=204)

    async def look_up(self, request: Request) -> Response:
        """The state of 1 to 10 numbers."""
        numbers = (await _object(request, lookup_error(400, 102, "Invalid arguments"))).get(
            "numbers"
        )
        if not isinstance(numbers, list) or not 1 <= len(numbers) <= MAX_LOOKUPS:
            raise lookup_error(400, 102, "Invalid arguments or parameters")
        if any(code_of(str(number), CODE_PREFIX) == UNCHARGEABLE for number in numbers):
            raise lookup_error(402, 104, "Crediting error #1")
        result = [self._looked_up(str(number)) for number in numbers]
        return json_response({"request_id": self._messente.sandbox.uuid(), "result": result})

    async def statistics(self, request: Request) -> Response:
        """How many messages went to which country, and what they cost."""
        body = await _object(request, statistics_error(400, "105", "Invalid data"))
        first, last = _day(body, "start_date"), _day(body, "end_date")
        types = body.get("message_types") or ["sms"]
        if not isinstance(types, list) or not MESSAGE_TYPES.issuperset(map(str, types)):
            raise statistics_error(400, "105", "Invalid data")
        sent = [m for m in self._messente.ledger.accepted.values() if first <= _sent_on(m) <= last]
        found = Counter(country.code for m in sent if (country := country_of(m.to)))
        totals = found if "sms" in types else Counter[str]()
        reports = [
            {"total_messages": n, "total_price": str(PART_PRICE * n), "country": code}
            for code, n in sorted(totals.items())
        ]
        return json_response({"reports": reports})

    def _blocked_number(self, request: Request) -> str:
        """The digits of the path's number; raises `Refused` if malformed or not on the list."""
        number = request.path_params["phone"]
        if not E164.fullmatch(f"+{number.removeprefix('+')}"):
            raise blacklist_error(400, "201", "Invalid data")
        if not self._messente.is_blocked(number):
            raise blacklist_error(404, "203", "Missing resource")
        return digits_of(number)

    def _looked_up(self, number: str) -> dict[str, object]:
        """One entry of a number lookup."""
        valid = bool(E164.fullmatch(f"+{number.removeprefix('+')}"))
        kind = self._messente.handset(number).behaviour
        country = country_of(number) if valid else None
        network = country and {
            "mccmnc": str(country.networks[0][0]),
            "networkName": country.networks[0][1],
            "countryName": country.name,
            "countryPrefix": country.prefix,
            "countryCode": country.code,
        }
        return {
            "number": number,
            "status": LOOKUP_STATUS.get(kind, "true") if valid else "INVALID",
            "roaming": False,
            "ported": False,
            "roamingNetwork": None,
            "currentNetwork": network,
            "originalNetwork": network,
            "portedNetwork": None,
            "error": None,
        }


def blacklist_error(status: int, code: str, title: str) -> Refused:
    """A refusal of the phonebook."""
    return Refused(status, {"errors": [{"code": code, "title": title, "detail": title}]})


def lookup_error(status: int, code: int, description: str) -> Refused:
    """A refusal of the number lookup."""
    error = {"code": code, "description": description}
    return Refused(status, {"errors": [{"error": error}]})


def statistics_error(status: int, code: str, title: str) -> Refused:
    """A refusal of the statistics."""
    return Refused(status, {"errors": [{"code": code, "title": title, "details": title}]})


def blacklist_stranger() -> Refused:
    """Wrong credentials at the phonebook."""
    return blacklist_error(401, "202", "Unauthorized")


def lookup_stranger() -> Refused:
    """Wrong credentials at the number lookup."""
    return lookup_error(401, 101, "Unauthorized")


def statistics_stranger() -> Refused:
    """Wrong credentials at the statistics."""
    return statistics_error(401, "103", "Unauthorized")


async def _object(request: Request, refusal: Refused) -> dict[str, object]:
    """The body of a request; raises `refusal`."""
    try:
        return await read_object(request)
    except BadBody:
        raise refusal from None


def _day(body: dict[str, object], name: str) -> date:
    """A day of the request; raises `Refused`."""
    try:
        return date.fromisoformat(str(body.get(name)))
    except ValueError:
        raise statistics_error(400, "105", "Invalid data") from None


def _sent_on(message: Accepted) -> date:
    """The day on which a message was accepted, in UTC."""
    return datetime.fromtimestamp(message.accepted_at / 1000, UTC).date()
