"""Turn pushes into what is kept of them and back, and read held items again after a fix."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

from tui.domain.arrivals import Arrival, ArrivalState, Channel, HeldItem, Refusal, RetryResult
from tui.domain.events import Cause, Event, Unreadable
from tui.domain.text import repair_text
from tui.providers.errors import CredentialsRefused, ProviderError, PushTooLong
from tui.providers.protocol import Provider, Push, PushAnswer
from tui.providers.webhook_forms import UnreadableBody
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.context import ServedAccount

_SECRET_MARK = "{secret}"
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers that are not kept; no provider signs its pushes with them."""

_BAD_CONTENT_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""Errors that unforeseen content causes in a push parser."""
NOTHING_FOUND = "It contains neither a message nor a receipt"
"""Why a push is held that a parser takes nothing from."""
_MOST_EVENTS = 5_000
"""Events of one push that are stored in one transaction."""
_FLUSH_SECONDS = 0.5
_LONGEST_READ_AT_ONCE = 4 << 10
"""Bytes of a push that are read while the screen waits: a thousand fields take 40 ms."""


def to_arrival(push: Push, secret: str) -> Arrival:
    """Return what is kept of a push: everything but the account's secret and credentials.

    Args:
        push: Request as the listener received it.
        secret: Secret part of the account's path.
    """
    return Arrival(
        Channel.PUSH,
        push.body,
        method=push.method,
        target=repair_text(push.path.replace(secret, _SECRET_MARK, 1)),
        tail=repair_text(push.tail),
        query=tuple((repair_text(name), repair_text(text)) for name, text in push.query),
        headers={
            name: repair_text(value)
            for name, value in push.headers.items()
            if name not in _CREDENTIAL_HEADERS
        },
        http_version=push.http_version,
    )


def to_push(arrival: Arrival, secret: str) -> Push:
    """Return a kept push as the listener received it.

    Args:
        arrival: What was kept of the push.
        secret: Secret part of the account's path.
    """
    return Push(
        method=arrival.method,
        path=arrival.target.replace(_SECRET_MARK, secret, 1),
        tail=arrival.tail,
        query=arrival.query,
        headers=arrival.headers,
        body=arrival.body,
        http_version=arrival.http_version,
    )


def read_push(provider: Provider, push: Push) -> PushAnswer:
    """Return the events of a push; a push that cannot be read is one event that says why.

    Args:
        provider: Client of the account.
        push: Request as the listener received it.
    """
    try:
        answer = provider.read_push(push)
        if len(answer.events) <= _MOST_EVENTS:
            return answer
        problem = f"It contains more than {_MOST_EVENTS} messages and receipts"
        return PushAnswer((Unreadable("", problem, "", cause=Cause.TOO_LARGE),), status=413)
    except PushTooLong as error:
        too_large = Unreadable("", error.message, "", can_confirm=False, cause=Cause.TOO_LARGE)
        return PushAnswer((too_large,), status=413)
    except CredentialsRefused as error:
        refused = Unreadable("", error.message, "", can_confirm=False, cause=Cause.SIGNATURE)
        return PushAnswer((refused,), status=403)
    except ProviderError as error:
        problem = error.message
    except UnreadableBody as error:
        problem = str(error)
    except _BAD_CONTENT_ERRORS as error:
        problem = f"Its content is not what the provider documents ({type(error).__name__})"
    return PushAnswer((Unreadable("", problem, "", can_confirm=False),))


async def read_push_beside(provider: Provider, push: Push) -> PushAnswer:
    """Return what `read_push` does; a large push is read on a thread, and the screen goes on.

    Args:
        provider: Client of the account.
        push: Request as the listener received it.
    """
    if len(push.body) + len(push.path) > _LONGEST_READ_AT_ONCE:
        return await asyncio.to_thread(read_push, provider, push)
    return read_push(provider, push)


async def retry_items(
    store: Store, accounts: Mapping[str, ServedAccount], items: Sequence[HeldItem], agent: str
) -> RetryResult:
    """Read held items again with the settings of now, oldest first.

    Each item is taken in by one transaction with its messages, so that a process that is killed
    in between loses none and takes in none twice.

    Args:
        store: Store that holds the items.
        accounts: Accounts of the settings by name.
        items: Held items.
        agent: Agent who asked for it.

    Raises:
        StoreError: The store cannot be written to; the items so far are taken in.
    """
    total = RetryResult()
    for identity in sorted(item.id for item in items):
        # Lists have only the beginning of each body.
        item = await store.held_items.get(identity)
        if item is not None and item.state is not ArrivalState.RETAKEN:
            total += await _retry_item(store, accounts.get(item.account), item, agent)
        # A long list must not keep the screen from answering.
        await asyncio.sleep(0)
    return total


async def _retry_item(
    store: Store, account: ServedAccount | None, item: HeldItem, agent: str
) -> RetryResult:
    """Read one held item again."""
    if account is None:
        reason = f'The account "{item.account}" is not in the settings any more'
        return RetryResult(still_held=1, first_reason=reason)
    if item.reason.cause is Cause.TOO_LARGE:
        return RetryResult(still_held=1, first_reason=item.reason.text)
    events = await _read_again(account, item)
    unusable = [event for event in events if isinstance(event, Unreadable)]
    stored = await store.ingest.store_retry(item, events, agent, account.region)
    if stored.unusable:
        reason = unusable[0].problem if unusable else "It could not be stored"
        return RetryResult(still_held=1, new_events=stored.new, first_reason=reason)
    return RetryResult(taken=1, new_events=stored.new)


async def _read_again(account: ServedAccount, item: HeldItem) -> Sequence[Event]:
    """Return the events in a held item; one that is still unreadable says why."""
    arrival = item.arrival
    if arrival.channel is Channel.PUSH:
        push = to_push(arrival, account.hook_secret)
        found = (await read_push_beside(account.provider, push)).events
        return found or (Unreadable("", NOTHING_FOUND, "", can_confirm=False),)
    text = arrival.body.decode("utf-8", "replace")
    try:
        return (account.provider.read_polled_item(arrival.source, text),)
    except ProviderError as error:
        problem = error.message
    except _BAD_CONTENT_ERRORS as error:
        problem = f"Its content is not what the provider documents ({type(error).__name__})"
    return (Unreadable(arrival.tail, problem, text, source=arrival.source),)


class RefusalCounter:
    """Count refused requests in the store, a few times a second at most.

    A flood of wrong secrets costs no transaction for each request.
    """

    def __init__(self, store: Store) -> None:
        """Create the counter of one listener.

        Args:
            store: Where the counts are added.
        """
        self._store = store
        self._counts: Counter[tuple[str, Refusal]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def count(self, account: str, refusal: Refusal) -> None:
        """Count one request.

        Args:
            account: Account that it was for; empty for an unknown name.
            refusal: Why it was refused.
        """
        self._counts[account, refusal] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush_later(), name="count refusals")

    async def flush(self) -> None:
        """Add what was counted to the store; keep it for the next time if that fails."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await self._store.held_items.count_refusals(counts)
        except StoreError:
            self._counts.update(counts)

    async def close(self) -> None:
        """Add the counts of the last moment to the store, because the listener ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def _flush_later(self) -> None:
        """Wait for more requests of a flood, then add them all, until none is left."""
        while self._counts:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self.flush()
