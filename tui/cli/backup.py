"""`smsdesk backup FILE`: a sound copy of the inbox, also while others work in it."""

import asyncio
from argparse import Namespace

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.reading import reading, store_errors
from tui.cli.show import write
from tui.store.backup import backup

_MEGABYTE = 1 << 20


def run(arguments: Namespace) -> int:
    """Write the copy; a file that is there already is bad use."""
    desk = context.desk(arguments)
    with reading(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to back up yet", BAD_USE)
    with store_errors():
        size = asyncio.run(backup(desk.database, arguments.file))
    write(f"{size / _MEGABYTE:.1f} MB in {arguments.file}")
    return DONE
