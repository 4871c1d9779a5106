"""The account's opt-out list (MessageMedia API, number authorisation)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.handset import digits_of
from tui.sandbox.messagemedia.guard import Guard
from tui.sandbox.messagemedia.refusal import not_found, unparsable
from tui.sandbox.wire import json_response, read_object

PAGE_SIZE = 100
MAX_ADDED = 10
LIST_PATH = "/v1/number_authorisation/mt/blacklist"


class OptOuts:
    """The numbers that may not be sent to."""

    def __init__(self, blocked: set[str]) -> None:
        """Work on the emulator's own list, digits only."""
        self._blocked = blocked

    def routes(self, guard: Guard) -> list[Route]:
        """Page, add, remove, ask."""
        number, asked = (
            f"{LIST_PATH}/{{number}}",
            "/v1/number_authorisation/is_authorised/{numbers}",
        )
        return [
            Route(LIST_PATH, guard(self.page), methods=["GET"]),
            Route(LIST_PATH, guard(self.add), methods=["POST"]),
            Route(number, guard(self.remove), methods=["DELETE"]),
            Route(asked, guard(self.ask), methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """100 numbers from the one that `token` names on."""
        numbers = sorted(self._blocked)
        token = digits_of(request.query_params.get("token", ""))
        rest = [number for number in numbers if number >= token]
        pagination = {"page": rest[PAGE_SIZE]} if len(rest) > PAGE_SIZE else {}
        shown = [f"+{number}" for number in rest[:PAGE_SIZE]]
        return json_response({"uri": LIST_PATH, "numbers": shown, "pagination": pagination})

    async def add(self, request: Request) -> Response:
        """Up to 10 numbers: 201, or 200 if all were there."""
        given = (await read_object(request)).get("numbers")
        if not isinstance(given, list) or not 1 <= len(given) <= MAX_ADDED:
            raise unparsable(f"/numbers: Must contain between 1 and {MAX_ADDED} numbers.")
        if not all(isinstance(number, str) and digits_of(number) for number in given):
            raise unparsable("/numbers: Must be international numbers.")
        numbers = {digits_of(number) for number in given}
        status = 200 if numbers <= self._blocked else 201
        self._blocked |= numbers
        return json_response({"uri": LIST_PATH, "numbers": given}, status)

    async def remove(self, request: Request) -> Response:
        """Take one number off the list, 404 if it is not on it."""
        number = digits_of(request.path_params["number"])
        if number not in self._blocked:
            raise not_found()
        self._blocked.remove(number)
        return json_response({"uri": f"{LIST_PATH}/+{number}", "numbers": [f"+{number}"]})

    async def ask(self, request: Request) -> Response:
        """Whether each of the numbers, separated by commas, may be sent to."""
        asked = request.path_params["numbers"].split(",")
        answers = [{"number": n, "authorised": digits_of(n) not in self._blocked} for n in asked]
        return json_response({"uri": request.url.path, "numbers": answers})
