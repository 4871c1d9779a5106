"""What other processes do with one inbox: run as `python -m tests.store.processes WHAT PATH NAME`.

Each prints one line of JSON when it is done.
"""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.store.builders import ACCOUNT, MIA, answer, conversation_with, reply
from tui.clock import SystemClock
from tui.store.errors import StaleReply
from tui.store.store import Store

ROUNDS = 1_000


async def write(store: Store, name: str) -> int:
    """Store texts one by one."""
    for n in range(100):
        await store.ingest.store_events(ACCOUNT, [reply(f"{n}", id=f"{name}-{n}")])
    return 100


async def claim(store: Store, name: str) -> list[int]:
    """Claim until nothing is left."""
    mine: list[int] = []
    while await store.outbox.get_next_due_time(ACCOUNT) is not None:
        mine += [c.message.id for c in await store.outbox.claim_due_messages(name, ACCOUNT, 7)]
    return mine


async def race(store: Store, name: str) -> tuple[int, int]:
    """Answer each question as soon as it is seen; how often this process was first, and late."""
    thread = await conversation_with(store)
    won = lost = 0
    while True:
        (newest,) = await store.messages.list_before(thread.id, 1 << 62, 1)
        kind, number = newest.body.split()
        if int(number) == ROUNDS:
            return won, lost
        if kind == "question":
            first = await _answered(store, name, int(number), newest.id)
            won, lost = won + first, lost + (not first)


async def _answered(store: Store, name: str, number: int, seen: int) -> bool:
    """Try to answer; the winner lets the next question come."""
    try:
        await store.intents.queue_message(
            answer(f"answer {number}", MIA, agent=name), seen_upto=seen
        )
    except StaleReply:
        return False
    await store.ingest.store_events(ACCOUNT, [reply(f"question {number + 1}", id=f"q{number + 1}")])
    return True


async def type_on(store: Store, name: str) -> None:
    """Save a draft character by character, telling each time, until killed."""
    thread = await conversation_with(store)
    body = ""
    while True:
        body += "x"
        await store.drafts.save_draft(thread.id, name, body, began_at=0)
        print(len(body), flush=True)


async def open_only(store: Store, name: str) -> str:
    """Open the file, which may be new, and say so."""
    return name


WHAT: dict[str, Callable[[Store, str], Awaitable[Any]]] = {
    "write": write,
    "claim": claim,
    "race": race,
    "type": type_on,
    "open": open_only,
}


async def main(what: str, path: str, name: str) -> None:
    """Do it on a store of this process's own."""
    rng = random.Random(name)
    async with Store(Path(path), clock=SystemClock(), rng=rng, owner=name) as store:
        print(json.dumps(await WHAT[what](store, name)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
