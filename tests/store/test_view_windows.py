"""Test that views of combined conditions are read page by page as the domain defines them."""

import functools
import itertools
import random
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.temporary import temporary_store
from tests.store.test_conversations import read_all_pages
from tui.domain.conversation import Conversation, Order, State, View
from tui.domain.views import is_in_view, list_counters
from tui.store.conversations import get_position
from tui.store.customer_addresses import fold_for_filter
from tui.store.queries import insert_rows
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store
from tui.store.view_windows import build_count, build_window, is_combined_view

NAMES = ("", "Nováková", "Ana")
OWN = ("+61491570156", "+48500100200")
ASSIGNEES = ("", "mia", "bo", "tom", "@sales", "@night")


async def write_rows(store: Store, rng: random.Random, count: int = 12) -> list[Conversation]:
    """Insert made-up conversations and a team; return the conversations."""
    await store.team.save_team("sales", ["mia", "bo"])

    def work(transaction: Any) -> None:
        for identity in range(1, count + 1):
            address, name = f"+4470090{identity:05d}", rng.choice(NAMES)
            is_vip = rng.random() < 0.5
            row = {
                "id": identity,
                "party": address,
                "address": address,
                "name": name,
                "folded": fold_for_filter(name, address),
                "state": rng.choice(list(State)).value,
                "assignee": rng.choice(ASSIGNEES),
                "starred": rng.randint(0, 1),
                "failed": rng.randint(0, 1),
                "unread": rng.randint(0, 2),
                "account": rng.choice(["au", "pl"]),
                "own": rng.choice(OWN),
                "last_at": rng.randint(0, 9),
                "due_at": rng.choice([None, rng.randint(1, 9)]),
                "overdue": rng.randint(0, 1),
                "rank": rng.randint(0, 9),
                "labels": "vip" if is_vip else "",
            }
            insert_rows(transaction.connection, "conversations", [row])
            if is_vip:
                label = {"label": "vip", "conversation_id": identity}
                insert_rows(transaction.connection, "conversation_labels", [label])

    await store.database.write(work)
    found = [await store.conversations.get(identity) for identity in range(1, count + 1)]
    return [one for one in found if one is not None]


def make_view(rng: random.Random) -> View:
    """Return a view of any combination."""

    def choose(*values: Any) -> Any:
        return rng.choice(values)

    team, is_kind = choose("", "", "", "sales"), rng.random() < 0.4
    return View(
        state=choose(None, *State),
        only_state=is_kind and rng.random() < 0.5,
        assignee=None if team else choose(None, None, *ASSIGNEES),
        team=team,
        label=choose("", "", "vip", "late"),
        starred=is_kind and rng.random() < 0.5,
        failed=is_kind and rng.random() < 0.4,
        unread=is_kind and rng.random() < 0.5,
        overdue=is_kind and rng.random() < 0.3,
        account=choose("", "", "au", "pl"),
        own=choose("", "", *OWN),
        text=choose("", "", "", "nov", "0000"),
        order=choose(*Order),
    )


async def check_view(store: Store, everything: list[Conversation], view: View) -> None:
    """Check pages in both directions, the count and the unread ids of one view."""
    view = await store.team.resolve_view(view, "mia")
    shown = [c for c in everything if is_in_view(c, view)]

    def get_key(conversation: Conversation) -> tuple[int, int]:
        place = get_position(conversation, view)
        return place.sort, place.id

    expected = sorted(shown, key=get_key)
    for down in (True, False):
        assert await read_all_pages(store, view, 4, down=down) == expected, view
    unread = {c.id for c in shown if c.unread}
    assert set(await store.conversations.list_unread_ids(view, 1000)) == unread, view
    if is_combined_view(view) and not view.text:
        assert await store.conversations.count_conversations(view) == len(shown), view


@given(seed=st.integers(0, 1 << 30))
@settings(max_examples=20)
async def test_pages_of_any_view_equal_the_filter_of_the_domain(seed: int) -> None:
    rng = random.Random(seed)
    async with temporary_store() as store:
        everything = await write_rows(store, rng)
        for _ in range(15):
            await check_view(store, everything, make_view(rng))


async def test_both_engines_read_the_same_views(store: Store) -> None:
    rng = random.Random(4)
    everything = await write_rows(store, rng, 24)
    for _ in range(60):
        await check_view(store, everything, make_view(rng))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return a database with only the schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=FileConnection)
    migrations.apply_migrations(connection)
    yield connection
    connection.close()


def explain(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a statement."""
    values = {value: 1 for value in re.findall(r":(\w+)", sql)}
    return [row[-1] for row in connection.execute(f"explain query plan {sql}", values)]


@pytest.mark.parametrize(
    ("view", "index"),
    [
        (
            View(account="au"),
            "conversations_by_account (account=? AND state=? AND rank>?)",
        ),
        (
            View(account="au", text="x"),
            "conversations_by_account (account=? AND state=? AND rank>?)",
        ),
        (
            View(account="au", own="+61"),
            "conversations_by_own (own=? AND state=? AND rank>?)",
        ),
        (
            View(None, own="+61"),
            "conversations_by_own (own=? AND state=? AND rank>?)",
        ),
        (View(unread=True), "conversations_unread (rank>?)"),
        (View(unread=True, account="au", team="b"), "conversations_unread (rank>?)"),
        (View(failed=True, label="vip"), "conversations_failed (rank>?)"),
        (
            View(assignee="bo", account="au"),
            "conversations_by_assignee (assignee=? AND state=? AND rank>?)",
        ),
    ],
    ids=str,
)
def test_a_view_is_read_in_the_order_of_an_index(
    connection: sqlite3.Connection, view: View, index: str
) -> None:
    steps = explain(connection, build_window(view, is_after=True).sql)
    assert any(step.endswith(f"USING INDEX {index}") for step in steps), steps
    assert not [step for step in steps if "TEMP B-TREE" in step and "UNION" not in step], steps


@pytest.mark.parametrize(
    "view", [View(account="au"), View(own="+61", account="au"), View(None, account="au")], ids=str
)
def test_counting_an_account_or_number_reads_an_index_alone(
    connection: sqlite3.Connection, view: View
) -> None:
    steps = explain(connection, build_count(view).sql)
    assert all("COVERING INDEX" in step for step in steps), steps


def test_no_combination_scans_the_table(connection: sqlite3.Connection) -> None:
    rng = random.Random(1)
    for view in itertools.islice(iter(functools.partial(make_view, rng), None), 200):
        for sql in (build_window(view, is_after=False).sql, build_count(view).sql):
            scans = [
                step
                for step in explain(connection, sql)
                if re.match(r"SCAN [cl]\b(?! USING)", step)
            ]
            assert not scans, (view, scans)


def test_lists_with_a_counter_are_not_counted_otherwise() -> None:
    assert list_counters(View(unread=True)) == ("unread",)
    assert list_counters(View(assignee="mia", assigned=("@a",))) == ("assignee:mia", "assignee:@a")
    for view in (View(unread=True, account="au"), View(account="au"), View(failed=True, label="x")):
        assert list_counters(view) == ()
