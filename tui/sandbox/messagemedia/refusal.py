"""Requests that are not carried out, as the JSON that answers them (MessageMedia API, errors)."""

from collections.abc import Sequence

from starlette.responses import Response

from tui.sandbox.wire import json_response

UNPARSABLE = "Request failed to parse correctly. Please ensure input is valid and try again."
NOT_ENABLED = "This feature has not been enabled in your account."
NOT_FOUND = "Resource not found"


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, details: Sequence[str] = ()) -> None:
        """The answer's HTTP status, `message` and, if any, `details`."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = list(details)

    def response(self) -> Response:
        """The answer."""
        body: dict[str, object] = {"message": self.message}
        if self.details:
            body["details"] = self.details
        return json_response(body, self.status)


def unparsable(*details: str) -> Refused:
    """400 for a body with faults."""
    return Refused(400, UNPARSABLE, details)


def not_found() -> Refused:
    """404 for an id that is unknown, malformed or too old."""
    return Refused(404, NOT_FOUND)


def not_enabled() -> Refused:
    """403 for a feature or a sub-account that is not ours."""
    return Refused(403, NOT_ENABLED)
