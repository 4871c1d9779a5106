"""A text that may ask to be left alone waits for an agent: nothing is locked by guess."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, answer, conversation_with, reply
from tui.startup.wiring import create_consent_judge
from tui.store.errors import OptedOut
from tui.store.store import Store


@pytest.fixture
async def judging(open_store: OpenStore) -> Store:
    """An inbox that reads what customers say about consent."""
    return await open_store(classify=create_consent_judge({}))


async def suspected(store: Store) -> tuple[int, int]:
    """A conversation with a suspected text: the ids of both."""
    await store.ingest.store_events(ACCOUNT, [reply("please stop texting me")])
    thread = (await conversation_with(store, MIA)).id
    found = await store.consent.find_possible_opt_out(thread)
    assert found is not None
    return thread, found.id


async def test_a_suspected_text_locks_nothing_by_itself(judging: Store) -> None:
    await suspected(judging)
    assert not (await conversation_with(judging, MIA)).opted_out
    await judging.intents.queue_message(answer())


async def test_a_dismissed_suspicion_is_asked_about_no_more(judging: Store) -> None:
    thread, text = await suspected(judging)
    await judging.consent.dismiss_possible_opt_outs(thread, "ana")
    assert await judging.consent.find_possible_opt_out(thread) is None
    await judging.consent.restore_possible_opt_out(text, "ana")
    assert (await judging.consent.find_possible_opt_out(thread)) is not None


async def test_a_confirmed_suspicion_locks_and_keeps_its_evidence(judging: Store) -> None:
    thread, text = await suspected(judging)
    await judging.consent.record_decision(
        thread, "ana", opted_out=True, evidence="please stop texting me", message_id=text
    )
    assert await judging.consent.find_possible_opt_out(thread) is None
    word = await judging.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.agent, word.source) == (True, "ana", "agent")
    assert word.evidence == "please stop texting me"
    with pytest.raises(OptedOut):
        await judging.intents.queue_message(answer())


async def test_an_opt_in_by_the_agent_is_kept_with_its_reason(judging: Store) -> None:
    await judging.ingest.store_events(ACCOUNT, [reply("STOP")])
    thread = (await conversation_with(judging, MIA)).id
    await judging.consent.record_decision(thread, "ana", opted_out=False, evidence="asked by phone")
    word = await judging.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.evidence) == (False, "asked by phone")
    await judging.intents.queue_message(answer())
