"""What the Omnichannel API finds wrong: an error is a code, its title, words and a field."""

from dataclasses import dataclass, field

from starlette.responses import Response

from tui.sandbox.wire import json_response

Error = dict[str, object]

NOT_FOUND = ("101", "Not found", 404)
FORBIDDEN = ("102", "Forbidden", 403)
UNAUTHORIZED = ("103", "Unauthorized", 401)
INTERNAL = ("104", "Internal Server Error", 500)
INVALID = ("105", "Invalid data", 400)
MISSING = ("106", "Missing data", 400)
NOT_ALLOWED = ("107", "Method not allowed", 405)

Kind = tuple[str, str, int]


class Refused(Exception):
    """A request that is refused with this HTTP status and body."""

    def __init__(self, status: int, body: object) -> None:
        """`body` as its provider writes it."""
        super().__init__(status)
        self.status = status
        self.body = body

    def response(self) -> Response:
        """The answer."""
        return json_response(self.body, self.status)


def error(kind: Kind, detail: str, source: str | None = None) -> Error:
    """One entry of `errors`."""
    return {"code": kind[0], "title": kind[1], "detail": detail, "source": source}


def refused(kind: Kind, detail: str, source: str | None = None) -> Refused:
    """A refusal with one error."""
    return Refused(kind[2], {"errors": [error(kind, detail, source)]})


@dataclass(slots=True)
class Faults:
    """Everything that is wrong with one message."""

    errors: list[Error] = field(default_factory=list)

    def missing(self, source: str, detail: str = "Missing data for required field") -> None:
        """A required field is not there."""
        self.errors.append(error(MISSING, detail, source))

    def invalid(self, source: str, detail: str) -> None:
        """A field is not as it should be."""
        self.errors.append(error(INVALID, detail, source))
