"""Test each check before sending: what it refuses, what it asks and which remedy it names."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.store.builders import MIA, get_conversation, make_reply
from tui.clock import HOUR
from tui.desk import send_checks
from tui.desk.format import format_title
from tui.desk.routes import Route, SendPlan
from tui.desk.send_attempt import Objection, SendAttempt
from tui.desk.send_checks import (
    CHECKS,
    CHECKS_BEFORE_WRITING,
    SendConfirmation,
    find_refusal,
    list_objections,
)
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Format, Message, MmsContent, SendOptions
from tui.domain.sms import count_parts
from tui.settings.public import Preferences
from tui.store.messages import NEWEST
from tui.store.store import Store

POLISH = "+48500600700"
AUSTRALIAN = "+61491570156"
NIGHT = round(datetime(2026, 3, 4, 22, 10, tzinfo=UTC).timestamp() * 1_000)
"""Ten past eleven in the evening in Poland."""
KEYS = {
    "account": "F6",
    "consent": "!",
    "pictures": "F9",
    "retry_through": "W",
    "schedule": "F5",
    "take_over": "T",
}
PICTURE = MmsContent(("https://shop.example/a.png",))


def account(name: str, **capabilities: Any) -> Account:
    """Return an account with these capabilities."""
    return Account(
        name,
        "x",
        capabilities=Capabilities("X", ReplyChannel.POLL, ReceiptChannel.BY_ID, **capabilities),
    )


SHORT = account("short", max_characters=9)
PICTURES = account("mms", formats=frozenset({Format.SMS, Format.MMS}))
HOME = account("home", regions=frozenset({"61", "64"}))


def attempt(text: str = "Hello", *accounts: Account, **fields: Any) -> SendAttempt:
    """Return an attempt to send through the first account, to which no check objects."""
    used = accounts or (PICTURES,)
    preferences = Preferences(agent="ana", accounts=used, quiet_hours=fields.pop("quiet", None))
    values = {"keys": KEYS, "to": AUSTRALIAN, "route": Route(used[0], ""), "now": NIGHT, **fields}
    return SendAttempt(preferences, text=text, **values)


def only_objection(tried: SendAttempt) -> Objection:
    """Return the objection of an attempt that has exactly one."""
    (objection,) = list_objections(tried)
    return objection


async def new_conversation(store: Store) -> Conversation:
    """Return a conversation in which Mia has written once."""
    await store.ingest.store_events("support", [make_reply("Hi", MIA)])
    return await get_conversation(store)


def test_an_ordinary_message_has_no_objection() -> None:
    assert list_objections(attempt()) == []
    assert find_refusal(attempt()) is None


async def test_a_customer_who_has_opted_out_is_refused(store: Store) -> None:
    conversation = replace(await new_conversation(store), opted_out=True)
    refusal = only_objection(attempt(conversation=conversation))
    assert (
        refusal.text == "Not sent: this customer has opted out · nothing can be sent (! has more)"
    )
    assert refusal.sentence == "This customer has opted out · nothing can be sent (! has more)"
    script = only_objection(attempt(conversation=conversation, keys={}))
    assert (script.reason, script.remedy) == ("this customer has opted out", "")


def test_a_message_needs_an_account() -> None:
    refusal = only_objection(attempt(route=None))
    assert refusal.text == "Not sent: no account is configured · run smsdesk doctor"


def test_an_empty_text_is_refused_unless_it_has_pictures() -> None:
    assert only_objection(attempt(" \n")).text == (
        "Not sent: the text is empty · write the message first"
    )
    assert list_objections(attempt("", PICTURES, enclosed=PICTURE)) == []


def test_a_colleague_with_the_compose_lock_stops_a_reply() -> None:
    refusal = only_objection(attempt(lock_holder="bo"))
    assert refusal.text == "Not sent: bo writes here now · Esc T takes over"


def test_open_fields_are_named_up_to_three() -> None:
    assert only_objection(attempt("Dear {name}")).text == (
        "Not sent: {name} is not filled in · replace it"
    )
    assert only_objection(attempt("{a} {b} {a} {c} {d}")).text == (
        "Not sent: {a}, {b}, {c} and 1 more are not filled in · replace them"
    )
    assert list_objections(attempt("no fields { }")) == []


def test_a_text_longer_than_the_account_takes_is_refused() -> None:
    assert list_objections(attempt("x" * 9, SHORT)) == []
    assert only_objection(attempt("x" * 10, SHORT)).text == (
        "Not sent: 10 characters, short takes at most 9 · shorten it"
    )
    assert only_objection(attempt("x" * 10, SHORT, PICTURES)).remedy == (
        "shorten it, or use mms (F6)"
    )


def test_pictures_need_an_account_that_sends_them() -> None:
    assert list_objections(attempt("", PICTURES, enclosed=PICTURE)) == []
    assert only_objection(attempt("Look", HOME, enclosed=PICTURE)).text == (
        "Not sent: home cannot send pictures · F9 removes them"
    )
    assert only_objection(attempt("Look", HOME, PICTURES, enclosed=PICTURE)).remedy == (
        "F9 removes them, or use mms (F6)"
    )


@pytest.mark.parametrize("number", ["+61491570156", "+64211234567"])
def test_an_account_reaches_the_countries_it_delivers_to(number: str) -> None:
    assert list_objections(attempt("Hello", HOME, to=number)) == []


@pytest.mark.parametrize("number", [POLISH, "61234", "640"])
def test_a_number_that_the_account_does_not_deliver_to_is_refused(number: str) -> None:
    refusal = only_objection(attempt("Hello", HOME, to=number))
    assert refusal.text == (
        "Not sent: home delivers only to +61 and +64 · no other account can send it"
    )


@pytest.mark.parametrize("name", ["mybank", "INFO", "Post Nord", "ann@shop.example", "???", ""])
def test_a_sender_that_is_a_name_takes_no_replies(name: str) -> None:
    keys = KEYS | {"note": "p", "new": "c"}
    refusal = only_objection(attempt("Hello", HOME, to=name, keys=keys))
    assert refusal.text == (
        "Not sent: this sender takes no replies: it is a name"
        " · p writes a private note, c writes to a number"
    )
    assert only_objection(attempt("Hello", HOME, to=name)).remedy == ""
    assert find_refusal(attempt("", to=name), CHECKS_BEFORE_WRITING) == only_objection(
        attempt("Hello", to=name)
    )


def test_a_short_code_needs_an_account_that_sends_to_one() -> None:
    numbers_only = account("numbers", can_send_to_short_codes=False)
    assert list_objections(attempt("Hello", PICTURES, to="72345")) == []
    assert list_objections(attempt("Hello", numbers_only)) == []
    assert only_objection(attempt("Hello", numbers_only, to="72345")).text == (
        "Not sent: numbers cannot send to a short code · no other account can send it"
    )
    assert only_objection(attempt("Hello", numbers_only, PICTURES, to="72345")).remedy == (
        "use mms (F6)"
    )
    assert find_refusal(attempt("", numbers_only, to="72345"), CHECKS_BEFORE_WRITING) is None


def test_only_accounts_that_can_send_the_message_are_named_as_help() -> None:
    accounts = (HOME, SHORT, PICTURES, account("other", regions=frozenset({"64"})))
    text = "longer than nine"
    assert only_objection(attempt(text, *accounts, to=POLISH)).remedy == "use mms (F6)"
    assert only_objection(attempt("short", *accounts, to=POLISH)).remedy == "use short or mms (F6)"
    script = attempt("short", *accounts, to=POLISH, keys={"account": "--account"})
    assert only_objection(script).remedy == "use short or mms (--account)"


def test_a_retry_names_only_help_that_leaves_its_text() -> None:
    assert only_objection(attempt("x" * 10, SHORT, PICTURES, retry_of=7)).remedy == "use mms (W)"
    assert only_objection(attempt("x" * 10, SHORT, retry_of=7)).remedy == (
        "no other account can send it"
    )
    line_mode = attempt("x" * 10, SHORT, PICTURES, retry_of=7, keys={"account": "w"})
    assert only_objection(line_mode).remedy == "use mms"


async def test_messages_that_came_meanwhile_are_asked_about(store: Store) -> None:
    conversation = await new_conversation(store)
    (message,) = await store.messages.list_before(conversation.id, NEWEST, 10)
    fields: dict[str, Any] = {"conversation": conversation, "seen_upto": message.id - 1}

    def ask_about(*messages: Message) -> Objection:
        return only_objection(attempt(messages=messages, **fields))

    assert (
        ask_about(message).text == f"{format_title(conversation)} has written meanwhile, see above"
    )
    answer = replace(message, direction=Direction.OUT, agent="bo")
    assert ask_about(message, answer).text == "bo has answered meanwhile, see above"
    assert not ask_about(message).is_refusal
    seen = {**fields, "seen_upto": message.id}
    assert list_objections(attempt(messages=[message], **seen)) == []
    not_a_reply = {**fields, "seen_upto": None}
    assert list_objections(attempt(messages=[message], **not_a_reply)) == []


def test_quiet_hours_are_asked_about_with_the_hour_and_the_key_that_waits() -> None:
    question = only_objection(attempt(to=POLISH, quiet=(20, 8)))
    assert question.text == "It is 23:10 there · F5 waits until 08:00"
    assert not question.is_refusal
    day = NIGHT - 8 * HOUR
    assert list_objections(attempt(to=POLISH, quiet=(20, 8), now=day)) == []
    assert list_objections(attempt(to=POLISH)) == []
    assert list_objections(attempt(to="71234", quiet=(20, 8))) == []
    assert list_objections(attempt(to=POLISH, quiet=(20, 8), is_ping=True)) == []


def test_quiet_hours_count_at_the_time_of_sending() -> None:
    day = NIGHT - 8 * HOUR
    planned_by_day = attempt(to=POLISH, quiet=(20, 8), plan=SendPlan(NIGHT + 12 * HOUR))
    assert list_objections(planned_by_day) == []
    planned_by_night = attempt(to=POLISH, quiet=(20, 8), now=day, plan=SendPlan(NIGHT))
    assert only_objection(planned_by_night).reason == "It is 23:10 there"


def test_every_check_of_the_module_is_in_the_list() -> None:
    defined = {check for name, check in vars(send_checks).items() if name.startswith("check_")}
    assert defined == set(CHECKS)


# Questions -----------------------------------------------------------------------------------

REFUSAL = Objection("no")
LATE = Objection("It is late", question="night")
NEWS = Objection("Look", question="news")


def test_a_refusal_is_shown_every_time() -> None:
    confirmation = SendConfirmation()
    shown = [confirmation.review_objections([REFUSAL, NEWS]) for _ in range(3)]
    assert shown == ["Not sent: no"] * 3


def test_a_question_is_asked_once_until_it_is_reset() -> None:
    confirmation = SendConfirmation()
    assert confirmation.review_objections([NEWS]) == "Look · Enter again sends anyway"
    assert confirmation.review_objections([NEWS]) == ""
    assert confirmation.review_objections([NEWS, LATE]) == ("It is late · Enter again sends anyway")
    confirmation.reset_questions()
    assert confirmation.review_objections([NEWS, LATE]).startswith("Look · It is late")
    assert SendConfirmation("y").review_objections([NEWS]) == "Look · y sends anyway"


def test_a_question_after_a_refusal_is_asked_later() -> None:
    confirmation = SendConfirmation()
    assert confirmation.review_objections([REFUSAL, NEWS]) == "Not sent: no"
    assert confirmation.review_objections([NEWS]).startswith("Look")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_spoken": True}, "plain cannot read a text out in a call"),
        ({"options": SendOptions(valid_for=HOUR)}, "plain cannot limit the time for delivery"),
        ({"options": SendOptions(metadata=(("a", "b"),))}, "plain cannot carry metadata"),
    ],
)
def test_what_only_another_account_can_do_is_refused_with_its_name(
    fields: dict[str, Any], reason: str
) -> None:
    plain = account("plain")
    able = account(
        "able",
        formats=frozenset({Format.SMS, Format.TTS}),
        can_set_validity=True,
        max_metadata=2,
    )
    objection = only_objection(attempt("Hello", plain, able, **fields))
    assert objection.is_refusal and objection.reason == reason
    assert "use able (F6)" in objection.remedy
    assert list_objections(attempt("Hello", able, **fields)) == []


def test_more_metadata_than_the_account_carries_is_refused() -> None:
    able = account("able", max_metadata=2)
    pairs = tuple((f"k{n}", "v") for n in range(3))
    objection = only_objection(attempt("Hello", able, options=SendOptions(metadata=pairs)))
    assert objection.reason == "able cannot carry more than 2 pairs of metadata"


@pytest.mark.parametrize(
    "text", ["\u200b", "\ufeff\n", "\u2800 \u3164", "\ufe0f", "\u0301", "\u00a0"]
)
def test_a_text_with_nothing_to_see_is_refused(text: str) -> None:
    refusal = only_objection(attempt(text))
    assert refusal.is_refusal and refusal.summary == "empty"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Cafe\u0301", "Caf\u00e9"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("x\u00a0\u200d", "x\u00a0\u200d"),
    ],
)
def test_an_attempt_has_the_text_that_is_counted(typed: str, sent: str) -> None:
    tried = attempt(typed, enclosed=MmsContent(("https://a.example/1.png",), typed))
    assert (tried.text, tried.enclosed.subject) == (sent, sent)
    assert count_parts(typed).text == count_parts(tried.text).text or "\r" in typed
