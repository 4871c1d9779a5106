"""Test polling: events are stored, then confirmed; all pages, and never in a tight loop."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, ScriptedProvider
from tui.clock import ManualClock
from tui.domain.account import Health
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import View
from tui.domain.events import EventPage, Reply, Unreadable
from tui.providers.errors import CredentialsRefused, Unavailable
from tui.providers.errors import UnreadableAnswer as BadAnswer
from tui.sandbox.ledger import Ledger
from tui.sandbox.state import Sandbox
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import Busy, Unreachable
from tui.store.store import Store
from tui.sync.account_health import AccountHealth
from tui.sync.backoff import PollPace
from tui.sync.context import RoundResult, ServedAccount, SyncContext
from tui.sync.loop import TaskLoop
from tui.sync.outbox import OutboxSender
from tui.sync.poller import Poller

CUSTOMER = "+61491570156"
PACE = PollPace(2, 15)


def make_reply(event_id: str) -> Reply:
    """Return a message from a customer."""
    return Reply(event_id, CUSTOMER, f"text {event_id}", None, "{}")


def get_ledger(sandbox: Sandbox) -> Ledger:
    """Return the ledger of MessageMedia."""
    return sandbox.emulators["messagemedia"].ledger


async def list_texts(store: Store) -> list[str]:
    """Return every stored text, oldest first."""
    found = await store.database.read(
        lambda c: c.execute("select body from messages order by id").fetchall()
    )
    return [row[0] for row in found]


async def test_replies_are_stored_and_then_confirmed(
    account: ServedAccount, context: SyncContext, sandbox: Sandbox
) -> None:
    wrote = sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello?", [])
    rest = await Poller(account, context, PACE).run_round()
    assert await list_texts(context.store) == ["Hello?"]
    assert list(get_ledger(sandbox).replies.confirmed) == [wrote]
    assert (rest.new_events, rest.answered) == (1, True)


async def test_all_pages_are_fetched_in_one_round(
    account: ServedAccount, context: SyncContext, sandbox: Sandbox
) -> None:
    for number in range(250):
        sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, f"{number}", [])
    rest = await Poller(account, context, PACE).run_round()
    assert rest.new_events == len(await list_texts(context.store)) == 250
    assert get_ledger(sandbox).replies.unconfirmed_ids == []


async def test_polled_numbers_are_those_of_the_country_of_the_account(
    account: ServedAccount, context: SyncContext
) -> None:
    national = Reply("r1", "0491570156", "Hello", None, "{}")
    international = Reply("r2", CUSTOMER, "Hello again", None, "{}")

    async def fetch_replies(cursor: str) -> EventPage:
        return EventPage((national, international))

    provider = ScriptedProvider(PAGES, replies=fetch_replies)
    poller = Poller(replace(account, provider=provider, region="AU"), context, PACE)
    await poller.run_round()
    (row,) = await context.store.conversations.list_after(View(), FIRST_POSITION, 10)
    assert (row.party, row.unread) == (CUSTOMER, 2)


async def test_replies_are_not_confirmed_if_they_could_not_be_stored(
    account: ServedAccount, context: SyncContext, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello?", [])

    async def locked(*page: object) -> None:
        raise Busy("locked")

    with monkeypatch.context() as patched:
        patched.setattr(context.store.ingest, "store_events", locked)
        with pytest.raises(Busy):
            await Poller(account, context, PACE).run_round()
    assert get_ledger(sandbox).replies.unconfirmed_ids == [wrote]
    await Poller(account, context, PACE).run_round()
    assert await list_texts(context.store) == ["Hello?"]


async def test_an_unconfirmed_page_is_fetched_again_and_stored_once(
    context: SyncContext, clock: ManualClock
) -> None:
    fails = [Unavailable("not now")]

    async def page(cursor: str) -> EventPage:
        return EventPage((make_reply("r1"),))

    async def confirm(ids: list[str]) -> None:
        if fails:
            raise fails.pop()

    provider = ScriptedProvider(PAGES, replies=page, confirm_replies=confirm)
    poller = Poller(ServedAccount("mm", provider), context, PACE)
    with pytest.raises(Unavailable):
        await poller.run_round()
    assert (await poller.run_round()).new_events == 0
    assert provider.list_calls("confirm_replies") == [(["r1"],), (["r1"],)]
    assert await list_texts(context.store) == ["text r1"]


async def test_a_full_page_of_known_replies_is_confirmed_and_not_fetched_again_at_once(
    context: SyncContext,
) -> None:
    async def stuck(cursor: str) -> EventPage:
        return EventPage(tuple(make_reply(f"r{n}") for n in range(100)), has_more=True)

    provider = ScriptedProvider(PAGES, replies=stuck)
    poller = Poller(ServedAccount("mm", provider), context, PACE)
    first = await poller.run_round()
    assert first.new_events == 100
    assert len(provider.list_calls("replies")) == 2
    assert first.pause is not None and first.pause >= 1.6


async def test_an_unreadable_item_is_stored_and_confirmed_with_the_others(
    context: SyncContext,
) -> None:
    async def page(cursor: str) -> EventPage:
        bad = Unreadable("r2", "no sender", "{}")
        own = Unreadable("digest", "no id", "{}", can_confirm=False)
        return EventPage((make_reply("r1"), bad, own, make_reply("r3")))

    provider = ScriptedProvider(PAGES, replies=page)
    await Poller(ServedAccount("mm", provider), context, PACE).run_round()
    assert provider.list_calls("confirm_replies") == [(["r1", "r2", "r3"],)]
    assert await list_texts(context.store) == ["text r1", "text r3"]
    assert len(await context.store.held_items.list_held()) == 2


async def test_an_error_with_replies_does_not_block_receipts(context: SyncContext) -> None:
    async def broken(cursor: str) -> EventPage:
        raise BadAnswer("no list")

    provider = ScriptedProvider(PAGES, replies=broken)
    with pytest.raises(BadAnswer):
        await Poller(ServedAccount("mm", provider), context, PACE).run_round()
    assert len(provider.list_calls("receipts")) == 1


async def test_the_first_of_two_errors_is_raised(context: SyncContext) -> None:
    async def refused(cursor: str) -> EventPage:
        raise CredentialsRefused("no")

    async def down(cursor: str) -> EventPage:
        raise Unavailable("down")

    provider = ScriptedProvider(PAGES, replies=refused, receipts=down)
    with pytest.raises(CredentialsRefused):
        await Poller(ServedAccount("mm", provider), context, PACE).run_round()


async def test_a_cursor_moves_only_after_its_page_is_stored(
    context: SyncContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pages(cursor: str) -> EventPage:
        place = int(cursor or 0)
        return EventPage(
            (make_reply(f"r{place}"),), has_more=place < 2, cursor=str(min(place + 1, 3))
        )

    by_date = Capabilities("By date", replies=ReplyChannel.POLL, receipts=ReceiptChannel.NONE)
    provider = ScriptedProvider(by_date, replies=pages)
    poller = Poller(ServedAccount("mm", provider), context, PACE)

    async def locked(*page: object) -> None:
        raise Busy("locked")

    with monkeypatch.context() as patched:
        patched.setattr(context.store.ingest, "store_events", locked)
        with pytest.raises(Busy):
            await poller.run_round()
    assert await context.store.accounts.get_cursors("mm") == ("", "")
    await poller.run_round()
    assert await list_texts(context.store) == ["text r0", "text r1", "text r2"]
    assert await context.store.accounts.get_cursors("mm") == ("3", "")
    assert provider.list_calls("confirm_replies") == []


async def test_polling_slows_down_without_events(context: SyncContext, clock: ManualClock) -> None:
    poller = Poller(ServedAccount("mm", ScriptedProvider(PAGES)), context, PACE)
    pauses = []
    for _ in range(8):
        rest = await poller.run_round()
        assert rest.pause is not None
        pauses.append(rest.pause)
        clock.advance(rest.pause)
    assert pauses[0] < 4.0
    assert pauses[-1] >= 12.0


async def test_awaited_receipts_are_polled_quickly(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    poller = Poller(account, context, PACE)
    for _ in range(8):
        clock.advance((await poller.run_round()).pause or 0)
    await poller.run_round()
    idle = (await poller.run_round()).pause or 0
    await queue()
    await OutboxSender(account, context).run_round()
    hurried = (await poller.run_round()).pause or 0
    assert idle >= 12.0
    assert hurried <= 2.4


async def test_an_open_conversation_speeds_up_the_polling_of_its_account(
    context: SyncContext, clock: ManualClock
) -> None:
    async def page(cursor: str) -> EventPage:
        return EventPage((make_reply("r1"),))

    poller = Poller(ServedAccount("mm", ScriptedProvider(PAGES, replies=page)), context, PACE)
    for _ in range(8):
        clock.advance((await poller.run_round()).pause or 0)
    idle = (await poller.run_round()).pause or 0
    row = await context.store.database.read(
        lambda c: c.execute("select id from conversations").fetchone()
    )
    await context.store.presence.announce_presence("ann", row[0], typing=False)
    clock.advance(0.1)
    hurried = (await poller.run_round()).pause or 0
    assert idle >= 12.0
    assert hurried <= 2.4


async def test_a_hurried_account_is_polled_at_once(context: SyncContext) -> None:
    provider = ScriptedProvider(PAGES)
    poller = Poller(ServedAccount("mm", provider), context, PACE)
    await poller.run_round()
    await poller.run_round()
    assert len(provider.list_calls("replies")) == 1
    poller.force_next_round()
    await poller.run_round()
    assert len(provider.list_calls("replies")) == 2


async def test_the_response_time_is_measured(context: SyncContext, clock: ManualClock) -> None:
    async def slow(cursor: str) -> EventPage:
        clock.advance(0.25)
        return EventPage()

    rest = await Poller(
        ServedAccount("mm", ScriptedProvider(PAGES, replies=slow)), context, PACE
    ).run_round()
    assert rest.latency_ms == 250


def test_a_provider_that_only_pushes_is_never_polled(context: SyncContext) -> None:
    assert not Poller(ServedAccount("mp", ScriptedProvider()), context, PACE).has_sources


@pytest.mark.parametrize("cycle", [1, 2, 3])
async def test_a_provider_that_repeats_its_pages_is_not_asked_without_end(
    context: SyncContext, cycle: int
) -> None:
    asked = 0

    async def page(cursor: str) -> EventPage:
        nonlocal asked
        asked += 1
        return EventPage((make_reply(f"r{asked % cycle}"),), has_more=True, cursor=f"page {asked}")

    by_date = Capabilities("By date", replies=ReplyChannel.POLL, receipts=ReceiptChannel.NONE)
    poller = Poller(ServedAccount("mm", ScriptedProvider(by_date, replies=page)), context, PACE)
    for rounds in (1, 2, 3):
        poller.force_next_round()
        rest = await poller.run_round()
        assert asked <= (cycle + 1) * rounds
        assert rest.pause and rest.pause > 0
    assert len(await list_texts(context.store)) == cycle


async def test_pages_of_known_replies_are_passed_to_reach_new_ones(context: SyncContext) -> None:
    async def pages(cursor: str) -> EventPage:
        place = int(cursor or 0) % 3
        return EventPage(
            (make_reply(f"r{place}"),), has_more=place < 2, cursor=str(int(cursor or 0) + 1)
        )

    by_date = Capabilities("By date", replies=ReplyChannel.POLL, receipts=ReceiptChannel.NONE)
    await context.store.ingest.store_events("mm", [make_reply("r0"), make_reply("r1")])
    poller = Poller(ServedAccount("mm", ScriptedProvider(by_date, replies=pages)), context, PACE)
    await poller.run_round()
    assert await list_texts(context.store) == ["text r0", "text r1", "text r2"]


async def test_a_lost_database_is_forgotten_with_the_next_round_that_calls_no_one(
    context: SyncContext,
) -> None:
    rounds: Iterator[RoundResult | Exception] = iter([Unreachable("away"), RoundResult(3_600.0)])

    async def work() -> RoundResult:
        result = next(rounds)
        if isinstance(result, Exception):
            raise result
        return result

    health = AccountHealth(context.store.accounts, context.clock, "mm", "here")
    loop = TaskLoop("balance", work, health, context)
    lines = []
    for _ in range(2):
        await loop.run_once()
        lines.append((await context.store.accounts.get_states())["mm"].line)
    assert lines == ["away", ""]


async def run_rounds(context: SyncContext, provider: ScriptedProvider, count: int) -> list[str]:
    """Return the health line of an account after each of several polls."""
    account = ServedAccount("mm", provider)
    health = AccountHealth(context.store.accounts, context.clock, "mm", "here")
    poller = Poller(account, context, PACE)
    loop = TaskLoop("polling", poller.run_round, health, context)
    lines = []
    for _ in range(count):
        poller.force_next_round()
        await loop.run_once()
        (state,) = (await context.store.accounts.get_states()).values()
        assert (state.health is Health.OK) is (state.line == "")
        lines.append(state.line)
    return lines


async def test_an_account_is_not_ok_while_confirmations_are_refused(context: SyncContext) -> None:
    refusals = [BadAnswer("no thanks"), BadAnswer("no thanks")]

    async def page(cursor: str) -> EventPage:
        return EventPage((make_reply("r1"),))

    async def confirm(ids: list[str]) -> None:
        if refusals:
            raise refusals.pop()

    provider = ScriptedProvider(PAGES, replies=page, confirm_replies=confirm)
    lines = await run_rounds(context, provider, 3)
    assert lines == ["Replies are stored but not confirmed: no thanks"] * 2 + [""]
    assert await list_texts(context.store) == ["text r1"]


async def test_a_refused_confirmation_does_not_hide_newer_events(context: SyncContext) -> None:
    confirmed: set[str] = set()

    async def page(cursor: str) -> EventPage:
        waiting = [f"r{n}" for n in range(6) if f"r{n}" not in confirmed]
        return EventPage(tuple(map(make_reply, waiting[:3])), has_more=len(waiting) > 3)

    async def confirm(ids: list[str]) -> None:
        confirmed.update(set(ids) - {"r1"})
        raise BadAnswer("one of them")

    provider = ScriptedProvider(PAGES, replies=page, confirm_replies=confirm)
    (line,) = await run_rounds(context, provider, 1)
    assert line.endswith("one of them")
    assert len(await list_texts(context.store)) == 6


async def test_confirmations_without_effect_are_noticed(context: SyncContext) -> None:
    async def page(cursor: str) -> EventPage:
        return EventPage((make_reply("r1"), make_reply("r2")))

    provider = ScriptedProvider(PAGES, replies=page)
    lines = await run_rounds(context, provider, 4)
    assert lines[:2] == ["", ""]
    assert lines[2] == lines[3] == "The provider delivers confirmed replies again and again (2)"


async def test_a_late_effect_of_confirmations_is_no_problem(context: SyncContext) -> None:
    asked = 0

    async def page(cursor: str) -> EventPage:
        nonlocal asked
        asked += 1
        return EventPage((make_reply(f"r{asked // 2}"),))

    assert set(await run_rounds(context, ScriptedProvider(PAGES, replies=page), 6)) == {""}
