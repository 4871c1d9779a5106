"""Build the ASGI application: each emulator under its mount, the control routes, an index page.

The control interface under `/_sandbox` is for tests and demos.
"""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from tui.sandbox import API_KEY, API_SECRET, INBOUND_SECRET, handset
from tui.sandbox.emulator import Emulator
from tui.sandbox.faults import Fault, FaultMiddleware
from tui.sandbox.ledger import MmsFile, ReceiptMode
from tui.sandbox.messagemedia.signing import PUBLIC_KEY
from tui.sandbox.serwersms.emulator import TOKEN
from tui.sandbox.state import Sandbox
from tui.sandbox.wire import InvalidBody, read_object, to_json_response

Choice = TypeVar("Choice", bound=StrEnum)


class InvalidControlRequest(ValueError):
    """A control request cannot be carried out; the text is one line for a person."""


def build_control_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes `inbound`, `faults`, `receipts`, `quirks` and `state`."""
    control = ControlApi(sandbox)
    return [
        Route("/inbound", control.inject_message, methods=["POST"]),
        Route("/faults", control.inject_fault, methods=["POST"]),
        Route("/receipts", control.set_receipt_mode, methods=["POST"]),
        Route("/quirks", control.set_quirk, methods=["POST"]),
        Route("/state", control.show_state, methods=["GET"]),
    ]


class ControlApi:
    """The control calls of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the control calls of this sandbox."""
        self._sandbox = sandbox

    async def inject_message(self, request: Request) -> Response:
        """Let a handset send a message; answer 202 with the id of the reply."""
        body = await read_object(request)
        emulator = self._find_emulator(body)
        sender, text = _read_text(body, "from"), _read_text(body, "text", may_be_empty=True)
        to = _read_text(body, "to") if body.get("to") else None
        reply_id = emulator.receive_message(sender, to, text, _read_attachments(body))
        return to_json_response({"id": reply_id}, 202)

    async def inject_fault(self, request: Request) -> Response:
        """Let the next requests to a provider fail."""
        body = await read_object(request)
        name = self._find_emulator(body).name
        fault, count = _read_choice(body, "fault", Fault), body.get("count", 1)
        # `bool` is a subclass of `int`, but JSON `true` is no count.
        if not isinstance(count, int) or isinstance(count, bool):
            raise InvalidControlRequest("count: must be a whole number, 0 clears, negative lasts")
        self._sandbox.faults[name].add(fault, count)
        return to_json_response({"provider": name, "fault": fault, "count": count})

    async def set_receipt_mode(self, request: Request) -> Response:
        """Change how a provider releases delivery receipts."""
        body = await read_object(request)
        emulator = self._find_emulator(body)
        mode = _read_choice(body, "mode", ReceiptMode)
        emulator.ledger.receipts.set_mode(mode)
        return to_json_response({"provider": emulator.name, "mode": mode})

    async def set_quirk(self, request: Request) -> Response:
        """Switch one way of a provider's behaviour on or off."""
        from tui.sandbox.quirks import Quirk

        body = await read_object(request)
        emulator = self._find_emulator(body)
        quirk, is_on = _read_choice(body, "quirk", Quirk), body.get("on", True)
        if not isinstance(is_on, bool):
            raise InvalidControlRequest("on: must be true or false")
        quirks = self._sandbox.quirks[emulator.name]
        (quirks.add if is_on else quirks.discard)(quirk)
        return to_json_response({"provider": emulator.name, "quirk": quirk, "on": is_on})

    async def show_state(self, request: Request) -> Response:
        """Return what every provider really accepted, received and reported."""
        ledgers = {
            name: emulator.ledger.to_json() for name, emulator in self._sandbox.emulators.items()
        }
        return to_json_response(ledgers)

    def _find_emulator(self, body: Mapping[str, object]) -> Emulator:
        """Return the emulator that the request names; raise `InvalidControlRequest` if unknown."""
        name = body.get("provider")
        emulator = self._sandbox.emulators.get(name) if isinstance(name, str) else None
        if emulator is None:
            names = ", ".join(self._sandbox.emulators)
            raise InvalidControlRequest(f"provider: must be one of {names}")
        return emulator


async def answer_invalid_request(request: Request, error: Exception) -> Response:
    """Answer an invalid control request with one clear line.

    Args:
        request: The invalid request.
        error: Why it is invalid; its text is the answer.
    """
    return to_json_response({"error": str(error)}, 400)


CONTROL_ERRORS = {
    InvalidControlRequest: answer_invalid_request,
    InvalidBody: answer_invalid_request,
}


def _read_text(body: Mapping[str, object], key: str, may_be_empty: bool = False) -> str:
    """Return a text field of the request; raise `InvalidControlRequest` if it is none."""
    value = body.get(key)
    if not isinstance(value, str) or not (value or may_be_empty):
        raise InvalidControlRequest(f"{key}: must be a text")
    return value


def _read_choice(body: Mapping[str, object], key: str, kind: type[Choice]) -> Choice:
    """Return a field as a member of an enumeration; raise `InvalidControlRequest` otherwise."""
    value = body.get(key)
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    raise InvalidControlRequest(f"{key}: must be one of {', '.join(kind)}")


def _read_attachments(body: Mapping[str, object]) -> Sequence[MmsFile]:
    """Return the files of an inbound MMS: `content_type`, `content` (base64) and `name` of each."""
    items = body.get("attachments") or []
    if not isinstance(items, list):
        raise InvalidControlRequest("attachments: must be a list")
    return [_read_attachment(item) for item in items]


def _read_attachment(item: object) -> MmsFile:
    """Return one file of an inbound MMS."""
    if not isinstance(item, dict):
        raise InvalidControlRequest("attachments: each must be an object")
    return MmsFile(
        content_type=_read_text(item, "content_type"),
        content=_read_text(item, "content", may_be_empty=True),
        name=_read_text(item, "name"),
    )


def create_app(sandbox: Sandbox | None = None) -> Starlette:
    """Create the application for a sandbox.

    Polling works without the application's lifespan. With it, pushes are sent when they are due.
    The sandbox is available as `app.state.sandbox`.

    Args:
        sandbox: Sandbox to serve; default: a new one with all emulators, in real time.
    """
    served_sandbox = sandbox or Sandbox()
    mounts = [
        Mount(f"/{name}", routes=emulator.build_routes())
        for name, emulator in served_sandbox.emulators.items()
    ]
    control = Mount("/_sandbox", routes=build_control_routes(served_sandbox))

    async def show_index(request: Request) -> Response:
        """Return the index page for a person with a browser."""
        url = str(request.base_url).rstrip("/")
        return PlainTextResponse(describe_sandbox(served_sandbox, url))

    app = Starlette(
        routes=[Route("/", show_index), control, *mounts],
        middleware=[Middleware(FaultMiddleware, sandbox=served_sandbox)],
        exception_handlers=CONTROL_ERRORS,
        lifespan=_run_lifespan,
    )
    app.state.sandbox = served_sandbox
    return app


def describe_sandbox(sandbox: Sandbox, url: str) -> str:
    """Return what a settings file needs, the controls and the table of handsets as plain text.

    Args:
        sandbox: Sandbox to describe.
        url: Address at which it was asked.
    """
    credentials = f"credentials: {API_KEY} / {API_SECRET}, or the token {TOKEN} at serwersms"
    replies = f"inbound_secret of messente: {INBOUND_SECRET}"
    key = f"signature_key of messagemedia with the quirk signed: {PUBLIC_KEY}"
    lines = ["smsdesk sandbox", "", credentials, replies, key, "", "base_url:"]
    emulators = sandbox.emulators.items()
    lines += [f"  {url}/{name}{emulator.api_path}" for name, emulator in emulators]
    lines += ["", "pushes go to:"]
    hooks = [sandbox.build_hook_url(name) for name in sandbox.emulators]
    lines += [f"  {hook}" for hook in hooks if hook] or ["  the addresses in messages (--push-to)"]
    lines += ["", "numbers with codes:"]
    lines += [f"  {name:<14} {codes}" for name, one in emulators if (codes := one.describe_codes())]
    table = inspect.cleandoc(handset.__doc__ or "")
    return "\n".join([*lines, "", *_CONTROLS, "", table])


_CONTROLS = (
    "controls, by POST of JSON:",
    """  /_sandbox/inbound   {"provider": …, "from": …, "to": …, "text": …}: a customer writes""",
    """  /_sandbox/faults    {"provider": …, "fault": …, "count": 1}: the next requests fail""",
    """  /_sandbox/receipts  {"provider": …, "mode": …}: receipts held, repeated, reordered""",
    """  /_sandbox/quirks    {"provider": …, "quirk": …, "on": true}: other content or behaviour""",
    "GET /_sandbox/state shows what was accepted, pushed and confirmed",
)


@contextlib.asynccontextmanager
async def _run_lifespan(app: Starlette) -> AsyncIterator[None]:
    """Run the sandbox's scheduled work while the server is up."""
    task = asyncio.create_task(app.state.sandbox.run_forever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
