"""Test `/metrics` over the real listener: figures, format, access, and nothing private."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from tests.store.builders import MIA, make_reply
from tests.sync.conftest import Queue
from tests.sync.doubles import ScriptedProvider
from tests.sync.test_listener import PushProvider, make_reader
from tui.clock import HOUR, MINUTE, SECOND, ManualClock
from tui.domain.account import Health
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.events import Cause, Unreadable
from tui.domain.status import Status
from tui.settings.models import Settings
from tui.startup.operator_settings import read_metrics_access
from tui.store.account_watch import Alarms
from tui.store.event_rows import SendRecord
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.lease import LEASE_MS
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener
from tui.sync.metrics import MetricsAccess

SECRET = "s3cret-part"
TEXT = "My new address is Rose Street 7"
LINE = re.compile(
    r"# HELP [a-z_:][a-z0-9_:]* (?:[^\\\n]|\\\\|\\n)*"
    r"|# TYPE [a-z_:][a-z0-9_:]* (?:counter|gauge|histogram)"
    r"|[a-z_:][a-z0-9_:]*"
    r'(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?'
    r" (?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|\+Inf|NaN)"
)
"""A line of the text format as its specification has it, for the names that we use."""
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def read_samples(text: str) -> Samples:
    """Return all values by name and labels; every line has to be of the format."""
    assert text.endswith("\n")
    for line in text.splitlines():
        assert LINE.fullmatch(line), line
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def get_value(samples: Samples, name: str, **labels: str) -> float:
    """Return one value."""
    return samples[f"smsdesk_{name}", frozenset(labels.items())]


async def scrape(
    store: Store, clock: ManualClock, *names: str, access: MetricsAccess | None = None
) -> str:
    """Return the page of a listener on a real port."""
    provider = ScriptedProvider()
    accounts = [ServedAccount(name, provider, hook_secret=SECRET) for name in names or ("mm",)]
    app = create_listener(store, accounts, clock=clock, metrics=access or MetricsAccess("local"))
    async with run_listener(app, "127.0.0.1", 0) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


async def test_an_empty_inbox_has_a_value_for_every_account(
    store: Store, clock: ManualClock
) -> None:
    samples = read_samples(await scrape(store, clock, "mm", "other"))
    for account in ("mm", "other"):
        assert get_value(samples, "queue_messages", account=account) == 0
        assert get_value(samples, "held_items", account=account) == 0
        assert get_value(samples, "lease_held", account=account, holder="") == 0
        assert get_value(samples, "pushes_total", account=account, result="stored") == 0
    assert get_value(samples, "start_time_seconds") == clock.now() / SECOND
    assert any(name == "smsdesk_build_info" for name, _ in samples)


async def test_the_queue_counts_from_when_a_message_could_be_sent(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    now = clock.now()
    await queue(hold_until=now + 5 * SECOND)
    await queue(hold_until=now + 3 * HOUR, scheduled_at=now + 3 * HOUR)
    await queue(account="gone")
    clock.advance(65)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "queue_messages", account="mm") == 2
    assert get_value(samples, "queue_due_messages", account="mm") == 1
    assert get_value(samples, "queue_oldest_seconds", account="mm") == 60
    assert get_value(samples, "queue_oldest_seconds", account="gone") == 65


async def test_what_waits_for_a_receipt_or_a_person_is_counted(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    for number, status in enumerate((Status.UNCERTAIN, Status.ACCEPTED, Status.ACCEPTED)):
        message = await queue(body=f"text {number}")
        await store.outbox.claim_due_messages("a", "mm", 1)
        await store.outbox.settle_message(message.id, SendRecord(status, f"p{number}"))
    await store.alarm_figures.save_alarms("mm", Alarms(receipt_limit_ms=10 * MINUTE))
    arrival = Arrival(Channel.PUSH, b"x", method="POST")
    await store.held_items.hold("mm", arrival, HeldReason(Cause.UNREADABLE, "no field"))
    clock.advance(15 * 60)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "uncertain_messages", account="mm") == 1
    assert get_value(samples, "receipts_behind_messages", account="mm") == 2
    assert get_value(samples, "receipts_behind_oldest_seconds", account="mm") == 15 * 60
    assert get_value(samples, "held_items", account="mm") == 1


async def test_the_state_of_an_account_is_shown(store: Store, clock: ManualClock) -> None:
    await store.leases.acquire_lease("mm", duration_ms=LEASE_MS, preferred=True)
    line = f"refused {MIA}"
    await store.accounts.save_health("mm", Health.STOPPED, line=line, ok_at=clock.now())
    await store.accounts.save_balance("mm", "EUR 12.40", 12.4)
    await store.credit_waits.start_wait("mm", "no money", clock.now())
    clock.advance(7)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "lease_held", account="mm", holder="a") == 1
    assert get_value(samples, "account_health", account="mm", health="stopped") == 1
    assert get_value(samples, "account_health", account="mm", health="ok") == 0
    assert get_value(samples, "poll_lag_seconds", account="mm") == 7
    assert get_value(samples, "balance", account="mm") == 12.4
    assert get_value(samples, "out_of_credit", account="mm") == 1
    clock.advance(2 * LEASE_MS / SECOND)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "lease_held", account="mm", holder="") == 0


async def test_a_holder_is_named_by_its_host_alone(open_store: object, clock: ManualClock) -> None:
    store = await open_store(owner="desk-7.example-812-0a1b2c3d4e5f")  # type: ignore[operator]
    await store.leases.acquire_lease("mm", duration_ms=LEASE_MS, preferred=True)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "lease_held", account="mm", holder="desk-7.example") == 1


async def test_pushes_are_counted_by_what_became_of_them(store: Store, clock: ManualClock) -> None:
    good = PushProvider(make_reader(make_reply(id="r1")))
    bad = PushProvider(make_reader(Unreadable("u1", "no number", "{}", can_confirm=False)))
    accounts = [
        ServedAccount("good", good, hook_secret=SECRET),
        ServedAccount("bad", bad, hook_secret=SECRET),
    ]
    app = create_listener(store, accounts, clock=clock)
    async with run_listener(app, "127.0.0.1", 0) as url, httpx.AsyncClient(base_url=url) as client:
        for body in ("a=1", "b=1", "c=1"):
            await client.post(f"/hooks/good/{SECRET}", content=body)
        await client.post(f"/hooks/bad/{SECRET}", content="a=1")
        await client.post("/hooks/good/guess")
        await client.post("/hooks/stranger/guess")
        samples = read_samples((await client.get("/metrics")).text)
    expected = {
        ("good", "stored"): 1,
        ("good", "repeated"): 2,
        ("good", "wrong_secret"): 1,
        ("good", "held"): 0,
        ("bad", "held"): 1,
        ("", "unknown_account"): 1,
    }
    for (account, result), count in expected.items():
        assert get_value(samples, "pushes_total", account=account, result=result) == count


async def test_the_database_is_timed_by_what_the_process_does_anyway(
    store: Store, clock: ManualClock
) -> None:
    await store.leases.record_heartbeat("ann", "desk")
    await store.leases.record_heartbeat("ann", "desk")
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "database_seconds_count", operation="write") == 2
    assert get_value(samples, "database_seconds_count", operation="read") == 1
    assert get_value(samples, "database_seconds_bucket", operation="write", le="+Inf") == 2


@pytest.mark.parametrize("name", ['a"b', "back\\slash", "new\nline", "żółć {x=1} #", " "])
async def test_labels_are_escaped(
    store: Store, clock: ManualClock, queue: Queue, name: str
) -> None:
    await queue(account=name)
    samples = read_samples(await scrape(store, clock))
    assert get_value(samples, "queue_messages", account=name) == 1


async def test_nothing_of_customers_agents_or_secrets_is_shown(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    await store.ingest.store_events("mm", [make_reply(TEXT)])
    await queue(to=MIA, body=TEXT)
    await store.leases.record_heartbeat("agent-ann", "desk")
    await store.accounts.save_health("mm", Health.STOPPED, line=f"refused {MIA}: {TEXT}")
    found = await scrape(store, clock)
    for private in (MIA, MIA[1:], TEXT, "Rose", "agent-ann", "ann", SECRET):
        assert private not in found


@pytest.mark.parametrize(
    ("access", "headers", "status"),
    [
        (MetricsAccess("local"), {}, 200),
        (MetricsAccess("local"), {"X-Forwarded-For": "203.0.113.5"}, 404),
        (MetricsAccess("local"), {"Forwarded": "for=203.0.113.5"}, 404),
        (MetricsAccess("local"), {"Via": "1.1 proxy"}, 404),
        (MetricsAccess("all"), {"X-Forwarded-For": "203.0.113.5"}, 200),
        (MetricsAccess("off"), {}, 404),
        (MetricsAccess("off", "t0ken"), {"Authorization": "Bearer t0ken"}, 404),
        (MetricsAccess("local", "t0ken"), {}, 404),
        (MetricsAccess("local", "t0ken"), {"Authorization": "Bearer wrong"}, 404),
        (MetricsAccess("local", "t0ken"), {"Authorization": "Basic t0ken"}, 404),
        (MetricsAccess("local", "t0ken"), {"Authorization": "t0ken"}, 404),
        (MetricsAccess("local", "t0ken"), {"Authorization": "bearer t0ken"}, 200),
        (MetricsAccess("all", "t0ken"), {}, 404),
        (
            MetricsAccess("local", "t0ken"),
            {"Authorization": "Bearer t0ken", "X-Forwarded-For": "203.0.113.5"},
            200,
        ),
    ],
)
async def test_only_who_may_read_it_gets_an_answer(
    store: Store, access: MetricsAccess, headers: dict[str, str], status: int
) -> None:
    app = create_listener(store, [], metrics=access)
    async with run_listener(app, "127.0.0.1", 0) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics", headers=headers)
    assert answer.status_code == status
    assert bool(answer.content) is (status == 200)


@pytest.mark.parametrize(
    ("host", "is_permitted"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.168.1.7", False),
        ("10.0.0.5", False),
        ("203.0.113.5", False),
        ("::ffff:203.0.113.5", False),
        ("", False),
        ("localhost.evil.example", False),
    ],
)
def test_local_is_this_host_alone(host: str, is_permitted: bool) -> None:
    scope: dict[str, Any] = {"type": "http", "headers": [], "client": (host, 1) if host else None}
    assert MetricsAccess("local").permits(Request(scope)) is is_permitted


def test_a_token_that_cannot_be_read_switches_the_page_off(tmp_path: Path) -> None:
    file = tmp_path / "token"
    settings = Settings({"metrics_token_file": str(file), "metrics": "all"})
    access, problem = read_metrics_access(settings, {})
    assert access.mode == "off" and str(file) in problem
    file.write_text(" \n")
    assert read_metrics_access(settings, {})[0].mode == "off"
    file.write_text("t0ken\n")
    assert read_metrics_access(settings, {}) == (MetricsAccess("all", "t0ken"), "")
    assert "t0ken" not in repr(read_metrics_access(settings, {})[0])


async def test_many_requests_at_once_read_the_inbox_once(store: Store, clock: ManualClock) -> None:
    app = create_listener(store, [], clock=clock)
    async with run_listener(app, "127.0.0.1", 0) as url, httpx.AsyncClient() as client:
        for _ in range(5):
            await client.get(f"{url}/metrics")
        assert sum(store.monitoring.read_times.counts) == 1
        clock.advance(1)
        await client.get(f"{url}/metrics")
    assert sum(store.monitoring.read_times.counts) == 2


async def test_alarms_are_shown_whether_or_not_they_are_sent(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    await queue()
    await queue(account="gone")
    await store.accounts.save_health("mm", Health.STOPPED)
    clock.advance(121)
    samples = read_samples(await scrape(store, clock))
    raised = {labels for name, labels in samples if name == "smsdesk_alarm"}
    assert {(dict(one)["account"], dict(one)["kind"]) for one in raised} == {
        ("mm", "account_refused"),
        ("mm", "no_listener"),
        ("mm", "not_served"),
        ("gone", "not_served"),
    }
