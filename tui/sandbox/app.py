"""The ASGI application: every emulator under its mount, the control interface, a page about it."""

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
from tui.sandbox.control import CONTROL_ERRORS, control_routes
from tui.sandbox.faults import FaultMiddleware
from tui.sandbox.serwersms.emulator import TOKEN
from tui.sandbox.world import Sandbox


def create_app(sandbox: Sandbox | None = None) -> Starlette:
    """The application over a sandbox (default: a new one with all emulators, in real time).

    It answers polling without its lifespan; with it, pushes go out as their time comes. The
    sandbox is found again as `app.state.sandbox`.
    """
    world = sandbox or Sandbox()
    mounts = [Mount(f"/{name}", routes=e.routes()) for name, e in world.emulators.items()]
    control = Mount("/_sandbox", routes=control_routes(world))

    async def about(request: Request) -> Response:
        """What there is, for a person with a browser."""
        return PlainTextResponse(describe(world))

    app = Starlette(
        routes=[Route("/", about), control, *mounts],
        middleware=[Middleware(FaultMiddleware, sandbox=world)],
        exception_handlers=CONTROL_ERRORS,
        lifespan=_live,
    )
    app.state.sandbox = world
    return app


def describe(sandbox: Sandbox) -> str:
    """Mounts, credentials and handset table as plain text."""
    credentials = f"credentials: {API_KEY} / {API_SECRET}, or the token {TOKEN} at serwersms"
    lines = ["smsdesk sandbox", "", credentials, "", "mounts:"]
    for name, emulator in sandbox.emulators.items():
        lines.append(f"  /{name:<14} {emulator.code_table()}".rstrip())
    table = inspect.cleandoc(handset.__doc__ or "")
    return "\n".join([*lines, "", "control: /_sandbox/inbound, faults, receipts, state", "", table])


@contextlib.asynccontextmanager
async def _live(app: Starlette) -> AsyncIterator[None]:
    """Keep the sandbox's time running while the server is up."""
    task = asyncio.create_task(app.state.sandbox.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
