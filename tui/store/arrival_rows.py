"""Store everything that reached an account, as it came.

An arrival is written in the transaction that stores its events, so that no request is answered
whose content is neither in a conversation nor held.
"""

import json
from typing import Any

from tui.domain.arrivals import Arrival, ArrivalState, HeldItem, HeldReason
from tui.domain.change import JournalKind, Subject
from tui.store.engine import Transaction
from tui.store.queries import queries
from tui.store.rows import Row

MOST_HELD = 1_000
"""Items that may be held for one account."""
MOST_HELD_BYTES = 64 << 20
"""Bytes that the held items of one account may have."""


def save_arrival(
    transaction: Transaction,
    now: int,
    account: str,
    arrival: Arrival,
    reason: HeldReason | None,
    *,
    size: int = 0,
) -> bool:
    """Store something that arrived; return whether it is held now and was not before.

    Args:
        transaction: Transaction that stores the events of the arrival.
        now: Current time in ms UTC.
        account: Account that it reached.
        arrival: What arrived.
        reason: Why it is held; None if everything in it was stored.
        size: Size of the body as it came, in bytes, if the arrival has only its beginning.
    """
    sql, connection = queries("held_items"), transaction.connection
    known = sql.known_arrival(connection, account=account, digest=arrival.digest)
    if known is not None and reason and _is_dismissed_by_quota(known):
        # Its content was dropped before an agent saw it, so that it is held as if it were new.
        sql.forget_arrival(connection, id=known["id"])
    elif known is not None:
        sql.count_repeat(connection, id=known["id"], now=now)
        if known["state"] == ArrivalState.HELD:
            _update_held(transaction, now, known["id"], arrival, reason, agent="")
        return False
    state = ArrivalState.HELD if reason else ArrivalState.READ
    sql.add_arrival(
        connection,
        account=account,
        digest=arrival.digest,
        method=arrival.method,
        channel=arrival.channel.value,
        source=arrival.source.value,
        tail=arrival.tail,
        query=json.dumps(list(arrival.query)),
        body=arrival.body,
        size=size or len(arrival.body),
        state=state.value,
        cause=reason.cause.value if reason else "",
        reason=reason.text if reason else "",
        now=now,
        **_to_header_values(arrival),
    )
    if reason is None:
        return False
    sql.add_account(connection, account=account)
    _enforce_quota(transaction, now, account)
    transaction.record_event(
        JournalKind.HELD, detail={"account": account, "cause": reason.cause.value}
    )
    transaction.mark_changed(Subject.ACCOUNT)
    return True


def _is_dismissed_by_quota(row: Row) -> bool:
    """Return whether no agent has dismissed an item."""
    return row["state"] == ArrivalState.DISMISSED and not row["done_by"]


def save_retry(
    transaction: Transaction, now: int, item: HeldItem, reason: HeldReason | None, agent: str
) -> None:
    """Store the result of reading a held item again.

    Args:
        transaction: Transaction that stores the events of the item.
        now: Current time in ms UTC.
        item: The held item.
        reason: Why it is still held; None if everything in it was stored.
        agent: Agent who asked for it.
    """
    _update_held(transaction, now, item.id, item.arrival, reason, agent=agent)


def _update_held(
    transaction: Transaction,
    now: int,
    item_id: int,
    arrival: Arrival,
    reason: HeldReason | None,
    *,
    agent: str,
) -> None:
    """Take a held item in, or note the reason why it stays held.

    An item that another process has taken in meanwhile stays so.
    """
    queries("held_items").update_arrival(
        transaction.connection,
        id=item_id,
        state=(ArrivalState.HELD if reason else ArrivalState.RETAKEN).value,
        # The reason why it was held is the record of what was taken in.
        cause=reason.cause.value if reason else None,
        reason=reason.text if reason else None,
        done_at=0 if reason else now,
        done_by="" if reason else agent,
        **_to_header_values(arrival),
    )
    transaction.mark_changed(Subject.ACCOUNT)


def _enforce_quota(transaction: Transaction, now: int, account: str) -> None:
    """Make room by dropping the oldest bodies: of what is dismissed, then of what is held."""
    sql, connection = queries("held_items"), transaction.connection
    total = sql.measure_kept(connection, account=account)
    held, size = total["held"], total["bytes"]
    if size > MOST_HELD_BYTES:
        for victim in list(sql.done_bodies(connection, account=account)):
            sql.drop_body(connection, id=victim["id"])
            size -= victim["bytes"]
            if size <= MOST_HELD_BYTES:
                break
    if held <= MOST_HELD and size <= MOST_HELD_BYTES:
        return
    *victims, _newest = list(sql.held_bodies(connection, account=account))
    for victim in victims:
        if held <= MOST_HELD and size <= MOST_HELD_BYTES:
            return
        sql.dismiss_for_quota(connection, id=victim["id"], now=now)
        sql.drop_body(connection, id=victim["id"])
        held -= 1
        size -= victim["bytes"]


def _to_header_values(arrival: Arrival) -> dict[str, Any]:
    """Return the columns that can differ when the same content comes again."""
    return {
        "target": arrival.target,
        "headers": json.dumps(dict(arrival.headers)),
        "http_version": arrival.http_version,
    }
