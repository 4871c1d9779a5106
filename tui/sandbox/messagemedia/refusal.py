"""Build the JSON errors that answer refused requests (MessageMedia API, errors)."""

from collections.abc import Sequence

from starlette.responses import Response

from tui.sandbox.wire import to_json_response

UNPARSABLE = "Request failed to parse correctly. Please ensure input is valid and try again."
NOT_ENABLED = "This feature has not been enabled in your account."
NOT_FOUND = "Resource not found"


class RefusedRequest(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, details: Sequence[str] = ()) -> None:
        """Create an error.

        Args:
            status: HTTP status of the answer.
            message: Its `message`.
            details: Its `details`, if any.
        """
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = list(details)

    def to_response(self) -> Response:
        """Return the answer."""
        body: dict[str, object] = {"message": self.message}
        if self.details:
            body["details"] = self.details
        return to_json_response(body, self.status)


def invalid_request(*details: str) -> RefusedRequest:
    """Return 400 for a body with errors."""
    return RefusedRequest(400, UNPARSABLE, details)


def not_found() -> RefusedRequest:
    """Return 404 for an id that is unknown, malformed or too old."""
    return RefusedRequest(404, NOT_FOUND)


def not_enabled() -> RefusedRequest:
    """Return 403 for a feature or a sub-account that is not ours."""
    return RefusedRequest(403, NOT_ENABLED)
