"""Implement `smsdesk import contacts FILE`: read names for numbers from CSV or vCard."""

import asyncio
import random
import sys
from argparse import Namespace
from functools import partial

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import show_progress, write_line
from tui.clock import SystemClock
from tui.desk.contact_files import ContactFileError, read_contacts, split_reachable
from tui.domain.text import one_line
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.contacts import Contact, Contacts, ImportResult

_MAX_NAMED = 3
"""Number of skipped contacts that are named in the report."""


def run(arguments: Namespace) -> int:
    """Import every contact that has a number; a file without any is a usage error.

    Args:
        arguments: Parsed arguments with `config` and `file`.
    """
    desk = context.load_public_settings(arguments)
    try:
        found = read_contacts(arguments.file)
    except ContactFileError as problem:
        raise CommandError(str(problem), BAD_USE) from None
    usable, skipped = split_reachable(found, desk.default_region)
    if not usable:
        line = f"{arguments.file} holds no contact with a valid number"
        raise CommandError(f"{line}; write them with + and the country code", BAD_USE)
    with convert_store_errors():
        imported = asyncio.run(_add_contacts(desk, usable))
    write_line(imported.summary)
    if skipped:
        print(f"smsdesk: {_format_skipped(skipped)}", file=sys.stderr)
    return DONE


def _format_skipped(skipped: list[Contact]) -> str:
    """Return how many contacts were skipped and name the first of them."""
    named = [one_line(contact.address or contact.name, 40) for contact in skipped]
    first = ", ".join(f'"{name}"' for name in named[:_MAX_NAMED])
    more = ", …" if len(named) > _MAX_NAMED else ""
    return f"{len(skipped)} skipped, no valid number: {first}{more}"


async def _add_contacts(desk: Preferences, contacts: list[Contact]) -> ImportResult:
    """Store the contacts, with a progress bar if stderr is a terminal."""
    progress = partial(_show_import_progress, total=len(contacts)) if sys.stderr.isatty() else None
    clock, rng = SystemClock(), random.Random()
    async with open_store(desk, clock, rng) as store:
        book = Contacts(store.database, clock, rng)
        return await book.import_contacts(contacts, region=desk.default_region, progress=progress)


def _show_import_progress(done: int, total: int) -> None:
    """Show how many contacts are stored."""
    show_progress(done, total, "contacts")
