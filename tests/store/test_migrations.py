"""Test migrations from every older version, with rows in the tables, to the newest."""

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.conversation import View
from tui.domain.person import fold_contact
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import NewerDatabase
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.migrations import (
    apply_migrations,
    list_migrations,
    read_version,
    split_statements,
)
from tui.store.sqlite.people_index import index_changed_people
from tui.store.store import Store

pytestmark = [pytest.mark.usefixtures("real_databases"), pytest.mark.only_engine("sqlite")]

VERSIONS = [number for number, _ in list_migrations()]
OLD_ROWS = """
insert into conversations (id, party, address, folded, unread, waiting_since, last_id, last_at,
  last_direction, preview, account, rank)
  values (7, '+61491570006', '+61491570006', ' +61491570006', 1, 1000, 9, 1000, 'in', 'Hello',
  'support', 1000);
insert into messages (id, conversation_id, direction, account, body, at, attachments)
  values (9, 7, 'in', 'support', 'Hello', 1000, 1);
insert into messages (id, conversation_id, direction, status, account, body, at, provider_id,
  provider_key) values (8, 7, 'out', 'accepted', 'support', 'Welcome', 900, 'P1', 'p1');
insert into attachments (id, message_id, name, content_type, size, data)
  values (1, 9, 'cat.jpg', 'image/jpeg', 1, x'ff');
insert into events (id, account, kind, event_id, received_at, message_id, raw)
  values (1, 'support', 'reply', 'e1', 1000, 9, '{}');
insert into events (id, account, kind, event_id, received_at, provider_key, status, raw)
  values (2, 'support', 'receipt', 'e2', 1000, 'p2', 'delivered', '{}');
insert into messages_fts (rowid, body) values (9, 'hello');
insert into counters (name, value)
  values ('open', 1), ('assignee:', 1), ('waiting', 1), ('unread', 1);
insert into changes (subject, id, conversation_id) values ('message', 9, 7);
"""
DESK_ROWS = """
insert into accounts (name, health, reply_cursor) values ('support', 'ok', 'c1');
insert into drafts (conversation_id, agent, body, began_at, updated_at)
  values (7, 'ana', 'We are', 1000, 1000);
insert into templates (name, body, updated_at) values ('hi', 'Hi!', 1000);
insert into contacts (party, name, updated_at) values ('+61491570006', 'Mia', 1000);
insert into audit (id, at, agent, action, conversation_id) values (1, 1000, 'ana', 'star', 7);
"""
UNANSWERED = "update conversations set unanswered_since = waiting_since;"
ARRIVED = "\nupdate conversations set last_arrival = last_id;"
FOLDED = f"\nupdate contacts set person = 1, folded = '{fold_contact('Mia', '+61491570006')}';"


MMS_ROWS = """
insert into conversations (id, party, address, folded, last_id, last_at, last_direction, preview,
  account, rank) values (17, '+61491570007', '+61491570007', ' +61491570007', 19, 1000, 'in', '',
  'support', 1000), (27, '+61491570008', '+61491570008', ' +61491570008', 29, 1000, 'out', '',
  'support', 1000);
insert into messages (id, conversation_id, direction, account, body, at, subject)
  values (19, 17, 'in', 'support', '', 1000, 'Cat');
insert into messages (id, conversation_id, direction, status, account, body, at, format, media)
  values (29, 27, 'out', 'sent', 'support', '', 1000, 'MMS', '["https://shop.example/b.png"]');
insert into attachments (id, message_id, name, content_type, size, data)
  values (2, 19, 'a.jpg', 'image/jpeg', 2, x'ffff'), (3, 19, 'b.pdf', 'application/pdf', 1, x'ff');
"""


def test_the_files_of_old_messages_are_named(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, 12)
    with contextlib.closing(
        sqlite3.connect(path, isolation_level=None, factory=FileConnection)
    ) as connection:
        for statement in split_statements(MMS_ROWS):
            connection.execute(statement)
        reported: list[tuple[int, int]] = []
        apply_migrations(
            connection, report_progress=lambda task, done, total: reported.append((done, total))
        )
        previews = "select preview from conversations order by id"
        assert [row[0] for row in connection.execute(previews)] == [
            "Hello",
            "Cat · 2 files: a.jpg, b.pdf",
            "b.png (image)",
        ]
        files = "select files from messages where id in (9, 19) order by id"
        assert [row[0] for row in connection.execute(files)] == [
            "cat.jpg (image, 1 B)",
            "2 files: a.jpg, b.pdf",
        ]
        assert (2, 3) in reported


def create_old_database(path: Path, number: int) -> None:
    """Create a database as that version left it, with rows in its tables."""
    connection = sqlite3.connect(path, isolation_level=None, factory=FileConnection)
    apply_migrations(connection, upto=number)
    rows = OLD_ROWS + (DESK_ROWS if number >= 2 else "") + (UNANSWERED if number >= 10 else "")
    rows += (ARRIVED if number >= 17 else "") + (FOLDED if number >= 26 else "")
    for statement in split_statements(rows):
        connection.execute(statement)
    if number >= 35:
        index_changed_people(connection)
    assert read_version(connection) == number
    connection.close()


@pytest.mark.parametrize("number", VERSIONS)
async def test_every_older_version_is_migrated_with_its_rows(
    tmp_path: Path, clock: ManualClock, number: int
) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, number)
    async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
        thread = await get_conversation(store)
        assert (thread.preview, thread.unread) == ("Hello", 1)
        messages = await store.messages.list_before(thread.id, 1 << 62, 10)
        assert [m.body for m in messages] == ["Welcome", "Hello"]
        assert [m.id for m in await store.messages.search_text("hel")] == [9]
        await check_counters_and_summaries(store)
        await store.ingest.store_events(ACCOUNT, [make_reply("More")])
        await store.intents.queue_message(make_outgoing())
        await check_counters_and_summaries(store)
        if number >= 2:
            draft = await store.drafts.get_draft(thread.id, "tom")
            assert draft is None
            assert await store.accounts.get_cursors(ACCOUNT) == ("c1", "")
            assert [t.name for t in await store.templates.list_by_name()] == ["hi"]
            assert [one.name for one in await store.contacts.find_numbers("ia 91", 9)] == ["Mia"]


@pytest.mark.parametrize("number", VERSIONS)
def test_every_older_version_ends_with_the_schema_of_a_new_file(
    tmp_path: Path, number: int
) -> None:
    create_old_database(tmp_path / "old.db", number)
    schemas = []
    for name in ("old.db", "new.db"):
        connection = sqlite3.connect(tmp_path / name, isolation_level=None, factory=FileConnection)
        apply_migrations(connection)
        rows = connection.execute("select type, name, sql from sqlite_master order by 1, 2")
        schemas.append(rows.fetchall())
        assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        connection.close()
    assert schemas[0] == schemas[1]


def test_migrations_have_numbers_of_their_own() -> None:
    assert sorted(set(VERSIONS)) == VERSIONS


def test_a_second_migration_changes_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(
        tmp_path / "inbox.db", isolation_level=None, factory=FileConnection
    )
    assert apply_migrations(connection)
    assert not apply_migrations(connection)
    connection.close()


def test_a_failed_migration_leaves_the_old_version_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_old_database(tmp_path / "inbox.db", 1)
    broken = tmp_path / "0002_broken.sql"
    broken.write_text("create table half (a);\nthis is no SQL;\n")
    monkeypatch.setattr(migrations, "list_migrations", lambda: [list_migrations()[0], (2, broken)])
    connection = sqlite3.connect(
        tmp_path / "inbox.db", isolation_level=None, factory=FileConnection
    )
    with pytest.raises(sqlite3.OperationalError):
        apply_migrations(connection)
    assert read_version(connection) == 1
    assert not connection.execute("select 1 from sqlite_master where name = 'half'").fetchall()
    connection.close()


def test_an_older_program_refuses_a_newer_file(tmp_path: Path) -> None:
    connection = sqlite3.connect(
        tmp_path / "inbox.db", isolation_level=None, factory=FileConnection
    )
    apply_migrations(connection)
    with pytest.raises(NewerDatabase):
        apply_migrations(connection, upto=1)
    connection.close()


def test_a_script_is_split_only_between_statements() -> None:
    script = (
        "create table a (b text default ';'); -- one; two\n"
        "create trigger t after insert on a begin\n  delete from a;\nend;\nselect 1"
    )
    assert [s.split()[1] for s in split_statements(script)] == ["table", "trigger", "1"]


async def test_a_migration_shows_the_time_of_the_message_in_the_list(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, 12)
    with (
        contextlib.closing(sqlite3.connect(path, factory=FileConnection)) as connection,
        connection,
    ):
        connection.execute(
            "insert into messages (id, conversation_id, direction, account, body, at)"
            " values (10, 7, 'in', 'support', 'Late', 500)"
        )
        connection.execute("update conversations set last_id = 10, preview = 'Late', unread = 2")
        connection.execute("insert into looks values (7, 'ana', 9)")
    async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
        await check_counters_and_summaries(store)
        thread = await get_conversation(store)
        assert (thread.last_at, thread.last_arrival) == (500, 10)
        assert await store.conversations.get_read_marker(7, "ana") == 9
        await store.conversations.set_read_marker(7, "ana", 9)
        assert (await get_conversation(store)).unread == 1


async def test_a_migration_names_the_rule_that_wrote_the_last_message(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, 33)
    with (
        contextlib.closing(sqlite3.connect(path, factory=FileConnection)) as connection,
        connection,
    ):
        connection.execute(
            "insert into messages (id, conversation_id, direction, status, account, body, at, rule)"
            " values (10, 7, 'out', 'accepted', 'support', 'We are closed', 1000, 'night')"
        )
        connection.execute(
            "update conversations set last_id = 10, last_arrival = 10, last_direction = 'out',"
            " last_status = 'accepted', preview = 'We are closed'"
        )
    async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
        assert (await get_conversation(store)).last_rule == "night"
        await check_counters_and_summaries(store)


async def test_a_migration_ends_the_wait_of_opted_out_customers(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, 9)
    with (
        contextlib.closing(sqlite3.connect(path, factory=FileConnection)) as connection,
        connection,
    ):
        connection.execute("update conversations set opted_out = 1")
        connection.execute(
            "insert into consent (party, opted_out, at, source) values (?, 1, 1000, 'word')", (MIA,)
        )
    async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
        await check_counters_and_summaries(store)
        thread = await get_conversation(store)
        assert (thread.waiting_since, thread.unread) == (None, 1)
        assert (await store.conversations.get_counts()).waiting == 0
        await store.consent.record_decision(
            thread.id, "ana", opted_out=False, evidence="asked for it"
        )
        assert (await get_conversation(store)).waiting_since == 1000


async def test_the_search_index_is_built_again_from_all_texts(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "inbox.db"
    create_old_database(path, 12)
    with (
        contextlib.closing(sqlite3.connect(path, factory=FileConnection)) as connection,
        connection,
    ):
        connection.executescript(
            "update conversations set name = 'แดง', folded = 'แดง +61491570006';"
            "update messages set body = '今天讨论了部署方案', subject = '订单' where id = 9;"
            "insert into messages (id, conversation_id, direction, account, body, at)"
            " values (10, 7, 'note', 'support', 'call 0491 570 156', 1001);"
        )
    shown: list[tuple[str, int, int]] = []
    async with Store(
        path,
        clock=clock,
        rng=random.Random(1),
        owner="a",
        report_progress=lambda *progress: shown.append(progress),
    ) as store:
        for text, ids in (("部署", [9]), ("订单", [9]), ("0491570156", [10]), ("welcome", [8])):
            assert [m.id for m in await store.messages.search_text(text)] == ids
        view = View(None, text="แดง")
        listed = await store.conversations.list_after(view, FIRST_POSITION, 9)
        assert [c.id for c in listed] == [7]
    counts = [(done, total) for task, done, total in shown if "search index" in task]
    assert (counts[0], counts[-1]) == ((0, 3), (3, 3))


def test_a_killed_migration_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_old_database(tmp_path / "inbox.db", 12)

    def fail(task: str, done: int, total: int) -> None:
        """Stop as a signal would."""
        raise KeyboardInterrupt

    connection = sqlite3.connect(
        tmp_path / "inbox.db", isolation_level=None, factory=FileConnection
    )
    with pytest.raises(KeyboardInterrupt):
        apply_migrations(connection, report_progress=fail)
    assert read_version(connection) == 12
    found = connection.execute("select rowid from messages_fts where messages_fts match 'hello'")
    assert found.fetchall() == [(9,)]
    assert apply_migrations(connection)
    connection.close()


def test_a_second_process_waits_for_a_migration(tmp_path: Path) -> None:
    create_old_database(tmp_path / "inbox.db", 12)
    first = sqlite3.connect(tmp_path / "inbox.db", isolation_level=None, factory=FileConnection)
    first.execute("begin immediate")
    shown: list[str] = []

    def release(task: str, done: int, total: int) -> None:
        """End the work of the first process."""
        shown.append(task)
        if first.in_transaction:
            first.execute("rollback")

    second = sqlite3.connect(
        tmp_path / "inbox.db", isolation_level=None, timeout=0, factory=FileConnection
    )
    assert apply_migrations(second, report_progress=release)
    assert shown[0].startswith("Waiting for another smsdesk")
    first.close()
    second.close()
