"""Test that nothing of a forgotten customer is left, not even in the bytes of the file."""

from pathlib import Path

import pytest

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    get_path,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.test_consent import classify_text
from tui.clock import ManualClock
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.bulk_text import BulkRecipient, BulkState, BulkText, Outcome
from tui.domain.events import Cause, OptOut
from tui.domain.message import Attachment
from tui.domain.person import Person
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.bulk_feed import Decision, RecipientFacts
from tui.store.connections import Connection
from tui.store.errors import OptedOut
from tui.store.event_rows import SendRecord
from tui.store.forgetting import CannotForget
from tui.store.people import People
from tui.store.queries import queries
from tui.store.store import Store

SECRETS = (
    *("zebrafish", "Quillon", "quillon", "marmalade", "axolotl"),
    *("ocelot", "pangolin", "wombatnote", "numbat"),
)
REASON = HeldReason(Cause.UNREADABLE, "unreadable")


async def forget(store: Store, number: str = MIA) -> None:
    """Erase a customer and overwrite what is left."""
    await store.forgetting.forget(parse_address(number), "ana")
    assert await store.scrubbing.run()


async def dump_texts(store: Store) -> str:
    """Return everything that the tables hold, as one text."""

    def read_all(connection: Connection) -> str:
        parts = []
        for table in queries("upkeep").list_tables(connection):
            if "_fts" in table["name"]:
                continue
            for row in connection.execute(f"select * from {table['name']}").fetchall():
                parts.append(" ".join(repr(value) for value in row))
        return "\n".join(parts)

    return await store.database.read(read_all)


async def write_history(store: Store, clock: ManualClock) -> None:
    """Store every kind of thing that holds words of one customer."""
    picture = Attachment("ocelot.jpg", "image/jpeg", b"ocelot" * 100)
    mail = make_reply("I lost my zebrafish", raw='{"text": "zebrafish"}', attachments=(picture,))
    await store.ingest.store_events(ACCOUNT, [mail, make_reply("Hello", TOM)])
    mia = await get_conversation(store)
    fields = {"pet": "axolotl"}
    await store.contacts.rename_contact(mia.id, "Quillon", "likes marmalade", "ana", fields)
    await store_sent(store, body="We found a zebrafish")
    await store.messages.add_note(mia.id, "ana", "wombatnote about it", [])
    await store.drafts.save_draft(mia.id, "ana", "pangolin draft", began_at=clock.now())
    await store.drafts.save_draft(mia.id, "tom", "numbat draft", began_at=clock.now())
    await store.triage.set_label([mia.id], "ana", "numbat", on=True)
    digits = "0491 570 006"
    for body in (f"from={digits} text=zebrafish", f"to=%2B{MIA[1:]} pangolin"):
        await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, body.encode()), REASON)
    await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, b"from=0491570156 hi"), REASON)
    unknown = make_receipt(Status.DELIVERED, "nope", raw=f'{{"to": "{MIA}", "x": "marmalade"}}')
    await store.ingest.store_events(ACCOUNT, [unknown])


async def test_nothing_is_left_in_any_table(store: Store, clock: ManualClock) -> None:
    await write_history(store, clock)
    plan = await store.forgetting.measure(parse_address("0491570006", "AU"))
    assert (plan.names, plan.messages, plan.files) == (("Quillon",), 3, 1)
    assert (len(plan.payloads), len(plan.reports), plan.has_contact) == (2, 1, True)
    await forget(store)
    left = await dump_texts(store)
    assert [word for word in SECRETS if word in left] == []
    assert "91570006" not in left
    assert "Hello" in left and "0491570156" in left
    for word in SECRETS:
        assert await store.messages.search_text(word) == []
    await check_counters_and_summaries(store)
    plan = await store.forgetting.measure(parse_address(MIA))
    assert plan.is_empty and not plan.opted_out


@pytest.mark.only_engine("sqlite")
async def test_the_bytes_of_the_file_and_its_log_are_free_of_it(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store()
    await write_history(store, clock)
    path = get_path(store)
    before = _read_bytes(path)
    assert all(word.encode() in before for word in ("zebrafish", "Quillon", "ocelot"))
    await forget(store)
    left = _read_bytes(path)
    assert [word for word in SECRETS if word.encode() in left] == []
    assert b"491570006" not in left
    assert b"491570156" in left


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of an inbox and of the files beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


async def test_an_opt_out_stays_for_every_form_of_the_number_without_its_text(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(classify=classify_text)
    await store.ingest.store_events(ACCOUNT, [make_reply("Hi, zebrafish"), make_reply("STOP")])
    await forget(store)
    decision = await store.consent.get_consent(MIA)
    assert decision is not None
    assert (decision.opted_out, decision.evidence, decision.agent) == (True, "", "")
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing())
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello again")])
    again = await get_conversation(store)
    assert again.opted_out and again.unread == 1
    await check_counters_and_summaries(store)


async def test_merged_numbers_are_one_customer_and_both_stay_locked(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("zebrafish"), make_reply("ocelot", TOM)])
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    await store.merges.merge_conversations(mia.id, tom.id, "ana")
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="pangolin")
    await forget(store, TOM)
    left = await dump_texts(store)
    assert [word for word in SECRETS if word in left] == []
    for number in (MIA, TOM):
        with pytest.raises(OptedOut):
            await store.intents.queue_message(make_outgoing(to=number))
    await check_counters_and_summaries(store)


async def test_a_number_that_was_stored_without_its_country_is_the_same_customer(
    store: Store,
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("zebrafish", "0491570006")])
    await store.ingest.store_events("other", [make_reply("ocelot", MIA)], "AU")
    await forget(store)
    left = await dump_texts(store)
    assert "zebrafish" not in left and "ocelot" not in left


async def test_a_number_that_may_be_of_two_customers_is_not_erased_with_one(store: Store) -> None:
    other = "+48491570006"
    await store.ingest.store_events(ACCOUNT, [make_reply("zebrafish", MIA)])
    await store.ingest.store_events(ACCOUNT, [make_reply("ocelot", "491570006")])
    await store.ingest.store_events(ACCOUNT, [make_reply("numbat", other)])
    plan = await store.forgetting.measure(parse_address(MIA))
    assert len(plan.conversations) <= 2
    await forget(store)
    assert (await get_conversation(store, other)).preview == "numbat"


async def test_a_queued_text_is_cancelled_and_one_that_is_being_sent_refuses(
    store: Store,
) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    with pytest.raises(CannotForget, match="being sent"):
        await store.forgetting.forget(parse_address(MIA), "ana")
    assert await store.messages.get(queued.id) is not None
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-9"))
    await store.intents.queue_message(make_outgoing("never sent"))
    await forget(store)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 100) == []
    late = make_receipt(Status.DELIVERED, "p-9")
    await store.ingest.store_events(ACCOUNT, [late])
    assert not (await store.conversations.find_by_address(parse_address(MIA)))


async def test_a_text_planned_at_the_provider_refuses(store: Store, clock: ManualClock) -> None:
    at = clock.now() + 60_000
    planned = await store.intents.queue_message(make_outgoing(scheduled_at=at))
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-9"))
    with pytest.raises(CannotForget, match="at the provider"):
        await store.forgetting.forget(parse_address(MIA), "ana")


async def test_a_contact_and_a_lock_without_a_conversation_are_found(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [OptOut("o1", MIA, None, f'{{"from": "{MIA}"}}')])
    plan = await store.forgetting.measure(parse_address(MIA))
    assert plan.opted_out and plan.reports and not plan.conversations
    await forget(store)
    left = await dump_texts(store)
    assert "from" not in left
    decision = await store.consent.get_consent(MIA)
    assert decision is not None and decision.opted_out


async def test_a_name_that_writes_is_found_as_a_whole_word_only(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("zebrafish", "Bank")])
    for body in (b"from=Bank&text=x", b"from=Bankers&text=y"):
        await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, body), REASON)
    await forget(store, "Bank")
    left = await dump_texts(store)
    assert "zebrafish" not in left and "from=Bank&" not in left and "from=Bankers" in left


async def test_one_line_without_content_stays_in_the_audit_trail(
    store: Store, clock: ManualClock
) -> None:
    await write_history(store, clock)
    mia = await get_conversation(store)
    await forget(store)
    lines = await store.database.read(
        lambda c: c.execute(
            "select agent, action, conversation_id, detail from audit where action = 'forget'"
        ).fetchall()
    )
    assert [tuple(line) for line in lines] == [("ana", "forget", 0, "")]
    assert await store.triage.get_audit_trail(mia.id) == []


# Texts to many ------------------------------------------------------------------------------


def make_recipient(number: str, body: str = "zebrafish for Quillon") -> BulkRecipient:
    """Return someone who waits for a text to many."""
    return BulkRecipient(parse_address(number).conversation_key, number, account=ACCOUNT, body=body)


async def queue_all(store: Store) -> list[str]:
    """Queue what waits in texts to many; return to whom."""

    def decide(facts: RecipientFacts) -> Decision:
        return Decision(make_outgoing(facts.recipient.body, to=facts.recipient.address))

    found = []
    while recipient := await store.bulk_feed.queue_next(ACCOUNT, decide):
        found.append(recipient.address)
    return found


@pytest.mark.parametrize("known", ["never wrote", "wrote", "merged"])
async def test_a_text_to_many_does_not_reach_a_forgotten_customer(store: Store, known: str) -> None:
    if known != "never wrote":
        await store.ingest.store_events(ACCOUNT, [make_reply("Hi"), make_reply("Hello", TOM)])
    numbers = (MIA, TOM)
    bulk = await store.bulk_texts.start(
        BulkText("ana", f"To {MIA} and all", 60, 0), [make_recipient(one) for one in numbers]
    )
    if known == "merged":
        mia, tom = await get_conversation(store), await get_conversation(store, TOM)
        await store.merges.merge_conversations(tom.id, mia.id, "ana")
    plan = await store.forgetting.measure(parse_address(MIA))
    assert plan.texts_to_many == (2 if known == "merged" else 1) and not plan.is_empty
    await forget(store)
    left = await dump_texts(store)
    assert "91570006" not in left
    assert await queue_all(store) == ([] if known == "merged" else [TOM])
    current = await store.bulk_texts.get(bulk.id)
    assert current is not None and current.state is BulkState.DONE


async def test_a_text_to_many_is_over_when_its_last_reader_is_forgotten(store: Store) -> None:
    bulk = await store.bulk_texts.start(
        BulkText("ana", "Hi", 60, 0), [make_recipient(MIA), make_recipient(TOM)]
    )
    await store.bulk_texts.set_paused(bulk.id, "ana", paused=True)
    await forget(store, MIA)
    current = await store.bulk_texts.get(bulk.id)
    assert current is not None and current.state is BulkState.PAUSED
    await forget(store, TOM)
    current = await store.bulk_texts.get(bulk.id)
    assert current is not None and current.state is BulkState.DONE
    counts = await store.bulk_texts.count_outcomes([bulk.id])
    assert not counts[bulk.id][Outcome.WAITING]


# The address book ---------------------------------------------------------------------------


async def save_person(store: Store, *numbers: str) -> None:
    """Store a person with several numbers and fields."""

    def write_person(connection: Connection) -> None:
        people = People(connection, numbers)
        people.put(Person(7, "Quillon", "likes marmalade", numbers, {"order": "zebrafish"}), 1)
        people.flush()

    await store.database.write(lambda t: write_person(t.connection))


async def test_a_person_goes_with_all_numbers_and_fields(store: Store) -> None:
    await save_person(store, MIA, TOM)
    plan = await store.forgetting.measure(parse_address(MIA))
    assert plan.numbers == (MIA, TOM)
    await forget(store, MIA)
    left = await dump_texts(store)
    assert [word for word in (*SECRETS, "91570156") if word in left] == []
    await check_counters_and_summaries(store)


# Programs that follow -----------------------------------------------------------------------


@pytest.mark.parametrize("last", [MIA, TOM])
async def test_programs_that_follow_miss_nothing(store: Store, last: str) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hi"), make_reply("Hello", TOM)])
    mia = await get_conversation(store)
    await store.triage.set_label([mia.id], "ana", "numbat", on=True)
    await store.ingest.store_events(ACCOUNT, [make_reply("newest", last)])
    newest = await store.journal.get_last_id()
    await forget(store)
    assert "numbat" not in await dump_texts(store)
    assert await store.journal.get_last_id() >= newest
    found = await store.journal.list_entries(0, 1_000)
    assert [one.id for one in found] == list(range(1, len(found) + 1))
    await store.ingest.store_events(ACCOUNT, [make_reply("later", TOM)])
    happenings = await store.journal.list_happenings(newest)
    assert "later" in [one.message.body for one in happenings if one.message]


async def test_lines_about_failures_do_not_name_the_number(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hi")])

    def write_lines(connection: Connection) -> None:
        connection.execute(
            "insert into event_runs (target, event_id, owner, began_at, ended_at, line)"
            " values ('hook reply', 1, 'a', 1, 2, 'no such customer: 0491 570 006 in the crm')"
        )

    await store.database.write(lambda t: write_lines(t.connection))
    await forget(store)
    left = await dump_texts(store)
    assert "570 006" not in left and "no such customer" not in left
