"""Test that what a listener or poller could not use comes in after the fix, exactly once."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.store.consistency import check_counters_and_summaries
from tests.sync.doubles import Killed, Life, ScriptedProvider
from tui.clock import ManualClock
from tui.domain.arrivals import Refusal
from tui.domain.events import Cause, Event, EventKind, Reply, Unreadable
from tui.providers.errors import NotPossible
from tui.providers.messagemedia import MessageMedia
from tui.providers.messente import Messente
from tui.providers.protocol import Push, PushAnswer
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.held_retry import retry_items, to_arrival, to_push
from tui.sync.listener import create_listener

SECRET = "s3cret-part"
INBOUND = {
    "channel": "sms",
    "sender": "+37251000000",
    "recipient": "+37251990011",
    "time": "2026-11-20T09:15:42.000000Z",
}


def make_messente(clock: ManualClock, inbound_secret: str) -> ServedAccount:
    """Return an account at Messente that knows this secret of its number."""
    provider = Messente(
        base_url="https://desk.test",
        api_key="user",
        api_secret="password",
        inbound_secret=inbound_secret,
        clock=clock,
    )
    return ServedAccount("mo", provider, hook_secret=SECRET)


async def push(
    store: Store, account: ServedAccount, body: bytes, path: str = "", **headers: str
) -> int:
    """Push to the listener and return the HTTP status of its answer."""
    transport = httpx.ASGITransport(create_listener(store, [account]))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        path = path or f"/hooks/{account.name}/{SECRET}/inbound"
        return (await client.post(path, content=body, headers=headers)).status_code


def sign_inbound(body: bytes, secret: str) -> dict[str, str]:
    """Return the header with which Messente signs an inbound message."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Messente-Signature": digest, "Content-Type": "application/json"}


async def list_texts(store: Store) -> list[str]:
    """Return every stored text."""
    found = await store.database.read(lambda c: c.execute("select body from messages").fetchall())
    return [row[0] for row in found]


async def test_replies_with_a_wrong_secret_come_in_after_the_fix(
    store: Store, clock: ManualClock
) -> None:
    wrong, right = make_messente(clock, "wrong"), make_messente(clock, "number-secret")
    for number in range(3):
        body = json.dumps({**INBOUND, "msg_id": f"in-{number}", "text": f"{number}"}).encode()
        assert await push(store, wrong, body, **sign_inbound(body, "number-secret")) == 403
    items = await store.held_items.list_held()
    assert {item.reason.cause for item in items} == {Cause.SIGNATURE}
    assert await list_texts(store) == []

    still = await retry_items(store, {"mo": wrong}, items, "ana")
    assert (still.taken, still.still_held, still.first_reason) == (0, 3, items[0].reason.text)
    done = await retry_items(store, {"mo": right}, items, "ana")
    assert (done.taken, done.still_held, done.new_events) == (3, 0, 3)
    assert sorted(await list_texts(store)) == ["0", "1", "2"]
    assert await store.held_items.list_held() == []
    await right.provider.aclose()
    await wrong.provider.aclose()


async def test_all_of_a_long_item_is_read_again_though_lists_have_its_beginning(
    store: Store, clock: ManualClock
) -> None:
    text = "a" * 20_000
    wrong, right = make_messente(clock, "wrong"), make_messente(clock, "number-secret")
    body = json.dumps({**INBOUND, "msg_id": "in-long", "text": text}).encode()
    await push(store, wrong, body, **sign_inbound(body, "number-secret"))
    (item,) = await store.held_items.list_held()
    assert (len(item.arrival.body), item.size) == (16_000, len(body))
    result = await retry_items(store, {"mo": right}, [item], "ana")
    assert (result.taken, result.still_held) == (1, 0)
    assert await list_texts(store) == [text]
    await right.provider.aclose()
    await wrong.provider.aclose()


async def test_an_item_of_an_account_that_is_gone_stays_held(
    store: Store, clock: ManualClock
) -> None:
    account = make_messente(clock, "wrong")
    assert await push(store, account, b"{}") == 403
    result = await retry_items(store, {}, await store.held_items.list_held(), "ana")
    assert result.still_held == 1
    assert "not in the settings" in result.first_reason
    await account.provider.aclose()


class PolledProvider(ScriptedProvider):
    """Parse the items of its pages with a function of the test."""

    def __init__(self, parse: Any) -> None:
        """Keep the function that parses an item."""
        super().__init__()
        self.parse = parse

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Parse one item."""
        return self.parse(kind, item)  # type: ignore[no-any-return]


async def test_a_polled_item_is_parsed_again_by_its_kind(store: Store) -> None:
    bad = Unreadable("r1", "no text", '{"id": 1}', source=EventKind.RECEIPT)
    await store.ingest.store_events("s", [bad])
    parsed = []

    def parse(kind: EventKind, item: str) -> Event:
        parsed.append((kind, item))
        return Reply("r1", "+61491570156", "Hello?", None, item)

    account = ServedAccount("s", PolledProvider(parse))
    items = await store.held_items.list_held()
    assert (await retry_items(store, {"s": account}, items, "ana")).taken == 1
    assert parsed == [(EventKind.RECEIPT, '{"id": 1}')]
    assert await list_texts(store) == ["Hello?"]


async def test_a_polled_item_that_still_fails_says_why(store: Store) -> None:
    await store.ingest.store_events("s", [Unreadable("r1", "no text", "{}")])

    def refuse(kind: EventKind, item: str) -> Event:
        raise NotPossible("It has no pages")

    account = ServedAccount("s", PolledProvider(refuse))
    items = await store.held_items.list_held()
    result = await retry_items(store, {"s": account}, items, "ana")
    assert (result.still_held, result.first_reason) == (1, "It has no pages")


def test_a_kept_push_has_neither_secret_nor_credentials() -> None:
    pushed = Push(
        "POST",
        f"/hooks/mm/{SECRET}/a?b=c",
        "a",
        [("b", "c")],
        {"authorization": "Basic x", "cookie": "y", "x-signature": "z"},
        b"\x00\xff",
        "1.0",
    )
    arrival = to_arrival(pushed, SECRET)
    assert SECRET not in repr(arrival) + arrival.target
    assert arrival.headers == {"x-signature": "z"}
    again = to_push(arrival, SECRET)
    assert (again.path, again.body, again.http_version) == (pushed.path, pushed.body, "1.0")
    assert again.query == (("b", "c"),)


async def test_requests_with_a_wrong_path_are_counted_and_not_kept(
    store: Store, clock: ManualClock
) -> None:
    provider = MessageMedia(base_url="https://x", api_key="k", api_secret="s", clock=clock)
    account = ServedAccount("mm", provider, hook_secret=SECRET)
    transport = httpx.ASGITransport(create_listener(store, [account]))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        statuses = await asyncio.gather(
            *(client.post(f"/hooks/mm/guess-{n}", content=b"x" * 1000) for n in range(50)),
            *(client.post(f"/hooks/other/guess-{n}", content=b"x") for n in range(7)),
        )
        assert {answer.status_code for answer in statuses} == {404}
        assert (await client.get(f"/hooks/mm/{SECRET}")).status_code == 200

        async def read_counts() -> dict[tuple[str, Refusal], int]:
            found = await store.held_items.list_refusals()
            return {(f.account, f.refusal): f.count for f in found}

        expected = {
            ("", Refusal.UNKNOWN_ACCOUNT): 7,
            ("mm", Refusal.EMPTY): 1,
            ("mm", Refusal.WRONG_SECRET): 50,
        }
        while await read_counts() != expected:
            await asyncio.sleep(0.02)
    assert await store.held_items.list_held() == []
    await provider.aclose()


async def test_a_parser_that_finds_nothing_in_content_is_no_loss(store: Store) -> None:
    class Silent(ScriptedProvider):
        def read_push(self, push: Push) -> PushAnswer:
            return PushAnswer()

    await push(
        store,
        ServedAccount("s", Silent(), hook_secret=SECRET),
        b"words of a customer",
        f"/hooks/s/{SECRET}",
    )
    (held,) = await store.held_items.list_held()
    assert held.arrival.body == b"words of a customer"


async def test_a_long_push_is_read_beside_the_screen(store: Store) -> None:
    threads: list[threading.Thread] = []

    class Slow(ScriptedProvider):
        """Provider that notes which thread reads its pushes."""

        def read_push(self, push: Push) -> PushAnswer:
            """Read nothing."""
            threads.append(threading.current_thread())
            return PushAnswer(())

    account = ServedAccount("s", Slow(), hook_secret=SECRET)
    for length in (10, 200_000):
        assert await push(store, account, b"x" * length, f"/hooks/s/{SECRET}") == 200
    await retry_items(store, {"s": account}, await store.held_items.list_held(), "ana")
    here = threading.current_thread()
    assert [thread is here for thread in threads] == [True, False, True, False]


_STEPS = 18
"""Possible ends of a life: before and after every write of three pushes and their retry."""


async def push_and_retry(store: Store, clock: ManualClock, life: Life, texts: set[str]) -> None:
    """Push the texts with a wrong secret in the settings, then take in what is held.

    Args:
        store: Store of the process.
        clock: Source of the current time.
        life: Life of the process; each write is a possible end.
        texts: Texts that the provider still pushes; answered ones are removed.
    """
    store.database.write = life.make_mortal(store.database.write)  # type: ignore[method-assign, assignment]
    wrong, right = make_messente(clock, "wrong"), make_messente(clock, "number-secret")
    try:
        for text in sorted(texts):
            body = json.dumps({**INBOUND, "msg_id": f"in-{text}", "text": text}).encode()
            await push(store, wrong, body, **sign_inbound(body, "number-secret"))
            texts.discard(text)
        items = await store.held_items.list_held()
        await retry_items(store, {"mo": right}, items, "ana")
    finally:
        await wrong.provider.aclose()
        await right.provider.aclose()


async def run_two_lives(folder: Path, life: Life) -> None:
    """Push and retry in one process until its life ends, then in another one, and compare."""
    clock, texts = ManualClock(), {"one", "two", "three"}

    def open_store(owner: str) -> Store:
        return Store(folder / "inbox.db", clock=clock, rng=random.Random(1), owner=owner)

    async with open_store("first") as store:
        with contextlib.suppress(Killed):
            await push_and_retry(store, clock, life, texts)
    async with open_store("second") as store:
        await push_and_retry(store, clock, Life(), texts)
        assert sorted(await list_texts(store)) == ["one", "three", "two"]
        assert await store.held_items.list_held() == []
        await check_counters_and_summaries(store)
        states = await store.database.read(
            lambda c: c.execute("select state, count(*) from arrivals group by state").fetchall()
        )
        assert [tuple(row) for row in states] == [("retaken", 3)]


async def test_an_undisturbed_process_holds_and_takes_in_everything(tmp_path: Path) -> None:
    life = Life()
    await run_two_lives(tmp_path, life)
    assert life.steps == _STEPS


@pytest.mark.parametrize("step", range(1, _STEPS + 1))
async def test_a_kill_at_any_step_loses_nothing_and_takes_in_nothing_twice(
    tmp_path: Path, step: int
) -> None:
    life = Life(ends_at=step)
    await run_two_lives(tmp_path, life)
    assert life.is_over
