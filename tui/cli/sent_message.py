"""Follow one queued message to its final status.

If no other process serves the account, this process sends the message itself.
"""

import asyncio
import contextlib
import random
import sys
from argparse import Namespace
from collections.abc import AsyncIterator

from tui.cli import context
from tui.cli.errors import DONE, FAILED, TIMED_OUT
from tui.cli.show import write_line
from tui.clock import Clock
from tui.desk.badges import BADGES
from tui.domain.account import AccountState, Health
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.store import Store

_POLL_SECONDS = 2.0
"""Seconds between two checks if the store reports no change."""
_UNSENT_STATUSES = frozenset({Status.QUEUED, Status.SENDING})
"""Statuses of a message that has not left this machine."""
_UNCERTAIN_NOTE = "waiting for the provider to confirm it; Ctrl+C leaves it to the inbox"


async def follow_message(
    store: Store, message: Message, arguments: Namespace, clock: Clock, rng: random.Random
) -> int:
    """Print every status change of a message until it is final.

    If cancelled (Ctrl+C) or out of time, print the current state and the command that shows it
    later.

    Args:
        store: Open store.
        message: Message that has just been queued.
        arguments: Parsed arguments of `smsdesk send`.
        clock: Source of the current time.
        rng: Source of randomness for retry delays.

    Returns:
        Exit code: 0 when the message was delivered, 1 when it ended otherwise, 3 when the time
        of `--timeout` was over before.
    """
    follower = _MessageFollower(store, message, arguments, clock, rng)
    seconds = vars(arguments).get("timeout")
    try:
        async with asyncio.timeout(seconds) as limit:
            return await follower.run()
    except asyncio.CancelledError:
        last = await store.messages.get(message.id) or message
        print(f"smsdesk: {_describe_state(last, arguments.to)}", file=sys.stderr)
        raise
    except TimeoutError:
        if not limit.expired():
            raise
    last = await store.messages.get(message.id) or message
    over = f"no result after {seconds:g} s"
    print(f"smsdesk: {over}: {_describe_state(last, arguments.to)}", file=sys.stderr)
    return TIMED_OUT


def _describe_state(message: Message, to: str) -> str:
    """Describe the state of a message that is no longer followed."""
    look = f'look with: smsdesk messages "{one_line(to, 60)}"'
    if message.status is Status.SENDING:
        # The answer of the provider may be lost with this process.
        return f"it was being sent: an open inbox or smsdesk sync shows the result; {look}"
    if message.status in _UNSENT_STATUSES and message.scheduled_at is not None:
        return f"it waits for its time in an open inbox or smsdesk sync; {look}"
    if message.status in _UNSENT_STATUSES:
        return f"it stays queued and goes out with the next open inbox or smsdesk sync; {look}"
    if message.status is not None and message.status.is_final:
        return f"it ended as {BADGES[message.status].label}; {look}"
    if message.status is Status.UNCERTAIN:
        return f"it may or may not have been sent: an open inbox resolves it; {look}"
    return f"it has gone to the provider and takes its course; {look}"


class _MessageFollower:
    """Follow one message and serve its account if no other process does."""

    def __init__(
        self,
        store: Store,
        message: Message,
        arguments: Namespace,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        """Keep a message that has just been queued."""
        self._store = store
        self._message = message
        self._arguments = arguments
        self._clock = clock
        self._rng = rng
        self._printed = (Status.QUEUED, "")
        self._initial_state: AccountState | None = None
        self._serving = False

    async def run(self) -> int:
        """Follow until the message is final or its account has stopped; return the exit code."""
        self._initial_state = await self._read_account_state()
        async with contextlib.AsyncExitStack() as stack:
            async for _ in self._wait_for_changes(stack):
                await self._serve_if_unattended(stack)
                code = await self._check_message()
                if code is not None:
                    return code
        raise AssertionError("the loop never ends by itself")

    async def _wait_for_changes(self, stack: contextlib.AsyncExitStack) -> AsyncIterator[None]:
        """Yield at once, then after every change of the store and at least every two seconds."""
        changed = asyncio.Event()
        watching = asyncio.create_task(self._watch_store(changed), name="watch")
        stack.push_async_callback(_cancel_task, watching)
        while True:
            yield
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(
                    _POLL_SECONDS
                ):  # asyncio.wait_for may lose a cancellation
                    await changed.wait()
            changed.clear()

    async def _watch_store(self, changed: asyncio.Event) -> None:
        """Set the event at every change of the store."""
        async for _ in self._store.feed.watch_changes():
            changed.set()

    async def _serve_if_unattended(self, stack: contextlib.AsyncExitStack) -> None:
        """Serve the account from now on if no running process does."""
        if self._serving or await self._store.leases.get_holder(self._message.account):
            return
        from tui.startup.background import run_service
        from tui.startup.sync_setup import get_polling_pace
        from tui.startup.wiring import open_accounts

        self._serving = True
        settings = context.load_full_settings(self._arguments)
        accounts = open_accounts(settings, self._clock)
        # Every account was opened with the settings; only the one that sends is needed.
        for other in [a for a in accounts if a.name != self._message.account]:
            await other.provider.aclose()
        service = run_service(
            self._store,
            [account for account in accounts if account.name == self._message.account],
            self._clock,
            self._rng,
            kind="desk",
            agent=self._message.agent,
            pace=get_polling_pace(settings),
        )
        await stack.enter_async_context(service)

    async def _check_message(self) -> int | None:
        """Print the changes of the message and return the exit code once it is known."""
        message = await self._store.messages.get(self._message.id)
        if message is None or message.status is None:
            return FAILED
        self._print_status(message, message.status)
        if message.status.is_final:
            return DONE if message.status is Status.DELIVERED else FAILED
        if message.status is Status.QUEUED and (line := await self._describe_stop()):
            print(f"smsdesk: {one_line(line, 300)}; the message stays queued", file=sys.stderr)
            return FAILED
        return None

    def _print_status(self, message: Message, status: Status) -> None:
        """Print a status that was not printed yet, with its reason if there is one."""
        if (status, message.reason) == self._printed:
            return
        self._printed = (status, message.reason)
        parts = (message.reason, f"({message.code})" if message.code else "")
        details = one_line(" ".join(part for part in parts if part), 300)
        write_line(f"{BADGES[status].label:<10} {details}".rstrip())
        if status is Status.UNCERTAIN:
            print(f"smsdesk: {_UNCERTAIN_NOTE}", file=sys.stderr)

    async def _describe_stop(self) -> str:
        """Return why the account has stopped; empty while it may send."""
        state = await self._read_account_state()
        # An account that was stopped before may recover now, so only a new stop ends the command.
        if state is None or state.health is not Health.STOPPED or state == self._initial_state:
            return ""
        return f"{state.name}: {state.line}"

    async def _read_account_state(self) -> AccountState | None:
        """Return the health of the message's account, or None if it is not known yet."""
        return (await self._store.accounts.get_states()).get(self._message.account)


async def _cancel_task(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
