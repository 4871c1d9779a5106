"""Test a session: finding and reading conversations, new texts, and unknown input."""

import subprocess
import sys

import pytest

from tests.contexts import make_context
from tests.plain.conftest import Typist, start_session
from tests.ui.history import ACCOUNTS, AGENT, ANA, CHLOE, COLLEAGUE, DAWIT, HUGO, write_history
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.panel_addresses import PanelAddress
from tui.domain.account import Account, Health
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import State
from tui.store.store import Store


async def test_the_longest_waiting_customer_is_number_one(mia: Typist) -> None:
    await mia.shows("1. Chloe Martin, waits 3h, 2 unread")
    await mia.shows("A number opens")


async def test_a_number_opens_a_conversation_and_shows_its_texts(mia: Typist) -> None:
    await mia.type("1")
    await mia.shows("Conversation with Chloe Martin, +61 491 570 156, between")
    await mia.shows("Chloe Martin: Can I move my appointment to Friday?")
    assert (await mia.conversation(CHLOE)).unread == 0


async def test_the_heading_shows_owner_star_and_labels(mia: Typist) -> None:
    await mia.open_thread(HUGO)
    assert mia.has_shown("yours, starred, #parcels.")


async def test_older_messages_are_read_page_by_page(mia: Typist) -> None:
    await mia.open_thread(HUGO)
    assert mia.has_shown("Line 60:") and not mia.has_shown("Line 50:")
    await mia.type("o")
    await mia.shows("Line 50:")


async def test_new_texts_are_announced_but_not_while_a_reply_is_typed(mia: Typist) -> None:
    await mia.shows("A number opens one")
    await mia.events.receive_texts(DAWIT, "Hello \x1b[2J?")
    await mia.shows("* New from Dawit Bekele: Hello")
    assert not mia.has_shown("\x1b")
    await mia.type("1", "r")
    await mia.events.receive_texts(DAWIT, "Second")
    await mia.type("words")
    assert not mia.has_shown("Second")
    await mia.type("!")
    await mia.shows("* New from Dawit Bekele: Second")
    await mia.type("w")
    await mia.shows("Conversation with Dawit Bekele")


async def test_a_text_for_the_open_conversation_is_shown_and_marked_read(mia: Typist) -> None:
    await mia.type("1")
    await mia.events.receive_texts(CHLOE, "Are you there?")
    await mia.shows("Today 14:02, Chloe Martin: Are you there?")
    await wait_until(lambda: is_read(mia), what="it is read")


async def is_read(mia: Typist) -> bool:
    """Return whether Chloe's conversation has no unread text."""
    return (await mia.conversation(CHLOE)).unread == 0


async def test_a_note_that_mentions_the_agent_is_announced(mia: Typist) -> None:
    ana = await mia.conversation(ANA)
    await mia.store.messages.add_note(ana.id, COLLEAGUE, "@mia, can you?", [AGENT])
    await mia.shows("* bo mentions you in a note on Ana Kowalska (w opens it)")


async def test_a_stopped_account_is_announced_and_explained(mia: Typist) -> None:
    await mia.shows("A number opens")
    await mia.store.accounts.save_health("au", Health.STOPPED, line="the secret is wrong")
    await mia.shows("* Account au has stopped: the secret is wrong · i shows more.")
    await mia.type("i")
    await mia.shows("au stopped, stopped, the secret is wrong, balance 812 credits.")


async def test_an_account_without_a_listener_is_announced_and_explained(
    store: Store, clock: ManualClock
) -> None:
    pushed = Account(
        "mp",
        "messageport",
        capabilities=Capabilities("MessagePort", ReplyChannel.PUSH, ReceiptChannel.NONE),
        listener=True,
    )
    address = "https://s.example.com/hooks/mp/x"
    entry = PanelAddress("mp", "MessagePort", "Settings", "replies", address)
    changes = {"accounts": (*ACCOUNTS, pushed), "load_addresses": lambda: [entry]}
    mia = await start_session(store, clock, **changes)
    values = {"host": "srv", "agent": "ops", "kind": "service", "address": "http://127.0.0.1:1"}
    await store.listeners.record_heartbeat(["mp"], **values)
    await mia.type("i")
    await mia.shows("smsdesk sync on srv listens at http://127.0.0.1:1 since 14:02")
    clock.advance(20)
    await mia.type("i")
    await mia.shows("mp no listener since 14:02")
    await mia.shows("mp: No listener since 14:02, no push heard yet: replies and receipts")
    await mia.type("i addresses")
    await mia.shows(address)
    await mia.type("i try")
    await mia.shows("Trying again: pl, mp.")
    assert set(await store.accounts.get_retry_requests()) == {"pl", "mp"}
    await mia.leave()


async def test_closing_goes_back_to_the_list_and_can_be_undone(mia: Typist) -> None:
    await mia.type("1", "e")
    await mia.shows("Closed Chloe Martin")
    assert (await mia.conversation(CHLOE)).state is State.CLOSED
    await mia.type("z")
    await mia.shows("Undone: closed Chloe Martin.")
    assert (await mia.conversation(CHLOE)).state is State.OPEN


async def test_one_key_opens_the_next_waiting_conversation(mia: Typist) -> None:
    await mia.type("n", "n")
    await mia.shows("Conversation with Chloe Martin")
    await mia.shows("Conversation with Dawit Bekele")


async def test_other_lists_are_chosen_by_number_or_name(mia: Typist) -> None:
    await mia.type("v closed")
    await mia.shows("Listed: Closed.")
    await mia.shows("1. Inês Costa, closed, opted out")
    await mia.type("v nonsense")
    mine = next(line.split(".")[0] for line in mia.output if line.endswith(". Mine"))
    await mia.type(mine)
    await mia.shows("1. Hugo Fournier")


async def test_all_conversations_are_a_list_too(mia: Typist) -> None:
    await mia.type("v all", "m")
    await mia.shows("Listed: All.")
    await mia.shows("Farid Haddad, waits 5h, 1 unread, snoozed till Thu")


async def test_leaving_asks_while_a_text_is_being_sent(mia: Typist) -> None:
    await mia.type("1", "r Friday it is", "y", "q")
    await mia.shows("1 text is still being sent. Quit anyway? y or n: ")
    await mia.type("n", "l")
    await mia.shows("A number opens one")


async def test_a_search_opens_the_conversation_at_the_hit(mia: Typist) -> None:
    await mia.type("/line 7")
    await mia.shows("1. Today 09:00, Hugo Fournier: Line 7: the parcel is not here yet")
    await mia.type("1")
    await mia.shows("Conversation with Hugo Fournier")
    assert mia.has_shown("Line 7:") and not mia.has_shown("Line 8:")
    await mia.shows("There is more after this: j reads on.")
    await mia.type("j")
    await mia.shows("Line 8:")


async def test_an_invalid_search_says_why(mia: Typist) -> None:
    await mia.type("/ status:lost", "/ nowhereatall")
    await mia.shows('"lost" is not a status')
    await mia.shows("Nothing found")


async def test_unknown_input_is_explained(mia: Typist) -> None:
    await mia.type("sing", "99", "r", "o", "m", "m", "m", "?", "")
    await mia.shows('"sing" is not a command here: ? lists commands.')
    await mia.shows("There is no such number")
    await mia.shows("Open a conversation first")
    await mia.shows("end of list")
    await mia.shows("r, reply: Reply. Write an answer.")


async def test_a_wrong_number_is_explained_and_a_right_one_opened(mia: Typist) -> None:
    await mia.type("c 12", "1")
    await mia.shows("c asks again.")
    await mia.type("c", "+61 491 570 999", "1")
    await mia.shows("Conversation with +61 491 570 999, between 22:02 and 01:02 there.")
    await mia.type("v open", "m")
    assert not any("nothing written yet" in line for line in mia.output)
    await mia.type("v all", "m")
    await mia.shows("; nothing written yet")


async def test_colleagues_see_an_agent_until_she_leaves(store: Store, clock: ManualClock) -> None:
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock))
    mia.start()
    await mia.type("1")
    chloe = await mia.conversation(CHLOE)
    query = "SELECT count(*) FROM presence WHERE conversation_id = :id"

    async def count_present() -> int:
        read = store.database.read
        return int(await read(lambda c: c.execute(query, {"id": chloe.id}).fetchone()[0]))

    await wait_until(count_present, what="she is there")
    await mia.leave()
    assert await count_present() == 0


def test_line_mode_does_not_import_the_screen_library() -> None:
    code = "import sys, tui.plain, tui.cli.plain; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ('/ "late', "The quotation mark is not closed"),
        ("/ fro:chloe", "There is no filter fro:"),
        ("/ account:ua", 'There is no account "ua": known are au, pl'),
        ("/ from:unheardof", 'No customer has "unheardof" in name or number'),
    ],
)
async def test_a_search_says_what_may_be_mistyped(mia: Typist, typed: str, line: str) -> None:
    await mia.type(typed)
    await mia.shows(line)


async def test_undo_of_another_conversation_is_asked_first(mia: Typist) -> None:
    await mia.type("1", "s", "2", "z", "n")
    await mia.shows('This undoes "Starred Chloe Martin", just now.')
    await mia.shows("Nothing was undone.")
    assert (await mia.conversation(CHLOE)).starred
    await mia.type("z", "y")
    await mia.shows("Undone: starred Chloe Martin.")
    assert not (await mia.conversation(CHLOE)).starred


async def test_what_was_done_last_or_here_is_undone_at_once(mia: Typist) -> None:
    await mia.type("1", "e", "z")
    await mia.shows("Undone: closed Chloe Martin.")
    await mia.type("l", "1", "s", "i", "z")
    await mia.shows("Undone: starred Chloe Martin.")


async def test_after_any_other_command_undo_names_what_was_closed(mia: Typist) -> None:
    await mia.type("1", "e", "l", "z", "y")
    await mia.shows("This reopens Chloe Martin, closed just now.")
    assert (await mia.conversation(CHLOE)).state is State.OPEN


async def test_what_a_colleague_does_to_the_open_conversation_is_announced(mia: Typist) -> None:
    await mia.type("1")
    chloe = await mia.conversation(CHLOE)
    await mia.store.triage.close_conversations([chloe.id], "bo")
    await mia.shows("* This conversation is closed by bo; it stays open here.")
    await mia.type("r", "Friday is fine", ".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday is fine"


async def test_what_the_agent_does_to_the_open_conversation_is_not_announced(mia: Typist) -> None:
    await mia.store.agents.record_agent("bo")
    await mia.type("1", "a bo", "s")
    await mia.shows("Starred Chloe Martin")
    assert "it stays open here" not in "".join(mia.output)
