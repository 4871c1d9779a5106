"""Serve the account's opt-out list (MessageMedia API, number authorisation)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.handset import extract_digits
from tui.sandbox.messagemedia.auth import RequestGuard, invalid_request, not_found
from tui.sandbox.wire import read_object, to_json_response

PAGE_SIZE = 100
MAX_ADDED = 10
LIST_PATH = "/v1/number_authorisation/mt/blacklist"


class OptOuts:
    """The numbers to which the account may not send."""

    def __init__(self, blocked: set[str]) -> None:
        """Use the emulator's own set of numbers, digits only."""
        self._blocked = blocked

    def build_routes(self, guard: RequestGuard) -> list[Route]:
        """Return the routes to list, add, remove and check numbers."""
        number_path, check_path = (
            f"{LIST_PATH}/{{number}}",
            "/v1/number_authorisation/is_authorised/{numbers}",
        )
        return [
            Route(LIST_PATH, guard(self.list_numbers), methods=["GET"]),
            Route(LIST_PATH, guard(self.add_numbers), methods=["POST"]),
            Route(number_path, guard(self.remove_number), methods=["DELETE"]),
            Route(check_path, guard(self.check_numbers), methods=["GET"]),
        ]

    async def list_numbers(self, request: Request) -> Response:
        """Return 100 numbers, beginning with the one that `token` names."""
        numbers = sorted(self._blocked)
        token = extract_digits(request.query_params.get("token", ""))
        rest = [number for number in numbers if number >= token]
        pagination = {"page": rest[PAGE_SIZE]} if len(rest) > PAGE_SIZE else {}
        shown = [f"+{number}" for number in rest[:PAGE_SIZE]]
        return to_json_response({"uri": LIST_PATH, "numbers": shown, "pagination": pagination})

    async def add_numbers(self, request: Request) -> Response:
        """Add up to 10 numbers: 201, or 200 if all were already on the list."""
        requested = (await read_object(request)).get("numbers")
        if not isinstance(requested, list) or not 1 <= len(requested) <= MAX_ADDED:
            raise invalid_request(f"/numbers: Must contain between 1 and {MAX_ADDED} numbers.")
        if not all(isinstance(number, str) and extract_digits(number) for number in requested):
            raise invalid_request("/numbers: Must be international numbers.")
        numbers = {extract_digits(number) for number in requested}
        status = 200 if numbers <= self._blocked else 201
        self._blocked |= numbers
        return to_json_response({"uri": LIST_PATH, "numbers": requested}, status)

    async def remove_number(self, request: Request) -> Response:
        """Remove one number from the list, 404 if it is not on it."""
        number = extract_digits(request.path_params["number"])
        if number not in self._blocked:
            raise not_found()
        self._blocked.remove(number)
        return to_json_response({"uri": f"{LIST_PATH}/+{number}", "numbers": [f"+{number}"]})

    async def check_numbers(self, request: Request) -> Response:
        """Return for each comma-separated number whether the account may send to it."""
        requested = request.path_params["numbers"].split(",")
        answers = [
            {"number": number, "authorised": extract_digits(number) not in self._blocked}
            for number in requested
        ]
        return to_json_response({"uri": request.url.path, "numbers": answers})
