"""Test the self-test at the listener: answered, recorded, and never taken for a push."""

import random

import httpx
import pytest

from tests.sync.doubles import PUSH_ONLY
from tests.sync.test_listener import REPLY, PushProvider, make_reader
from tests.waiting import wait_until
from tui.clock import MINUTE, ManualClock
from tui.store.errors import Busy
from tui.store.store import Store
from tui.sync.context import ServedAccount, discard_log
from tui.sync.heartbeat import announce_listener
from tui.sync.lease import ProcessIdentity
from tui.sync.listener import create_listener
from tui.sync.probe import PROBE_HEADER, sign_answer, sign_probe

SECRET = "s3cret-part"
NONCE = "0123abcd"


def open_client(store: Store, provider: PushProvider, clock: ManualClock) -> httpx.AsyncClient:
    """Return a client that calls the listener of one account."""
    accounts = [ServedAccount("s", provider, hook_secret=SECRET)]
    app = create_listener(store, accounts, discard_log, clock)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")


async def count_stored(store: Store) -> int:
    """Return how many events, messages and conversations there are."""
    sql = "select (select count(*) from events) + (select count(*) from messages)"
    found = await store.database.read(
        lambda c: c.execute(f"{sql} + (select count(*) from conversations)").fetchone()
    )
    return int(found[0])


@pytest.mark.parametrize("path", [f"/hooks/s/{SECRET}", f"/hooks/s/{SECRET}/inbound"])
async def test_a_valid_self_test_is_recorded_and_answered_and_is_no_push(
    store: Store, clock: ManualClock, path: str
) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider, clock) as client:
        header = sign_probe(SECRET, "s", NONCE, clock.now())
        answer = await client.post(path, headers={PROBE_HEADER: header})
    assert (answer.status_code, answer.text) == (200, sign_answer(SECRET, "s", NONCE))
    assert await store.listeners.find_probe(NONCE) == "s"
    assert provider.pushes == []
    assert await count_stored(store) == 0
    assert "s" not in await store.accounts.get_states()


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (sign_probe("another", "s", NONCE, ManualClock().now()), "signature"),
        (sign_probe(SECRET, "other", NONCE, ManualClock().now()), "signature"),
        (sign_probe(SECRET, "s", NONCE, ManualClock().now()) + "0", "signature"),
        (sign_probe(SECRET, "s", NONCE, ManualClock().now()).replace(NONCE, "999"), "signature"),
        (sign_probe(SECRET, "s", NONCE, ManualClock().now() - 6 * MINUTE), "differ by 6m"),
        (sign_probe(SECRET, "s", NONCE, ManualClock().now() + 6 * MINUTE), "differ by 6m"),
        (sign_probe(SECRET, "s", NONCE, 10**40), "differ"),
        ("", "version"),
        ("v1", "version"),
        ("v2 1 a b", "version"),
        ("v1 -5 abc def", "version"),
        ("v1 ٣ abc def", "version"),
    ],
)
async def test_any_other_self_test_is_refused_and_is_no_push_either(
    store: Store, clock: ManualClock, header: str, reason: str
) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider, clock) as client:
        headers = {PROBE_HEADER: header.encode("utf-8")}
        answer = await client.post(f"/hooks/s/{SECRET}", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert answer.text.startswith("smsdesk refused: ") and reason in answer.text
    assert provider.pushes == []
    assert await count_stored(store) == 0
    assert await store.listeners.find_probe(NONCE) == ""


async def test_a_self_test_with_the_wrong_secret_in_the_path_learns_nothing(
    store: Store, clock: ManualClock
) -> None:
    async with open_client(store, PushProvider(make_reader(REPLY)), clock) as client:
        header = sign_probe(SECRET, "s", NONCE, clock.now())
        for path in ("/hooks/s/wrong", f"/hooks/other/{SECRET}", "/"):
            answer = await client.post(path, headers={PROBE_HEADER: header})
            assert (answer.status_code, answer.content) == (404, b"")


async def test_a_self_test_that_cannot_be_stored_is_not_confirmed(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(account: str, nonce: str) -> None:
        raise Busy("locked")

    monkeypatch.setattr(store.listeners, "record_probe", locked)
    async with open_client(store, PushProvider(make_reader(REPLY)), clock) as client:
        header = sign_probe(SECRET, "s", NONCE, clock.now())
        answer = await client.post(f"/hooks/s/{SECRET}", headers={PROBE_HEADER: header})
    assert answer.status_code == 503
    assert sign_answer(SECRET, "s", NONCE) not in answer.text


async def test_a_repeated_push_is_heard(store: Store, clock: ManualClock) -> None:
    async with open_client(store, PushProvider(make_reader(REPLY)), clock) as client:
        await client.post(f"/hooks/s/{SECRET}")
        first = clock.now()
        clock.advance(60)
        await client.post(f"/hooks/s/{SECRET}")
    state = (await store.accounts.get_states())["s"]
    assert (state.event_at, state.push_at) == (first, clock.now())


async def test_the_heartbeats_last_as_long_as_the_listener(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [
        ServedAccount("s", PushProvider(make_reader()), hook_secret=SECRET),
        ServedAccount("polled", PushProvider(make_reader())),
    ]
    assert PUSH_ONLY.has_pushed_replies_only
    fails = [Busy("locked")]
    record = store.listeners.record_heartbeat

    async def record_or_fail(*values: object, **named: object) -> None:
        if fails:
            raise fails.pop()
        await record(*values, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(store.listeners, "record_heartbeat", record_or_fail)
    async with announce_listener(
        *(store, accounts, clock, random.Random(1), discard_log),
        identity=ProcessIdentity("mia", "desk"),
        host="srv",
        address="http://127.0.0.1:1",
    ):
        await wait_until(lambda: clock.sleeper_count)
        clock.advance(1)
        for _ in range(5):
            now = clock.now()

            async def was_seen(now: int = now) -> bool:
                state = (await store.accounts.get_states()).get("s")
                return (
                    state is not None
                    and state.listener is not None
                    and (state.listener.seen_at >= now)
                )

            await wait_until(was_seen)
            await wait_until(lambda: clock.sleeper_count)
            clock.advance(4)
    states = await store.accounts.get_states()
    assert states["s"].listener is not None and states["s"].listener.has_ended
    assert "polled" not in states
