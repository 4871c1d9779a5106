"""Load settings and open the store for commands, and turn store errors into exit codes.

Settings come from the environment of this process and the `--config` argument.
"""

import contextlib
import gc
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.errors import BAD_USE, FAILED, CommandError
from tui.settings.cache import read_preferences
from tui.settings.public import Preferences
from tui.store.errors import (
    CannotOpen,
    EventsGoneError,
    NewerDatabase,
    NotADatabase,
    NotPermitted,
    ReadOnly,
    StoreError,
)

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.settings.models import Settings
    from tui.store.reader import InboxReader


def load_public_settings(arguments: "Namespace") -> Preferences:
    """Load the settings without secrets and print their warnings on stderr.

    Args:
        arguments: Parsed arguments with `config`.

    Raises:
        SettingsError: If the settings are not valid.
    """
    loaded = read_preferences(os.environ, arguments.config)
    if loaded.warnings:
        _print_warnings(loaded.warnings)
    return loaded


def _print_warnings(lines: Iterable[str]) -> None:
    """Print warnings on stderr."""
    from tui.domain.text import one_line

    for line in lines:
        print(f"smsdesk: warning: {one_line(line, limit=1000)}", file=sys.stderr)


def load_full_settings(arguments: "Namespace") -> "Settings":
    """Load all settings with their secrets, for commands that talk to providers.

    Args:
        arguments: Parsed arguments with `config`.

    Raises:
        SettingsError: If the settings are not valid.
    """
    # Imported late: the settings models cost more time than most commands need.
    from tui.settings.load import load_settings

    return load_settings(os.environ, arguments.config)


def _describe_missing(path: Path) -> str:
    """Return that there is no inbox file, and what to do."""
    from tui.domain.text import one_line

    return (
        f"there is no inbox at {one_line(str(path), 300)}: check `database` in the settings and "
        "SMSDESK_DATABASE, or open the inbox once to create it"
    )


_UNUSABLE_FILE_ERRORS = (CannotOpen, NewerDatabase, NotADatabase, NotPermitted, ReadOnly)
"""Errors of a database that the settings should not name."""


@contextlib.contextmanager
def open_reader(arguments: "Namespace") -> "Iterator[InboxReader | None]":
    """Yield a reader of the inbox; None, with a note on stderr, if the file is still empty.

    Args:
        arguments: Parsed arguments with `config`.

    Raises:
        CommandError: There is no such file, as when its name is mistyped; none is created.
    """
    gc.disable()  # the process ends before garbage collection would save anything
    desk = load_public_settings(arguments)
    with convert_store_errors():
        if isinstance(desk.database, Path) and not _has_content(desk.database):
            print(f"smsdesk: nothing in {desk.database} yet", file=sys.stderr)
            yield None
            return
        with _open_migrated_reader(desk) as reader:
            yield reader


@contextlib.contextmanager
def convert_store_errors() -> Iterator[None]:
    """Convert every `StoreError` of the block into a `CommandError`."""
    try:
        yield
    except EventsGoneError:
        raise
    except StoreError as error:
        code = BAD_USE if isinstance(error, _UNUSABLE_FILE_ERRORS) else FAILED
        raise CommandError(str(error), code) from None


def require_answer(arguments: "Namespace") -> None:
    """Check that there is an agent to ask, or an option that needs no answer.

    Args:
        arguments: Parsed arguments with `yes` and `dry_run`.

    Raises:
        CommandError: There is no terminal to ask on.
    """
    is_asked = sys.stdin.isatty() and sys.stdout.isatty()
    if not (arguments.yes or arguments.dry_run or is_asked):
        raise CommandError("no terminal to ask on: add --yes, or --dry-run", BAD_USE)


def get_inbox_file(desk: Preferences, purpose: str) -> Path:
    """Return the path of the inbox.

    Args:
        desk: Settings of the desk.
        purpose: What the command is for, to be named if it cannot do that.

    Raises:
        CommandError: The inbox is on a server.
    """
    if isinstance(desk.database, Path):
        return desk.database
    raise CommandError(
        f"the inbox is on a database server: {purpose} with the server's own tools, such as"
        " pg_dump and pg_restore",
        BAD_USE,
    )


def _has_content(path: Path) -> bool:
    """Return whether there is a file that is not empty.

    Raises:
        CannotOpen: If the file may not be accessed.
        CommandError: If there is no such file.
    """
    try:
        # A directory counts as content, so that opening it reports the wrong path.
        return path.is_dir() or path.stat().st_size > 0
    except FileNotFoundError:
        raise CommandError(_describe_missing(path), BAD_USE) from None
    except OSError as error:
        raise CannotOpen(f"Cannot open {path} ({error.strerror}): check its permissions") from None


@contextlib.contextmanager
def _open_migrated_reader(desk: Preferences) -> "Iterator[InboxReader | None]":
    """Yield the reader, after updating the schema if necessary; None if a server has none yet."""
    # Imported late: the inbox uses this module for its settings before the first paint.
    from tui.store.errors import EmptySchema, OutdatedSchema
    from tui.store.reader import InboxReader

    with contextlib.ExitStack() as stack:
        try:
            reader = stack.enter_context(InboxReader(desk.database))
        except EmptySchema as error:
            # Reading makes no tables, which could come into the schema of another program.
            raise CommandError(str(error), BAD_USE) from None
        except OutdatedSchema:
            _migrate_database(desk)
            reader = stack.enter_context(InboxReader(desk.database))
        yield reader


def _migrate_database(desk: Preferences) -> None:
    """Update the schema by opening the file once with the writing store."""
    import asyncio
    import random

    from tui.clock import SystemClock
    from tui.startup.wiring import open_store

    async def open_once() -> None:
        """Open and close the store; opening it runs the migrations."""
        async with open_store(desk, SystemClock(), random.Random()):
            pass

    asyncio.run(open_once())
