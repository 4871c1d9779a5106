"""Implement `smsdesk restore FILE`: put a backup in the place of the inbox."""

import shlex
import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import write_line
from tui.clock import SECOND, SystemClock
from tui.domain.text import one_line, to_printable
from tui.store.sqlite.backup_check import Content, check_backup
from tui.store.sqlite.file_users import describe_users, list_live_processes
from tui.store.sqlite.restoring import Restored, restore_inbox

_LONGEST_PATH = 300
_YES = ("y", "yes")


def run(arguments: Namespace) -> int:
    """Check the backup, ask, and put it in place; a file that cannot be used is a usage error.

    Args:
        arguments: Parsed arguments with `config`, `file` and `yes`.
    """
    desk, copy = context.load_public_settings(arguments), arguments.file
    inbox, clock = context.get_inbox_file(desk, "restore it"), SystemClock()
    with convert_store_errors():
        content = check_backup(copy, inbox)
        if users := list_live_processes(inbox, clock.now()):
            raise describe_users(inbox, users)
        if not arguments.yes and not _confirm(copy, content, inbox):
            write_line("nothing was changed")
            return FAILED
        restored = restore_inbox(copy, inbox, now=clock.now(), shared=desk.group_access)
    _report(copy, content, inbox, restored)
    return DONE


def _confirm(copy: Path, content: Content, inbox: Path) -> bool:
    """Ask whether to replace the inbox.

    Raises:
        CommandError: There is no terminal to ask on.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError(
            "no terminal to ask on: add --yes to restore without a question", BAD_USE
        )
    write_line(f"{_show_path(copy)}: {_describe_content(content)}")
    if content.queued:
        write_line(_describe_queue(content))
    question = f"Replace the inbox {_show_path(inbox)} by it? The inbox is kept. [y/N] "
    sys.stdout.write(to_printable(question))
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in _YES


def _report(copy: Path, content: Content, inbox: Path, restored: Restored) -> None:
    """Print what was done, and how to go back."""
    write_line(f"restored {_show_path(copy)}: {_describe_content(content)}")
    if content.queued:
        write_line(_describe_queue(content))
    if restored.kept is not None and restored.is_damaged:
        write_line(f"the inbox before was damaged; it is kept in {_show_path(restored.kept)}")
    elif restored.kept is not None:
        write_line(f"the inbox before is kept in {_show_path(restored.kept)}")
        shown = shlex.quote(str(restored.kept))
        write_line(f"to go back: smsdesk restore {one_line(shown, _LONGEST_PATH)}")
    if restored.shut_out:
        line = f"the {restored.shut_out} of it cannot open {inbox} now: chown and chmod it as root"
        print(f"smsdesk: {one_line(line, _LONGEST_PATH)}", file=sys.stderr)


def _describe_content(content: Content) -> str:
    """Return what an inbox contains, for a person."""
    parts = [
        _count(content.conversations, "conversation"),
        _count(content.messages, "message"),
    ]
    if content.newest_at:
        moment = datetime.fromtimestamp(content.newest_at / SECOND)
        parts.append(f"the newest of {moment:%Y-%m-%d %H:%M}")
    return ", ".join(parts)


def _describe_queue(content: Content) -> str:
    """Return the warning about messages that will be sent after the restore."""
    number = _count(content.queued, "message")
    verb, which = ("was", "it") if content.queued == 1 else ("were", "them")
    return (
        f"{number} {verb} not sent yet when it was written: the next service or inbox "
        f"sends {which}, also what was sent since"
    )


def _count(number: int, thing: str) -> str:
    """Return a number of things."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _show_path(path: Path) -> str:
    """Return a path on one line."""
    return one_line(str(path), _LONGEST_PATH)
