"""Test writing one text to many conversations in line mode."""

from tests.plain.conftest import Typist
from tui.domain.bulk_text import BulkState
from tui.domain.conversation import View
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store


async def test_a_text_to_some_of_the_list_is_planned_confirmed_and_cancelled(
    mia: Typist, store: Store
) -> None:
    await mia.type("many")
    assert "No text to many yet. many 1 3 5-7 writes one text" in "\n".join(mia.output)
    await mia.type("many 99", "many x")
    assert sum("no such numbers" in line for line in mia.output) == 2
    await mia.type("l", "many 1 2-3", "Hello {first_name}", ".")
    shown = "\n".join(mia.output)
    assert "Write to 3 conversations" in shown
    assert "y sends" in shown
    await mia.type("n")
    assert mia.output[-2] == "Nothing was sent."
    assert await store.bulk_texts.list_newest(1) == []
    await mia.type("many all", "We are closed", ".", "y")
    (bulk,) = await store.bulk_texts.list_newest(9)
    assert (bulk.body, bulk.state) == ("We are closed", BulkState.RUNNING)
    await mia.type("many", "1", "1")
    assert any(line.startswith("Paused") for line in mia.output)
    await mia.type("many", "1", "2")
    (bulk,) = await store.bulk_texts.list_newest(9)
    assert bulk.state is BulkState.CANCELLED


async def test_a_text_that_no_one_would_get_is_not_offered(mia: Typist, store: Store) -> None:
    await mia.type("l")
    for row in await store.conversations.list_after(View(), FIRST_POSITION, 2):
        await store.consent.record_decision(row.id, "tom", opted_out=True, evidence="")
    await mia.type("many 1 2", "We are closed", ".")
    shown = "\n".join(mia.output)
    assert "Nothing would be sent." in shown and "Nothing to send: 2 left out." in shown
    assert "0 texts" not in shown
    await mia.type("y")
    assert mia.output[-2] == "Nothing was sent."
    assert await store.bulk_texts.list_newest(9) == []
