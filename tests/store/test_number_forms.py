"""Test the migration that joins conversations which two forms of one number had split."""

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.store.builders import ACCOUNT, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.change import RELOAD
from tui.domain.conversation import Conversation, State, View
from tui.domain.phone import parse_address
from tui.store.conversation_rows import get_counter_names
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import OptedOut
from tui.store.messages import NEWEST
from tui.store.progress_report import ignore_progress
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.migrations import apply_migrations
from tui.store.store import Store

pytestmark = [pytest.mark.usefixtures("real_databases"), pytest.mark.only_engine("sqlite")]

BEFORE = 12
"""Last migration before the one under test."""
OLD, NEW = "+5215512345678", "+525512345678"
OLD_KEY = OLD.removeprefix("+")
"""Key that the old form had: it is no valid number."""
PLAIN = "+48500600700"


class OldInbox:
    """A database as an earlier smsdesk left it."""

    def __init__(self, path: Path) -> None:
        """Create the database."""
        self.connection = sqlite3.connect(path, isolation_level=None, factory=FileConnection)
        apply_migrations(self.connection, upto=BEFORE)
        self._ids = iter(range(1, 1_000))

    def add_conversation(self, party: str, texts: dict[int, str], **columns: Any) -> int:
        """Insert a conversation with texts of the customer by their time, and count it."""
        identity = next(self._ids) + 10_000
        newest = max(texts, default=0)
        row = {
            **{"id": identity, "party": party, "address": columns.pop("address", party)},
            **{"state": "open", "assignee": "", "starred": 0, "labels": "", "unread": len(texts)},
            **{"failed": 0, "waiting_since": min(texts, default=None), "last_id": newest},
            **{"last_at": newest, "last_direction": "in" if texts else "", "account": ACCOUNT},
            **{"preview": texts.get(newest, ""), "opted_out": 0, **columns},
        }
        row["folded"] = f"{row.get('name', '')} {row['address']}".lower()
        row["unanswered_since"] = row["waiting_since"]
        row["rank"] = row["waiting_since"] or 10_000_000_000_000 - newest
        self._insert("conversations", row)
        for at, text in texts.items():
            values = {"id": at, "conversation_id": identity, "direction": "in", "body": text}
            self._insert("messages", {**values, "account": ACCOUNT, "at": at, "sender": party})
            self._insert("messages_fts", {"rowid": at, "body": text.lower()})
        for label in filter(None, row["labels"].split("\n")):
            self._insert("conversation_labels", {"label": label, "conversation_id": identity})
        for name in get_counter_names(row):
            self.connection.execute(
                "insert into counters (name, value) values (?, 1)"
                " on conflict (name) do update set value = value + 1",
                (name,),
            )
        return identity

    def add(self, table: str, **values: Any) -> None:
        """Insert a row."""
        self._insert(table, values)

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        """Insert a row by column."""
        columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        self.connection.execute(f"insert into {table} ({columns}) values ({marks})", row)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the inbox is."""
    return tmp_path / "inbox.db"


def open_store(path: Path, clock: ManualClock) -> Store:
    """Return the store over the migrated inbox."""
    return Store(path, clock=clock, rng=random.Random(1), owner="a")


async def list_all(store: Store) -> list[Conversation]:
    """Return all conversations."""
    return await store.conversations.list_after(View(state=None), FIRST_POSITION, 100)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD_KEY, NEW),
        ("+541123456789", "+5491123456789"),
        ("551187654321", "+5511987654321"),
        ("22997123456", "+2290197123456"),
        ("22507123456", "+2250707123456"),
        ("3903351234567", "+393351234567"),
        ("841201234567", "+84701234567"),
        ("+37744123456", "+38344123456"),
        ("001148500600700", PLAIN),
    ],
)
@pytest.mark.parametrize("is_new_first", [True, False])
async def test_two_forms_of_a_number_become_one_conversation(
    path: Path, clock: ManualClock, old: str, new: str, is_new_first: bool
) -> None:
    inbox = OldInbox(path)
    times = (1_000, 2_000) if is_new_first else (2_000, 1_000)
    inbox.add_conversation(new, {times[0]: "New form"})
    inbox.add_conversation(old, {times[1]: "Old form"})
    inbox.add_conversation("+61491570006", {3_000: "Another customer"})
    async with open_store(path, clock) as store:
        first, second = sorted(await list_all(store), key=lambda row: row.last_at)
        assert (second.party, second.preview) == ("+61491570006", "Another customer")
        assert first.party == parse_address(new).conversation_key
        assert parse_address(first.address).conversation_key == first.party
        assert (first.unread, first.waiting_since, first.other_addresses) == (2, 1_000, ())
        messages = await store.messages.list_before(first.id, NEWEST, 10)
        expected = ["New form", "Old form"] if is_new_first else ["Old form", "New form"]
        assert [message.body for message in messages] == expected
        await check_counters_and_summaries(store)
        await store.ingest.store_events(ACCOUNT, [make_reply("Again", old), make_reply("?", new)])
        assert len(await list_all(store)) == 2
        await check_counters_and_summaries(store)


async def test_a_conversation_under_an_old_form_gets_the_number_that_works(
    path: Path, clock: ManualClock
) -> None:
    OldInbox(path).add_conversation(OLD_KEY, {1_000: "Hello"}, address=OLD, name="Ana")
    async with open_store(path, clock) as store:
        (row,) = await list_all(store)
        assert (row.party, row.address, row.name) == (NEW, NEW, "Ana")
        await store.intents.queue_message(make_outgoing(to=row.address))
        (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
        assert claimed.to == NEW
        found = await store.conversations.list_after(View(text="5512345678"), FIRST_POSITION, 9)
        assert [row.party for row in found] == [NEW]


async def test_everything_of_both_conversations_is_kept(path: Path, clock: ManualClock) -> None:
    inbox = OldInbox(path)
    old = inbox.add_conversation(
        OLD_KEY, {1_000: "One"}, state="closed", labels="billing", starred=1, assignee="bo"
    )
    new = inbox.add_conversation(NEW, {2_000: "Two"}, state="snoozed", labels="vip", name="Ana")
    values = {"account": ACCOUNT, "body": "Sent", "at": 1_500, "agent": "bo"}
    inbox.add("messages", id=1_500, conversation_id=old, direction="out", status="failed", **values)
    inbox.connection.execute("update conversations set failed = 1 where id = ?", (old,))
    inbox.connection.execute("insert into counters values ('failed', 1)")
    for conversation, agent, body in (
        (old, "ana", "Dear"),
        (new, "ana", "Hello"),
        (old, "bo", "Hi"),
    ):
        times = {"began_at": 1, "updated_at": conversation}
        key = {"conversation_id": conversation, "agent": agent, "body": body}
        inbox.add("drafts", **key, **times, media='["u"]' if agent == "bo" else "[]")
        inbox.add("note_drafts", **key, updated_at=1)
        inbox.add("looks", conversation_id=conversation, agent=agent, message_id=2_000)
    inbox.add("mentions", agent="ana", message_id=1_000, conversation_id=old)
    inbox.add("audit", id=1, at=1, agent="bo", action="star", conversation_id=old)
    inbox.add("presence", owner="b", agent="bo", conversation_id=old, typing=1, seen_at=1)
    inbox.add("contacts", party=OLD_KEY, name="Anna", note="Old note", updated_at=1)
    inbox.add("contacts", party=NEW, name="Ana", note="New note", updated_at=2)
    async with open_store(path, clock) as store:
        (row,) = await list_all(store)
        assert (row.state, row.starred, row.assignee) == (State.SNOOZED, True, "bo")
        assert (row.labels, row.failed, row.name) == (("billing", "vip"), 1, "Ana")
        draft = await store.drafts.get_draft(row.id, "ana")
        assert draft is not None
        assert draft.body == "Hello\nDear"
        assert await store.drafts.get_note_draft(row.id, "ana") == "Hello\nDear"
        other = await store.drafts.get_draft(row.id, "bo")
        assert other is not None
        assert (other.body, other.mms.media) == ("Hi", ("u",))
        assert await store.conversations.get_read_marker(row.id, "ana") == 2_000
        assert await store.conversations.count_conversations(View(mentions_of="ana")) == 1
        assert [e.action for e in await store.triage.get_audit_trail(row.id)] == ["star"]
        contact = await store.contacts.get_contact(row.party)
        assert contact is not None
        assert (contact.name, contact.note) == ("Ana", "New note\nOld note\nAlso named Anna")
        assert [m.body for m in await store.messages.search_text("one", conversation_id=row.id)]
        by_old_id = await store.conversations.get(old)
        assert by_old_id is not None
        assert by_old_id.id == row.id
        await check_counters_and_summaries(store)


@pytest.mark.parametrize("stopped", [OLD_KEY, NEW])
async def test_the_stricter_consent_holds(path: Path, clock: ManualClock, stopped: str) -> None:
    inbox = OldInbox(path)
    for party in (OLD_KEY, NEW):
        out = int(party == stopped)
        inbox.add_conversation(party, {2_000 + out: "x"}, opted_out=out)
        inbox.add("consent", party=party, opted_out=out, at=5_000 - out, source="agent")
    # A waiting conversation that is opted out does not wait.
    inbox.connection.execute(
        "update conversations set waiting_since = null, rank = 10000000000000 - last_at"
        " where opted_out = 1"
    )
    inbox.connection.execute("update counters set value = 1 where name = 'waiting'")
    async with open_store(path, clock) as store:
        (row,) = await list_all(store)
        assert (row.opted_out, row.waiting_since) == (True, None)
        for party in (OLD, NEW):
            with pytest.raises(OptedOut):
                await store.intents.queue_message(make_outgoing(to=party))
        await check_counters_and_summaries(store)


async def test_contacts_and_consent_without_a_conversation_get_the_new_key(
    path: Path, clock: ManualClock
) -> None:
    inbox = OldInbox(path)
    inbox.add("contacts", party=OLD_KEY, name="Ana", updated_at=1)
    inbox.add("consent", party=OLD_KEY, opted_out=1, at=1, source="provider")
    async with open_store(path, clock) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("Hello", NEW)])
        (row,) = await list_all(store)
        assert (row.name, row.opted_out) == ("Ana", True)


async def test_numbers_without_several_forms_stay_as_they_are(
    path: Path, clock: ManualClock
) -> None:
    inbox = OldInbox(path)
    parties = [PLAIN, "infosms", "12345", "0491570121", "61999999999", "+390612345678"]
    for at, party in enumerate(parties, 1_000):
        inbox.add_conversation(party, {at: "Hello"})
    columns = [row[1] for row in inbox.connection.execute("pragma table_info(conversations)")]
    query = f"select {', '.join(columns)} from conversations"
    rows = inbox.connection.execute(query).fetchall()
    async with open_store(path, clock) as store:
        found = await store.database.read(lambda c: [tuple(row) for row in c.execute(query)])
        assert found == rows
        assert await store.feed.get_last_number() == 0
        assert RELOAD.id == 0


def test_the_progress_is_reported(path: Path) -> None:
    inbox, shown = OldInbox(path), []
    for number in range(3):
        inbox.add_conversation(f"5215512{number}45678", {1_000 + number: "Hello"})

    def record_progress(task: str, done: int, total: int) -> None:
        ignore_progress(task, done, total)
        if task == "Joining conversations":
            shown.append((done, total))

    assert apply_migrations(inbox.connection, report_progress=record_progress)
    assert shown == [(1, 3), (2, 3), (3, 3)]
