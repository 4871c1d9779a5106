"""`smsdesk export`: conversations as JSON lines or CSV.

JSON keeps every character as it came, as pure ASCII. CSV is for people and their spreadsheets: what
customers wrote is made printable there, and never begins like a formula.
"""

import asyncio
import contextlib
import csv
import json
import random
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.files import new_file
from tui.cli.finding import conversation_named
from tui.cli.reading import reading, store_errors
from tui.cli.show import write
from tui.clock import SystemClock
from tui.domain.text import printable
from tui.settings.desk import Desk
from tui.store.export import FIELDS, export
from tui.wiring import open_store

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OUTSIDE = ("text", "name", "subject", "word", "code", "reason")
_Write = Callable[[dict[str, Any]], object]


def run(arguments: Namespace) -> int:
    """Write one conversation or all, the oldest message first."""
    desk = context.desk(arguments)
    with reading(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to export yet", BAD_USE)
        wanted = arguments.thread
        found = conversation_named(reader, wanted, arguments) if wanted else None
    with store_errors(), _output(arguments) as file:
        write_row = _csv(file) if arguments.format == "csv" else _jsonl(file)
        count = asyncio.run(_export(desk, found.id if found else None, write_row))
    if arguments.output is not None:
        write(f"{count} messages in {arguments.output}")
    return DONE


async def _export(desk: Desk, conversation_id: int | None, write_row: _Write) -> int:
    """Write every message; how many there were."""
    count = 0
    async with open_store(desk, SystemClock(), random.Random()) as store:
        async for message in export(store, conversation_id=conversation_id):
            write_row(message)
            count += 1
    return count


@contextlib.contextmanager
def _output(arguments: Namespace) -> Iterator[TextIO]:
    """The file that was named, or stdout in UTF-8."""
    if arguments.output is not None:
        with new_file(arguments.output) as file:
            yield file
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    yield sys.stdout


def _jsonl(file: TextIO) -> _Write:
    """One object a line."""
    return lambda message: file.write(json.dumps(message) + "\n")


def _csv(file: TextIO) -> _Write:
    """A heading, then one message a row."""
    writer = csv.DictWriter(file, FIELDS)
    writer.writeheader()
    return lambda message: writer.writerow({**message, **_harmless(message)})


def _harmless(message: dict[str, Any]) -> dict[str, str]:
    """The texts of others as a spreadsheet and a terminal may have them."""
    return {name: _cell(printable(str(message[name]))) for name in _OUTSIDE}


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
