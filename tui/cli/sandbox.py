"""Implement `smsdesk sandbox`: run only the provider emulator until it is stopped."""

import asyncio
from argparse import Namespace

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.signals import stop_on_signals
from tui.sandbox import API_KEY, API_SECRET, HOOK_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.sandbox.state import PushSettings, Sandbox


def run(arguments: Namespace) -> int:
    """Serve until interrupted; a port that is in use is a usage error.

    Args:
        arguments: Parsed arguments with `host`, `port` and `push_to`.
    """
    try:
        asyncio.run(_serve_sandbox(arguments.host, arguments.port, arguments.push_to))
    except OSError as error:
        where = f"{arguments.host}:{arguments.port}"
        line = f"cannot listen on {where} ({error.strerror or error}); choose another --port"
        raise CommandError(line, BAD_USE) from None
    return DONE


async def _serve_sandbox(host: str, port: int, push_to: str | None) -> None:
    """Print the sandbox's address once it answers, and serve until a stop signal."""
    app = create_app(Sandbox(push=PushSettings(base_url=push_to)))
    stop = asyncio.Event()
    with stop_on_signals(stop):
        async with run_server(app, host, port) as url:
            print(_format_greeting(url, push_to), flush=True)
            await stop.wait()


def _format_greeting(url: str, push_to: str | None) -> str:
    """Return the URL on the first line, for scripts, followed by notes for a person."""
    hooks = f"{push_to}/hooks/PROVIDER/{HOOK_SECRET}"
    pushes = f"pushing to {hooks}" if push_to else "not pushing (--push-to)"
    return "\n".join(
        [
            url,
            f"credentials: {API_KEY} / {API_SECRET}, {pushes}",
            f"what to put into the settings, controls and numbers: curl {url}/",
            "Ctrl+C stops it",
        ]
    )
