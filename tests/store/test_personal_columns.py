"""Nothing of a customer is in any column after `forget` and after the days that are kept."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, get_conversation, get_path, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.full_inbox import (
    FORGOTTEN,
    FRIEND,
    HOME,
    NUMBERS,
    OTHER,
    fill_inbox,
    find_marks,
    read_marks,
)
from tests.store.personal_columns import (
    FILE_ONLY,
    KEPT,
    MASKED,
    SCANNED,
    SEARCH_INDEX,
    SHARED,
    WHOLE_ROWS,
    WITH_THE_ROW,
    list_classified,
)
from tests.store.rule_worlds import RULE_ACCOUNT
from tui.clock import DAY, SECOND, ManualClock
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.connections import Connection
from tui.store.errors import OptedOut
from tui.store.event_rows import SendRecord
from tui.store.forget_plan import ForgetPlan
from tui.store.store import Store

_TEXT_TYPES = ("TEXT", "BLOB", "text", "bytea", "json", "jsonb", "", "ANY", "character varying")
_SQLITE_COLUMNS = """
select s.name, i.name, i.type from sqlite_schema s join pragma_table_info(s.name) i
where s.type = 'table' and s.name not like 'sqlite_%'
"""
_POSTGRES_COLUMNS = """
select cast(c.table_name as text), cast(c.column_name as text), cast(c.data_type as text)
from information_schema.columns c join pg_class p on p.relname = c.table_name
join pg_namespace n on n.oid = p.relnamespace and n.nspname = c.table_schema
where c.table_schema = current_schema() and not p.relispartition
"""


async def list_columns(store: Store) -> list[tuple[str, str, str]]:
    """Return table, name and type of every column."""
    query = _SQLITE_COLUMNS if isinstance(store.location, Path) else _POSTGRES_COLUMNS
    return await store.database.read(
        lambda connection: [
            (row[0], row[1], row[2]) for row in connection.execute(query).fetchall()
        ]
    )


async def test_every_column_with_text_says_what_erases_a_customer_in_it(store: Store) -> None:
    columns = await list_columns(store)
    tables = {table for table, _, _ in columns}
    assert {"messages", "arrivals"} <= tables
    found = {
        f"{table}.{name}"
        for table, name, kind in columns
        if kind in _TEXT_TYPES and table not in WHOLE_ROWS | SEARCH_INDEX
    }
    classified = list_classified()
    unknown = sorted(found - set(classified))
    assert not unknown, f"add to tests/store/personal_columns.py what erases: {', '.join(unknown)}"
    on_one_engine = {"meta.application"}
    gone = sorted(set(classified) - found - on_one_engine)
    assert not gone, f"remove from tests/store/personal_columns.py: {', '.join(gone)}"
    missing = WHOLE_ROWS - tables
    assert missing == (frozenset() if isinstance(store.location, Path) else FILE_ONLY)


async def count_rows(store: Store, plan: ForgetPlan, old_ids: Sequence[int]) -> dict[str, int]:
    """Return how many rows of a customer each table has whose rows are deleted as a whole."""
    columns = await list_columns(store)
    ids = ", ".join(map(str, [*plan.conversations, *old_ids]))
    parties = ", ".join(f"'{party}'" for party in (*plan.parties, *NUMBERS))
    messages = f"select id from messages where conversation_id in ({ids})"
    conditions = {
        "conversation_id": f"conversation_id in ({ids})",
        "message_id": f"message_id in ({messages})",
        "party": f"party in ({parties})",
        "person": f"person in ({', '.join(map(str, plan.people))})",
        "old_id": f"old_id in ({ids})",
        "kept_id": f"kept_id in ({ids}) or gone_id in ({ids})",
    }

    def count_each(connection: Connection) -> dict[str, int]:
        found = {}
        for table in WHOLE_ROWS & {owner for owner, _, _ in columns}:
            keys = [name for owner, name, _ in columns if owner == table and name in conditions]
            assert keys, f"{table} has no column by which a customer is found"
            condition = " or ".join(conditions[key] for key in keys)
            row = connection.execute(f"select count(*) from {table} where {condition}").fetchone()
            found[table] = int(row[0])
        return found

    return await store.database.read(count_each)


async def read_old_ids(store: Store) -> list[int]:
    """Return the ids of conversations that were merged."""
    return await store.database.read(
        lambda connection: [
            row[0] for row in connection.execute("select old_id from redirects").fetchall()
        ]
    )


async def forget(store: Store, number: str = FORGOTTEN) -> ForgetPlan:
    """Erase a customer and overwrite what is left."""
    plan = await store.forgetting.forget(parse_address(number), "ana")
    assert await store.scrubbing.run()
    return plan


@pytest.mark.parametrize("number", [FORGOTTEN, HOME, FRIEND])
async def test_nothing_of_a_customer_is_left_in_any_column(
    store: Store, clock: ManualClock, number: str
) -> None:
    await fill_inbox(store, clock)
    before, old_ids = await read_marks(store), await read_old_ids(store)
    unfilled = (SCANNED | WITH_THE_ROW | MASKED | SHARED | KEPT) - set(before)
    assert unfilled == {
        *("events.copy", "events.event_id", "events.own", "events.problem", "events.provider_key"),
        *("accounts.credit_reason", "template_values.name"),
    }
    plan = await store.forgetting.measure(parse_address(number))
    assert plan.names == ("Zqxname",) and len(plan.conversations) == 2
    rows = await count_rows(store, plan, old_ids)
    assert [table for table, count in rows.items() if not count] == []
    first, last = await store.journal.get_first_id(), await store.journal.get_last_id()
    done = await forget(store, number)
    left = await read_marks(store)
    assert set(left) <= SHARED | KEPT, {name: left[name] for name in set(left) - SHARED - KEPT}
    rows = await count_rows(store, plan, old_ids)
    assert [table for table, count in rows.items() if count] == []
    assert done.named_in == (
        "canned reply for-zqxname",
        "own field vip",
        "view Zqxname",
        "rule zqxname",
    )
    for word in ("zqxfish", "zqxold", "zqxnote", "zqxsubject", "Zqxname"):
        assert await store.messages.search_text(word) == []
    assert await store.journal.list_entries(first, 1_000)
    assert len(await store.journal.list_entries(0, 1_000)) == last - first + 1
    await check_counters_and_summaries(store)


async def test_others_keep_everything(store: Store, clock: ManualClock) -> None:
    await fill_inbox(store, clock)
    await forget(store)
    other = await get_conversation(store, OTHER)
    assert (other.name, other.unread) == ("Olga", 1)
    assert dict(await store.contact_fields.get_fields(OTHER)) == {"order": "77"}
    assert len(await store.held_items.list_held()) == 1
    # Of the newest, that no one is left of, the id stays, so that it is not used again.
    newest, bulk = await store.bulk_texts.list_newest(10)
    assert newest.body == "" and await store.bulk_texts.list_recipients(newest.id) == []
    assert [one.party for one in await store.bulk_texts.list_recipients(bulk.id)] == [OTHER]


async def test_an_opt_out_of_one_number_of_a_contact_stays_with_that_number(
    store: Store, clock: ManualClock
) -> None:
    await fill_inbox(store, clock)
    await forget(store)
    decision = await store.consent.get_consent(HOME)
    assert decision is not None and decision.opted_out and decision.evidence == ""
    assert await store.consent.get_consent(FRIEND) is None
    with pytest.raises(OptedOut):
        await _send(store, HOME)
    await _send(store, FRIEND)


async def _send(store: Store, number: str) -> None:
    """Queue a text to a number."""
    await store.intents.queue_message(make_outgoing(to=number))


@pytest.mark.only_engine("sqlite")
async def test_the_bytes_of_the_file_have_only_what_is_shared_or_kept(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store()
    await fill_inbox(store, clock)
    path = get_path(store)
    assert len(find_marks(_read_bytes(path))) > 50
    await store.views.delete_view("Zqxname")
    await store.rules.delete_rule("zqxname", "ana")
    await store.templates.delete_template("for-zqxname", "ana")
    await store.templates.delete_field("vip", "ana")
    done = await forget(store)
    assert done.named_in == ()
    # The opt-out of the home number is all that is kept.
    assert find_marks(_read_bytes(path)) == {HOME[3:]}


def _read_bytes(path: Path) -> bytes:
    """Return the bytes of an inbox and of the files beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


RETAINED = SHARED | {
    # Contacts, and opt-outs with their proof, stay until they are erased by `forget`.
    *("contacts.folded", "contacts.name", "contacts.note", "contacts.party"),
    *("contact_fields.value", "contact_fields.terms", "consent.party", "consent.evidence"),
    *("indexed_people.names", "indexed_people.terms"),
    # The history: who saved which contact, and labels, which are words of the desk.
    *("audit.detail", "audit.action"),
    # What an account, an alarm and a channel say is of now.
    *("accounts.line", "sent_alarms.text", "alarm_deliveries.line", "rules.problem"),
}
"""Columns that are not about messages; `privacy.md` says so."""


async def test_only_contacts_and_decisions_are_left_after_the_days_that_are_kept(
    store: Store, clock: ManualClock
) -> None:
    await fill_inbox(store, clock)
    for bulk in await store.bulk_texts.list_newest(10):
        await store.bulk_texts.cancel(bulk.id, "ana")
    for claimed in await store.outbox.claim_due_messages("a", RULE_ACCOUNT, 10):
        record = SendRecord(Status.ACCEPTED, "sent")
        await store.outbox.settle_message(claimed.message.id, record)
    await store.presence.clear_presence()
    await store.compose_locks.release_all_locks()
    clock.advance(100 * DAY / SECOND)
    await store.ingest.store_events(ACCOUNT, [make_reply("Still here", OTHER)])
    await store.journal.prune()
    await store.retention.prune(30, "ana")
    left = await read_marks(store)
    assert set(left) <= RETAINED, {name: left[name] for name in set(left) - RETAINED}
    await check_counters_and_summaries(store)
