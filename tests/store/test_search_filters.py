"""Test search with filters, each alone and in combination."""

import pytest

from tests.ui.history import AGENT, ANA, BOB, CHLOE, HUGO, EventWriter, write_history
from tui.clock import ManualClock
from tui.domain.message import Message
from tui.domain.searching import SearchQuery
from tui.domain.status import Status
from tui.store.store import Store


@pytest.fixture
async def history(store: Store, clock: ManualClock) -> EventWriter:
    """Store the messages of one day."""
    await write_history(store, clock)
    return EventWriter(store, clock, AGENT)


async def list_parties(store: Store, found: list[Message]) -> set[str]:
    rows = [await store.conversations.get(hit.conversation_id) for hit in found]
    return {row.party for row in rows if row is not None}


async def test_from_finds_messages_of_a_customer(store: Store, history: EventWriter) -> None:
    found = await store.search.find_messages(SearchQuery(came_from="kowal"))
    assert found and {hit.direction.value for hit in found} == {"in"}
    assert await list_parties(store, found) == {ANA}


async def test_to_finds_messages_to_a_number(store: Store, history: EventWriter) -> None:
    found = await store.search.find_messages(SearchQuery(went_to="+61 491 570 158"))
    assert found and {hit.direction.value for hit in found} == {"out"}
    assert await list_parties(store, found) == {BOB}


async def test_a_status_finds_its_messages(store: Store, history: EventWriter) -> None:
    found = await store.search.find_messages(SearchQuery(status=Status.FAILED))
    assert found and {hit.status for hit in found} == {Status.FAILED}


async def test_an_account_finds_its_messages(store: Store, history: EventWriter) -> None:
    found = await store.search.find_messages(SearchQuery(account="pl"))
    assert {hit.account for hit in found} == {"pl"}


async def test_a_label_finds_its_conversations(store: Store, history: EventWriter) -> None:
    hugo = await history.conversation(HUGO)
    await store.triage.set_label([hugo.id], AGENT, "vip", True)
    found = await store.search.find_messages(SearchQuery(label="vip", text="parcel"))
    assert found and await list_parties(store, found) == {HUGO}
    assert await store.search.find_messages(SearchQuery(label="vi", text="parcel")) == []


async def test_days_bound_the_search(
    store: Store, history: EventWriter, clock: ManualClock
) -> None:
    everything = await store.search.find_messages(SearchQuery(since=1), limit=1_000)
    cut = everything[len(everything) // 2].at
    later = await store.search.find_messages(SearchQuery(since=cut), limit=1_000)
    earlier = await store.search.find_messages(SearchQuery(until=cut), limit=1_000)
    assert {hit.id for hit in later} | {hit.id for hit in earlier} == {h.id for h in everything}
    assert not {hit.id for hit in later} & {hit.id for hit in earlier}


async def test_in_thread_finds_only_messages_of_the_conversation(
    store: Store, history: EventWriter
) -> None:
    hugo = await history.conversation(HUGO)
    found = await store.search.find_messages(SearchQuery(here=True, text="parcel"), open_id=hugo.id)
    assert await list_parties(store, found) == {HUGO}
    assert await store.search.find_messages(SearchQuery(here=True, text="parcel"), open_id=0) == []


async def test_pages_follow_each_other_without_gaps(store: Store, history: EventWriter) -> None:
    query = SearchQuery(came_from="hugo")
    whole = await store.search.find_messages(query, limit=100)
    first = await store.search.find_messages(query, limit=7)
    rest = await store.search.find_messages(query, before=first[-1].id, limit=100)
    assert first + rest == whole


async def test_a_query_with_a_problem_finds_nothing(store: Store, history: EventWriter) -> None:
    assert await store.search.find_messages(SearchQuery(text="parcel", problem="no day")) == []
    assert await store.search.find_messages(SearchQuery()) == []
    assert await store.search.find_messages(SearchQuery(came_from="ana", went_to="bob")) == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "' or 1 --"])
async def test_pattern_characters_are_treated_as_text(
    store: Store, history: EventWriter, text: str
) -> None:
    assert await store.search.find_messages(SearchQuery(came_from=text)) == []


async def test_all_conditions_apply_together(store: Store, history: EventWriter) -> None:
    query = SearchQuery(text="appointment", came_from="chloe", account="au")
    found = await store.search.find_messages(query)
    assert await list_parties(store, found) == {CHLOE}
