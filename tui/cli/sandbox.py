"""`smsdesk sandbox`: the provider emulator alone, until it is stopped."""

import asyncio
from argparse import Namespace

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.stopping import stopped_by_signals
from tui.sandbox import API_KEY, API_SECRET, HOOK_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.server import running
from tui.sandbox.world import PushSettings, Sandbox


def run(arguments: Namespace) -> int:
    """Serve until interrupted; a port that is taken is bad use."""
    try:
        asyncio.run(_serve(arguments.host, arguments.port, arguments.push_to))
    except OSError as error:
        where = f"{arguments.host}:{arguments.port}"
        line = f"cannot listen on {where} ({error.strerror or error}); choose another --port"
        raise CommandError(line, BAD_USE) from None
    return DONE


async def _serve(host: str, port: int, push_to: str | None) -> None:
    """Say where the sandbox is as soon as it answers, and keep it up until told to stop."""
    app = create_app(Sandbox(push=PushSettings(to=push_to)))
    stop = asyncio.Event()
    with stopped_by_signals(stop):
        async with running(app, host, port) as url:
            print(_greeting(url, push_to), flush=True)
            await stop.wait()


def _greeting(url: str, push_to: str | None) -> str:
    """The URL on a line of its own for scripts, then what a person wants to know."""
    hooks = f"{push_to}/hooks/PROVIDER/{HOOK_SECRET}"
    pushes = f"pushing to {hooks}" if push_to else "not pushing (--push-to)"
    return "\n".join(
        [
            url,
            f"credentials: {API_KEY} / {API_SECRET}, {pushes}",
            f"mounts and the table of handset numbers: curl {url}/",
            "Ctrl+C stops it",
        ]
    )
