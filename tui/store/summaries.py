"""Thread summaries, kept in the same transaction as the messages they sum up.

A `Summaries` holds the conversations that a piece of work touches as plain dictionaries; `flush`
writes each back once, with its place in the order and the counters of the header line. Nothing
else updates `conversations`, so list, counters and feed cannot drift apart.
"""

import random
from typing import Any

from tui.domain.change import Subject
from tui.domain.conversation import State, rank
from tui.domain.fold import fold
from tui.domain.ids import new_id
from tui.domain.message import Direction, Format
from tui.domain.phone import Address
from tui.domain.status import Status
from tui.store.database import Transaction
from tui.store.queries import queries
from tui.store.rows import by_column

Summary = dict[str, Any]
"""A row of `conversations`, by column."""

_PREVIEW = 160


class Summaries:
    """The conversations touched by one transaction."""

    def __init__(self, transaction: Transaction, rng: random.Random) -> None:
        """Nothing is loaded yet."""
        self._transaction = transaction
        self._connection = transaction.connection
        self.rng = rng
        self._sql = queries("conversations")
        self._loaded: dict[int, Summary] = {}
        self._ids: dict[str, int] = {}
        self._before: dict[int, Summary] = {}
        self._new: set[int] = set()

    def get(self, conversation_id: int) -> Summary:
        """The working copy of a conversation; `KeyError` when there is none."""
        if conversation_id not in self._loaded:
            row = self._sql.get(self._connection, id=conversation_id)
            if row is None:
                raise KeyError(conversation_id)
            self._keep(by_column(row))
        return self._loaded[conversation_id]

    def of(self, address: Address, *, account: str, own: str, at: int) -> Summary:
        """The conversation with this party, begun now if it is the first word."""
        party = address.key
        if party not in self._ids:
            row = self._sql.by_party(self._connection, party=party)
            self._keep(by_column(row) if row else self._begin(address, account, own, at))
        return self._loaded[self._ids[party]]

    def flush(self) -> None:
        """Write every touched conversation back."""
        for summary in self._loaded.values():
            self._save(summary)

    def _keep(self, summary: Summary) -> None:
        """Remember a conversation as it was before the work."""
        identity = summary["id"]
        self._loaded[identity] = summary
        self._ids[summary["party"]] = identity
        self._before[identity] = dict(summary)

    def _begin(self, address: Address, account: str, own: str, at: int) -> Summary:
        """Insert a conversation."""
        party = address.key
        identity = new_id(at, self.rng)
        while self._sql.get(self._connection, id=identity) is not None:
            identity += 1
        name = self._sql.contact_name(self._connection, party=party) or ""
        shown = address.e164 or address.raw
        self._sql.insert(
            self._connection,
            id=identity,
            party=party,
            address=shown,
            name=name,
            folded=folded(name, shown),
            account=account,
            own=own,
            last_at=at,
            rank=rank(None, at),
            opted_out=self._sql.opted_out(self._connection, party=party) or 0,
        )
        self._new.add(identity)
        return by_column(self._sql.get(self._connection, id=identity))

    def _save(self, summary: Summary) -> None:
        """Write one conversation, its counters and its change; nothing where nothing changed.

        Who must not be texted does not wait: nobody could answer. Once they may be, they do again.
        """
        identity = summary["id"]
        is_new = identity in self._new
        summary["waiting_since"] = None if summary["opted_out"] else summary["unanswered_since"]
        summary["rank"] = rank(summary["waiting_since"], summary["last_at"])
        old = self._before[identity]
        if summary == old and not is_new:
            return
        self._sql.save(self._connection, **summary)
        before, after = frozenset() if is_new else tally(old), tally(summary)
        for name in after - before:
            self._transaction.count(name, +1)
        for name in before - after:
            self._transaction.count(name, -1)
        self._before[identity] = dict(summary)
        self._new.discard(identity)
        self._transaction.changed(Subject.CONVERSATION, identity, identity, new=is_new)


def folded(name: str, address: str) -> str:
    """What the list's filter looks through."""
    return fold(f"{name} {address}")


def tally(summary: Summary) -> frozenset[str]:
    """The names of the counters that count this conversation."""
    state = summary["state"]
    names = {state}
    if state == State.OPEN:
        names.add(f"assignee:{summary['assignee']}")
        if summary["waiting_since"] is not None:
            names.add("waiting")
    if summary["unread"]:
        names.add("unread")
    if summary["failed"]:
        names.add("failed")
    if summary["starred"]:
        names.add("starred")
    return frozenset(names)


def note_last(
    summary: Summary,
    *,
    id: int,
    at: int,
    direction: Direction,
    status: str,
    body: str,
    format: Format = Format.SMS,
) -> None:
    """Make this message the one the list shows, if it is the newest."""
    if id >= summary["last_id"]:
        summary["last_at"] = max(at, summary["last_at"]) if summary["last_id"] else at
        summary["last_id"] = id
        summary["last_direction"] = direction.value
        summary["last_status"] = status
        summary["last_format"] = format.value
        summary["preview"] = body[:_PREVIEW]


def text_came_in(summary: Summary, *, at: int, account: str, own: str, asks: bool = True) -> None:
    """A customer wrote: unread, open again, and answered through what they used.

    `asks` is false for a text that wants no answer, only to be left alone.
    """
    summary["unread"] += 1
    if asks:
        since = summary["unanswered_since"]
        summary["unanswered_since"] = at if since is None else min(at, since)
    summary["state"] = State.OPEN.value
    summary["snoozed_until"] = None
    summary["account"] = account
    if own:
        summary["own"] = own


def status_moved(summary: Summary, message_id: int, old: str, new: Status, handled: bool) -> None:
    """A message's badge changed: so may the list's, and the number of failures."""
    if summary["last_id"] == message_id:
        summary["last_status"] = new.value
    was = bool(old) and Status(old).trouble and not handled
    summary["failed"] = max(0, summary["failed"] + int(new.trouble and not handled) - int(was))
