"""Undo a merge: separate two conversations again.

What has changed since the merge stays changed; everything else is as it was before. Messages
since the merge go to the conversation of the number that they came from or went to.
"""

from collections.abc import Mapping
from typing import Any

from tui.domain.conversation import State
from tui.domain.message import Direction, Format
from tui.domain.person import Person
from tui.domain.phone import parse_address
from tui.store.connections import Connection
from tui.store.customer_addresses import list_addresses, set_addresses
from tui.store.engine import Transaction
from tui.store.last_messages import update_last_message
from tui.store.people import People, restore_people
from tui.store.queries import insert_rows, queries
from tui.store.rows import to_dict
from tui.store.summaries import Summaries, Summary

Snapshot = Mapping[str, Any]
"""Both conversations before a merge, and under "after" the joined one."""

_COMPUTED = frozenset({"id", "party", "address", "other_addresses", "folded", "rank"})
"""Columns of a summary that follow from others, or never change."""


def split_conversation(
    transaction: Transaction, summaries: Summaries, kept_id: int, before: Snapshot
) -> None:
    """Separate the conversation that is gone from the one that it was merged into.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        kept_id: Conversation that was kept; it may be part of another one by now.
        before: What the merge recorded.
    """
    connection = transaction.connection
    kept = summaries.get(kept_id)
    newest_unread = kept["unread"]
    queries("merges").drop_redirect(connection, old_id=before["gone"]["id"])
    gone = summaries.restore(before["gone"])
    keys = _return_keys(connection, kept, gone, before)
    last_id = max(before["kept"]["last_arrival"], before["gone"]["last_arrival"])
    _return_messages(connection, kept, gone, before, keys, last_id)
    _restore_summary(kept, before)
    addresses = [a for a in list_addresses(kept) if parse_address(a).conversation_key not in keys]
    set_addresses(kept, addresses or [before["kept"]["address"]])
    for summary, old in ((kept, before["kept"]), (gone, before["gone"])):
        _count_again(connection, summary, old, last_id, newest_unread)
    _return_labels(connection, kept, gone)
    for table in ("drafts", "note_drafts", "looks"):
        _return_drafts(connection, table, kept["id"], gone["id"], before)
    queries("merges").drop_merged_drafts(connection, old_id=gone["id"])
    _restore_contacts(connection, kept, gone, before)
    _return_consent(connection, kept, gone, before, last_id)
    for subject_id in (kept["id"], gone["id"]):
        queries("merges").return_mentions(connection, conversation_id=subject_id)


def _return_keys(
    connection: Connection, kept: Summary, gone: Summary, before: Snapshot
) -> set[str]:
    """Let the keys and ids of the conversation lead to it again; return its keys.

    Those that another undo has separated meanwhile stay where they are.
    """
    sql, ids = queries("merges"), {"kept": kept["id"], "conversation_id": gone["id"]}
    sql.drop_alias(connection, party=gone["party"])
    returned = [
        party for party in before["aliases"] if sql.return_alias(connection, party=party, **ids)
    ]
    for old_id in before["redirects"]:
        sql.return_redirect(connection, old_id=old_id, **ids)
    keys = {gone["party"], *returned}
    _set_addresses_of(gone, keys)
    return keys


def _set_addresses_of(summary: Summary, keys: set[str]) -> None:
    """Keep only the addresses with these keys, if there are any."""
    found = [a for a in list_addresses(summary) if parse_address(a).conversation_key in keys]
    set_addresses(summary, found or [summary["address"]])


def _return_messages(
    connection: Connection,
    kept: Summary,
    gone: Summary,
    before: Snapshot,
    keys: set[str],
    last_id: int,
) -> None:
    """Move its messages back, and the newer ones that came from its numbers or went there."""
    sql = queries("merges")
    for origin in (gone["id"], *before["redirects"]):
        sql.return_messages(connection, conversation_id=gone["id"], kept=kept["id"], origin=origin)
    for row in sql.after(connection, conversation_id=kept["id"], id=last_id):
        address = row["sender"] if row["direction"] == Direction.IN else row["recipient"]
        if address and parse_address(address).conversation_key in keys:
            sql.return_message(connection, id=row["id"], conversation_id=gone["id"])


def _restore_summary(kept: Summary, before: Snapshot) -> None:
    """Restore the columns that have not changed since the merge."""
    old, joined = before["kept"], before["after"]["kept"]
    for name, value in old.items():
        if name in kept and name not in _COMPUTED and kept[name] == joined[name]:
            kept[name] = value


def _count_again(
    connection: Connection, summary: Summary, old: Summary, last_id: int, unread: int
) -> None:
    """Compute what follows from the messages of a conversation.

    Args:
        connection: Connection of the transaction.
        summary: Summary to update.
        old: The conversation before the merge.
        last_id: Highest place in the order of arrival at the time of the merge.
        unread: Unread messages of the joined conversation.
    """
    sql, identity = queries("merges"), summary["id"]
    _show_last_message(connection, summary, old)
    facts = to_dict(sql.facts(connection, conversation_id=identity))
    summary["failed"], summary["suspected"] = facts["failed"] or 0, facts["suspected"] or 0
    summary["last_arrival"] = facts["last_arrival"] or summary["last_arrival"]
    newer = [to_dict(row) for row in sql.after(connection, conversation_id=identity, id=last_id)]
    came_in = [row for row in newer if row["direction"] == Direction.IN]
    summary["unread"] = min(unread, old["unread"] + len(came_in))
    if came_in:
        summary.update(state=State.OPEN.value, snoozed_until=None)
    if newer and summary["state"] != State.CLOSED:
        summary["unanswered_since"] = queries("messages").unanswered_since(
            connection, conversation_id=identity
        )


def _show_last_message(connection: Connection, summary: Summary, old: Summary) -> None:
    """Show the newest message of a conversation in the list; without any, what it showed before."""
    row = queries("notes").newest(connection, conversation_id=summary["id"])
    if row is None:
        shown = {n: v for n, v in old.items() if n.startswith("last_") or n == "preview"}
        summary.update(shown)
        return
    summary["last_id"] = summary["last_arrival"] = 0
    names = ("id", "at", "status", "body", "subject", "files", "arrival", "rule")
    values = {name: row[name] for name in names}
    direction, format = Direction(row["direction"]), Format(row["format"])
    update_last_message(summary, direction=direction, format=format, **values)


def _return_labels(connection: Connection, kept: Summary, gone: Summary) -> None:
    """Write the labels of both conversations as their summaries name them."""
    sql = queries("merges")
    for summary in (kept, gone):
        sql.drop_labels(connection, gone=summary["id"])
        for label in filter(None, summary["labels"].split("\n")):
            sql.add_label(connection, label=label, conversation_id=summary["id"])


def _return_drafts(
    connection: Connection, table: str, kept_id: int, gone_id: int, before: Snapshot
) -> None:
    """Return the drafts or read markers of one conversation; what was sent since is not restored.

    A draft that was changed since stays where it is, and the other one is as it was.
    """
    sql = queries("merges")
    read, drop = getattr(sql, f"{table}_of"), getattr(sql, f"drop_{table}")
    current = {row["agent"]: to_dict(row) for row in read(connection, conversation_id=kept_id)}
    joined = {row["agent"]: row for row in before["after"][table]}
    own = {row["agent"]: row for row in before[table] if row["conversation_id"] != gone_id}
    for row in before[table]:
        agent = row["agent"]
        if row["conversation_id"] != gone_id or agent not in current:
            continue
        is_unchanged = current[agent] == joined.get(agent)
        if is_unchanged or agent not in own:
            drop(connection, conversation_id=kept_id, agent=agent)
        if is_unchanged and agent in own:
            insert_rows(connection, table, [{**own[agent], "conversation_id": kept_id}])
        content = row if is_unchanged or agent in own else current[agent]
        insert_rows(connection, table, [{**content, "conversation_id": gone_id}])


def _restore_contacts(
    connection: Connection, kept: Summary, gone: Summary, before: Snapshot
) -> None:
    """Separate the contacts of both conversations."""
    if "people" in before:
        restore_people(connection, before["people"], before["after"]["people"], gone["party"])
        return
    # A merge of an older smsdesk recorded one row with fewer columns, and joined nothing else.
    people = People(connection, [kept["party"]])
    person = people.get(people.find_owner(kept["party"]))
    old, joined = before["contact"], before["after"]["contact"]
    if person and joined and (person.name, person.note) == (joined["name"], joined["note"]):
        others = tuple(number for number in person.numbers if number != kept["party"])
        name, note = (old["name"], old["note"]) if old else (person.name, person.note)
        numbers = person.numbers if old else others
        people.put(Person(person.id, name, note, numbers, person.fields), joined["updated_at"])
        people.flush()


def _restore_consent(connection: Connection, kept: Summary, before: Snapshot) -> bool:
    """Restore the consent of the kept party; return False if it has changed since."""
    row = queries("conversations").consent(connection, party=kept["party"])
    if (to_dict(row) if row else None) != before["after"]["consent"]:
        return False
    _replace_consent(connection, kept["party"], before["consent"])
    return True


def _return_consent(
    connection: Connection, kept: Summary, gone: Summary, before: Snapshot, last_id: int
) -> None:
    """Restore the consent of both; a newer opt-out holds for both, as it was of one person.

    A newer opt-in holds for the one who wrote it only.
    """
    find = queries("conversations").consent
    if not _restore_consent(connection, kept, before):
        decision = to_dict(find(connection, party=kept["party"]))
        if decision["opted_out"]:
            _replace_consent(connection, gone["party"], decision)
        elif decision["message_id"]:
            _replace_consent(connection, kept["party"], before["consent"])
            for summary in (kept, gone):
                own = queries("merges").own_decision(
                    connection, conversation_id=summary["id"], kept=kept["id"], since=last_id
                )
                if own is not None:
                    _replace_consent(connection, summary["party"], {**decision, **to_dict(own)})
    for summary in (kept, gone):
        row = find(connection, party=summary["party"])
        summary["opted_out"] = row["opted_out"] if row else 0


def _replace_consent(
    connection: Connection, party: str, decision: Mapping[str, Any] | None
) -> None:
    """Store a decision as that of a party; None for no decision."""
    queries("merges").drop_consent(connection, party=party)
    insert_rows(connection, "consent", [{**decision, "party": party}] if decision else [])
