"""Migration: join the conversations of one person that two forms of one number had split.

Which conversations belong together is decided by today's keys of numbers. What only the country
of an account could decide is left to the agents, who can merge conversations.
"""

import sqlite3
from collections.abc import Callable

from tui.domain.conversation import compute_waiting_rank
from tui.domain.numbering import has_several_forms
from tui.domain.phone import parse_address
from tui.store.customer_addresses import list_addresses, set_addresses
from tui.store.joining import Row, combine_summaries, join_consent, join_rows
from tui.store.people import join_people
from tui.store.queries import queries
from tui.store.rows import to_dict
from tui.store.sqlite.file_connection import FileConnection

_TASK = "Joining conversations"
_SHORTEST_NUMBER = 9
"""Fewer digits without "+" are a short code."""
_SAVE = (
    "update conversations set party = :party, address = :address, folded = :folded,"
    " other_addresses = :other_addresses, name = :name, state = :state,"
    " snoozed_until = :snoozed_until, assignee = :assignee, starred = :starred, labels = :labels,"
    " unread = :unread, waiting_since = :waiting_since, unanswered_since = :unanswered_since,"
    " failed = :failed, last_id = :last_id, last_at = :last_at, last_direction = :last_direction,"
    " last_status = :last_status, last_format = :last_format, last_rule = :last_rule,"
    " preview = :preview, account = :account, own = :own, opted_out = :opted_out,"
    " suspected = :suspected, rank = :rank, last_arrival = :last_arrival where id = :id"
)
_DROP_COUNTERS = (
    "delete from counters where name like 'assignee:%'"
    " or name in ('open', 'snoozed', 'closed', 'waiting', 'unread', 'failed', 'starred')"
)
_ADD_COUNTERS = (
    "insert into counters (name, value)"
    " select state, count(*) from conversations group by state"
    " union all select 'assignee:' || assignee, count(*) from conversations"
    " where state = 'open' group by assignee"
    " union all select 'waiting', count(*) from conversations"
    " where state = 'open' and waiting_since is not null"
    " union all select 'unread', count(*) from conversations where unread > 0"
    " union all select 'failed', count(*) from conversations where failed > 0"
    " union all select 'starred', count(*) from conversations where starred > 0"
)


def join_forms_of_numbers(
    connection: FileConnection, report_progress: Callable[[str, int, int], None]
) -> None:
    """Give every conversation, contact and consent decision the key that its number has today.

    Args:
        connection: Connection of the migration's transaction.
        report_progress: Called after every number that has a different key.
    """
    changed = _find_changed_keys(connection)
    rows_as_before, connection.row_factory = connection.row_factory, sqlite3.Row
    try:
        for done, (key, parties) in enumerate(changed.items(), 1):
            _join_parties(connection, key, parties)
            report_progress(_TASK, done, len(changed))
    finally:
        connection.row_factory = rows_as_before
    if changed:
        connection.execute(_DROP_COUNTERS)
        connection.execute(_ADD_COUNTERS)


def _find_changed_keys(connection: FileConnection) -> dict[str, list[str]]:
    """Return the old keys of each number that has another key today."""
    found = connection.execute(
        "select party from conversations union select party from contacts"
        " union select party from consent"
    )
    changed: dict[str, list[str]] = {}
    for (party,) in found.fetchall():
        if _may_have_changed(party) and (key := parse_address(party).conversation_key) != party:
            changed.setdefault(key, []).append(party)
    return changed


def _may_have_changed(party: str) -> bool:
    """Return whether to parse a key; that takes too long for all keys of a large inbox."""
    if party.startswith("+"):
        return has_several_forms(party)
    return party.isdecimal() and len(party) >= _SHORTEST_NUMBER


def _join_parties(connection: FileConnection, key: str, parties: list[str]) -> None:
    """Join the conversations, contacts and decisions of these keys under another key."""
    sql = queries("merges")
    for party in parties:
        join_people(connection, key, party, is_same_number=True)
        join_consent(connection, key, party)
        sql.drop_consent(connection, party=party)
    marks = ", ".join("?" * (len(parties) + 1))
    found = connection.execute(
        f"select * from conversations where party in ({marks}) order by last_id desc",
        (key, *parties),
    )
    summaries = [to_dict(row) for row in found]
    if not summaries:
        return
    kept, *others = summaries
    for gone in others:
        join_rows(connection, kept, gone)
        combine_summaries(kept, gone)
        connection.execute("delete from conversations where id = ?", (gone["id"],))
    _save_joined(connection, kept, key)


def _save_joined(connection: FileConnection, kept: Row, key: str) -> None:
    """Write the summary of a joined conversation with its place in the list."""
    kept["party"] = key
    # An address in its old form may no longer work.
    current = [parse_address(address) for address in list_addresses(kept)]
    set_addresses(kept, [address.e164 or address.raw for address in current])
    contact = queries("conversations").contact_name(connection, party=key)
    if contact and not kept["name"]:
        kept["name"] = contact
        set_addresses(kept, list_addresses(kept))
    kept["opted_out"] = queries("conversations").opted_out(connection, party=key) or 0
    kept["waiting_since"] = None if kept["opted_out"] else kept["unanswered_since"]
    kept["rank"] = compute_waiting_rank(kept["waiting_since"], kept["last_at"])
    connection.execute(_SAVE, kept)
