"""Compute from the rows what counters and summaries must be."""

from collections import Counter

from tui.domain.conversation import compute_waiting_rank
from tui.domain.file_names import summarize_message
from tui.domain.person import NEW_MARK, format_gram_query
from tui.domain.phone import parse_address
from tui.store.connections import Connection
from tui.store.conversation_rows import get_counter_names
from tui.store.customer_addresses import fold_for_filter
from tui.store.store import Store

_LAST = "select * from messages where conversation_id = :value order by id desc limit 1"
_FAILED = (
    "select count(*) from messages where conversation_id = :value and handled = 0"
    " and status in ('failed', 'rejected', 'expired', 'uncertain')"
)
_SUSPECTED = "select count(*) > 0 from messages where conversation_id = :value and suspected = 1"
_LAST_ARRIVAL = "select max(coalesce(arrival, id)) from messages where conversation_id = :value"
_ARRIVALS = "select coalesce(arrival, id) from messages where conversation_id = :value"
_EARLY = "select count(*) from messages where conversation_id = :value and arrival < id"
_LABELS = "select label from conversation_labels where conversation_id = :value order by label"
_OUT = "select opted_out from consent where party = :value"


_ALIASES = "select party from aliases where conversation_id = :value"
_KNOWN = (
    "select 1 from conversations where party = :party"
    " union all select 1 from aliases where party = :party"
)
_LOST = (
    "select count(*) from messages where conversation_id not in (select id from conversations)"
    " or origin in (select id from conversations where id = conversation_id)"
)


async def check_counters_and_summaries(store: Store) -> None:
    """Compare every summary and every counter with the sums over the tables."""
    await store.database.read(_check_tables)


def _check_tables(connection: Connection) -> None:
    """Run the checks on the reader's thread."""
    counted: Counter[str] = Counter()
    _check_events(connection)
    if connection.dialect == "sqlite":
        _check_people_index(connection)
    for row in connection.execute("select * from conversations").fetchall():
        summary = dict(row)
        _check_summary(connection, summary)
        counted.update(get_counter_names(summary))
    assert connection.execute(_LOST).fetchone()[0] == 0
    stored = dict(connection.execute("select name, value from counters").fetchall())
    assert {name: value for name, value in stored.items() if value} == dict(counted)


_LOST_EVENTS = (
    "select count(*) from events e where kind = 'reply'"
    " and not exists (select 1 from messages m where m.id = e.message_id)"
)
_LOST_FILES = (
    "select count(*) from messages m where direction = 'in'"
    " and attachments <> (select count(*) from attachments a where a.message_id = m.id)"
)


def _check_events(connection: Connection) -> None:
    """Check that every reply and every file belongs to a message."""
    for query in (_LOST_EVENTS, _LOST_FILES):
        assert connection.execute(query).fetchone()[0] == 0, query


def _check_summary(connection: Connection, summary: dict[str, object]) -> None:
    """Check one row of the list."""

    def value(query: str, argument: object) -> object:
        row = connection.execute(query, {"value": argument}).fetchone()
        return row[0] if row else None

    identity = summary["id"]
    last = connection.execute(_LAST, {"value": identity}).fetchone()
    if last is not None:
        assert summary["last_id"] == last["id"]
        assert summary["last_at"] == last["at"]
        # A note that was withdrawn may have been the last arrival.
        last_arrival = summary["last_arrival"]
        assert isinstance(last_arrival, int)
        assert last_arrival >= connection.execute(_LAST_ARRIVAL, {"value": identity}).fetchone()[0]
        arrivals = [row[0] for row in connection.execute(_ARRIVALS, {"value": identity})]
        assert len(set(arrivals)) == len(arrivals)
        assert value(_EARLY, identity) == 0
        assert summary["last_direction"] == last["direction"]
        assert summary["last_status"] == last["status"]
        shown = summarize_message(last["body"], last["subject"], last["files"])
        assert summary["preview"] == shown[:160]
        assert summary["last_format"] == last["format"]
        assert summary["last_rule"] == last["rule"]
    assert summary["failed"] == value(_FAILED, identity)
    assert summary["suspected"] == value(_SUSPECTED, identity)
    labels = [row[0] for row in connection.execute(_LABELS, {"value": identity})]
    assert summary["labels"] == "\n".join(labels)
    assert bool(summary["opted_out"]) == bool(value(_OUT, summary["party"]))
    assert summary["folded"] == fold_for_filter(
        str(summary["name"]), str(summary["address"]), str(summary["other_addresses"])
    )
    others = str(summary["other_addresses"])
    addresses = [summary["address"], *(others.split("\n") if others else [])]
    keys = {row[0] for row in connection.execute(_ALIASES, {"value": identity})} | {
        summary["party"]
    }
    assert {parse_address(str(a)).conversation_key for a in addresses} == keys
    waiting, last_at = summary["waiting_since"], summary["last_at"]
    assert isinstance(last_at, int)
    assert waiting is None or isinstance(waiting, int)
    assert waiting == (None if summary["opted_out"] else summary["unanswered_since"])
    assert summary["rank"] == compute_waiting_rank(waiting, last_at)


def _check_people_index(connection: Connection) -> None:
    """Compare what the indexes of people have with the rows, and look for what is not indexed."""
    assert connection.execute("select * from unindexed_people").fetchall() == []
    people: dict[int, set[str]] = {}
    for person, party, folded in connection.execute(
        "select person, party, folded from contacts"
    ).fetchall():
        people.setdefault(person, set()).update(folded.split())
        if not connection.execute(_KNOWN, {"party": party}).fetchall():
            people[person].add(NEW_MARK)
    terms: dict[int, set[str]] = {person: set() for person in people}
    for person, text in connection.execute("select person, terms from contact_fields").fetchall():
        terms.get(person, set()).update(text.split())
    indexed = connection.execute("select person, names, terms from indexed_people").fetchall()
    assert {person: set(names.split()) for person, names, _ in indexed} == people
    assert {person: set(text.split()) for person, _, text in indexed} == terms
    for person, words in people.items():
        query = {"query": format_gram_query(words)}
        sql = "select rowid from people_fts where people_fts match :query"
        assert (person,) in [tuple(row) for row in connection.execute(sql, query).fetchall()]
