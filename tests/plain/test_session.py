"""The talk: finding somebody, reading aloud, news, and what is not understood."""

import subprocess
import sys

from tests.contexts import make_context
from tests.plain.conftest import Typist
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE, DAWIT, HUGO, write_history
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.account import Health
from tui.domain.conversation import State
from tui.store.store import Store


async def test_who_waits_longest_is_number_one(mia: Typist) -> None:
    await mia.hears("1. Chloe Martin, waits 3h, 2 unread")
    await mia.hears("A number opens")


async def test_a_number_opens_and_reads_aloud(mia: Typist) -> None:
    await mia.type("1")
    await mia.hears("Conversation with Chloe Martin, +61 491 570 156, between")
    await mia.hears("Chloe Martin: Can I move my appointment to Friday?")
    assert (await mia.conversation(CHLOE)).unread == 0


async def test_the_heading_tells_owner_star_and_labels(mia: Typist) -> None:
    await mia.opens(HUGO)
    assert mia.heard("yours, starred, #parcels.")


async def test_older_messages_are_read_page_by_page(mia: Typist) -> None:
    await mia.opens(HUGO)
    assert mia.heard("Line 60:") and not mia.heard("Line 50:")
    await mia.type("o")
    await mia.hears("Line 50:")


async def test_news_is_announced_but_not_into_a_reply(mia: Typist) -> None:
    await mia.hears("A number opens one")
    await mia.world.writes(DAWIT, "Hello \x1b[2J?")
    await mia.hears("* New from Dawit Bekele: Hello")
    assert not mia.heard("\x1b")
    await mia.type("1", "r")
    await mia.world.writes(DAWIT, "Second")
    await mia.type("words")
    assert not mia.heard("Second")
    await mia.type("!")
    await mia.hears("* New from Dawit Bekele: Second")
    await mia.type("w")
    await mia.hears("Conversation with Dawit Bekele")


async def test_what_comes_into_the_open_conversation_is_read_aloud_there(mia: Typist) -> None:
    await mia.type("1")
    await mia.world.writes(CHLOE, "Are you there?")
    await mia.hears("Today 14:02, Chloe Martin: Are you there?")
    await wait_until(lambda: unread_is_none(mia), what="it is read")


async def unread_is_none(mia: Typist) -> bool:
    return (await mia.conversation(CHLOE)).unread == 0


async def test_a_note_that_names_the_agent_is_told(mia: Typist) -> None:
    ana = await mia.conversation(ANA)
    await mia.store.messages.add_note(ana.id, COLLEAGUE, "@mia, can you?", [AGENT])
    await mia.hears("* bo mentions you in a note on Ana Kowalska (w opens it)")


async def test_an_account_that_stops_is_told_and_explained(mia: Typist) -> None:
    await mia.hears("A number opens")
    await mia.store.accounts.save_health("au", Health.STOPPED, line="the secret is wrong")
    await mia.hears("* Account au has stopped: the secret is wrong. i tells more.")
    await mia.type("i")
    await mia.hears("au stopped, stopped, the secret is wrong, balance 812 credits.")


async def test_closing_goes_back_to_the_list_and_can_be_undone(mia: Typist) -> None:
    await mia.type("1", "e")
    await mia.hears("Closed Chloe Martin")
    assert (await mia.conversation(CHLOE)).state is State.CLOSED
    await mia.type("z")
    await mia.hears("Undone: closed Chloe Martin.")
    assert (await mia.conversation(CHLOE)).state is State.OPEN


async def test_the_next_waiting_one_is_a_letter_away(mia: Typist) -> None:
    await mia.type("n", "n")
    await mia.hears("Conversation with Chloe Martin")
    await mia.hears("Conversation with Dawit Bekele")


async def test_other_lists_are_chosen_by_number_or_name(mia: Typist) -> None:
    await mia.type("v closed")
    await mia.hears("Listed: Closed.")
    await mia.hears("1. Inês Costa, closed, opted out")
    await mia.type("v nonsense")
    mine = next(line.split(".")[0] for line in mia.said if line.endswith(". Mine"))
    await mia.type(mine)
    await mia.hears("1. Hugo Fournier")


async def test_all_conversations_are_a_list_too(mia: Typist) -> None:
    await mia.type("v all", "m")
    await mia.hears("Listed: All.")
    await mia.hears("Farid Haddad, waits 5h, 1 unread, snoozed till Thu")


async def test_leaving_asks_while_a_text_has_not_left(mia: Typist) -> None:
    await mia.type("1", "r Friday it is", "y", "q")
    await mia.hears("1 text is still being sent. Quit anyway? y or n: ")
    await mia.type("n", "l")
    await mia.hears("A number opens one")


async def test_a_search_opens_where_the_words_stand(mia: Typist) -> None:
    await mia.type("/line 7")
    await mia.hears("1. Today 09:00, Hugo Fournier: Line 7: the parcel is not here yet")
    await mia.type("1")
    await mia.hears("Conversation with Hugo Fournier")
    assert mia.heard("Line 7:") and not mia.heard("Line 8:")
    await mia.hears("There is more after this: j reads on.")
    await mia.type("j")
    await mia.hears("Line 8:")


async def test_a_search_that_is_not_understood_says_why(mia: Typist) -> None:
    await mia.type("/ status:lost", "/ nowhereatall")
    await mia.hears('"lost" is no status')
    await mia.hears("Nothing found")


async def test_what_is_not_understood_is_answered_in_words(mia: Typist) -> None:
    await mia.type("sing", "99", "r", "o", "m", "m", "m", "?", "")
    await mia.hears('"sing" is not a command here: ? lists commands.')
    await mia.hears("There is no such number")
    await mia.hears("Open a conversation first")
    await mia.hears("these were the last")
    await mia.hears("r, reply: Reply. Write an answer.")


async def test_a_wrong_number_is_explained_and_a_right_one_opened(mia: Typist) -> None:
    await mia.type("c 12", "1")
    await mia.hears("c asks again.")
    await mia.type("c", "+61 491 570 999", "1")
    await mia.hears("Conversation with +61")
    await mia.type("v open", "m")
    await mia.hears("; nothing written yet")


async def test_colleagues_see_who_reads_until_she_leaves(store: Store, clock: ManualClock) -> None:
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock))
    mia.begin()
    await mia.type("1")
    chloe = await mia.conversation(CHLOE)
    query = "SELECT count(*) FROM presence WHERE conversation_id = ?"

    async def here() -> int:
        read = store.database.read
        return int(await read(lambda c: c.execute(query, (chloe.id,)).fetchone()[0]))

    await wait_until(here, what="she is there")
    await mia.leave()
    assert await here() == 0


def test_lines_need_no_screen_library() -> None:
    code = "import sys, tui.plain, tui.cli.plain; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
