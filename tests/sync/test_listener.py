"""Test pushes: stored before they are answered, and every other request refused."""

import asyncio
import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.types import Message as Part
from starlette.types import Receive, Scope, Send

from tests.sync.conftest import Queue
from tests.sync.doubles import ScriptedProvider
from tui.clock import ManualClock
from tui.domain.conversation import View
from tui.domain.events import Cause, OptOut, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.errors import CredentialsRefused
from tui.providers.errors import UnreadableAnswer as BadContent
from tui.providers.messagemedia import MessageMedia
from tui.providers.protocol import Push, PushAnswer
from tui.providers.webhook_bodies import LONGEST_BODY
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.state import Hook, PushSettings, Sandbox
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import Busy
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.listener import create_listener
from tui.sync.outbox import OutboxSender

SECRET = "s3cret-part"
HOOK = f"/hooks/s/{SECRET}"
REPLY = Reply("r1", "+61491570156", "Hello?", None, "{}")
Read = Callable[[Push], PushAnswer]


class PushProvider(ScriptedProvider):
    """Parse pushes with a function of the test and record them."""

    def __init__(self, read: Read) -> None:
        """Keep the function `read` that parses a push."""
        super().__init__()
        self.read = read
        self.pushes: list[Push] = []

    def read_push(self, push: Push) -> PushAnswer:
        """Record and parse the push."""
        self.pushes.append(push)
        return self.read(push)


def make_reader(*events: Any, **answer: Any) -> Read:
    """Return a reader that finds these events in every push."""
    return lambda push: PushAnswer(events, **answer)


def open_client(store: Store, provider: ScriptedProvider) -> httpx.AsyncClient:
    """Return a client that calls the listener as the provider."""
    accounts = [
        ServedAccount("s", provider, hook_secret=SECRET),
        ServedAccount("closed", provider),
    ]
    transport = httpx.ASGITransport(create_listener(store, accounts))
    return httpx.AsyncClient(transport=transport, base_url="http://desk")


@pytest.mark.parametrize(
    ("region", "numbers", "party"),
    [
        ("AU", ["+61491570121", "0491570121", "491570121", "61491570121"], "+61491570121"),
        ("US", ["2015550123", "12015550123", "(201) 555-0123"], "+12015550123"),
        ("PL", ["500600701", "48500600701", "0048500600701"], "+48500600701"),
        ("", ["+5215512345678", "525512345678"], "+525512345678"),
    ],
)
async def test_pushed_numbers_are_those_of_the_country_of_the_account(
    store: Store, region: str, numbers: list[str], party: str
) -> None:
    replies = [Reply(f"r{n}", number, "Hello", None, "{}") for n, number in enumerate(numbers)]
    stop = OptOut("o1", numbers[-1], None, "{}")
    provider = PushProvider(make_reader(*replies, stop))
    account = ServedAccount("s", provider, hook_secret=SECRET, region=region)
    transport = httpx.ASGITransport(create_listener(store, [account]))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        assert (await client.post(HOOK)).status_code == 200
    (row,) = await store.conversations.list_after(View(state=None), FIRST_POSITION, 10)
    assert (row.party, row.unread, row.opted_out) == (party, len(numbers), True)


async def list_texts(store: Store) -> list[str]:
    """Return every stored text."""
    found = await store.database.read(lambda c: c.execute("select body from messages").fetchall())
    return [row[0] for row in found]


async def test_a_push_is_stored_and_answered_as_the_provider_expects(store: Store) -> None:
    provider = PushProvider(make_reader(REPLY, status=201, body=b"OK", content_type="text/html"))
    async with open_client(store, provider) as client:
        answer = await client.post(
            f"{HOOK}/m123?a=b&a=%20c", content=b"body", headers={"X-Sig": "1"}
        )
    assert (answer.status_code, answer.content) == (201, b"OK")
    assert answer.headers["content-type"].startswith("text/html")
    assert await list_texts(store) == ["Hello?"]
    (push,) = provider.pushes
    assert (push.method, push.tail, push.body) == ("POST", "m123", b"body")
    assert push.path == f"{HOOK}/m123?a=b&a=%20c"
    assert list(push.query) == [("a", "b"), ("a", " c")]
    assert push.headers["x-sig"] == "1"


async def test_a_push_may_come_as_a_get(store: Store) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider) as client:
        assert (await client.get(f"{HOOK}?text=Hello")).status_code == 200
    assert provider.pushes[0].tail == ""
    assert await list_texts(store) == ["Hello?"]


async def test_a_repeated_push_is_stored_once(store: Store) -> None:
    async with open_client(store, PushProvider(make_reader(REPLY))) as client:
        for _ in range(3):
            assert (await client.post(HOOK)).status_code == 200
    assert await list_texts(store) == ["Hello?"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/hooks",
        "/hooks/s",
        "/hooks/s/",
        "/hooks/s/wrong",
        f"/hooks/s/{SECRET}x",
        f"/hooks/S/{SECRET}",
        f"/hooks/unknown/{SECRET}",
        "/hooks/closed/",
        "/hooks/closed/x",
        "/hooks/unknown/%00",
        "/hooks/s/s%C3%A9cret",
    ],
)
async def test_paths_of_no_account_are_not_found(store: Store, path: str) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider) as client:
        for answer in (await client.get(path), await client.post(path, content=b"x")):
            assert (answer.status_code, answer.content) == (404, b"")
    assert provider.pushes == []


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "PROPFIND"])
async def test_other_methods_are_not_found(store: Store, method: str) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider) as client:
        assert (await client.request(method, HOOK)).status_code == 404
    assert provider.pushes == []


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_put_and_patch_are_pushes(store: Store, method: str) -> None:
    provider = PushProvider(make_reader(REPLY, body=b"OK"))
    async with open_client(store, provider) as client:
        answer = await client.request(method, f"{HOOK}/reply", content=b"x")
    assert (answer.status_code, answer.content) == (200, b"OK")
    assert [push.method for push in provider.pushes] == [method]
    assert await list_texts(store) == ["Hello?"]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
async def test_a_probe_is_answered_and_is_no_push(store: Store, method: str) -> None:
    provider = PushProvider(make_reader(REPLY, body=b"OK"))
    async with open_client(store, provider) as client:
        for path in (HOOK, f"{HOOK}/reply", f"{HOOK}?a=1"):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.content) == (200, b"")
            assert "POST" in answer.headers["allow"]
        for path in ("/hooks/s/wrong", "/hooks/unknown/x", "/hooks/closed/", "/"):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.content) == (404, b"")
            assert "allow" not in answer.headers
    assert provider.pushes == []


async def test_a_wrong_signature_is_refused_with_an_empty_response(store: Store) -> None:
    def refuse(push: Push) -> PushAnswer:
        raise CredentialsRefused("wrong signature")

    async with open_client(store, PushProvider(refuse)) as client:
        answer = await client.post(HOOK, content=b"x")
    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(
    "error", [BadContent("neither JSON nor a form"), KeyError("status"), RecursionError("deep")]
)
async def test_an_unreadable_push_is_stored_and_not_repeated(
    store: Store, error: Exception
) -> None:
    def fail(push: Push) -> PushAnswer:
        raise error

    async with open_client(store, PushProvider(fail)) as client:
        for _ in range(2):
            answer = await client.post(f"{HOOK}?q=1", content=b"\xff\x00 \xed\xa0\xbd text")
            assert answer.status_code == 200
    (held,) = await store.held_items.list_held()
    assert held.arrival.body == b"\xff\x00 \xed\xa0\xbd text"
    assert (held.arrival.query, held.repeats) == ((("q", "1"),), 1)
    assert held.reason.text


async def test_unreadable_items_do_not_block_the_others(store: Store) -> None:
    provider = PushProvider(make_reader(Unreadable("u1", "no sender", "{}"), REPLY))
    async with open_client(store, provider) as client:
        assert (await client.post(HOOK, content=b"x")).status_code == 200
    assert await list_texts(store) == ["Hello?"]
    assert len(await store.held_items.list_held()) == 1


async def test_the_provider_has_to_push_again_while_the_store_is_locked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*page: object) -> None:
        raise Busy("locked")

    async with open_client(store, PushProvider(make_reader(REPLY))) as client:
        with monkeypatch.context() as patched:
            patched.setattr(store.ingest, "store_events", locked)
            assert (await client.post(HOOK)).status_code == 503
        assert (await client.post(HOOK)).status_code == 200
    assert await list_texts(store) == ["Hello?"]


async def test_a_too_large_body_is_refused_and_its_beginning_held(store: Store) -> None:
    provider = PushProvider(make_reader(REPLY))
    async with open_client(store, provider) as client:
        assert (await client.post(HOOK, content=b"x" * LONGEST_BODY)).status_code == 200
        assert (await client.post(HOOK, content=b"y" * (LONGEST_BODY + 1))).status_code == 413
    assert len(provider.pushes) == 1
    (held,) = await store.held_items.list_held()
    assert held.reason.cause is Cause.TOO_LARGE
    kept = await store.held_items.get(held.id)
    assert kept is not None and kept.arrival.body == b"y" * (64 << 10)
    assert held.size > LONGEST_BODY


async def test_a_body_that_is_too_long_unpacked_is_held(
    store: Store, account: ServedAccount
) -> None:
    served = ServedAccount("mm", account.provider, hook_secret=SECRET)
    transport = httpx.ASGITransport(create_listener(store, [served]))
    packed = {"Content-Encoding": "gzip"}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        body = gzip.compress(b" " * (LONGEST_BODY + 1))
        answer = await client.post(f"/hooks/mm/{SECRET}", content=body, headers=packed)
    assert answer.status_code == 413
    (held,) = await store.held_items.list_held()
    assert (held.reason.cause, held.arrival.body) == (Cause.TOO_LARGE, body)


async def test_an_endless_body_times_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sync.listener._SECONDS_FOR_A_BODY", 0.01)
    assert await send_unfinished(store, []) == 408


async def test_an_aborted_push_is_not_answered_with_success(store: Store) -> None:
    assert await send_unfinished(store, [{"type": "http.disconnect"}]) == 400
    assert await list_texts(store) == []


async def send_unfinished(store: Store, parts: list[Part]) -> int:
    """Return the status for a request whose body is incomplete."""
    app = create_listener(
        store, [ServedAccount("s", PushProvider(make_reader(REPLY)), hook_secret=SECRET)]
    )
    answered: list[Part] = []

    async def receive() -> Part:
        if parts:
            return parts.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(part: Part) -> None:
        answered.append(part)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": HOOK,
        "raw_path": HOOK.encode(),
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    return int(answered[0]["status"])


async def test_the_health_path_reports_that_the_listener_runs(store: Store) -> None:
    async with open_client(store, ScriptedProvider()) as client:
        assert (await client.get("/healthz")).text == "ok"


async def test_a_push_updates_the_last_event_of_the_account(
    store: Store, clock: ManualClock
) -> None:
    async with open_client(store, PushProvider(make_reader(REPLY))) as client:
        await client.post(HOOK)
    assert (await store.accounts.get_states())["s"].event_at == clock.now()


async def test_a_message_is_delivered_and_answered_by_pushes_alone(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    world: list[Sandbox] = []

    async def sandbox_app(scope: Scope, receive: Receive, send: Send) -> None:
        await create_app(world[0])(scope, receive, send)

    provider = MessageMedia(
        base_url="http://box/messagemedia",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=clock,
        transport=httpx.ASGITransport(sandbox_app),
    )
    served = ServedAccount("mm", provider, hook_secret=SECRET)
    listener = httpx.ASGITransport(create_listener(store, [served]))
    push = PushSettings("http://desk", {"messagemedia": Hook("mm", SECRET)}, listener)
    world.append(Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[Emulator]))
    message = await queue(to="+61491570191", body="How are you?")
    await OutboxSender(served, SyncContext(store, clock, random.Random(1))).run_round()
    for _ in range(12):
        clock.advance(1)
        await world[0].settle_all()
    found = await store.messages.get(message.id)
    assert found is not None and found.status is Status.DELIVERED
    conversation = await store.conversations.get(message.conversation_id)
    assert conversation is not None and conversation.unread == 1
    assert world[0].emulators["messagemedia"].ledger.pushes.pending == 0
    await provider.aclose()


async def test_a_flood_of_pushes_is_stored_whole(store: Store) -> None:
    def read(push: Push) -> PushAnswer:
        number = int(push.body)
        return PushAnswer((replace(REPLY, event_id=f"flood-{number}", text=f"text {number}"),))

    async with open_client(store, PushProvider(read)) as client:
        answers = await asyncio.gather(
            *(client.post(HOOK, content=str(number).encode()) for number in range(1_000))
        )
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(await list_texts(store)) == sorted(f"text {number}" for number in range(1_000))
