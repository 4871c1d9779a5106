"""Test alarms over a store: sent once when raised, once when over, by one process."""

import itertools
import random
from dataclasses import field, replace
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA
from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, PUSH_ONLY, ScriptedProvider
from tests.sync.test_alarm_channels import run_web_server
from tests.sync.test_service import run_clock
from tests.waiting import wait_until
from tui.clock import HOUR, MINUTE, SECOND, ManualClock
from tui.domain.account import Account, Health
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.events import Cause
from tui.domain.record_type import record
from tui.store.account_watch import Alarms
from tui.store.store import Store
from tui.sync.alarm_channels import URL, AlarmChannels, AlarmState, Notification
from tui.sync.alarm_notifier import AlarmKind, AlarmNotifier
from tui.sync.context import ServedAccount, discard_log
from tui.sync.service import SyncService

ACCOUNT = Account("mm", "messagemedia")


@record
class RecordedChannels(AlarmChannels):
    """Channels that keep what is sent, and fail while a test says so."""

    sent: list[Notification] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def send_notification(self, notification: Notification) -> dict[str, str]:
        """Keep the notification, or fail with the next failure."""
        if self.failures:
            return {URL: self.failures.pop(0)}
        self.sent.append(notification)
        return {URL: ""}

    def take(self) -> list[tuple[str, str, str]]:
        """Return kind, account and state of what was sent since the last call."""
        found = [(str(one.kind), one.account, one.state.value) for one in self.sent]
        self.sent.clear()
        return found


@pytest.fixture
def channels() -> RecordedChannels:
    """Return channels that accept everything."""
    return RecordedChannels(url="https://hooks.example.com")


def create_notifier(
    store: Store, clock: ManualClock, channels: AlarmChannels, *accounts: Account
) -> AlarmNotifier:
    """Return the notifier of one process."""
    return AlarmNotifier(store, accounts or (ACCOUNT,), channels, clock, discard_log)


_numbers = itertools.count(1)


async def hold_item(store: Store, account: str = "mm") -> None:
    """Hold another item, which names a number and a text."""
    body = f"from={MIA}&text=Hello+{next(_numbers)}".encode()
    arrival = Arrival(Channel.PUSH, body, method="POST")
    await store.held_items.hold(account, arrival, HeldReason(Cause.UNREADABLE, f"{MIA} Hello"))


async def dismiss_all(store: Store) -> None:
    """Dismiss every held item."""
    await store.held_items.dismiss([one.id for one in await store.held_items.list_held()], "ann")


async def serve(store: Store) -> None:
    """Hold the lease of the account for a while."""
    await store.leases.acquire_lease("mm", duration_ms=MINUTE, preferred=True)


async def test_an_alarm_is_sent_once_when_raised_and_once_when_over(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    notifier = create_notifier(store, clock, channels)
    await notifier.run_round()
    assert channels.take() == []
    await hold_item(store)
    for _ in range(5):
        await notifier.run_round()
        clock.advance(20)
    (one,) = channels.sent
    assert one.text == "mm: 1 held item; see smsdesk held list"
    assert channels.take() == [("held_items", "mm", "raised")]
    clock.advance(HOUR / SECOND)
    await notifier.run_round()
    assert channels.take() == []
    await dismiss_all(store)
    for _ in range(3):
        await notifier.run_round()
        clock.advance(20)
    assert channels.take() == [("held_items", "mm", "over")]


async def test_an_alarm_that_comes_and_goes_is_summed_up_every_quarter_of_an_hour(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    notifier = create_notifier(store, clock, channels)
    sent: list[tuple[int, Notification]] = []
    began = clock.now()
    for number in range(180):
        await (hold_item(store) if number % 2 == 0 else dismiss_all(store))
        await notifier.run_round()
        sent += [((clock.now() - began) // MINUTE, one) for one in channels.sent]
        channels.sent.clear()
        clock.advance(20)
    assert [minute for minute, _ in sent] == [0, 15, 30, 45]
    assert "has changed 45 times" in sent[1][1].text


async def test_the_end_of_an_alarm_waits_for_the_limit_and_says_so(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    notifier = create_notifier(store, clock, channels)
    await hold_item(store)
    await notifier.run_round()
    channels.take()
    clock.advance(60)
    await dismiss_all(store)
    await notifier.run_round()
    clock.advance(13 * 60)
    await notifier.run_round()
    assert channels.take() == []
    clock.advance(60)
    await notifier.run_round()
    assert [one.text for one in channels.sent] == [
        "mm: over for 14m: 1 held item; see smsdesk held list"
    ]
    assert channels.take() == [("held_items", "mm", "over")]


async def test_a_restart_and_other_processes_repeat_nothing(
    open_store: OpenStore, clock: ManualClock, channels: RecordedChannels
) -> None:
    first, second = await open_store(owner="a"), await open_store(owner="b", seed=2)
    await hold_item(first)
    await create_notifier(first, clock, channels).run_round()
    await create_notifier(second, clock, channels).run_round()
    clock.advance(HOUR / SECOND)
    await create_notifier(second, clock, channels).run_round()
    assert channels.take() == [("held_items", "mm", "raised")]
    await dismiss_all(first)
    await create_notifier(second, clock, channels).run_round()
    await create_notifier(first, clock, channels).run_round()
    assert channels.take() == [("held_items", "mm", "over")]


async def test_what_a_process_could_not_send_is_sent_a_minute_later(
    open_store: OpenStore, clock: ManualClock, channels: RecordedChannels
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    channels.failures.extend(["no answer", "no answer"])
    await hold_item(store)
    notifier = create_notifier(store, clock, channels)
    assert await notifier.run_round() == {URL: "no answer"}
    (delivery,) = await store.monitoring.list_deliveries()
    assert (delivery.channel, delivery.line) == (URL, "no answer")
    # It died while it was sending: the claim of another process ends as well.
    for at in (20, 39):
        clock.advance(at)
        assert await create_notifier(other, clock, channels).run_round() == {}
    clock.advance(1)
    await create_notifier(other, clock, channels).run_round()
    clock.advance(60)
    await notifier.run_round()
    assert channels.take() == [("held_items", "mm", "raised")]
    assert [one.line for one in await store.monitoring.list_deliveries()] == [""]


async def test_what_began_and_ended_while_nothing_could_be_sent_is_reported(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    channels.failures.append("no answer")
    notifier = create_notifier(store, clock, channels)
    await hold_item(store)
    await notifier.run_round()
    await dismiss_all(store)
    for _ in range(4):
        clock.advance(20)
        await notifier.run_round()
    assert channels.take() == [("held_items", "mm", "over")]


async def test_a_clock_that_was_set_back_silences_nothing(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    notifier = create_notifier(store, clock, channels)
    await hold_item(store)
    await notifier.run_round()
    clock.set_wall_clock(-3 * HOUR / SECOND)
    await dismiss_all(store)
    await notifier.run_round()
    assert channels.take() == [("held_items", "mm", "raised"), ("held_items", "mm", "over")]


async def test_many_alarms_of_a_moment_are_one_notification(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    accounts = [replace(ACCOUNT, name=f"a{number:02}") for number in range(30)]
    for account in accounts:
        await hold_item(store, account.name)
    notifier = create_notifier(store, clock, channels, *accounts)
    await notifier.run_round()
    (one,) = channels.sent
    assert (one.kind, one.account, one.state) == (AlarmKind.SEVERAL, "", AlarmState.RAISED)
    assert one.text.startswith("30 alarms have changed:\na00: 1 held item")
    assert one.text.endswith("\nand 10 more")
    clock.advance(60)
    await notifier.run_round()
    assert len(channels.sent) == 1


async def find_kinds(
    store: Store, clock: ManualClock, channels: RecordedChannels, account: Account = ACCOUNT
) -> list[str]:
    """Return the kinds that a notifier sends now."""
    await create_notifier(store, clock, channels, account).run_round()
    return [kind for kind, _, state in channels.take() if state == "raised"]


@pytest.mark.parametrize(("seconds", "kinds"), [(100, []), (121, ["not_served"])])
async def test_a_message_that_no_process_sends_raises_an_alarm(
    store: Store,
    clock: ManualClock,
    channels: RecordedChannels,
    queue: Queue,
    seconds: float,
    kinds: list[str],
) -> None:
    await queue()
    clock.advance(seconds)
    assert await find_kinds(store, clock, channels) == kinds


async def test_a_message_of_an_account_without_settings_raises_an_alarm(
    store: Store, clock: ManualClock, channels: RecordedChannels, queue: Queue
) -> None:
    await queue(account="gone")
    clock.advance(121)
    await create_notifier(store, clock, channels).run_round()
    (one,) = channels.sent
    assert (one.kind, one.account) == (AlarmKind.UNSERVED, "gone")
    assert "not in the settings" in one.text


async def test_a_planned_message_is_not_waited_for(
    store: Store, clock: ManualClock, channels: RecordedChannels, queue: Queue
) -> None:
    at = clock.now() + 3 * HOUR
    await queue(scheduled_at=at, hold_until=at)
    clock.advance(2 * HOUR / SECOND)
    assert await find_kinds(store, clock, channels) == []


async def test_a_queue_that_does_not_move_is_stuck_only_if_nothing_else_explains_it(
    store: Store, clock: ManualClock, channels: RecordedChannels, queue: Queue
) -> None:
    await queue()
    clock.advance(299)
    await serve(store)
    assert await find_kinds(store, clock, channels) == []
    clock.advance(1)
    await serve(store)
    await create_notifier(store, clock, channels).run_round()
    assert channels.sent[0].text == (
        "mm: 1 message waits to be sent, the oldest for 5m; see smsdesk doctor"
    )
    assert channels.take() == [("queue_stuck", "mm", "raised")]
    await store.credit_waits.start_wait("mm", f"no credit for {MIA}", clock.now())
    assert await find_kinds(store, clock, channels) == ["no_credit"]


@pytest.mark.parametrize(
    ("health", "kinds"),
    [
        (Health.STOPPED, ["account_refused"]),
        (Health.RETRYING, []),
        (Health.OK, []),
        (Health.UNKNOWN, []),
    ],
)
async def test_an_account_that_the_provider_refuses_raises_an_alarm_without_its_words(
    store: Store,
    clock: ManualClock,
    channels: RecordedChannels,
    health: Health,
    kinds: list[str],
) -> None:
    await store.accounts.save_health("mm", health, line=f"cannot send Hello to {MIA}")
    await create_notifier(store, clock, channels).run_round()
    assert not any(MIA in one.text or "Hello" in one.text for one in channels.sent)
    assert [kind for kind, *_ in channels.take()] == kinds


@pytest.mark.parametrize(
    ("alarms", "kind"),
    [
        (Alarms(silent_since=1_772_600_000_000), "silent"),
        (Alarms(stuck_messages=3, stuck_since=1_772_600_000_000), "late_receipts"),
    ],
)
async def test_alarms_of_unusual_accounts_are_sent_too(
    store: Store, clock: ManualClock, channels: RecordedChannels, alarms: Alarms, kind: str
) -> None:
    await store.alarm_figures.save_alarms("mm", alarms)
    assert await find_kinds(store, clock, channels) == [kind]


async def test_a_listener_that_is_gone_raises_an_alarm_after_two_minutes(
    store: Store, clock: ManualClock, channels: RecordedChannels
) -> None:
    account = replace(ACCOUNT, capabilities=PUSH_ONLY, listener=True)
    where = {"host": "h", "agent": "ann", "kind": "service", "address": "http://h:1"}
    await store.listeners.record_heartbeat(["mm"], **where)
    clock.advance(100)
    assert await find_kinds(store, clock, channels, account) == []
    clock.advance(21)
    assert await find_kinds(store, clock, channels, account) == ["no_listener"]


async def test_without_a_channel_nothing_is_looked_at_or_stored(
    store: Store, clock: ManualClock
) -> None:
    await hold_item(store)
    assert await create_notifier(store, clock, AlarmChannels()).run_round() == {}
    rows = await store.database.read(lambda c: c.execute("select * from sent_alarms").fetchall())
    assert rows == []


async def test_a_round_without_news_writes_nothing(
    store: Store,
    clock: ManualClock,
    channels: RecordedChannels,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await hold_item(store)
    notifier = create_notifier(store, clock, channels)
    await notifier.run_round()

    async def refuse(work: Any) -> None:
        raise AssertionError("a write")

    monkeypatch.setattr(store.database, "write", refuse)
    clock.advance(20)
    await notifier.run_round()


async def test_the_service_sends_over_a_real_socket(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    await hold_item(store)
    async with run_web_server() as server:
        channels = AlarmChannels(url=server.url, host="desk-1")
        account = ServedAccount("mm", ScriptedProvider(PAGES))
        service = SyncService(
            *(store, [account], clock, random.Random(1)),
            kind="service",
            agent="ann",
            channels=channels,
        )
        async with run_clock(clock), service:
            await wait_until(lambda: server.bodies)
            await dismiss_all(store)
            await wait_until(lambda: len(server.bodies) == 2)
    assert [body["state"] for _, body in server.bodies] == ["raised", "over"]


async def test_one_round_of_everything_sends_too(store: Store, clock: ManualClock) -> None:
    await hold_item(store)
    async with run_web_server() as server:
        account = ServedAccount("mm", ScriptedProvider(PAGES))
        service = SyncService(
            *(store, [account], clock, random.Random(1)),
            kind="service",
            agent="ann",
            channels=AlarmChannels(url=server.url),
        )
        await service.run_once()
        assert [body["kind"] for _, body in server.bodies] == ["held_items"]
