"""Implement `smsdesk import INBOX --into DATABASE`: move an inbox to another database.

With `--reopen` instead, an inbox that was moved can be used again where it was.
"""

import asyncio
import contextlib
import os
import random
import shlex
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import write_line
from tui.clock import SystemClock
from tui.domain.database import Database, ServerDatabase
from tui.domain.text import format_count, one_line, to_printable
from tui.settings.cache import add_database_password
from tui.settings.database_address import check_encryption, parse_database
from tui.settings.errors import SettingsError
from tui.settings.public import Preferences
from tui.startup.wiring import ProgressLine, create_owner_name
from tui.store.errors import Busy, CannotWrite, MovedAway, Unreachable
from tui.store.moving.comparison import ComparedCount, count_rows
from tui.store.moving.inbox_move import InboxMove, MoveResult
from tui.store.moving.opening import (
    create_target,
    open_marked,
    open_source,
    open_target,
    refuse_living_processes,
)

_LONGEST = 400
"""Characters of a line about the move."""
_AGAIN = "run the same command again: it goes on where it stopped"
_MOST_SHOWN = 200
"""Repaired values that are listed."""


def run(arguments: Namespace) -> int:
    """Move an inbox, and say how to use it.

    Args:
        arguments: Parsed arguments with `config`, `what` (the source), `into`, `rehearse`,
            `reopen` and `yes`.
    """
    desk = context.load_public_settings(arguments)
    if arguments.reopen:
        return _reopen(_name_database(arguments.what, desk, "the inbox to reopen"), arguments.yes)
    source, target = (
        _name_database(text, desk, option)
        for text, option in ((arguments.what, "the inbox to move"), (arguments.into, "--into"))
    )
    if _is_same(source, target):
        raise CommandError("source and target are the same database: nothing was moved", BAD_USE)
    with convert_store_errors():
        result = _move(source, target, desk, is_rehearsal=arguments.rehearse)
    names = [
        str(database.resolve()) if isinstance(database, Path) else text
        for database, text in ((source, arguments.what), (target, arguments.into))
    ]
    _show_result(result, *names, is_rehearsal=arguments.rehearse)
    return DONE


def _name_database(text: str, desk: Preferences, option: str) -> Database:
    """Return a database of the command line with its password.

    Raises:
        CommandError: It cannot be used.
        SettingsError: The connection could be read by others, or the password is missing.
    """
    try:
        database = parse_database(text)
    except ValueError as error:
        raise CommandError(f"{option} {error}", BAD_USE) from None
    if isinstance(database, Path):
        file = database.expanduser()
        if not file.parent.is_dir():
            raise CommandError(f"{option} {file}: there is no folder {file.parent}", BAD_USE)
        return file
    if desk.database_pooled:
        raise CommandError(
            "database_pooled is set: move over the address of the server itself, with"
            " SMSDESK_DATABASE_POOLED=false",
            BAD_USE,
        )
    check_encryption(database, is_unverified_allowed=desk.database_unverified)
    named = add_database_password(replace(desk, database=database), os.environ).database
    if not isinstance(named, ServerDatabase):
        raise SettingsError([f"{option}: not a server"])
    return named


def _is_same(source: Database, target: Database) -> bool:
    """Return whether both are the same database."""
    if isinstance(source, Path) and isinstance(target, Path):
        return source.resolve() == target.resolve()
    return source == target


def _move(
    source: Database, target: Database, desk: Preferences, *, is_rehearsal: bool
) -> MoveResult:
    """Move everything.

    Raises:
        StoreError: A database failed; the text says how to go on.
    """
    clock = SystemClock()
    progress = ProgressLine(sys.stderr, clock)
    inbox = open_source(source, target, clock)
    try:
        refuse_living_processes(inbox)  # before anything is created
        asyncio.run(create_target(target, clock, shared=desk.group_access, report=progress))
        # Outside of an event loop, which would keep Ctrl+C until the end.
        place = open_target(target, clock)
        try:
            name = create_owner_name(random.Random())
            return InboxMove(inbox, place, name, progress, is_rehearsal=is_rehearsal).run()
        finally:
            place.close()
    except (Busy, CannotWrite, Unreachable) as error:
        raise type(error)(f"{error}; then {_AGAIN}") from error
    finally:
        inbox.close()


def _show_result(result: MoveResult, source: str, target: str, *, is_rehearsal: bool) -> None:
    """Print what was compared, what was repaired, and what to do next.

    Args:
        result: Result of the move.
        source: Database that was moved, as a setting names it.
        target: Database that it was moved into, as a setting names it.
        is_rehearsal: Whether the source is still the one to use.
    """
    for line in result.repairs.lines[:_MOST_SHOWN]:
        print(f"smsdesk: {one_line(line, _LONGEST)}", file=sys.stderr)
    _show_counts("rows", result.tables)
    _show_counts("counters", result.figures)
    if result.repairs.count:
        values = format_count(result.repairs.count, "value")
        write_line(f"repaired: {values}; the first are listed on stderr")
    if is_rehearsal:
        for line in (
            "source and target are equal; this was a rehearsal, and the source is still in use",
            f"no desk opens {target}: {_describe_removal(target)}, or move into it without"
            " --rehearse",
        ):
            write_line(one_line(line, _LONGEST))
        return
    path = Path(source)
    back = str(path.with_name(f"{path.stem}-back{path.suffix}")) if "://" not in source else source
    note = f"  (before: {_describe_removal(source)})" if "://" in source else ""
    for line in (
        "source and target are equal",
        f'now set  database = "{target}"  on every host',
        f"{source} is marked as moved: no desk and no service opens it any more",
        f"the way back: smsdesk import {shlex.quote(target)} --into {shlex.quote(back)}{note}",
    ):
        write_line(one_line(line, _LONGEST))


def _describe_removal(name: str) -> str:
    """Return how a database that is not used any more is removed."""
    if "://" not in name:
        return f"delete {name}"
    from tui.store.postgres.server_session import quote_name

    schema = dict(parse_qsl(urlsplit(name).query)).get("schema", "")
    # Without a name in the address the server chooses: what it is called is not known here.
    return f"drop schema {quote_name(schema)} cascade" if schema else "drop the schema it is in"


def _reopen(database: Database, is_confirmed: bool) -> int:
    """Make a moved inbox usable again, after a question.

    Args:
        database: Where it was.
        is_confirmed: Whether the command line says yes already.

    Raises:
        CommandError: It was not moved, or there is no terminal to ask on.
    """
    with convert_store_errors(), contextlib.closing(open_marked(database, SystemClock())) as inbox:
        mark = inbox.read_mark()
        if not isinstance(mark, MovedAway):
            inbox.check_version()
            raise CommandError(f"{inbox.name} was not moved: it can be used as it is", BAD_USE)
        queued = count_rows(inbox, "messages where status in ('queued', 'sending')")
        were = "1 message was" if queued == 1 else f"{queued:,} messages were"
        warning = (
            f"{were} not sent yet when it was moved: {mark.place} may have sent"
            f" {'it' if queued == 1 else 'them'} since, and the next service or inbox here sends"
            f" {'it' if queued == 1 else 'them'} again"
        )
        if not is_confirmed and not _confirm(mark, inbox.name, warning if queued else ""):
            write_line("nothing was changed")
            return FAILED
        with inbox.begin():
            inbox.write_mark(None)
        write_line(one_line(f"{inbox.name} can be used again", _LONGEST))
        if queued:
            write_line(one_line(warning, _LONGEST))
    return DONE


def _confirm(mark: MovedAway, name: str, warning: str) -> bool:
    """Ask whether an inbox is to be used again where it was."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("no terminal to ask on: add --yes to reopen without a question", BAD_USE)
    write_line(one_line(str(mark.name_inbox(name)).partition(": set `database`")[0], _LONGEST))
    if warning:
        write_line(one_line(warning, _LONGEST))
    sys.stdout.write(to_printable("Use it again where it was? Stop the other one first. [y/N] "))
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _show_counts(heading: str, counts: list[ComparedCount]) -> None:
    """Print a table of counts in source and target."""
    width = max(len(count.label) for count in counts)
    write_line(f"{heading:<{width}}  {'source':>13}  {'target':>13}")
    for count in counts:
        write_line(f"{count.label:<{width}}  {count.source:>13,}  {count.target:>13,}")
