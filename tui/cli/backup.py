"""Implement `smsdesk backup FILE`: copy the inbox, also while other processes use it."""

import asyncio
import sys
from argparse import Namespace

from tui.cli import context
from tui.cli.context import convert_store_errors, open_reader
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import write_line
from tui.domain.text import one_line
from tui.store.sqlite.database_files import write_backup

_MEGABYTE = 1 << 20


def run(arguments: Namespace) -> int:
    """Write the copy; a file that exists already is a usage error.

    Args:
        arguments: Parsed arguments with `config` and `file`.
    """
    desk = context.load_public_settings(arguments)
    inbox = context.get_inbox_file(desk, "back it up")
    with open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to back up yet", BAD_USE)
    with convert_store_errors():
        backup = asyncio.run(write_backup(inbox, arguments.file))
    write_line(f"{backup.size / _MEGABYTE:.1f} MB in {arguments.file}")
    if backup.shut_out:
        line = f"the {backup.shut_out} of {inbox} cannot open it: chown and chmod it as root"
        print(f"smsdesk: {one_line(line, 300)}", file=sys.stderr)
    return DONE
