"""What the emulators share in writing and reading HTTP bodies."""

import json
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response


class BadBody(ValueError):
    """The request's body is not the JSON object that was expected."""


def json_response(value: object, status: int = 200) -> Response:
    """A JSON answer in ASCII escapes, because replies may hold lone surrogates."""
    return Response(json.dumps(value), status, media_type="application/json")


async def read_json(request: Request) -> object:
    """The parsed body; raises `BadBody` for anything that is not JSON in UTF-8."""
    body = await request.body()
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadBody("the body is not valid JSON") from error
    return parsed


async def read_object(request: Request) -> dict[str, object]:
    """The parsed body; raises `BadBody` unless it is a JSON object."""
    parsed = await read_json(request)
    if not isinstance(parsed, dict):
        raise BadBody("the body is not a JSON object")
    return parsed


def iso(at: int) -> str:
    """Milliseconds UTC as `2025-11-04T05:12:31.408Z`."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
