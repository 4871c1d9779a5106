"""Test the commands that act: as the keys do, once, on what is named, and all or nothing."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.cli.test_threads import name_customer
from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.domain.conversation import Conversation, State
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.store import Store

ANA = "+61491570158"
ASSIGNED = "already assigned to "
SNOOZED = "snoozed until they reply"
IDEMPOTENT: list[tuple[str, str, str, Callable[[Conversation], bool]]] = [
    ("close Mia", "closed Mia", "already closed: Mia", lambda c: c.state is State.CLOSED),
    (
        "assign Mia tom",
        "assigned Mia to tom",
        f"{ASSIGNED}tom: Mia",
        lambda c: c.assignee == "tom",
    ),
    ("assign Mia me", "assigned Mia to mia", f"{ASSIGNED}mia: Mia", lambda c: c.assignee == "mia"),
    ("label Mia #a", "labelled Mia #a", "already labelled #a: Mia", lambda c: c.labels == ("a",)),
    ("read Mia", "marked Mia read", "already read: Mia", lambda c: not c.unread),
    ("note Mia paid", "noted in Mia", "already noted: Mia", lambda c: c.preview == "paid"),
    (
        "snooze Mia until reply",
        "snoozed Mia until they reply",
        f"already {SNOOZED}: Mia",
        lambda c: c.state is State.SNOOZED,
    ),
]


@pytest.fixture
async def inbox(store: Store) -> Store:
    """Return an inbox with three customers."""
    for name, party in (("Mia", MIA), ("Tom Baker", TOM), ("Tom Jones", ANA)):
        await name_customer(store, party, name)
        await store.ingest.store_events(ACCOUNT, [make_reply("Hello", party)])
    await store.team.add_agent("tom")
    return store


@pytest.mark.parametrize(("words", "done", "again", "holds"), IDEMPOTENT)
async def test_a_command_acts_once(
    bare: Desk,
    inbox: Store,
    words: str,
    done: str,
    again: str,
    holds: Callable[[Conversation], bool],
) -> None:
    assert bare.run(*words.split()).stdout == f"{done}\n"
    assert holds(await get_conversation(inbox))
    trail = await inbox.triage.get_audit_trail((await get_conversation(inbox)).id)
    assert trail[0].agent == "mia"
    ran = bare.run(*words.split())
    assert (ran.returncode, ran.stdout) == (0, f"{again}\n")
    assert await inbox.triage.get_audit_trail((await get_conversation(inbox)).id) == trail


async def test_what_was_done_can_be_reverted_by_commands(bare: Desk, inbox: Store) -> None:
    for words in (
        ["close", MIA],
        ["reopen", MIA],
        ["label", MIA, "vip"],
        ["label", MIA, "vip", "--remove"],
        ["assign", MIA, "tom"],
        ["assign", MIA, "none"],
        ["read", MIA, "--unread"],
        ["read", MIA],
    ):
        (found,) = bare.read_objects(*words)
        assert found["changed"], words
    thread = await get_conversation(inbox)
    assert (thread.state, thread.labels, thread.assignee) == (State.OPEN, (), "")
    assert thread.unread == 0


async def test_several_are_named_by_number_name_id_and_stdin(bare: Desk, inbox: Store) -> None:
    tom = await get_conversation(inbox, TOM)
    lines = f"\ufeff{tom.id}\r\n\n  Tom J \n"
    ran = bare.run("close", "0491 570 006", "-", "--json", input=lines, SMSDESK_DEFAULT_REGION="AU")
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(one["target"], one["changed"]) for one in found] == [
        *(("0491 570 006", True), (str(tom.id), True), ("Tom J", True))
    ]
    assert {one["conversation"]["state"] for one in found} == {"closed"}
    assert bare.run("close", "-", input="").returncode == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["close", "Mia", "Tom"], '"Tom" could be Tom '),
        (["close", "Mia", "Zoe"], 'there is no conversation with "Zoe"'),
        (["snooze", "Mia", "lunch"], "Not understood"),
        (["snooze", "Mia", "2020-01-01"], "That time has passed"),
        (["label", "Mia", " # "], "the label is empty"),
        (["note", "Mia", " \n"], "the note is empty"),
        (["assign", "Mia", "x" * 41], "a name has at most 40 characters"),
        (["assign", "Mia", "tim"], 'There is no agent or team "tim"'),
        (["assign", "Mia", "@sale"], 'There is no agent or team "@sale"'),
        (["resolve", "Mia", "sent"], 'there is no message with the id "Mia"'),
        (["resolve", "123", "perhaps"], '"perhaps" is not one of sent, not-sent'),
        (["cancel", "999999"], "there is no message with the id"),
        (["note", "-", "-"], "only one of both"),
    ],
)
async def test_a_mistake_changes_nothing(
    bare: Desk, inbox: Store, words: list[str], line: str
) -> None:
    before = await inbox.journal.get_last_id()
    ran = bare.run(*words, input="Mia\n")
    assert ran.returncode == 2
    assert line in read_error_line(ran)
    assert await inbox.journal.get_last_id() == before


async def test_a_moment_of_several_words_needs_no_quotation_marks(bare: Desk, inbox: Store) -> None:
    (found, other) = bare.read_objects("snooze", "Mia", "Tom B", "tomorrow", "14:30")
    assert found["line"] == other["line"].replace("Tom Baker", "Mia")
    assert found["conversation"]["state"] == "snoozed"


async def test_a_note_comes_from_stdin_and_mentions_colleagues(bare: Desk, inbox: Store) -> None:
    tom = await get_conversation(inbox, TOM)
    await inbox.triage.assign_conversations([tom.id], "ana", "tom")
    ran = bare.run("note", "Mia", "-", input="first line\nsecond, @tom\n")
    assert ran.stdout == "noted in Mia; tom will see it\n"
    thread = await get_conversation(inbox)
    (note,) = await inbox.messages.list_before(thread.id, thread.last_id + 1, 1)
    assert (note.direction, note.body) == (Direction.NOTE, "first line\nsecond, @tom")


async def test_an_uncertain_message_is_resolved_once(bare: Desk, inbox: Store) -> None:
    ids = []
    for text in ("a", "b"):
        message = await inbox.intents.queue_message(make_outgoing(text))
        await inbox.outbox.claim_due_messages("a", ACCOUNT, 9)
        await inbox.outbox.settle_message(message.id, SendRecord(Status.UNCERTAIN))
        ids.append(str(message.id))
    (sent,) = bare.read_objects("resolve", ids[0], "sent")
    (unsent,) = bare.read_objects("resolve", ids[1], "not-sent")
    assert [one["message"]["status"] for one in (sent, unsent)] == ["accepted", "failed"]
    for known, answers in enumerate((("sent", "not-sent"), ("not-sent", "sent"))):
        for code, answer in enumerate(answers):
            again = bare.run("resolve", ids[known], answer)
            assert again.returncode == code, (known, answer)
            assert "nothing to resolve: it is " in again.stdout + again.stderr


async def test_a_message_that_still_waits_can_not_be_resolved(bare: Desk, inbox: Store) -> None:
    message = await inbox.intents.queue_message(make_outgoing("a"))
    for answer in ("sent", "not-sent"):
        ran = bare.run("resolve", str(message.id), answer)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "nothing to resolve: it is queued" in ran.stderr


async def test_a_planned_message_is_cancelled_once_and_a_sent_one_not(
    bare: Desk, inbox: Store
) -> None:
    sent = await inbox.intents.queue_message(make_outgoing("now"))
    await inbox.outbox.claim_due_messages("a", ACCOUNT, 9)
    await inbox.outbox.settle_message(sent.id, SendRecord(Status.ACCEPTED, "p-1"))
    later = make_outgoing("later", scheduled_at=4_000_000_000_000)
    planned = await inbox.intents.queue_message(later)
    assert bare.run("cancel", str(planned.id)).stdout.startswith("cancelled: not sent")
    assert bare.run("cancel", str(planned.id)).stdout == "already cancelled\n"
    ran = bare.run("cancel", str(planned.id), str(sent.id), "--json")
    first, second = map(json.loads, ran.stdout.splitlines())
    assert ran.returncode == 1
    assert (first["failed"], second["failed"]) == (False, True)
    assert "too late: it is accepted" in bare.run("cancel", str(sent.id)).stderr


async def test_a_message_of_a_customer_cannot_be_cancelled(bare: Desk, inbox: Store) -> None:
    thread = await get_conversation(inbox)
    ran = bare.run("cancel", str(thread.last_id))
    assert (ran.returncode, "no message to a customer" in ran.stderr) == (1, True)


def test_without_an_inbox_nothing_is_made(bare: Desk) -> None:
    ran = bare.run("close", "Mia")
    assert ran.returncode == 2
    assert "there is no inbox at" in read_error_line(ran)
    assert not bare.database.exists()
