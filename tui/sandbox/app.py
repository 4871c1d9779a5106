"""Build the ASGI application: each emulator under its mount, the control routes, an index page."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from tui.sandbox import API_KEY, API_SECRET, handset
from tui.sandbox.control import CONTROL_ERRORS, build_control_routes
from tui.sandbox.faults import FaultMiddleware
from tui.sandbox.sandbox import Sandbox
from tui.sandbox.serwersms.emulator import TOKEN


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
        return PlainTextResponse(describe_sandbox(served_sandbox))

    app = Starlette(
        routes=[Route("/", show_index), control, *mounts],
        middleware=[Middleware(FaultMiddleware, sandbox=served_sandbox)],
        exception_handlers=CONTROL_ERRORS,
        lifespan=_run_lifespan,
    )
    app.state.sandbox = served_sandbox
    return app


def describe_sandbox(sandbox: Sandbox) -> str:
    """Return mounts, credentials and the table of handsets as plain text."""
    credentials = f"credentials: {API_KEY} / {API_SECRET}, or the token {TOKEN} at serwersms"
    lines = ["smsdesk sandbox", "", credentials, "", "mounts:"]
    for name, emulator in sandbox.emulators.items():
        lines.append(f"  /{name:<14} {emulator.describe_codes()}".rstrip())
    table = inspect.cleandoc(handset.__doc__ or "")
    return "\n".join([*lines, "", "control: /_sandbox/inbound, faults, receipts, state", "", table])


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
