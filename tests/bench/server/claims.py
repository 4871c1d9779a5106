"""Let processes with wrong clocks claim, die and race on one PostgreSQL server.

    python -m tests.bench.server claims

Four senders, whose clocks are wrong by up to 5 s, claim and send messages and are
killed again and again. Then two agents race to answer questions. It prints how many
messages were sent twice, or not at all and without a word (0 and 0 are right).
"""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from pathlib import Path

from tests.store.builders import ACCOUNT, get_conversation, make_outgoing, make_reply
from tui.clock import SECOND, SystemClock
from tui.domain.database import ServerDatabase
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.store.errors import StaleReply
from tui.store.event_rows import SendRecord
from tui.store.store import Store

ROOT = Path(__file__).parents[3]
SKEWS = (-5, -2, 2, 5)
"""By how many seconds the clocks of the hosts are wrong."""
_BATCH = 20
_DEAD_AFTER_MS = 10 * SECOND


class WrongClock(SystemClock):
    """Clock of a host whose time of day is wrong."""

    def __init__(self, skew: float) -> None:
        """Create the clock.

        Args:
            skew: Seconds by which it is ahead; negative if it is behind.
        """
        super().__init__()
        self._skew_ms = round(skew * SECOND)

    def now(self) -> int:
        """Return the wrong time, or the right one once it follows a server."""
        return super().now() + self._skew_ms


def open_host(address: str, name: str, skew: float) -> Store:
    """Return the store of a process on another host.

    Args:
        address: Address of the database.
        name: Name of the process.
        skew: Seconds by which its clock is wrong.
    """
    database = ServerDatabase(address, name=address)
    return Store(database, clock=WrongClock(skew), rng=random.Random(name), owner=name)


async def send_all(store: Store, name: str, log: Path) -> None:
    """Claim and send until nothing is left; each sent text is one line of a file at once.

    Args:
        store: Store of this process.
        name: Name of this process.
        log: File that stands for the provider.
    """
    with log.open("a", buffering=1) as provider:
        while True:
            await store.leases.renew_leases(name, "service", [], duration_ms=8_000, preferred=False)
            claimed = await store.outbox.claim_due_messages(name, ACCOUNT, _BATCH)
            if not claimed:
                return
            for one in claimed:
                provider.write(f"{one.message.body}\n")
            records = [
                (one.message.id, SendRecord(Status.ACCEPTED, f"p-{one.message.id}"))
                for one in claimed
            ]
            await store.outbox.settle_messages(records)


async def race(store: Store, name: str, rounds: int) -> int:
    """Answer each question at once; return how often this process was first.

    Args:
        store: Store of this process.
        name: Name of this process.
        rounds: Number of questions.
    """
    won = 0
    while True:
        thread = await get_conversation(store)
        (newest,) = await store.messages.list_before(thread.id, 1 << 62, 1)
        kind, number = newest.body.split()
        if int(number) >= rounds:
            return won
        if kind != "question":
            await asyncio.sleep(0)
            continue
        try:
            answer = make_outgoing(f"answer {number}", agent=name)
            await store.intents.queue_message(answer, seen_upto=newest.id)
        except StaleReply:
            continue
        won += 1
        question = make_reply(f"question {int(number) + 1}", id=f"q{int(number) + 1}")
        await store.ingest.store_events(ACCOUNT, [question])


async def run_host(what: str, address: str, name: str, skew: str, extra: str) -> None:
    """Do the work of one process."""
    async with open_host(address, name, float(skew)) as store:
        if what == "send":
            await send_all(store, name, Path(extra))
        else:
            print(json.dumps(await race(store, name, int(extra))))


async def start_host(
    what: str, address: str, name: str, skew: float, extra: str
) -> asyncio.subprocess.Process:
    """Start a process on "another host".

    Args:
        what: `send` or `race`.
        address: Address of the database.
        name: Name of the process.
        skew: Seconds by which its clock is wrong.
        extra: File of the sent texts, or number of rounds.
    """
    command = [sys.executable, "-m", "tests.bench.server.claims", what, address, name]
    return await asyncio.create_subprocess_exec(
        *command, str(skew), extra, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def measure_claims(address: str, log: Path, messages: int, kills: int) -> dict[str, int]:
    """Return how many messages were sent twice, lost, and left uncertain.

    Args:
        address: Address of an empty database.
        log: File that stands for the provider.
        messages: Number of messages.
        kills: How many processes are killed meanwhile.
    """
    rng = random.Random(1)
    async with open_host(address, "judge", 0) as store:
        for number in range(messages):
            await store.intents.queue_message(make_outgoing(f"text {number}"))
        log.touch()
        names = iter(range(10_000))
        hosts = {
            skew: await start_host("send", address, f"host{next(names)}", skew, str(log))
            for skew in SKEWS
        }
        for kill in range(kills):
            aim = messages * (kill + 1) // (kills + 2)
            while len(log.read_text().splitlines()) < aim:
                await asyncio.sleep(0.005)
            skew = rng.choice(SKEWS)
            if hosts[skew].returncode is None:
                hosts[skew].send_signal(signal.SIGKILL)
            await hosts[skew].wait()
            hosts[skew] = await start_host("send", address, f"host{next(names)}", skew, str(log))
        for host in hosts.values():
            await host.wait()
        # The claims of the killed ones are judged once they count as dead.
        dead_before = store.outbox._clock.now() + _DEAD_AFTER_MS
        uncertain = await store.outbox.settle_abandoned_claims(dead_before)
        return await _judge(store, Counter(log.read_text().splitlines()), uncertain)


async def _judge(store: Store, sent: Counter[str], uncertain: int) -> dict[str, int]:
    """Compare what is stored with what was sent."""
    thread = await get_conversation(store)
    found = await store.messages.list_before(thread.id, 1 << 62, 1_000_000)
    accepted = {m.body for m in found if m.status is Status.ACCEPTED}
    doubtful = {m.body for m in found if m.status is Status.UNCERTAIN}
    lost = [m.body for m in found if m.body not in accepted | doubtful]
    return {
        "messages": len(found),
        "sent twice": sum(count > 1 for count in sent.values()),
        "lost": len(lost) + len(accepted - sent.keys()),
        "uncertain after kills": uncertain,
    }


async def measure_races(address: str, rounds: int) -> dict[str, int]:
    """Return how many questions were answered twice, or not.

    Args:
        address: Address of an empty database.
        rounds: Number of questions.
    """
    async with open_host(address, "judge", 0) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("question 0", id="q0")])
        hosts = [
            await start_host("race", address, name, skew, str(rounds))
            for name, skew in (("ana", -5), ("bo", 5))
        ]
        won = [json.loads((await host.communicate())[0]) for host in hosts]
        thread = await get_conversation(store)
        found = await store.messages.list_before(thread.id, 1 << 62, 1_000_000)
        answers = Counter(m.body for m in found if m.direction is Direction.OUT)
        return {
            "rounds": rounds,
            "answered twice": sum(count > 1 for count in answers.values()),
            "not answered": rounds - len(answers),
            "won by the slower": min(won),
        }


if __name__ == "__main__":  # one host of a measurement
    asyncio.run(run_host(*sys.argv[1:6]))
