"""Work on one inbox in a separate process.

Run `python -m tests.store.processes WHAT PATH NAME`. Each process prints one line of
JSON when it is done.
"""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.clock import SystemClock
from tui.store.errors import StaleReply
from tui.store.store import Store

ROUNDS = 1_000


async def write_messages(store: Store, name: str) -> int:
    """Store messages one by one."""
    for n in range(100):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}", id=f"{name}-{n}")])
    return 100


async def claim_messages(store: Store, name: str) -> list[int]:
    """Claim messages until none is left."""
    mine: list[int] = []
    while await store.outbox.get_next_due_time(ACCOUNT) is not None:
        mine += [c.message.id for c in await store.outbox.claim_due_messages(name, ACCOUNT, 7)]
    return mine


async def race_to_answer(store: Store, name: str) -> tuple[int, int]:
    """Answer each question at once; print how often this process was first, and late."""
    thread = await get_conversation(store)
    won = lost = 0
    while True:
        (newest,) = await store.messages.list_before(thread.id, 1 << 62, 1)
        kind, number = newest.body.split()
        if int(number) == ROUNDS:
            return won, lost
        if kind == "question":
            first = await _try_to_answer(store, name, int(number), newest.id)
            won, lost = won + first, lost + (not first)


async def _try_to_answer(store: Store, name: str, number: int, seen: int) -> bool:
    """Try to answer; the winner adds the next question."""
    try:
        await store.intents.queue_message(
            make_outgoing(f"answer {number}", MIA, agent=name), seen_upto=seen
        )
    except StaleReply:
        return False
    await store.ingest.store_events(
        ACCOUNT, [make_reply(f"question {number + 1}", id=f"q{number + 1}")]
    )
    return True


async def type_draft(store: Store, name: str) -> None:
    """Save a draft character by character and print each length, until killed."""
    thread = await get_conversation(store)
    body = ""
    while True:
        body += "x"
        await store.drafts.save_draft(thread.id, name, body, began_at=0)
        print(len(body), flush=True)


async def merge_and_separate(store: Store, name: str) -> int:
    """Merge two conversations and separate them, again and again."""
    for _ in range(40):
        mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
        merge_id = await store.merges.merge_conversations(mia.id, tom.id, name)
        assert await store.merges.undo_merge(merge_id, name)
    return 40


async def work_in_one_of_two(store: Store, party: str) -> int:
    """Receive, note, type and read in a conversation that comes and goes."""
    thread = await get_conversation(store, party)
    for n in range(40):
        reply = make_reply(f"{n}", party, id=f"{party}-{n}")
        await store.ingest.store_events(ACCOUNT, [reply])
        await store.messages.add_note(thread.id, party, f"note {n} of {party}")
        await store.drafts.save_draft(thread.id, party, f"draft {n}", began_at=0)
        await store.conversations.set_read_marker(thread.id, party, thread.last_id)
        await store.triage.set_star([thread.id], party, on=bool(n % 2))
    return 40


async def open_inbox(store: Store, name: str) -> str:
    """Open the file, which may be new, and print a line."""
    return name


async def apply_rules(store: Store, name: str) -> int:
    """Apply the rules until no text is left."""
    from tests.store.rule_worlds import make_helpers

    helpers = make_helpers(SystemClock())
    judged = 0
    while await store.rules.count_waiting():
        judged += await store.rule_work.judge_texts(helpers)
    return judged


WHAT: dict[str, Callable[[Store, str], Awaitable[Any]]] = {
    "write": write_messages,
    "claim": claim_messages,
    "race": race_to_answer,
    "type": type_draft,
    "open": open_inbox,
    "merge": merge_and_separate,
    "work": work_in_one_of_two,
    "rules": apply_rules,
}


async def main(what: str, path: str, name: str) -> None:
    """Run one task on a store of this process."""
    rng = random.Random(name)
    async with Store(Path(path), clock=SystemClock(), rng=rng, owner=name) as store:
        print(json.dumps(await WHAT[what](store, name)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
