"""Write to an inbox, or follow its events, in a separate process that a test kills.

Run `python -m tests.store.journal_process DATABASE write NAME`, or `… follow ID`, which prints the
id of each event.
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
from pathlib import Path
from typing import Any

from tests.store.builders import ACCOUNT, get_conversation, make_reply
from tui.clock import SystemClock
from tui.domain.database import Database, ServerDatabase
from tui.store.store import Store


async def write_forever(store: Store, name: str) -> None:
    """Receive, note and triage until killed."""
    party = f"+614915700{sum(map(ord, name)) % 90 + 10}"
    for n in itertools.count():
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}", party, id=f"{name}-{n}")])
        thread = await get_conversation(store, party)
        await store.messages.add_note(thread.id, name, f"note {n}")
        await store.triage.set_star([thread.id], name, on=bool(n % 2))


async def follow_forever(store: Store, after: int) -> None:
    """Print the ids of events until killed, as `smsdesk follow` does."""
    number = await store.feed.get_last_number()
    after = await print_events(store, after)
    async with contextlib.aclosing(store.feed.watch_changes(after=number)) as batches:
        async for _ in batches:
            after = await print_events(store, after)


async def print_events(store: Store, after: int) -> int:
    """Print the ids of all events after one; return the last one."""
    while found := await store.journal.list_happenings(after):
        for one in found:
            print(one.entry.id, flush=True)
        after = found[-1].entry.id
    return after


def parse_database(text: str) -> Database:
    """Return the database of an argument."""
    values: dict[str, Any] = json.loads(text)
    return Path(values["path"]) if "path" in values else ServerDatabase(**values)


async def main(database: str, what: str, value: str) -> None:
    """Run one task on a store of this process."""
    owner = f"{what}-{value}"
    rng, clock = random.Random(owner), SystemClock()
    async with Store(parse_database(database), clock=clock, rng=rng, owner=owner) as store:
        await (
            write_forever(store, value) if what == "write" else follow_forever(store, int(value))
        )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
