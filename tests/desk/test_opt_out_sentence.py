"""Test the sentence about opting out: once per conversation, counted, never lost or doubled."""

from typing import Any

import pytest

from tests.contexts import make_context
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_reply
from tui.clock import ManualClock
from tui.desk.outgoing import OutgoingActions
from tui.desk.queue_attempts import queue_attempt
from tui.desk.routes import Route
from tui.desk.send_attempt import RefusedError, SendAttempt
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.message import Message
from tui.domain.opt_out_sentence import append_sentence, describe_addition, strip_sentence
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.settings.public import Preferences
from tui.store.event_rows import SendRecord
from tui.store.store import Store

SENTENCE = "Reply STOP to opt out."
PLAIN = Account(ACCOUNT, "x")


async def make_attempt(
    store: Store, clock: ManualClock, text: str = "Hello", account: Account = PLAIN, **fields: Any
) -> SendAttempt:
    """Return an attempt to text Mia, with the conversation as it is now."""
    preferences = Preferences(
        agent="ana", accounts=(account,), quiet_hours=None, opt_out_sentence=SENTENCE
    )
    found = await store.conversations.find_by_address(parse_address(MIA))
    return SendAttempt(preferences, MIA, text, Route(account, ""), clock.now(), found, **fields)


async def send(store: Store, clock: ManualClock, text: str = "Hello", **fields: Any) -> Message:
    """Queue a text to Mia."""
    return await queue_attempt(store, await make_attempt(store, clock, text, **fields))


async def test_the_first_text_of_a_conversation_has_it_and_no_other(
    store: Store, clock: ManualClock
) -> None:
    first, second = await send(store, clock), await send(store, clock, "More")
    assert (first.body, second.body) == (f"Hello\n{SENTENCE}", "More")
    assert (await get_conversation(store)).sentence_id == first.id
    assert [m.id for m in await store.messages.search_text("opt out")] == [first.id]


async def test_two_agents_at_once_add_it_once(store: Store, clock: ManualClock) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hi")])
    attempts = [await make_attempt(store, clock, text) for text in ("One", "Two")]
    sent = [(await queue_attempt(store, attempt)).body for attempt in attempts]
    assert sent == [f"One\n{SENTENCE}", "Two"]


async def test_it_counts_for_the_longest_text_of_the_account(
    store: Store, clock: ManualClock
) -> None:
    can = Capabilities("X", ReplyChannel.POLL, ReceiptChannel.BY_ID, max_characters=30)
    short = Account(ACCOUNT, "x", capabilities=can)
    with pytest.raises(RefusedError, match="33 characters"):
        await send(store, clock, "1234567890", account=short)
    assert (await send(store, clock, "1234567", account=short)).body.endswith(SENTENCE)
    assert (await send(store, clock, "1234567890" * 3, account=short)).body == "1234567890" * 3


@pytest.mark.parametrize("status", [Status.FAILED, Status.REJECTED, Status.CANCELLED])
async def test_a_text_that_did_not_arrive_leaves_it_to_the_next(
    store: Store, clock: ManualClock, status: Status
) -> None:
    first = await send(store, clock)
    if status is Status.CANCELLED:
        await store.intents.cancel_queued(first.id, "ana")
    else:
        await store.outbox.claim_due_messages("a", ACCOUNT, 1)
        await store.outbox.settle_message(first.id, SendRecord(status))
    again = await send(store, clock, first.body, retry_of=first.id if status.is_problem else None)
    assert again.body == f"Hello\n{SENTENCE}"
    assert (await get_conversation(store)).sentence_id == again.id


@pytest.mark.parametrize("keyword", ["HELP", "info", "Help!"])
async def test_an_answer_to_help_has_none_and_the_next_text_has_it(
    store: Store, clock: ManualClock, keyword: str
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(keyword)])
    assert (await send(store, clock, "We are a shop")).body == "We are a shop"
    assert (await send(store, clock, "Your order")).body == f"Your order\n{SENTENCE}"


async def test_pings_and_calls_have_none(store: Store, clock: ManualClock) -> None:
    assert (await send(store, clock, is_spoken=True)).body == "Hello"
    assert (await get_conversation(store)).sentence_id == 0


@pytest.mark.parametrize(
    ("own", "expected"), [("", "Hello"), ("Odpisz STOP", "Hello\nOdpisz STOP")]
)
async def test_an_account_has_its_own_or_none(
    store: Store, clock: ManualClock, own: str, expected: str
) -> None:
    account = Account(ACCOUNT, "x", opt_out_sentence=own)
    assert (await send(store, clock, account=account)).body == expected


async def test_a_text_that_is_taken_back_becomes_the_draft_that_was_typed(
    store: Store, clock: ManualClock
) -> None:
    context = make_context(
        clock, accounts=(PLAIN,), opt_out_sentence=SENTENCE, agent="ana", grace_seconds=5
    )
    outgoing = OutgoingActions(store, context, lambda *args, **options: "")
    message = await outgoing.queue_message(await make_attempt(store, clock, "Two\nlines"))
    assert message.body == f"Two\nlines\n{SENTENCE}"
    await outgoing.take_back_newest(message.conversation_id)
    draft = await store.drafts.get_draft(message.conversation_id, "ana")
    assert draft is not None and draft.body == "Two\nlines"


async def test_a_merge_keeps_that_it_was_sent(store: Store, clock: ManualClock) -> None:
    await send(store, clock)
    mia = await get_conversation(store)
    await store.ingest.store_events(ACCOUNT, [make_reply("Hi", "+61491570156")])
    other = await get_conversation(store, "+61491570156")
    merge = await store.merges.merge_conversations(other.id, mia.id, "ana")
    assert (await send(store, clock, "More")).body == "More"
    await store.merges.undo_merge(merge, "ana")
    assert (await get_conversation(store)).sentence_id == mia.sentence_id


def test_a_text_that_says_it_already_is_not_changed() -> None:
    assert append_sentence("Hi. reply stop to OPT OUT.", SENTENCE) == "Hi. reply stop to OPT OUT."
    assert append_sentence("", SENTENCE) == SENTENCE
    assert append_sentence("Hi", "") == "Hi"
    assert strip_sentence(append_sentence("Hi", SENTENCE), SENTENCE) == "Hi"
    assert describe_addition("Hi", append_sentence("Hi", SENTENCE)) == f'adds "{SENTENCE}"'
    assert describe_addition("Hi", "Hi") == ""
