"""Join what belongs to two conversations of one person: summaries, drafts, read markers, consent.

A migration joins the conversations of two forms of one number, and an agent merges any two. Rows
are read and written whole, so that a new column needs no change here.
"""

import json
from typing import Any

from tui.domain.conversation import State
from tui.store.connections import Connection
from tui.store.customer_addresses import is_complete_address, list_addresses, set_addresses
from tui.store.queries import insert_rows, queries
from tui.store.rows import to_dict

Row = dict[str, Any]
"""Row of any table, by column."""


def combine_summaries(kept: Row, gone: Row) -> None:
    """Make the summary of a conversation that of both.

    Nothing that needs work is hidden: open wins over snoozed, and snoozed over closed.

    Args:
        kept: Row of the conversation that stays; it is changed.
        gone: Row of the conversation that becomes part of it.
    """
    newest, older = (kept, gone) if kept["last_id"] >= gone["last_id"] else (gone, kept)
    addresses = [*list_addresses(newest), *list_addresses(older)]
    newest_columns = {
        name: newest[name]
        for name in kept
        if name.startswith("last_") or name in ("preview", "account", "own")
    }
    waiting = [row["unanswered_since"] for row in (kept, gone) if row["unanswered_since"]]
    labels = {label for row in (kept, gone) for label in row["labels"].split("\n") if label}
    kept.update(
        newest_columns,
        **_combine_states(kept, gone),
        # A conversation without messages has the time when it was begun.
        last_at=max(row["last_at"] for row in (newest, older) if row["last_id"] or row is newest),
        last_arrival=max(kept["last_arrival"], gone["last_arrival"]),
        name=kept["name"] or gone["name"],
        assignee=kept["assignee"] or gone["assignee"],
        labels="\n".join(sorted(labels)),
        unanswered_since=min(waiting, default=None),
    )
    for name in ("starred", "opted_out", "suspected", "sentence_id"):
        kept[name] = max(kept[name], gone[name])
    for name in ("unread", "failed"):
        kept[name] += gone[name]
    set_addresses(kept, sorted(addresses, key=lambda address: not is_complete_address(address)))


def _combine_states(kept: Row, gone: Row) -> Row:
    """Return state and end of the snooze of both together."""
    states = (kept["state"], gone["state"])
    if State.OPEN in states or State.SNOOZED not in states:
        state = State.OPEN if State.OPEN in states else State.CLOSED
        return {"state": state.value, "snoozed_until": None}
    ends = [row["snoozed_until"] for row in (kept, gone) if row["state"] == State.SNOOZED]
    return {
        "state": State.SNOOZED.value,
        "snoozed_until": min((end for end in ends if end is not None), default=None),
    }


def join_rows(connection: Connection, kept: Row, gone: Row) -> None:
    """Move everything of one conversation to another; only its row remains.

    Args:
        connection: Connection of the caller's transaction.
        kept: Row of the conversation that stays, before it is combined.
        gone: Row of the conversation that becomes part of it.
    """
    sql, ids = queries("merges"), {"kept": kept["id"], "gone": gone["id"]}
    locks = queries("compose_locks")
    # The markers first: they depend on which messages were in which conversation.
    _join_looks(connection, kept, gone)
    _join_drafts(connection, "drafts", **ids)
    _join_drafts(connection, "note_drafts", **ids)
    for move in (
        *(sql.move_messages, sql.move_mentions, sql.move_presence, sql.move_labels, locks.move),
        *(sql.move_aliases, sql.move_redirects, queries("rules").join_timers),
    ):
        move(connection, **ids)
    locks.drop_left(connection, gone=gone["id"])
    sql.drop_labels(connection, gone=gone["id"])
    sql.add_redirect(connection, **ids)


def _join_drafts(connection: Connection, table: str, *, kept: int, gone: int) -> None:
    """Move the drafts of all agents; an agent with two gets one with all words."""
    sql = queries("merges")
    read, drop = getattr(sql, f"{table}_of"), getattr(sql, f"drop_{table}")
    existing = {row["agent"]: to_dict(row) for row in read(connection, conversation_id=kept)}
    for row in map(to_dict, read(connection, conversation_id=gone)):
        agent = row["agent"]
        joined = combine_drafts(existing[agent], row) if agent in existing else row
        drop(connection, conversation_id=gone, agent=agent)
        drop(connection, conversation_id=kept, agent=agent)
        insert_rows(connection, table, [{**joined, "conversation_id": kept}])


def combine_drafts(first: Row, second: Row) -> Row:
    """Return one draft with everything that two drafts contain.

    Args:
        first: Draft whose text comes first.
        second: Draft whose text comes after it.
    """
    newest = max(first, second, key=lambda row: row["updated_at"])
    joined = {**newest, "body": _join_texts(first["body"], second["body"], "\n")}
    if "media" in first:
        media = [*json.loads(first["media"]), *json.loads(second["media"])]
        joined["media"] = json.dumps(list(dict.fromkeys(media)))
        joined["subject"] = _join_texts(first["subject"], second["subject"], " ")
    if "began_at" in first:
        joined["began_at"] = min(first["began_at"], second["began_at"])
    if newest.get("send_at") is None and "send_at" in first:
        # What one of them should wait for must not be sent at once as a part of the other.
        planned = first if first["send_at"] is not None else second
        joined |= {name: planned[name] for name in ("send_at", "cancel_on_reply")}
    return joined


def _join_texts(first: str, second: str, between: str) -> str:
    """Return both texts, each once."""
    return between.join(dict.fromkeys(text for text in (first, second) if text))


def _join_looks(connection: Connection, kept: Row, gone: Row) -> None:
    """Join the read markers of all agents, so that no message counts as seen that was not."""
    sql = queries("merges")
    markers: dict[str, dict[int, int]] = {}
    for summary in (kept, gone):
        for row in sql.looks_of(connection, conversation_id=summary["id"]):
            markers.setdefault(row["agent"], {})[summary["id"]] = row["message_id"]
    for agent, seen in markers.items():
        unseen = [_find_first_unseen(connection, row, seen.get(row["id"])) for row in (kept, gone)]
        first = min((identity for identity in unseen if identity), default=0)
        upto = first - 1 if first else max(kept["last_arrival"], gone["last_arrival"])
        for summary in (kept, gone):
            sql.drop_looks(connection, conversation_id=summary["id"], agent=agent)
        row = {"conversation_id": kept["id"], "agent": agent, "message_id": upto}
        insert_rows(connection, "looks", [row])


def _find_first_unseen(connection: Connection, summary: Row, marker: int | None) -> int | None:
    """Return the first message that an agent has not seen; None if there is none.

    An agent who never opened the conversation has missed what no colleague has read either.
    """
    sql, identity = queries("merges"), summary["id"]
    if marker is not None:
        found = sql.first_after(connection, conversation_id=identity, id=marker)
    else:
        found = sql.first_unread(connection, conversation_id=identity, unread=summary["unread"])
    return int(found) if found else None


def join_consent(connection: Connection, kept: str, gone: str) -> None:
    """Give one party the stricter consent decision of two; of equal ones the newest.

    Args:
        connection: Connection of the caller's transaction.
        kept: Key of the party that gets the decision.
        gone: Key of the other party; its decision stays.
    """
    find = queries("conversations").consent
    found = [row for row in (find(connection, party=kept), find(connection, party=gone)) if row]
    if found:
        strictest = max(map(to_dict, found), key=lambda row: (row["opted_out"], row["at"]))
        queries("merges").drop_consent(connection, party=kept)
        insert_rows(connection, "consent", [{**strictest, "party": kept}])
