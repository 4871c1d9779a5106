"""Test drafts, presence, leases and account states: each as it was last written."""

import functools

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, TOM, get_conversation, make_outgoing, make_reply
from tui.clock import SECOND, ManualClock
from tui.domain.account import Health
from tui.domain.conversation import View
from tui.domain.message import MmsContent
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import DraftChanged, DraftSent
from tui.store.presence import Colleague
from tui.store.store import Store
from tui.store.stored_drafts import make_empty_draft


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


async def test_a_draft_of_another_window_is_joined_not_overwritten(
    store: Store, conversation_id: int
) -> None:
    empty = make_empty_draft(conversation_id, "ana")
    first = await store.drafts.save_draft(conversation_id, "ana", "One", began_at=1, base=empty)
    assert (first.is_joined, first.draft.body) == (False, "One")
    second = await store.drafts.save_draft(
        conversation_id,
        "ana",
        "Two",
        enclosed=MmsContent(("https://a.example/2.png",)),
        began_at=1,
        base=empty,
    )
    assert (second.is_joined, second.draft.body) == (True, "One\nTwo")
    third = await store.drafts.save_draft(
        conversation_id, "ana", "One!", began_at=1, base=first.draft
    )
    assert third.draft.body == "One!\nTwo"
    assert third.draft.mms.media == ("https://a.example/2.png",)
    assert (await store.drafts.get_draft(conversation_id, "ana")) == third.draft


async def test_a_text_is_not_sent_when_its_draft_is_another_one_by_now(
    store: Store, conversation_id: int
) -> None:
    empty = make_empty_draft(conversation_id, "ana")
    known = await store.drafts.save_draft(conversation_id, "ana", "One", began_at=1, base=empty)
    await store.drafts.save_draft(conversation_id, "ana", "One more", began_at=1, base=known.draft)
    with pytest.raises(DraftChanged) as changed:
        await store.intents.queue_message(make_outgoing("One"), draft=known.draft)
    assert not isinstance(changed.value, DraftSent)
    newest = await store.drafts.get_draft(conversation_id, "ana")
    assert newest is not None and newest.body == "One more"
    await store.intents.queue_message(make_outgoing("One more"), draft=newest)
    with pytest.raises(DraftSent):
        await store.intents.queue_message(make_outgoing("One more"), draft=newest)
    assert len(await store.messages.list_before(conversation_id, 2**62, 10)) == 2


async def test_what_was_sent_elsewhere_is_not_saved_again(
    store: Store, conversation_id: int
) -> None:
    empty = make_empty_draft(conversation_id, "ana")
    known = (
        await store.drafts.save_draft(
            conversation_id, "ana", "Caf\u0065\u0301", began_at=1, base=empty
        )
    ).draft
    await store.intents.queue_message(make_outgoing("Caf\u00e9"), draft=known)
    stored = await store.drafts.save_draft(
        conversation_id, "ana", f"{known.body} please", began_at=1, base=known
    )
    assert (stored.was_sent, stored.draft.body) == (True, "please")


async def test_other_messages_of_the_agent_leave_the_draft(
    store: Store, conversation_id: int
) -> None:
    await store.drafts.save_draft(conversation_id, "ana", "half a", began_at=1)
    await store.intents.queue_message(make_outgoing("sent by a script"))
    draft = await store.drafts.get_draft(conversation_id, "ana")
    assert draft is not None and draft.body == "half a"
    await store.intents.queue_message(make_outgoing("half a"))
    assert await store.drafts.get_draft(conversation_id, "ana") is None


async def test_a_note_of_another_window_is_joined_and_saved_once(
    store: Store, conversation_id: int
) -> None:
    save = store.drafts.save_note_draft
    empty = make_empty_draft(conversation_id, "ana")
    known = (await save(conversation_id, "ana", "call", base=empty)).draft
    assert (await save(conversation_id, "ana", "text", base=empty)).draft.body == "call\ntext"
    with pytest.raises(DraftChanged):
        await store.messages.add_note(conversation_id, "ana", "call", draft=known)
    joined = (await store.drafts.read_draft(known, note=True)).draft
    await store.messages.add_note(conversation_id, "ana", joined.body, draft=joined)
    with pytest.raises(DraftSent):
        await store.messages.add_note(conversation_id, "ana", joined.body, draft=joined)
    assert await store.drafts.get_note_draft(conversation_id, "ana") == ""
