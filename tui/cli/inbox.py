"""The inbox itself: the one command that opens a screen.

A first picture comes before all else, so what it does not need is imported inside the functions.
"""

import contextlib
import functools
import os
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import garbage
from tui.cli import context
from tui.cli.errors import BAD_USE, CommandError
from tui.clock import Clock, SystemClock
from tui.enrol import Next
from tui.settings.errors import SettingsError
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from random import Random

    from tui.app import Background
    from tui.seat import Seat
    from tui.settings.desk import Desk
    from tui.store.store import Store


def run(arguments: Namespace) -> int:
    """Open the configured inbox until the agent leaves; exit code 2 when it cannot be opened."""
    outcome: int = Next.AGAIN
    while outcome == Next.AGAIN:
        outcome = _once(arguments)
    return _demo(arguments) if outcome == Next.DEMO else outcome


def _demo(arguments: Namespace) -> int:
    """What a desk without accounts offers in their place."""
    from tui.cli import demo
    from tui.cli.arguments import parse

    return demo.run(parse(["demo", *(["--ascii"] if arguments.ascii else [])]))


def _once(arguments: Namespace) -> int:
    """Open it on the settings as they are now."""
    from tui.glance import glance

    desk, clock = desk_of(arguments), SystemClock()
    garbage.postpone()
    plain = is_plain(arguments, os.environ)
    try:
        with contextlib.nullcontext() if plain else glance(desk, clock.now(), os.environ):
            return _opened(arguments, desk, clock)
    except StoreError as error:
        raise CommandError(str(error), BAD_USE) from None


def desk_of(arguments: Namespace) -> "Desk":
    """The desk's settings, with the signs that the command line asks for."""
    desk = context.desk(arguments)
    return replace(desk, ascii=True) if arguments.ascii else desk


def _opened(arguments: Namespace, desk: "Desk", clock: Clock) -> int:
    """Open it for good."""
    import asyncio
    import random

    return asyncio.run(_run(arguments, desk, clock, random.Random()))


def is_plain(arguments: Namespace, environ: Mapping[str, str]) -> bool:
    """Whether the desk is shown in lines: by choice, or on a terminal that shows nothing else."""
    return bool(arguments.plain) or (environ.get("TERM") == "dumb" and sys.stdin.isatty())


async def _run(arguments: Namespace, desk: "Desk", clock: Clock, rng: "Random") -> int:
    """The store, the seat, and what serves the accounts behind them."""
    from tui.enrolling import enrol_of
    from tui.wiring import make_seat, open_store

    async with open_store(desk, clock, rng) as store:
        background = functools.partial(_background, arguments, store, clock, rng, desk.agent)
        seat = replace(
            make_seat(desk, clock, os.environ),
            enrol=enrol_of(os.environ, arguments.config, clock, rng),
        )
        served = background if desk.accounts else None
        return await run_app(store, seat, served, plain=is_plain(arguments, os.environ))


async def run_app(
    store: "Store", seat: "Seat", background: "Background | None", *, plain: bool = False
) -> int:
    """Run the app on an open store until the agent leaves; its exit code."""
    if plain:
        from tui.cli.plain import run_plain

        return await run_plain(store, seat, background)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("no terminal here: scripts use smsdesk threads --json", BAD_USE)
    from tui.app import SmsDeskApp

    app = SmsDeskApp(store, seat, background)
    try:
        await app.run_async()
    finally:
        await app.end_background()
    if app.failure is not None:
        raise app.failure
    return app.return_value or app.return_code or 0


@contextlib.asynccontextmanager
async def _background(
    arguments: Namespace, store: "Store", clock: Clock, rng: "Random", agent: str
) -> AsyncIterator[None]:
    """Serve the accounts for as long as the inbox is open; imported after the first paint."""
    from tui.serving import background
    from tui.unserved import CannotServe

    load = functools.partial(context.settings, arguments)
    try:
        async with background(store, load, clock, rng, os.environ, agent):
            yield
    except SettingsError as error:
        raise CannotServe(error.lines[0]) from None
