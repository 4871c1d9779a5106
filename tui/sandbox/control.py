"""The control interface under `/_sandbox`, by which tests and demos steer what happens."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.emulator import Emulator
from tui.sandbox.faults import Fault
from tui.sandbox.ledger import Attachment, ReceiptMode
from tui.sandbox.wire import BadBody, json_response, read_object
from tui.sandbox.world import Sandbox

Choice = TypeVar("Choice", bound=StrEnum)


class BadControl(ValueError):
    """A control request cannot be carried out; the text is one line for a person."""


def control_routes(sandbox: Sandbox) -> list[Route]:
    """`inbound`, `faults`, `receipts` and `state`."""
    control = Control(sandbox)
    return [
        Route("/inbound", control.inbound, methods=["POST"]),
        Route("/faults", control.faults, methods=["POST"]),
        Route("/receipts", control.receipts, methods=["POST"]),
        Route("/state", control.state, methods=["GET"]),
    ]


class Control:
    """The four control calls over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Steer this sandbox."""
        self._sandbox = sandbox

    async def inbound(self, request: Request) -> Response:
        """A handset writes: 202 with the id of the reply."""
        body = await read_object(request)
        emulator = self._emulator(body)
        sender, text = _text(body, "from"), _text(body, "text", may_be_empty=True)
        to = _text(body, "to") if body.get("to") else None
        reply_id = emulator.receive(sender, to, text, _attachments(body))
        return json_response({"id": reply_id}, 202)

    async def faults(self, request: Request) -> Response:
        """Let the next requests fail."""
        body = await read_object(request)
        name = self._emulator(body).name
        fault, count = _choice(body, "fault", Fault), body.get("count", 1)
        if not isinstance(count, int) or isinstance(count, bool):
            raise BadControl("count: must be a whole number, 0 clears, negative lasts")
        self._sandbox.faults[name].add(fault, count)
        return json_response({"provider": name, "fault": fault, "count": count})

    async def receipts(self, request: Request) -> Response:
        """Change how receipts are handed out."""
        body = await read_object(request)
        emulator = self._emulator(body)
        mode = _choice(body, "mode", ReceiptMode)
        emulator.ledger.receipts.set_mode(mode)
        return json_response({"provider": emulator.name, "mode": mode})

    async def state(self, request: Request) -> Response:
        """The truth of every provider."""
        ledgers = {name: e.ledger.as_json() for name, e in self._sandbox.emulators.items()}
        return json_response(ledgers)

    def _emulator(self, body: Mapping[str, object]) -> Emulator:
        """The emulator that the request names."""
        name = body.get("provider")
        emulator = self._sandbox.emulators.get(name) if isinstance(name, str) else None
        if emulator is None:
            known = ", ".join(self._sandbox.emulators)
            raise BadControl(f"provider: must be one of {known}")
        return emulator


async def bad_control(request: Request, error: Exception) -> Response:
    """One clear line for a bad control request."""
    return json_response({"error": str(error)}, 400)


CONTROL_ERRORS = {BadControl: bad_control, BadBody: bad_control}


def _text(body: Mapping[str, object], key: str, may_be_empty: bool = False) -> str:
    """A text of the request."""
    value = body.get(key)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise BadControl(f"{key}: must be a text")
    return value


def _choice(body: Mapping[str, object], key: str, kind: type[Choice]) -> Choice:
    """One of the words of an enumeration."""
    value = body.get(key)
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    raise BadControl(f"{key}: must be one of {', '.join(kind)}")


def _attachments(body: Mapping[str, object]) -> Sequence[Attachment]:
    """The files of an inbound MMS: `content_type`, `content` (base64), `name`."""
    items = body.get("attachments") or []
    if not isinstance(items, list):
        raise BadControl("attachments: must be a list")
    return [_attachment(item) for item in items]


def _attachment(item: object) -> Attachment:
    """One file."""
    if not isinstance(item, dict):
        raise BadControl("attachments: each must be an object")
    return Attachment(
        content_type=_text(item, "content_type"),
        content=_text(item, "content", may_be_empty=True),
        name=_text(item, "name"),
    )
