"""Test drafts, presence, leases and account states: each as it was last written."""

import functools

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, TOM, get_conversation, make_reply
from tui.clock import SECOND, ManualClock
from tui.domain.account import Health
from tui.domain.conversation import View
from tui.store.conversations import FIRST_POSITION
from tui.store.presence import Colleague
from tui.store.store import Store


@pytest.fixture
async def conversation_id(store: Store) -> int:
    """Return a conversation."""
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    return (await get_conversation(store)).id


async def test_each_agent_has_their_own_draft(
    store: Store, conversation_id: int, clock: ManualClock
) -> None:
    began = clock.now()
    await store.drafts.save_draft(
        conversation_id, "ana", "We", account="a", sender="s", began_at=began
    )
    clock.advance(5)
    await store.drafts.save_draft(conversation_id, "ana", "We are \ud83d", began_at=began)
    draft = await store.drafts.get_draft(conversation_id, "ana")
    assert draft is not None
    assert (draft.body, draft.began_at, draft.updated_at) == ("We are \ufffd", began, clock.now())
    assert await store.drafts.get_draft(conversation_id, "tom") is None
    shown = await store.conversations.list_after(View(drafts_of="ana"), FIRST_POSITION, 10)
    assert [c.id for c in shown] == [conversation_id]


async def test_drafts_of_an_agent_are_newest_first(
    store: Store, conversation_id: int, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=TOM)])
    other = (await get_conversation(store, TOM)).id
    await store.drafts.save_draft(conversation_id, "ana", "one", began_at=0)
    clock.advance(1)
    await store.drafts.save_draft(other, "ana", "two", began_at=0)
    assert [d.body for d in await store.drafts.list_drafts("ana")] == ["two", "one"]
    await store.drafts.save_draft(other, "ana", "", began_at=0)
    assert [d.body for d in await store.drafts.list_drafts("ana")] == ["one"]


async def test_colleagues_are_listed_while_they_are_present(
    store: Store, open_store: OpenStore, conversation_id: int, clock: ManualClock
) -> None:
    there = await open_store(owner="b")
    await store.presence.announce_presence("ana", conversation_id, typing=True)
    await there.presence.announce_presence("tom", conversation_id, typing=True)
    assert await store.presence.list_colleagues(conversation_id) == [Colleague("tom", typing=True)]
    assert await there.presence.list_colleagues(conversation_id) == [Colleague("ana", typing=True)]
    assert await there.presence.list_viewed_accounts() == {ACCOUNT}
    await there.leases.end_process()
    assert await store.presence.list_colleagues(conversation_id) == []
    clock.advance(21)
    assert await there.presence.list_colleagues(conversation_id) == []
    assert await there.presence.list_viewed_accounts() == set()


async def test_one_process_at_a_time_holds_a_lease(
    store: Store, open_store: OpenStore, clock: ManualClock
) -> None:
    there = await open_store(owner="b")
    lasts = 8 * SECOND
    assert await store.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)
    assert not await there.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)
    clock.advance(5)
    assert await store.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)
    clock.advance(5)
    assert await there.leases.get_holder(ACCOUNT) == "a"
    assert not await there.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)
    clock.advance(5)
    assert await there.leases.get_holder(ACCOUNT) == ""
    assert await there.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)
    await there.leases.release_lease(ACCOUNT)
    assert await store.leases.acquire_lease(ACCOUNT, duration_ms=lasts, preferred=False)


async def test_the_service_takes_over_the_lease_of_an_inbox_process(
    store: Store, open_store: OpenStore
) -> None:
    service = await open_store(owner="service")
    assert await store.leases.acquire_lease(ACCOUNT, duration_ms=8 * SECOND, preferred=False)
    names = [ACCOUNT, "other"]
    held = await service.leases.renew_leases(
        "sync", "service", names, duration_ms=8 * SECOND, preferred=True
    )
    assert held == frozenset(names)
    assert not await store.leases.acquire_lease(ACCOUNT, duration_ms=8 * SECOND, preferred=False)
    await service.leases.end_process()
    assert await store.leases.get_holder(ACCOUNT) == ""


async def test_values_not_given_for_an_account_are_unchanged(store: Store) -> None:
    await store.accounts.save_health(ACCOUNT, Health.OK, ok_at=5, event_at=6, latency_ms=80)
    await store.accounts.save_health(ACCOUNT, Health.RETRYING, line="No network", retry_at=9)
    await store.accounts.save_reply_cursor(ACCOUNT, "r1")
    await store.accounts.save_receipt_cursor(ACCOUNT, "s1")
    state = (await store.accounts.get_states())[ACCOUNT]
    assert (state.health, state.line, state.retry_at) == (Health.RETRYING, "No network", 9)
    assert (state.ok_at, state.event_at) == (5, 6)
    assert await store.accounts.get_cursors(ACCOUNT) == ("r1", "s1")
    assert await store.accounts.get_cursors("unknown") == ("", "")


async def test_any_process_can_request_a_retry_of_an_account(
    store: Store, clock: ManualClock
) -> None:
    assert await store.accounts.get_retry_requests() == {}
    await store.accounts.request_retry(ACCOUNT)
    assert await store.accounts.get_retry_requests() == {ACCOUNT: clock.now()}


async def test_a_draft_keeps_the_time_that_it_is_planned_for(
    store: Store, conversation_id: int
) -> None:
    save = functools.partial(store.drafts.save_draft, conversation_id, "ana", began_at=0)
    await save("We", send_at=5_000, cancel_on_reply=True)
    draft = await store.drafts.get_draft(conversation_id, "ana")
    assert draft is not None and (draft.send_at, draft.cancel_on_reply) == (5_000, True)
    await save("We are")
    draft = await store.drafts.get_draft(conversation_id, "ana")
    assert draft is not None and (draft.send_at, draft.cancel_on_reply) == (None, False)
