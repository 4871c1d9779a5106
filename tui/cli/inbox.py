"""Open the inbox: the one command that opens a screen.

The first picture is drawn as early as possible, so modules that it does not need are
imported inside the functions.
"""

import contextlib
import functools
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli import context
from tui.cli.errors import BAD_USE, FAILED, CommandError
from tui.cli.signals import SignalEnd, end_on_signals
from tui.clock import Clock, SystemClock
from tui.desk.account_form import ExitAction
from tui.startup import gc_tuning
from tui.store.errors import CannotOpen, StoreError, Unreachable

if TYPE_CHECKING:
    from argparse import Namespace
    from random import Random

    from tui.desk.context import AppContext
    from tui.served_app import Background
    from tui.settings.public import Preferences
    from tui.store.store import Store


def run(arguments: "Namespace") -> int:
    """Open the configured inbox until the agent leaves.

    A store that cannot be opened is a usage error.

    Args:
        arguments: Parsed arguments with `config`, `ascii` and `plain`.
    """
    with end_on_signals(list_end_signals(arguments)) as end:
        exit_code = _open_inbox(arguments, end)
    return _run_demo(arguments) if exit_code == ExitAction.DEMO else exit_code


def _run_demo(arguments: "Namespace") -> int:
    """Run the demo, which a user without accounts can choose during set-up."""
    from tui.cli import demo
    from tui.cli.parse_arguments import parse_arguments

    return demo.run(parse_arguments(["demo", *(["--ascii"] if arguments.ascii else [])]))


def _open_inbox(arguments: "Namespace", end: SignalEnd) -> int:
    """Open the inbox with the settings as they are now."""
    from tui.startup.first_paint import show_first_paint

    desk, clock = load_inbox_settings(arguments), SystemClock()
    # Garbage collection during start-up only delays the first picture.
    gc_tuning.postpone_collection()
    plain = is_plain(arguments, os.environ)
    try:
        with contextlib.nullcontext() if plain else show_first_paint(desk, clock.now(), os.environ):
            return _run_event_loop(arguments, desk, clock, end)
    except StoreError as error:
        if isinstance(error, CannotOpen):
            from tui.store.postgres.kept_window import discard_kept_list

            # Whose access was withdrawn does not see the customers again.
            discard_kept_list(desk.database, desk.agent, os.environ)
        # A server that is away is not the fault of the settings.
        code = FAILED if isinstance(error, Unreachable) else BAD_USE
        raise CommandError(str(error), code) from None


def load_inbox_settings(arguments: "Namespace") -> "Preferences":
    """Load the settings, with ASCII characters if the command line requests them.

    Args:
        arguments: Parsed arguments with `config` and `ascii`.
    """
    desk = context.load_public_settings(arguments)
    return replace(desk, ascii=True) if arguments.ascii else desk


def _run_event_loop(
    arguments: "Namespace", desk: "Preferences", clock: Clock, end: SignalEnd
) -> int:
    """Run the inbox in an event loop of its own."""
    import asyncio
    import random

    gc_tuning.use_one_heap()
    return asyncio.run(end.run(_run_inbox(arguments, desk, clock, random.Random(), end)))


def list_end_signals(arguments: "Namespace") -> Sequence[signal.Signals]:
    """Return the signals that end the screen, besides those that end every program.

    Ctrl+C is a key there, but until the screen reads keys, and from outside, it is a signal.

    Args:
        arguments: Parsed arguments with `plain`.
    """
    return () if is_plain(arguments, os.environ) else (signal.SIGINT,)


def is_plain(arguments: "Namespace", environ: Mapping[str, str]) -> bool:
    """Return whether to use line mode: as requested, or on a terminal that has no screen.

    Args:
        arguments: Parsed arguments with `plain`.
        environ: Environment variables; `TERM` is read.
    """
    from tui.terminal.modes import has_other_driver

    is_dumb = environ.get("TERM") == "dumb" and sys.stdin.isatty()
    return bool(arguments.plain) or (is_dumb and not has_other_driver(environ))


async def _run_inbox(
    arguments: "Namespace", desk: "Preferences", clock: Clock, rng: "Random", end: SignalEnd
) -> int:
    """Open the store and run the app with its background services."""
    from tui.desk.permissions import explain_missing_level
    from tui.startup.account_setup import create_account_setup, create_settings_reader
    from tui.startup.panel_addresses import load_panel_addresses
    from tui.startup.retry_held import create_held_retry
    from tui.startup.served_settings import load_served_settings
    from tui.startup.wiring import create_context, open_store
    from tui.store.postgres.kept_window import keep_list

    plain = is_plain(arguments, os.environ)
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(desk, clock, rng))
        if not plain:
            await stack.enter_async_context(keep_list(store, desk.agent, os.environ))
        load = functools.partial(load_served_settings, os.environ, arguments.config)
        explain_refusal = functools.partial(explain_missing_level, store, desk.agent, "accounts")
        background = functools.partial(_run_background, arguments, store, clock, rng, desk.agent)
        app_context = replace(
            create_context(desk, clock, os.environ),
            account_setup=create_account_setup(
                *(os.environ, arguments.config, clock, rng, explain_refusal)
            ),
            retry_held=create_held_retry(store, load, clock, desk.agent),
            read_changed_settings=create_settings_reader(os.environ, arguments.config, desk),
            load_addresses=functools.partial(load_panel_addresses, os.environ, arguments.config),
        )
        # Line mode has no set-up: without accounts there is nothing to serve.
        served = None if plain and not desk.accounts else background
        return await run_app(store, app_context, served, end, plain=plain)


async def run_app(
    store: "Store",
    app_context: "AppContext",
    background: "Background | None",
    end: SignalEnd,
    *,
    plain: bool = False,
) -> int:
    """Run the app on an open store until the agent leaves.

    Args:
        store: Open store.
        app_context: Context of the app: agent, accounts, clock and preferences.
        background: Starts what serves the accounts; None if there is no account.
        end: What a signal begins: it ends the app in order.
        plain: Whether to run line mode in place of the screen.

    Returns:
        Exit code of the app.

    Raises:
        CommandError: If a screen is requested and there is no terminal, or no such driver.
    """
    if plain:
        from tui.cli.plain import run_plain

        return await run_plain(store, app_context, background)
    from tui.terminal.modes import has_other_driver, keep_terminal

    if has_other_driver(os.environ):
        _check_driver(os.environ["TEXTUAL_DRIVER"])
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("no terminal here: scripts use smsdesk threads --json", BAD_USE)
    from tui.app import SmsDeskApp
    from tui.startup.kept_shapes import keep_shapes
    from tui.startup.style_cache import keep_parsed_styles

    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # empty is no request, but Textual takes it for one
    app = SmsDeskApp(store, app_context, background)
    with keep_parsed_styles(os.environ), keep_shapes(os.environ), keep_terminal():
        try:
            with end.redirect(app.begin_end):
                await app.run_async()
        finally:
            await app.end_background()
    if app.failure is not None:
        raise app.failure
    return app.return_value or app.return_code or 0


def _check_driver(name: str) -> None:
    """Raise `CommandError` if there is no such driver.

    Args:
        name: Module and class, with a colon between them.
    """
    import importlib
    import inspect

    from textual.driver import Driver

    module, _, symbol = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), symbol)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise CommandError(f"TEXTUAL_DRIVER: there is no {name} ({error})", BAD_USE) from None
    if not (inspect.isclass(found) and issubclass(found, Driver)):
        raise CommandError(f"TEXTUAL_DRIVER: {name} is not a driver of Textual", BAD_USE)


@contextlib.asynccontextmanager
async def _run_background(
    arguments: "Namespace", store: "Store", clock: Clock, rng: "Random", agent: str
) -> AsyncIterator[str]:
    """Serve the accounts while the inbox is open; yield why that is not possible.

    The services are imported here, after the first paint.
    """
    from tui.startup.background import run_background
    from tui.startup.served_settings import load_served_settings

    load = functools.partial(load_served_settings, os.environ, arguments.config)
    async with run_background(store, load, clock, rng, os.environ, agent) as problem:
        yield problem
