"""Read and write HTTP bodies; shared by all emulators."""

import json
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response


class InvalidBody(ValueError):
    """The request's body is not the JSON object that was expected."""


def to_json_response(value: object, status: int = 200) -> Response:
    """Return a JSON answer in ASCII escapes, because replies may contain lone surrogates.

    Args:
        value: Value to encode.
        status: HTTP status.
    """
    return Response(json.dumps(value), status, media_type="application/json")


async def read_json(request: Request) -> object:
    """Return the parsed body; raise `InvalidBody` for anything that is not JSON in UTF-8."""
    body = await request.body()
    try:
        parsed: object = json.loads(body)
    # Deeply nested brackets raise RecursionError; a hostile body must not end as a status 500.
    except (ValueError, RecursionError) as error:
        raise InvalidBody("the body is not valid JSON") from error
    return parsed


async def read_object(request: Request) -> dict[str, object]:
    """Return the parsed body; raise `InvalidBody` unless it is a JSON object."""
    parsed = await read_json(request)
    if not isinstance(parsed, dict):
        raise InvalidBody("the body is not a JSON object")
    return parsed


def format_iso(at: int) -> str:
    """Return a time as `2025-11-04T05:12:31.408Z`.

    Args:
        at: Time in milliseconds UTC.
    """
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
