"""Test hooks and webhooks: in order, begun once or posted until confirmed, also after a crash."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, TOM, make_reply
from tests.sync.doubles import Killed, Life
from tests.waiting import wait_until
from tui.clock import DAY, HOUR, ManualClock, SystemClock
from tui.domain.phone import parse_address
from tui.store.event_targets import CUT_OFF
from tui.store.journal import queue_hook
from tui.store.store import Store
from tui.sync.context import discard_log
from tui.sync.event_delivery import DeliverySettings, EventDelivery
from tui.sync.listener_server import run_listener
from tui.sync.service import SyncService
from tui.sync.webhook_posts import PostTarget, sign_body

ENVIRON = {"PATH": os.environ["PATH"], "SMSDESK_ACCOUNTS__MM__API_SECRET": "hidden"}
SECRET = "whsec_" + base64.b64encode(b"x" * 24).decode()
RECORD = """
import json, os, sys
event = json.load(sys.stdin)
with open(sys.argv[1], "a") as file:
    file.write(json.dumps([event["id"], event["kind"], os.environ.get("SMSDESK_EVENT_ID"),
        "SMSDESK_ACCOUNTS__MM__API_SECRET" in os.environ]) + "\\n")
{end}
"""


class Hook:
    """A command that writes down each event that it gets."""

    def __init__(self, folder: Path, name: str = "hook", end: str = "") -> None:
        """Create the program."""
        self.output = folder / f"{name}.jsonl"
        script = folder / f"{name}.py"
        script.write_text(RECORD.replace("{end}", end))
        self.words = (sys.executable, str(script), str(self.output))

    @property
    def events(self) -> list[list[Any]]:
        """Return what it has written down."""
        text = self.output.read_text() if self.output.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    @property
    def ids(self) -> list[int]:
        """Return the ids of its events."""
        return [event[0] for event in self.events]


@dataclass
class Receiver:
    """A web server that checks signatures and keeps what is posted."""

    statuses: list[int] = field(default_factory=list)
    """Status of each answer; 200 after them."""
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        """Check the signature as a receiver does, and answer."""
        body = await request.body()
        heads = request.headers
        signed = f"{heads['webhook-id']}.{heads['webhook-timestamp']}.".encode() + body
        digest = hmac.new(b"x" * 24, signed, hashlib.sha256).digest()
        assert heads["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        self.posts.append((heads["webhook-id"], json.loads(body)))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def ids(self) -> list[int]:
        """Return the ids of the events, in the order of the posts."""
        return [body["id"] for _, body in self.posts]


@contextlib.asynccontextmanager
async def run_receiver(*statuses: int) -> AsyncIterator[Receiver]:
    """Run a receiver on a port of its own."""
    receiver = Receiver(list(statuses))
    app = Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["POST"])])
    async with run_listener(app, "127.0.0.1", 0) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    """Return a file with the secret of a webhook."""
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    return file


def make_webhook(receiver: Receiver, secret_file: Path, *kinds: str) -> DeliverySettings:
    """Return settings with one webhook."""
    target = PostTarget(receiver.url, str(secret_file), frozenset(kinds), allow_http=True)
    return DeliverySettings(webhooks={"crm": target})


def make_delivery(store: Store, clock: ManualClock, settings: DeliverySettings) -> EventDelivery:
    """Return the delivery of one process."""
    return EventDelivery(store, settings, clock, discard_log)


async def store_replies(store: Store, count: int) -> None:
    """Store some replies, each in a transaction of its own."""
    for n in range(count):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}")])


async def has_run(store: Store, hook: Hook, count: int) -> bool:
    """Return whether a hook has ended for so many events."""
    query = "select count(*) from event_runs where ended_at = 0"
    running = await store.database.read(lambda c: c.execute(query).fetchone()[0])
    return len(hook.ids) == count and not running


async def list_ids(store: Store, *kinds: str) -> list[int]:
    """Return the ids of all events of some kinds."""
    return [e.id for e in await store.journal.list_entries(0, 10_000) if e.kind in kinds]


async def test_a_hook_gets_what_happens_after_it_was_set_in_order(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    hook = Hook(tmp_path)
    delivery = make_delivery(store, clock, DeliverySettings({"reply": hook.words}, {}, ENVIRON))
    await store_replies(store, 1)
    await delivery.run_once()
    assert hook.events == []
    await store_replies(store, 3)
    await delivery.run_once()
    expected = (await list_ids(store, "reply"))[1:]
    assert hook.events == [[one, "reply", str(one), False] for one in expected]
    await delivery.run_once()
    assert len(hook.events) == 3


async def test_a_named_hook_runs_only_for_rules(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    crm, other = Hook(tmp_path, "crm"), Hook(tmp_path, "other")
    hooks = {"crm": crm.words, "other": other.words}
    delivery = make_delivery(store, clock, DeliverySettings(hooks, {}, ENVIRON))
    await delivery.run_once()
    await store_replies(store, 1)
    await store.database.write(lambda t: queue_hook(t, "crm", {"rule": "vip"}))
    await delivery.run_once()
    assert [event[1] for event in crm.events] == ["hook"]
    assert other.events == []


@pytest.mark.parametrize(
    ("end", "line"),
    [
        ("sys.exit('no such customer')", "ended with code 1: no such customer"),
        ("import time; time.sleep(300)", "did not end within 1 s"),
        ("print('x' * 10_000_000); os.abort()", "ended with signal 6"),
        ("print('x' * 500, end='the reason'); sys.exit(3)", "xxxthe reason"),
    ],
)
async def test_a_hook_that_fails_is_shown_and_the_next_event_follows(
    store: Store, clock: ManualClock, tmp_path: Path, end: str, line: str
) -> None:
    hook = Hook(tmp_path, end=end)
    settings = DeliverySettings({"reply": hook.words}, {}, ENVIRON, command_seconds=1)
    delivery = make_delivery(store, clock, settings)
    await delivery.run_once()
    await store_replies(store, 2)
    await delivery.run_once()
    failures = await store.event_targets.list_failed_runs()
    assert sorted(run.event_id for run in failures) == await list_ids(store, "reply")
    assert all(line in run.line for run in failures)
    assert all(len(run.line) <= 300 for run in failures)
    assert "SMSDESK" not in repr(failures)
    target = await store.event_targets.get_target("hook reply")
    assert target and line in target.line


async def test_a_hook_that_prints_without_end_is_stopped(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    hook = Hook(tmp_path, end="while True: print('y' * 100_000)")
    delivery = make_delivery(store, clock, DeliverySettings({"reply": hook.words}, {}, ENVIRON))
    await delivery.run_once()
    await store_replies(store, 1)
    await delivery.run_once()
    (run,) = await store.event_targets.list_failed_runs()
    assert run.line.endswith("printed more than 50 MB, and was stopped")


async def test_a_program_that_is_not_there_is_shown(store: Store, clock: ManualClock) -> None:
    settings = DeliverySettings({"reply": ("/nowhere/on-reply",)}, {}, ENVIRON)
    delivery = make_delivery(store, clock, settings)
    await delivery.run_once()
    await store_replies(store, 1)
    await delivery.run_once()
    (run,) = await store.event_targets.list_failed_runs()
    assert run.line == "/nowhere/on-reply cannot be run (No such file or directory)"


async def test_a_post_is_signed_and_has_the_event(
    store: Store, clock: ManualClock, secret_file: Path
) -> None:
    async with run_receiver() as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, secret_file, "reply"))
        await delivery.run_once()
        await store_replies(store, 3)
        await delivery.run_once()
    assert receiver.ids == await list_ids(store, "reply")
    message_id, body = receiver.posts[0]
    assert message_id == f"evt_{body['id']}"
    assert (body["kind"], body["message"]["text"]) == ("reply", "0")


def test_the_signature_is_that_of_the_standard() -> None:
    # From the page "Signature scheme" of standardwebhooks.com.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = sign_body(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_refused_post_is_repeated_before_the_next_event(
    store: Store, clock: ManualClock, secret_file: Path
) -> None:
    async with run_receiver(500, 404, 429) as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, secret_file, "reply"))
        await delivery.run_once()
        await store_replies(store, 2)
        for pause in (0, 4.9, 0.2, 10.1, 20.1):
            clock.advance(pause)
            await delivery.run_once()
            if len(receiver.posts) == 3:
                target = await store.event_targets.get_target("webhook crm")
                assert target and target.line == "it answered with HTTP status 429"
                assert target.attempts == 3
    first, second = await list_ids(store, "reply")
    assert receiver.ids == [first, first, first, first, second]
    target = await store.event_targets.get_target("webhook crm")
    assert target and (target.line, target.attempts, target.failing_since) == ("", 0, 0)


async def test_events_that_are_a_day_old_are_given_up_together_and_shown(
    store: Store, clock: ManualClock, secret_file: Path
) -> None:
    async with run_receiver(*[503] * 40) as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, secret_file, "reply"))
        await delivery.run_once()
        await store_replies(store, 3)
        for _ in range(30):
            await delivery.run_once()
            clock.advance(HOUR / 1000 + 1)
        receiver.statuses.clear()
        await store_replies(store, 1)
        await delivery.run_once()
    ids = await list_ids(store, "reply")
    assert receiver.ids[-1] == ids[3]
    assert set(receiver.ids) == {ids[0], ids[3]}
    (run,) = await store.event_targets.list_failed_runs()
    assert run.event_id == ids[0]
    assert "given up: it answered with HTTP status 503" in run.line


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("http://127.0.0.1:9/hook", "no connection: nothing accepts it at this address"),
        ("https://nowhere.invalid/hook", "no connection: the name of its host is not known"),
    ],
)
async def test_why_there_is_no_connection_is_said_in_words(
    store: Store, clock: ManualClock, secret_file: Path, url: str, line: str
) -> None:
    target = PostTarget(url, str(secret_file), allow_http=True)
    delivery = make_delivery(store, clock, DeliverySettings(webhooks={"crm": target}))
    await delivery.run_once()
    await store_replies(store, 1)
    await delivery.run_once()
    shown = await store.event_targets.get_target("webhook crm")
    assert shown and shown.line == line


async def test_a_redirect_is_not_followed(
    store: Store, clock: ManualClock, secret_file: Path
) -> None:
    async with run_receiver(302) as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, secret_file, "reply"))
        await delivery.run_once()
        await store_replies(store, 1)
        await delivery.run_once()
    shown = await store.event_targets.get_target("webhook crm")
    assert shown and "HTTP status 302, a redirect, which is not followed" in shown.line


@pytest.mark.parametrize(
    ("content", "line"),
    [(None, "cannot be read"), ("", "is empty"), ("whsec_***", "holds no secret")],
)
async def test_without_a_secret_nothing_is_posted(
    store: Store, clock: ManualClock, tmp_path: Path, content: str | None, line: str
) -> None:
    file = tmp_path / "other-secret"
    if content is not None:
        file.write_text(content)
    async with run_receiver() as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, file))
        await delivery.run_once()
        await store_replies(store, 1)
        await delivery.run_once()
    assert receiver.posts == []
    target = await store.event_targets.get_target("webhook crm")
    assert target and line in target.line


async def test_an_address_from_a_file_has_to_be_encrypted(
    store: Store, clock: ManualClock, tmp_path: Path, secret_file: Path
) -> None:
    file = tmp_path / "address"
    file.write_text("http://crm.example.com/secret-path")
    target = PostTarget(f"file:{file}", str(secret_file))
    delivery = make_delivery(store, clock, DeliverySettings(webhooks={"crm": target}))
    await delivery.run_once()
    await store_replies(store, 1)
    await delivery.run_once()
    found = await store.event_targets.get_target("webhook crm")
    assert found and "not encrypted" in found.line and "secret-path" not in found.line


async def test_a_target_that_comes_back_after_its_events_are_gone_goes_on_with_the_rest(
    store: Store, clock: ManualClock, secret_file: Path
) -> None:
    async with run_receiver() as receiver:
        delivery = make_delivery(store, clock, make_webhook(receiver, secret_file, "reply"))
        await store_replies(store, 1)
        await delivery.run_once()
        await store_replies(store, 2)
        clock.advance(8 * DAY / 1000)
        await store_replies(store, 1)
        await store.journal.prune()
        await delivery.run_once()
    assert receiver.ids == (await list_ids(store, "reply"))[-1:]
    (run,) = await store.event_targets.list_failed_runs()
    assert "are gone" in run.line


async def test_a_thousand_events_that_do_not_concern_a_hook_are_passed_over(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    hook = Hook(tmp_path)
    delivery = make_delivery(store, clock, DeliverySettings({"opt_out": hook.words}, {}, ENVIRON))
    await delivery.run_once()
    await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}") for n in range(1_000)])
    await delivery.run_once()
    target = await store.event_targets.get_target("hook opt_out")
    assert target and await store.journal.get_last_id() - target.position < 100


@pytest.mark.parametrize("ends_at", range(1, 13))
async def test_a_process_that_dies_runs_no_hook_twice_and_skips_none(
    open_store: OpenStore, clock: ManualClock, tmp_path: Path, ends_at: int
) -> None:
    hook = Hook(tmp_path)
    settings = DeliverySettings({"reply": hook.words}, {}, ENVIRON)
    store = await open_store(owner="test")
    await make_delivery(store, clock, settings).run_once()
    await store_replies(store, 3)
    mortal = await open_store(owner="mortal", seed=2)
    life = Life(ends_at)
    mortal.database.write = life.make_mortal(mortal.database.write)  # type: ignore[method-assign, assignment]
    with contextlib.suppress(Killed):
        await make_delivery(mortal, clock, settings).run_once()
    clock.advance(60)
    await make_delivery(store, clock, settings).run_once()
    cut_off = {run.event_id for run in await store.event_targets.list_failed_runs()}
    assert len(hook.ids) == len(set(hook.ids))
    assert {*hook.ids, *cut_off} == set(await list_ids(store, "reply"))
    assert hook.ids == sorted(hook.ids)
    lines = {run.line for run in await store.event_targets.list_failed_runs()}
    assert lines <= {CUT_OFF}


@pytest.mark.parametrize("ends_at", range(1, 13))
async def test_a_process_that_dies_leaves_no_post_out(
    open_store: OpenStore, clock: ManualClock, secret_file: Path, ends_at: int
) -> None:
    async with run_receiver() as receiver:
        settings = make_webhook(receiver, secret_file, "reply")
        store = await open_store(owner="test")
        await make_delivery(store, clock, settings).run_once()
        await store_replies(store, 3)
        mortal = await open_store(owner="mortal", seed=2)
        life = Life(ends_at)
        mortal.database.write = life.make_mortal(mortal.database.write)  # type: ignore[method-assign, assignment]
        with contextlib.suppress(Killed):
            await make_delivery(mortal, clock, settings).run_once()
        clock.advance(60)
        await make_delivery(store, clock, settings).run_once()
    assert list(dict.fromkeys(receiver.ids)) == await list_ids(store, "reply")
    assert len(receiver.ids) <= 4


async def test_of_two_services_one_delivers_and_the_other_takes_over(
    open_store: OpenStore, tmp_path: Path
) -> None:
    hook, clock = Hook(tmp_path), SystemClock()
    settings = DeliverySettings({"reply": hook.words}, {}, ENVIRON)
    async with contextlib.AsyncExitStack() as stack:
        stores = [await open_store(owner=name, seed=n) for n, name in enumerate("ab")]
        services = [
            SyncService(
                *(one, [], clock, random.Random(1)), kind="desk", agent="", deliveries=settings
            )
            for one in stores
        ]
        first = await stack.enter_async_context(services[0])
        await stack.enter_async_context(services[1])
        await first.wait_until_serving()
        await wait_until(lambda: stores[0].event_targets.get_target("hook reply"))
        await store_replies(stores[1], 2)
        await wait_until(lambda: has_run(stores[1], hook, 2))
        await services[0].__aexit__(None, None, None)
        await store_replies(stores[1], 2)
        await wait_until(lambda: has_run(stores[1], hook, 4))
    assert hook.ids == await list_ids(stores[1], "reply")
    assert await stores[1].event_targets.list_failed_runs() == []


async def test_a_hook_that_hangs_does_not_delay_another(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    slow, quick = Hook(tmp_path, "slow", "import time; time.sleep(300)"), Hook(tmp_path, "quick")
    hooks = {"reply": slow.words, "conversation": quick.words}
    settings = DeliverySettings(hooks, {}, ENVIRON, command_seconds=60)
    delivery = make_delivery(store, clock, settings)
    await delivery.run_once()
    await store_replies(store, 1)
    running = asyncio.create_task(delivery.run_once())
    await wait_until(lambda: quick.events and slow.events)

    async def has_quick_ended() -> bool:
        target = await store.event_targets.get_target("hook conversation")
        return target is not None and bool(target.line_at) and not target.owner

    await wait_until(has_quick_ended)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    (run,) = await store.event_targets.list_failed_runs()
    assert run.line == "smsdesk was stopped while it ran; it is not run again"


async def test_erasing_a_customer_repeats_no_event(
    store: Store, clock: ManualClock, tmp_path: Path, secret_file: Path
) -> None:
    hook = Hook(tmp_path)
    async with run_receiver() as receiver:
        webhook = make_webhook(receiver, secret_file).webhooks
        settings = DeliverySettings({"reply": hook.words}, webhook, ENVIRON)
        delivery = make_delivery(store, clock, settings)
        await delivery.run_once()
        await store_replies(store, 2)
        await delivery.run_once()
        await store.forgetting.forget(parse_address(MIA), "ana")
        await store.ingest.store_events(ACCOUNT, [make_reply("after", TOM)])
        await delivery.run_once()
    assert len(hook.ids) == len(set(hook.ids)) == 3
    assert len(receiver.ids) == len(set(receiver.ids))
    assert {body["kind"] for _, body in receiver.posts} <= {"reply", "conversation"}
    assert await store.event_targets.list_failed_runs() == []
