"""Implement `smsdesk follow`: print what happens in the inbox, each event once and in order."""

import asyncio
import contextlib
import os
import random
import select
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Callable

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, EVENTS_GONE, PIPE_CLOSED, CommandError
from tui.cli.show import write_json, write_line
from tui.clock import SystemClock
from tui.desk.format import format_date_time, format_title
from tui.domain.inbox_events import Happening, event_to_json
from tui.domain.message import Message
from tui.domain.text import one_line
from tui.startup.wiring import open_store
from tui.store.errors import EventsGoneError, Unreachable
from tui.store.store import Store

_LOOK_SECONDS = 1.0
"""Seconds between two looks: at the reader of the output, and at a server that was lost."""


def run(arguments: Namespace) -> int:
    """Print events until stopped, or until all are printed with `--once`.

    Args:
        arguments: Parsed arguments with `config`, `since`, `kind`, `once` and `json`.
    """
    desk = context.load_public_settings(arguments)
    with context.open_reader(arguments):  # a file that is not there is not made
        pass
    clock, rng = SystemClock(), random.Random()

    async def follow() -> int:
        async with open_store(desk, clock, rng) as store:
            return await _EventPrinter(store, arguments).run()

    try:
        with context.convert_store_errors():
            return asyncio.run(follow())
    except EventsGoneError as error:
        raise CommandError(_describe_gap(error), EVENTS_GONE) from None


def _describe_gap(error: EventsGoneError) -> str:
    """Return what to do about events that are not kept any more."""
    return f"{error}; begin with --since 0, and read the rest with smsdesk threads and export"


class _EventPrinter:
    """Print the events of one inbox."""

    def __init__(self, store: Store, arguments: Namespace) -> None:
        """Create the printer; nothing is printed yet."""
        self._store = store
        self._arguments = arguments
        self._kinds = frozenset(arguments.kind or ())
        self._seen = 0

    async def run(self) -> int:
        """Print what is stored already, and then what happens; return the exit code."""
        number = await self._store.feed.get_last_number()
        last = await self._store.journal.get_last_id()
        since: int | None = self._arguments.since
        if since is not None and since > last:
            line = f"there is no event {since} yet, the newest is {last}: was a backup restored?"
            raise CommandError(line, BAD_USE)
        self._seen = last if since is None else since
        await self._print_events()
        if self._arguments.once:
            return DONE
        watching = asyncio.create_task(self._watch(number))
        looking = asyncio.create_task(_wait_until_unread())
        try:
            await asyncio.wait((watching, looking), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            return PIPE_CLOSED
        finally:
            for task in (watching, looking):
                task.cancel()
            await asyncio.gather(watching, looking, return_exceptions=True)

    async def _watch(self, number: int) -> None:
        """Print the events of every change that is stored from now on."""
        async with contextlib.aclosing(self._store.feed.watch_changes(after=number)) as batches:
            async for _ in batches:
                while not await self._try_to_print():
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _try_to_print(self) -> bool:
        """Print all events after the last one; return False if a server was lost meanwhile."""
        try:
            await self._print_events()
        except Unreachable:
            sys.stdout.flush()
            return False
        return True

    async def _print_events(self) -> None:
        """Print all events after the last one."""
        async for happening in self._read_events():
            self._seen = happening.entry.id
            if not self._kinds or happening.entry.kind in self._kinds:
                _print_event(happening, as_json=self._arguments.json)

    async def _read_events(self) -> AsyncIterator[Happening]:
        """Yield all events after the last one, page by page."""
        while found := await self._store.journal.list_happenings(self._seen):
            for happening in found:
                yield happening
            # Here, so that a reader has whole lines, and a resumed one knows what it has.
            sys.stdout.flush()


def _print_event(happening: Happening, *, as_json: bool) -> None:
    """Print one event as JSON, or as a line for people."""
    if as_json:
        write_json(event_to_json(happening))
    else:
        write_line(_format_event(happening))


def _format_event(happening: Happening) -> str:
    """Return the line of an event: id, time, kind, customer and what changed."""
    entry, row = happening.entry, happening.conversation
    parts = [
        f"{entry.id:>6}  {format_date_time(entry.at)}  {entry.kind.value:<12}",
        format_title(row) if row else "",
        _format_change(happening),
        f"by {entry.agent}" if entry.agent else "",
    ]
    return "  ".join(one_line(part, 200) for part in parts if part)


def _format_change(happening: Happening) -> str:
    """Return what changed, or the beginning of a new message."""
    value = event_to_json(happening)
    changes = [f"{name}: {_format_value(new)}" for name, new in value["change"].items()]
    is_new = happening.message is not None and value["before"] is None
    return ", ".join(changes) or (_format_text(happening.message) if is_new else "")


def _format_value(value: object) -> str:
    """Return a value of JSON for people."""
    if isinstance(value, list):
        return " ".join(f"#{one}" for one in value) or "none"
    names = {True: "yes", False: "no", None: "none", "": "none"}
    return names.get(value, str(value)) if isinstance(value, bool | str | None) else str(value)


def _format_text(message: Message | None) -> str:
    """Return the beginning of a text."""
    return one_line(message.body, 80) if message else ""


async def _wait_until_unread() -> None:
    """Wait until the reader of a pipe has closed it, while nothing is written."""
    output = sys.stdout.fileno()
    poll = _create_poll(output)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        if any(found & (select.POLLERR | select.POLLNVAL) for _, found in poll(0)):
            # What is buffered has no reader any more.
            null_device = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null_device, output)
            return


def _create_poll(output: int) -> Callable[[int], list[tuple[int, int]]]:
    """Return a function that says what is wrong with a file descriptor."""
    poller = select.poll()
    poller.register(output, 0)
    return poller.poll
