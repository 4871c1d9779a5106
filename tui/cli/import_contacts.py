"""`smsdesk import contacts FILE`: names for numbers, from CSV or vCard."""

import asyncio
import random
import sys
from argparse import Namespace
from functools import partial

from tui.address_book import BadContacts, read_contacts, sorted_out
from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.progress import show_progress
from tui.cli.reading import store_errors
from tui.cli.show import write
from tui.clock import SystemClock
from tui.domain.text import one_line
from tui.settings.desk import Desk
from tui.store.contacts import Contact, Contacts, Imported
from tui.wiring import open_store

_NAMED = 3
"""So many of those left out are named."""


def run(arguments: Namespace) -> int:
    """Import all contacts that have a number; a file that has none is bad use."""
    desk = context.desk(arguments)
    try:
        found = read_contacts(arguments.file)
    except BadContacts as problem:
        raise CommandError(str(problem), BAD_USE) from None
    usable, skipped = sorted_out(found, desk.default_region)
    if not usable:
        line = f"{arguments.file} holds no contact with a valid number"
        raise CommandError(f"{line}; write them with + and the country code", BAD_USE)
    with store_errors():
        imported = asyncio.run(_add(desk, usable))
    write(f"{imported.contacts} contacts, {imported.renamed} conversations renamed")
    if skipped:
        print(f"smsdesk: {_skipped_words(skipped)}", file=sys.stderr)
    return DONE


def _skipped_words(skipped: list[Contact]) -> str:
    """How many are left out, and the first of them by what the file has of them."""
    named = [one_line(contact.address or contact.name, 40) for contact in skipped]
    first = ", ".join(f'"{words}"' for words in named[:_NAMED])
    more = ", …" if len(named) > _NAMED else ""
    return f"{len(skipped)} skipped, no valid number: {first}{more}"


async def _add(desk: Desk, contacts: list[Contact]) -> Imported:
    """Store them, showing how far it is on a terminal."""
    bar = partial(_tell, total=len(contacts)) if sys.stderr.isatty() else None
    clock, rng = SystemClock(), random.Random()
    async with open_store(desk, clock, rng) as store:
        book = Contacts(store.database, clock, rng)
        return await book.add(contacts, region=desk.default_region, progress=bar)


def _tell(done: int, total: int) -> None:
    """How many are on disk."""
    show_progress(done, total, "contacts")
