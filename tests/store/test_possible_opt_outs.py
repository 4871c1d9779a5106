"""Test possible opt-outs: an agent decides, and no guess opts anyone out."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tui.startup.wiring import create_consent_judge
from tui.store.errors import OptedOut
from tui.store.store import Store


@pytest.fixture
async def consent_store(open_store: OpenStore) -> Store:
    """Return an inbox that classifies customers' texts about consent."""
    return await open_store(classify=create_consent_judge({}))


async def add_possible_opt_out(store: Store) -> tuple[int, int]:
    """Return the ids of a conversation and of a possible opt-out in it."""
    await store.ingest.store_events(ACCOUNT, [make_reply("please stop texting me")])
    thread = (await get_conversation(store, MIA)).id
    found = await store.consent.find_possible_opt_out(thread)
    assert found is not None
    return thread, found.id


async def test_a_possible_opt_out_has_no_effect_by_itself(consent_store: Store) -> None:
    await add_possible_opt_out(consent_store)
    assert not (await get_conversation(consent_store, MIA)).opted_out
    await consent_store.intents.queue_message(make_outgoing())


async def test_a_dismissed_possible_opt_out_is_not_shown_again(consent_store: Store) -> None:
    thread, text = await add_possible_opt_out(consent_store)
    await consent_store.consent.dismiss_possible_opt_outs(thread, "ana")
    assert await consent_store.consent.find_possible_opt_out(thread) is None
    await consent_store.consent.restore_possible_opt_out(text, "ana")
    assert (await consent_store.consent.find_possible_opt_out(thread)) is not None


async def test_a_confirmed_possible_opt_out_opts_out_and_keeps_its_evidence(
    consent_store: Store,
) -> None:
    thread, text = await add_possible_opt_out(consent_store)
    await consent_store.consent.record_decision(
        thread, "ana", opted_out=True, evidence="please stop texting me", message_id=text
    )
    assert await consent_store.consent.find_possible_opt_out(thread) is None
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.agent, word.source) == (True, "ana", "agent")
    assert word.evidence == "please stop texting me"
    with pytest.raises(OptedOut):
        await consent_store.intents.queue_message(make_outgoing())


async def test_an_opt_in_by_the_agent_is_kept_with_its_reason(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    thread = (await get_conversation(consent_store, MIA)).id
    await consent_store.consent.record_decision(
        thread, "ana", opted_out=False, evidence="asked by phone"
    )
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.evidence) == (False, "asked by phone")
    await consent_store.intents.queue_message(make_outgoing())
