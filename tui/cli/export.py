"""Implement `smsdesk export`: write conversations as JSON lines or CSV.

JSON preserves every character as it arrived, as pure ASCII. CSV is for people and their
spreadsheets: there, every text is made printable and never begins like a formula (`to_cell`).
An exported file is private from the beginning and never replaces another file.
"""

import asyncio
import contextlib
import csv
import random
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from tui.cli import context
from tui.cli.context import convert_store_errors, open_reader
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.lookup import find_conversation
from tui.cli.show import write_line
from tui.clock import SystemClock
from tui.domain.json_fields import MESSAGE_FIELDS
from tui.domain.text import to_cell, to_json_line
from tui.private_files import create_file
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.export import export_messages


@contextlib.contextmanager
def create_private_file(path: Path) -> Iterator[TextIO]:
    """Yield a new UTF-8 text file with mode 0600, deleted again if the block fails.

    Args:
        path: Path of the file; it must not exist yet.

    Raises:
        CommandError: If the file exists (usage error) or cannot be written (failure).
    """
    try:
        # It must be new, and has its mode at creation: no file is replaced, and no other user opens
        # it before its permissions are set.
        descriptor = create_file(path)
    except OSError as error:
        line = f"cannot make {path} ({error.strerror}); name a new file"
        raise CommandError(line, BAD_USE) from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            line = f"cannot write to {path} ({error.strerror})"
            raise CommandError(line, FAILED) from None
        raise


_ONLY_JSON = ("number", "arrived_at")
_CSV_COLUMNS = tuple(field.name for field in MESSAGE_FIELDS if field.name not in _ONLY_JSON)
"""Columns of the CSV; `party` stands for the customer, in the same spelling on every row."""
_RowWriter = Callable[[dict[str, Any]], object]


def run(arguments: Namespace) -> int:
    """Write one conversation or all of them, the oldest message first.

    Args:
        arguments: Parsed arguments with `config`, `thread`, `format` and `output`.
    """
    desk = context.load_public_settings(arguments)
    with open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to export yet", BAD_USE)
        number = arguments.thread
        conversation = find_conversation(reader, number, arguments) if number else None
    with convert_store_errors(), open_output(arguments) as file:
        write_row = (
            _make_csv_writer(file) if arguments.format == "csv" else _make_jsonl_writer(file)
        )
        count = asyncio.run(
            _write_messages(desk, conversation.id if conversation else None, write_row)
        )
    if arguments.output is not None:
        write_line(f"{count} messages in {arguments.output}")
    return DONE


async def _write_messages(
    desk: Preferences, conversation_id: int | None, write_row: _RowWriter
) -> int:
    """Write every message and return how many there were."""
    count = 0
    async with open_store(desk, SystemClock(), random.Random()) as store:
        async for message in export_messages(store, conversation_id=conversation_id):
            write_row(message)
            count += 1
    return count


@contextlib.contextmanager
def open_output(arguments: Namespace) -> Iterator[TextIO]:
    """Yield the file that was named, or stdout in UTF-8."""
    if arguments.output is not None:
        with create_private_file(arguments.output) as file:
            yield file
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    yield sys.stdout


def _make_jsonl_writer(file: TextIO) -> _RowWriter:
    """Return a function that writes one JSON object per line."""
    return lambda message: file.write(to_json_line(message) + "\n")


def _make_csv_writer(file: TextIO) -> _RowWriter:
    """Write the CSV heading and return a function that writes one message per row."""
    writer = csv.DictWriter(file, _CSV_COLUMNS, extrasaction="ignore")
    writer.writeheader()
    return lambda message: writer.writerow(
        {
            name: to_cell(value) if isinstance(value, str) else value
            for name, value in message.items()
        }
    )
