"""Work on an inbox as several hosts do, while the test does something to its server."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.sync.doubles import ScriptedProvider
from tests.waiting import wait_until
from tui.clock import Clock
from tui.domain.change import Change
from tui.domain.database import ServerDatabase
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.store.errors import StoreError, UnknownOutcome
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService


class Load:
    """A service that sends, a desk that queues texts, and a listener that stores replies."""

    def __init__(self, database: ServerDatabase, clock: Clock) -> None:
        """Create it; `run` works during a block.

        Args:
            database: Inbox.
            clock: Clock of all of them.
        """
        self.sent: Counter[str] = Counter()
        """How often each text reached the provider."""
        self.queued: list[str] = []
        """Texts of which the desk knows that they are stored."""
        self.replies: list[str] = []
        """Replies that were confirmed to the provider."""
        self.failures: Counter[str] = Counter()
        """How often the store refused, by the kind of its error."""
        self.lines: list[str] = []
        """Lines of the log."""
        self.changes: list[Change] = []
        self._database = database
        self._clock = clock

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Work during the block, then until all that was queued is sent."""
        async with (
            self._open("service") as service_store,
            self._open("desk") as desk,
            self._open("listener") as listener,
        ):
            service = SyncService(
                service_store,
                [ServedAccount(ACCOUNT, ScriptedProvider(send=self._send))],
                self._clock,
                random.Random(5),
                kind="service",
                agent="service",
                log=lambda event, **fields: self.lines.append(f"{event} {fields}"),
                alarms=False,
            )
            async with service:
                tasks = [
                    asyncio.create_task(work)
                    for work in (self._queue(desk), self._receive(listener), self._follow(desk))
                ]
                try:
                    await self.wait_for_progress()
                    yield
                    await self.wait_for_progress()
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                # A write that was cancelled goes on to its end, which this one comes after.
                await wait_until(lambda: self._write_nothing(desk))
                await wait_until(lambda: self._write_nothing(listener))
                try:
                    await wait_until(lambda: self._is_all_sent(desk), timeout=60)
                except AssertionError:
                    raise AssertionError("not sent:\n" + "\n".join(self.lines[-30:])) from None
            await self._check(desk)

    async def wait_for_progress(self) -> None:
        """Wait until every part has done some work since now."""
        sent, queued, replies = len(self.sent), len(self.queued), len(self.replies)
        changes = len(self.changes)
        await wait_until(
            lambda: (
                (
                    len(self.sent) > sent + 2
                    and len(self.queued) > queued + 2
                    and len(self.replies) > replies + 2
                    and len(self.changes) > changes
                )
                or None
            ),
            timeout=60,
            what="work goes on",
        )

    def _open(self, owner: str) -> Store:
        """Return the store of one process."""
        rng = random.Random(owner)
        return Store(self._database, clock=self._clock, rng=rng, owner=owner)

    async def _send(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Accept messages and count them."""
        self.sent.update(message.text for message in messages)
        return [SendAccepted(f"p-{message.reference}") for message in messages]

    async def _queue(self, store: Store) -> None:
        """Queue one text after the other."""
        for number in range(100_000):
            body = f"text {number}"
            while not await self._try_to_queue(store, body):
                await asyncio.sleep(0.05)
            self.queued.append(body)
            await asyncio.sleep(0.02)

    async def _try_to_queue(self, store: Store, body: str) -> bool:
        """Queue a text; return whether it is stored."""
        try:
            await store.intents.queue_message(make_outgoing(body))
        except UnknownOutcome as error:
            self.failures[type(error).__name__] += 1
            return await self._look_for(store, body)
        except StoreError as error:
            self.failures[type(error).__name__] += 1
            return False
        return True

    async def _look_for(self, store: Store, body: str) -> bool:
        """Return whether a text is stored, as an agent looks before repeating it."""
        while True:
            with contextlib.suppress(StoreError):
                thread = await get_conversation(store)
                newest = await store.messages.list_before(thread.id, 1 << 62, 20)
                return any(message.body == body for message in newest)
            await asyncio.sleep(0.05)

    async def _receive(self, store: Store) -> None:
        """Store one reply after the other, each until it is stored."""
        for number in range(100_000):
            reply = make_reply(f"reply {number}", id=f"r{number}")
            while True:
                try:
                    await store.ingest.store_events(ACCOUNT, [reply])
                    break
                except StoreError as error:
                    self.failures[type(error).__name__] += 1
                await asyncio.sleep(0.05)
            self.replies.append(reply.text)
            await asyncio.sleep(0.02)

    async def _follow(self, store: Store) -> None:
        """Follow the changes, as a screen does."""
        async for changes in store.feed.watch_changes():
            self.changes.extend(changes)

    async def _write_nothing(self, store: Store) -> bool:
        """Return whether a transaction without content could be made."""
        with contextlib.suppress(StoreError):
            await store.database.write(lambda transaction: None)
            return True
        return False

    async def _is_all_sent(self, store: Store) -> bool:
        """Return whether no message waits or is being sent."""
        try:
            return not await store.database.read(
                lambda connection: connection.execute(
                    "select count(*) from messages where status in ('queued', 'sending')"
                ).fetchone()[0]
            )
        except StoreError:
            return False

    async def _check(self, store: Store) -> None:
        """Check that nothing was lost, doubled or sent twice."""
        await check_counters_and_summaries(store)
        thread = await get_conversation(store, MIA)
        found = await store.messages.list_before(thread.id, 1 << 62, 100_000)
        outgoing = Counter(m.body for m in found if m.direction is Direction.OUT)
        incoming = Counter(m.body for m in found if m.direction is Direction.IN)
        assert set(self.queued) <= outgoing.keys(), "a text was lost"
        assert set(self.replies) <= incoming.keys(), "a reply was lost"
        assert max(outgoing.values()) == max(incoming.values()) == 1, "something is stored twice"
        wrong = (self.sent - outgoing, outgoing - self.sent)
        assert self.sent == outgoing, f"not every text was sent exactly once: {wrong}"
        statuses = Counter(m.status for m in found if m.direction is Direction.OUT)
        assert set(statuses) == {Status.ACCEPTED}, statuses
