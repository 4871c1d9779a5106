"""Polling: on disk first, then confirmed; every page, and never in a hot loop."""

from collections.abc import Sequence

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, Scripted
from tui.clock import ManualClock
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.events import EventPage, Reply, Unreadable
from tui.providers.errors import CredentialsRefused, Unavailable
from tui.providers.errors import UnreadableAnswer as BadAnswer
from tui.sandbox.ledger import Ledger
from tui.sandbox.sandbox import Sandbox
from tui.store.errors import Busy
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender
from tui.sync.poller import Poller

CUSTOMER = "+61491570156"
PACE = PollPace(2, 15)


def reply(event_id: str) -> Reply:
    """A customer's text."""
    return Reply(event_id, CUSTOMER, f"text {event_id}", None, "{}")


def ledger_of(sandbox: Sandbox) -> Ledger:
    """The truth about MessageMedia."""
    return sandbox.emulators["messagemedia"].ledger


async def texts(store: Store) -> list[str]:
    """Every text that is stored, oldest first."""
    found = await store.database.read(
        lambda c: c.execute("select body from messages order by id").fetchall()
    )
    return [row[0] for row in found]


async def test_replies_are_stored_and_then_confirmed(
    account: ServedAccount, hands: SyncContext, sandbox: Sandbox
) -> None:
    wrote = sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello?", [])
    rest = await Poller(account, hands, PACE).run_round()
    assert await texts(hands.store) == ["Hello?"]
    assert list(ledger_of(sandbox).replies.confirmed) == [wrote]
    assert (rest.new_events, rest.answered) == (1, True)


async def test_all_pages_are_fetched_in_one_round(
    account: ServedAccount, hands: SyncContext, sandbox: Sandbox
) -> None:
    for number in range(250):
        sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, f"{number}", [])
    rest = await Poller(account, hands, PACE).run_round()
    assert rest.new_events == len(await texts(hands.store)) == 250
    assert ledger_of(sandbox).replies.unconfirmed_ids == []


async def test_nothing_is_confirmed_that_could_not_be_stored(
    account: ServedAccount, hands: SyncContext, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello?", [])

    async def locked(account: str, events: Sequence[object]) -> None:
        raise Busy("locked")

    with monkeypatch.context() as patched:
        patched.setattr(hands.store.ingest, "store_events", locked)
        with pytest.raises(Busy):
            await Poller(account, hands, PACE).run_round()
    assert ledger_of(sandbox).replies.unconfirmed_ids == [wrote]
    await Poller(account, hands, PACE).run_round()
    assert await texts(hands.store) == ["Hello?"]


async def test_a_page_that_could_not_be_confirmed_comes_again_and_shows_once(
    hands: SyncContext, clock: ManualClock
) -> None:
    fails = [Unavailable("not now")]

    async def page(cursor: str) -> EventPage:
        return EventPage((reply("r1"),))

    async def confirm(ids: list[str]) -> None:
        if fails:
            raise fails.pop()

    provider = Scripted(PAGES, replies=page, confirm_replies=confirm)
    poller = Poller(ServedAccount("mm", provider), hands, PACE)
    with pytest.raises(Unavailable):
        await poller.run_round()
    assert (await poller.run_round()).new_events == 0
    assert provider.called("confirm_replies") == [(["r1"],), (["r1"],)]
    assert await texts(hands.store) == ["text r1"]


async def test_a_full_page_of_known_things_is_confirmed_but_never_asked_for_in_a_hot_loop(
    hands: SyncContext,
) -> None:
    async def stuck(cursor: str) -> EventPage:
        return EventPage(tuple(reply(f"r{n}") for n in range(100)), has_more=True)

    provider = Scripted(PAGES, replies=stuck)
    poller = Poller(ServedAccount("mm", provider), hands, PACE)
    first = await poller.run_round()
    assert first.new_events == 100
    assert len(provider.called("replies")) == 2
    assert first.pause is not None and first.pause >= 1.6


async def test_an_unreadable_item_is_set_aside_and_confirmed_with_the_rest(
    hands: SyncContext,
) -> None:
    async def page(cursor: str) -> EventPage:
        bad = Unreadable("r2", "no sender", "{}")
        own = Unreadable("digest", "no id", "{}", can_confirm=False)
        return EventPage((reply("r1"), bad, own, reply("r3")))

    provider = Scripted(PAGES, replies=page)
    await Poller(ServedAccount("mm", provider), hands, PACE).run_round()
    assert provider.called("confirm_replies") == [(["r1", "r2", "r3"],)]
    assert await texts(hands.store) == ["text r1", "text r3"]
    assert await hands.store.ingest.count_unreadable_items() == 2


async def test_trouble_with_replies_does_not_keep_receipts_waiting(hands: SyncContext) -> None:
    async def broken(cursor: str) -> EventPage:
        raise BadAnswer("no list")

    provider = Scripted(PAGES, replies=broken)
    with pytest.raises(BadAnswer):
        await Poller(ServedAccount("mm", provider), hands, PACE).run_round()
    assert len(provider.called("receipts")) == 1


async def test_the_first_of_two_troubles_is_told(hands: SyncContext) -> None:
    async def refused(cursor: str) -> EventPage:
        raise CredentialsRefused("no")

    async def down(cursor: str) -> EventPage:
        raise Unavailable("down")

    provider = Scripted(PAGES, replies=refused, receipts=down)
    with pytest.raises(CredentialsRefused):
        await Poller(ServedAccount("mm", provider), hands, PACE).run_round()


async def test_a_cursor_moves_only_when_its_page_is_on_disk(
    hands: SyncContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pages(cursor: str) -> EventPage:
        place = int(cursor or 0)
        return EventPage((reply(f"r{place}"),), has_more=place < 2, cursor=str(min(place + 1, 3)))

    by_date = Capabilities("By date", replies=ReplyChannel.POLL, receipts=ReceiptChannel.NONE)
    provider = Scripted(by_date, replies=pages)
    poller = Poller(ServedAccount("mm", provider), hands, PACE)

    async def locked(account: str, events: Sequence[object]) -> None:
        raise Busy("locked")

    with monkeypatch.context() as patched:
        patched.setattr(hands.store.ingest, "store_events", locked)
        with pytest.raises(Busy):
            await poller.run_round()
    assert await hands.store.accounts.get_cursors("mm") == ("", "")
    await poller.run_round()
    assert await texts(hands.store) == ["text r0", "text r1", "text r2"]
    assert await hands.store.accounts.get_cursors("mm") == ("3", "")
    assert provider.called("confirm_replies") == []


async def test_polling_slows_down_when_nothing_comes(
    hands: SyncContext, clock: ManualClock
) -> None:
    poller = Poller(ServedAccount("mm", Scripted(PAGES)), hands, PACE)
    pauses = []
    for _ in range(8):
        rest = await poller.run_round()
        assert rest.pause is not None
        pauses.append(rest.pause)
        clock.advance(rest.pause)
    assert pauses[0] < 4.0
    assert pauses[-1] >= 12.0


async def test_receipts_that_are_waited_for_are_polled_quickly(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    poller = Poller(account, hands, PACE)
    for _ in range(8):
        clock.advance((await poller.run_round()).pause or 0)
    await poller.run_round()
    idle = (await poller.run_round()).pause or 0
    await queue()
    await OutboxSender(account, hands).run_round()
    hurried = (await poller.run_round()).pause or 0
    assert idle >= 12.0
    assert hurried <= 2.4


async def test_an_open_conversation_hurries_the_polling_of_its_account(
    hands: SyncContext, clock: ManualClock
) -> None:
    async def page(cursor: str) -> EventPage:
        return EventPage((reply("r1"),))

    poller = Poller(ServedAccount("mm", Scripted(PAGES, replies=page)), hands, PACE)
    for _ in range(8):
        clock.advance((await poller.run_round()).pause or 0)
    idle = (await poller.run_round()).pause or 0
    row = await hands.store.database.read(
        lambda c: c.execute("select id from conversations").fetchone()
    )
    await hands.store.presence.announce_presence("ann", row[0], typing=False)
    clock.advance(0.1)
    hurried = (await poller.run_round()).pause or 0
    assert idle >= 12.0
    assert hurried <= 2.4


async def test_a_hurried_account_is_polled_at_once(hands: SyncContext) -> None:
    provider = Scripted(PAGES)
    poller = Poller(ServedAccount("mm", provider), hands, PACE)
    await poller.run_round()
    await poller.run_round()
    assert len(provider.called("replies")) == 1
    poller.force_next_round()
    await poller.run_round()
    assert len(provider.called("replies")) == 2


async def test_the_answer_time_is_measured(hands: SyncContext, clock: ManualClock) -> None:
    async def slow(cursor: str) -> EventPage:
        clock.advance(0.25)
        return EventPage()

    rest = await Poller(ServedAccount("mm", Scripted(PAGES, replies=slow)), hands, PACE).run_round()
    assert rest.latency_ms == 250


def test_a_provider_that_only_pushes_is_never_polled(hands: SyncContext) -> None:
    assert not Poller(ServedAccount("mp", Scripted()), hands, PACE).has_sources
