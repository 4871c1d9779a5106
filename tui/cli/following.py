"""Follows one queued message to its end, and sends it itself while nobody else does."""

import asyncio
import contextlib
import random
import sys
from argparse import Namespace
from collections.abc import AsyncIterator

from tui.cli import context
from tui.cli.errors import DONE, FAILED
from tui.cli.show import write
from tui.clock import Clock
from tui.domain.account import AccountState, Health
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.store import Store

_LOOK = 2.0
"""Seconds between two looks whether somebody sends, and at the message if no news came."""
_HERE = frozenset({Status.QUEUED, Status.SENDING})
_DOUBT = "waiting for the provider's word on it; Ctrl+C leaves it to the inbox"


async def follow(
    store: Store, message: Message, arguments: Namespace, clock: Clock, rng: random.Random
) -> int:
    """Print every change of the message; 0 when it was delivered, 1 when it ended otherwise.

    `arguments` are those of `smsdesk send`. When cancelled (Ctrl+C) it says where the message
    stays, and how to look at it.
    """
    following = _Following(store, message, arguments, clock, rng)
    try:
        return await following.run()
    except asyncio.CancelledError:
        last = await store.messages.get(message.id) or message
        print(f"smsdesk: {_where_it_stays(last, arguments.to)}", file=sys.stderr)
        raise


def _where_it_stays(message: Message, to: str) -> str:
    """What becomes of a message that nobody follows any more."""
    look = f'look with: smsdesk messages "{one_line(to, 60)}"'
    if message.status in _HERE:
        return f"it stays queued and goes out with the next open inbox or smsdesk sync; {look}"
    if message.status is not None and message.status.final:
        return f"it ended as {message.status.value}; {look}"
    if message.status is Status.UNCERTAIN:
        return f"it may or may not have gone out: an open inbox settles it; {look}"
    return f"it has gone to the provider and takes its course; {look}"


class _Following:
    """One message on its way."""

    def __init__(
        self,
        store: Store,
        message: Message,
        arguments: Namespace,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        """It has just been queued."""
        self._store = store
        self._message = message
        self._arguments = arguments
        self._clock = clock
        self._rng = rng
        self._shown = (Status.QUEUED, "")
        self._known: AccountState | None = None
        self._serving = False

    async def run(self) -> int:
        """Until the end of the message, or until its account needs a person."""
        self._known = await self._state()
        async with contextlib.AsyncExitStack() as stack:
            async for _ in self._looks(stack):
                await self._send_unless_others_do(stack)
                code = await self._look()
                if code is not None:
                    return code
        raise AssertionError("looks never end by themselves")

    async def _looks(self, stack: contextlib.AsyncExitStack) -> AsyncIterator[None]:
        """Whenever something has changed, and every other second besides."""
        news = asyncio.Event()
        watching = asyncio.create_task(self._watch(news), name="watch")
        stack.push_async_callback(_ended, watching)
        while True:
            yield
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):  # wait_for may swallow a cancellation
                    await news.wait()
            news.clear()

    async def _watch(self, news: asyncio.Event) -> None:
        """Ring for every change in the store."""
        async for _ in self._store.feed.watch():
            news.set()

    async def _send_unless_others_do(self, stack: contextlib.AsyncExitStack) -> None:
        """Serve the account from now on if no live process does."""
        if self._serving or await self._store.leases.holder(self._message.account):
            return
        from tui.serving import pace_of, serving
        from tui.wiring import served

        self._serving = True
        settings = context.settings(self._arguments)
        accounts = served(settings, self._clock)
        for other in [a for a in accounts if a.name != self._message.account]:
            await other.provider.aclose()
        service = serving(
            self._store,
            [account for account in accounts if account.name == self._message.account],
            self._clock,
            self._rng,
            kind="desk",
            agent=self._message.agent,
            pace=pace_of(settings),
        )
        await stack.enter_async_context(service)

    async def _look(self) -> int | None:
        """Show what has changed; the exit code once it is known."""
        message = await self._store.messages.get(self._message.id)
        if message is None or message.status is None:
            return FAILED
        self._show(message, message.status)
        if message.status.final:
            return DONE if message.status is Status.DELIVERED else FAILED
        if message.status is Status.QUEUED and (line := await self._stopped()):
            print(f"smsdesk: {one_line(line, 300)}; the message stays queued", file=sys.stderr)
            return FAILED
        return None

    def _show(self, message: Message, status: Status) -> None:
        """Print a status that was not shown yet, with the reason there is for it."""
        if (status, message.reason) == self._shown:
            return
        self._shown = (status, message.reason)
        words = (message.reason, f"({message.code})" if message.code else "")
        write(f"{status.value:<10} {one_line(' '.join(w for w in words if w), 300)}".rstrip())
        if status is Status.UNCERTAIN:
            print(f"smsdesk: {_DOUBT}", file=sys.stderr)

    async def _stopped(self) -> str:
        """What a person has to mend before the account sends; empty while it may send."""
        state = await self._state()
        if state is None or state.health is not Health.STOPPED or state == self._known:
            return ""
        return f"{state.name}: {state.line}"

    async def _state(self) -> AccountState | None:
        """How the account is doing."""
        return (await self._store.accounts.states()).get(self._message.account)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
