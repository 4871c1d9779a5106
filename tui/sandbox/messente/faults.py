"""Build the errors of the Omnichannel API: each has a code, its title, a detail and a field."""

from dataclasses import dataclass, field

from starlette.responses import Response

from tui.sandbox.wire import to_json_response

ErrorEntry = dict[str, object]

NOT_FOUND = ("101", "Not found", 404)
FORBIDDEN = ("102", "Forbidden", 403)
UNAUTHORIZED = ("103", "Unauthorized", 401)
INTERNAL = ("104", "Internal Server Error", 500)
INVALID = ("105", "Invalid data", 400)
MISSING = ("106", "Missing data", 400)
NOT_ALLOWED = ("107", "Method not allowed", 405)

ErrorKind = tuple[str, str, int]


class JsonRefusal(Exception):
    """A request that is refused with this HTTP status and body."""

    def __init__(self, status: int, body: object) -> None:
        """Create a refusal.

        Args:
            status: HTTP status of the answer.
            body: Body in the format of the refusing API.
        """
        super().__init__(status)
        self.status = status
        self.body = body

    def to_response(self) -> Response:
        """Return the answer."""
        return to_json_response(self.body, self.status)


def build_error(kind: ErrorKind, detail: str, source: str | None = None) -> ErrorEntry:
    """Return one entry of `errors`.

    Args:
        kind: Code, title and HTTP status.
        detail: Description for a person.
        source: Path of the faulty field, if any.
    """
    return {"code": kind[0], "title": kind[1], "detail": detail, "source": source}


def build_refusal(kind: ErrorKind, detail: str, source: str | None = None) -> JsonRefusal:
    """Return a refusal with one error.

    Args:
        kind: Code, title and HTTP status.
        detail: Description for a person.
        source: Path of the faulty field, if any.
    """
    return JsonRefusal(kind[2], {"errors": [build_error(kind, detail, source)]})


@dataclass(slots=True)
class ValidationErrors:
    """All errors of one message."""

    errors: list[ErrorEntry] = field(default_factory=list)

    def add_missing(self, source: str, detail: str = "Missing data for required field") -> None:
        """Add an error for a required field that is missing.

        Args:
            source: Path of the field.
            detail: Description for a person.
        """
        self.errors.append(build_error(MISSING, detail, source))

    def add_invalid(self, source: str, detail: str) -> None:
        """Add an error for an invalid field.

        Args:
            source: Path of the field.
            detail: Description for a person.
        """
        self.errors.append(build_error(INVALID, detail, source))
