"""Update conversation summaries in the same transaction as their messages.

A `Summaries` holds the conversations that a transaction touches as plain dictionaries;
`flush` writes each back once, with its place in the order and the counters of the header
line. Nothing else updates `conversations`, so that list, counters and feed always agree.
"""

import random
from operator import itemgetter

from tui.domain.change import JournalKind, Subject
from tui.domain.conversation import State, compute_waiting_rank
from tui.domain.ids import create_id
from tui.domain.national_numbers import list_national_keys
from tui.domain.phone import Address
from tui.domain.text import fold_text, repair_text
from tui.store.connections import Connection
from tui.store.conversation_lookups import (
    find_consent,
    find_contact_name,
    find_conversation,
    find_party,
    is_conversation_id_used,
    may_be_opted_out_nationally,
    note_new_conversation,
    store_contact_name,
    store_decision,
)
from tui.store.conversation_rows import (
    NO_MESSAGES,
    Summary,
    get_counter_names,
    is_begun_only,
    open_if_used,
    update_rank,
)
from tui.store.customer_addresses import fold_for_filter, set_name
from tui.store.engine import Transaction
from tui.store.errors import ConversationGone
from tui.store.page_connection import get_page
from tui.store.queries import insert_rows, queries

__all__ = ["Summaries", "Summary"]

_MAX_NAME_LENGTH = 100
_EVENT_COLUMNS = ("state", "snoozed_until", "assignee", "labels", "starred")
"""Columns of which programs that follow are notified, besides the opt-out."""
_get_event_columns = itemgetter(*_EVENT_COLUMNS, "opted_out")
_UNTOUCHED: Summary = {**NO_MESSAGES, "opted_out": 0}


class Summaries:
    """Conversations touched by one transaction."""

    def __init__(self, transaction: Transaction, rng: random.Random) -> None:
        """Create the collection; nothing is loaded yet.

        Args:
            transaction: Transaction of the caller.
            rng: Source of randomness for new ids.
        """
        self._transaction = transaction
        self._connection = transaction.connection
        self.rng = rng
        self._sql = queries("conversations")
        self._loaded: dict[int, Summary] = {}
        self._ids: dict[str | int, int] = {}
        """Ids of the loaded conversations, by every key and id that led to them."""
        self._before: dict[int, Summary] = {}
        self._new: set[int] = set()
        """Conversations that are not counted yet."""
        self._waiting: list[int] = []
        """Conversations that are not in the table yet."""
        if (page := get_page(self._connection)) is not None:
            page.write_before_rows(self.insert_new)

    def get(self, conversation_id: int) -> Summary:
        """Return the working copy of a conversation, also by the id of one that is part of it.

        Raises:
            ConversationGone: There is no conversation with this id.
        """
        if conversation_id not in self._ids:
            row = find_conversation(self._connection, conversation_id)
            if row is None:
                raise ConversationGone
            self._remember_original(dict(row), conversation_id)
        return self._loaded[self._ids[conversation_id]]

    def get_or_create(self, address: Address, *, account: str, own: str, at: int) -> Summary:
        """Return the conversation with this address; create it for a first message.

        Args:
            address: Address of the customer.
            account: Account through which a new conversation is answered.
            own: Our address that the customer uses; empty if unknown.
            at: Time of the first message, in ms UTC.
        """
        party = address.conversation_key
        if party not in self._ids:
            row = find_party(self._connection, party)
            self._remember_original(
                dict(row) if row else self._begin_conversation(address, account, own, at), party
            )
            self._insert_at_once()
        return self._loaded[self._ids[party]]

    def is_new(self, conversation_id: int) -> bool:
        """Return whether this transaction has created the conversation."""
        return conversation_id in self._new

    def open_begun(self, conversation_id: int) -> None:
        """Open a conversation that was only begun, as a draft is in it now.

        Args:
            conversation_id: Id of the conversation.
        """
        row = find_conversation(self._connection, conversation_id)
        if row is not None and is_begun_only(dict(row)):
            self.get(conversation_id)["state"] = State.OPEN.value
            self.flush()

    def suggest_name(self, summary: Summary, name: str, now: int) -> None:
        """Name an unknown customer; a name that an agent has set or removed stays.

        Args:
            summary: Conversation with the customer.
            name: Name in the provider's address book.
            now: Current time in ms UTC.
        """
        name = " ".join(repair_text(name).split())[:_MAX_NAME_LENGTH]
        party = summary["party"]
        if not name or summary["name"] or party == fold_text(name):
            return
        if find_contact_name(self._connection, party) is not None:
            return
        # The conversation has an id of its own, which no other contact has been given.
        store_contact_name(self._connection, party, summary["id"], name, now)
        set_name(summary, name)

    def flush(self) -> None:
        """Write every touched conversation back."""
        changed = [one for one in self._loaded.values() if self._count_changes(one)]
        if changed:
            self._sql.save(self._connection, changed)

    def insert_new(self, connection: Connection) -> None:
        """Insert the conversations that are not in the table yet, as they are now.

        Args:
            connection: Connection of the caller's transaction.
        """
        if not self._waiting:
            return
        rows = [self._loaded[identity] for identity in self._waiting]
        self._waiting.clear()
        for summary in rows:
            update_rank(summary)
            self._before[summary["id"]] = dict(summary)
        self._sql.insert(connection, rows)

    def remove(self, conversation_id: int) -> None:
        """Delete a conversation of which nothing is left, and no longer count it.

        Args:
            conversation_id: Id of a conversation without messages.
        """
        self._sql.delete(self._connection, id=conversation_id)
        old = self._before.pop(conversation_id)
        del self._loaded[conversation_id]
        self._ids = {key: known for key, known in self._ids.items() if known != conversation_id}
        for name in () if conversation_id in self._new else get_counter_names(old):
            self._transaction.adjust_counter(name, -1)
        self._new.discard(conversation_id)
        self._transaction.mark_changed(Subject.CONVERSATION, conversation_id, conversation_id)

    def restore(self, summary: Summary) -> Summary:
        """Insert a conversation that was removed, and return its working copy.

        Args:
            summary: Conversation as it was when it was removed.
        """
        known = {row["name"] for row in self._sql.columns(self._connection)}
        row = {name: value for name, value in summary.items() if name in known}
        insert_rows(self._connection, "conversations", [row])
        self._new.add(summary["id"])
        self._ids.pop(summary["id"], None)
        return self.get(summary["id"])

    def _remember_original(self, summary: Summary, key: str | int) -> None:
        """Remember a conversation as it was before the changes, and what led to it."""
        identity = summary["id"]
        for known in (key, identity, summary["party"]):
            self._ids[known] = identity
        # One that was loaded by another key may have changed since.
        if identity not in self._loaded:
            self._loaded[identity] = summary
            self._before[identity] = dict(summary)

    def _insert_at_once(self) -> None:
        """Insert a new conversation, unless the page does that together with the others."""
        if get_page(self._connection) is None:
            self.insert_new(self._connection)

    def _begin_conversation(self, address: Address, account: str, own: str, at: int) -> Summary:
        """Return the row of a new conversation, which is still to be inserted."""
        party = address.conversation_key
        identity = create_id(at, self.rng)
        # An id consists of the time and random bits, so that two may collide.
        while is_conversation_id_used(self._connection, identity):
            identity += 1
        self._adopt_national_consent(party, is_number=address.e164 is not None)
        name = find_contact_name(self._connection, party) or ""
        shown = address.e164 or address.raw
        decision = find_consent(self._connection, party)
        summary = NO_MESSAGES | {
            "id": identity,
            "party": party,
            "address": shown,
            "name": name,
            "folded": fold_for_filter(name, shown),
            "account": account,
            "own": own,
            "last_at": at,
            "rank": compute_waiting_rank(None, at),
            "opted_out": decision["opted_out"] if decision else 0,
        }
        self._new.add(identity)
        self._waiting.append(identity)
        note_new_conversation(self._connection, summary)
        return summary

    def _adopt_national_consent(self, party: str, *, is_number: bool) -> None:
        """Copy an opt-out that came from the number without its country code, before this one."""
        if not is_number or find_consent(self._connection, party) is not None:
            return
        if not may_be_opted_out_nationally(self._connection, party):
            return
        for key in list_national_keys(party):
            row = find_consent(self._connection, key)
            if row is not None and row["opted_out"]:
                store_decision(self._connection, **{**row, "party": party})
                return

    def _count_changes(self, summary: Summary) -> bool:
        """Count and publish what changed; return whether the row has to be written."""
        identity = summary["id"]
        is_new = identity in self._new
        old = self._before[identity]
        if not is_new:
            open_if_used(old, summary)
        update_rank(summary)
        if not is_new and summary == old:
            return False
        # Only the difference is counted, so that the counters always match the conversations.
        before, after = (
            frozenset() if is_new else get_counter_names(old),
            get_counter_names(summary),
        )
        for name in after - before:
            self._transaction.adjust_counter(name, +1)
        for name in before - after:
            self._transaction.adjust_counter(name, -1)
        self._record_events(summary, {} if is_new else old)
        if summary["assignee"] and summary["assignee"] != old["assignee"]:
            self._transaction.mark_changed(Subject.ASSIGNMENT, identity, identity)
        self._before[identity] = dict(summary)
        self._new.discard(identity)
        self._transaction.mark_changed(Subject.CONVERSATION, identity, identity, new=is_new)
        return summary != old

    def _record_events(self, summary: Summary, old: Summary) -> None:
        """Record what changed of a conversation, for programs that follow."""
        if old and _get_event_columns(summary) == _get_event_columns(old):
            return
        base = old or _UNTOUCHED
        changed = [name for name in _EVENT_COLUMNS if summary[name] != base[name]]
        if changed or not old:
            detail = {name: summary[name] for name in changed}
            if old:
                detail["before"] = {name: old[name] for name in changed}
            self._transaction.record_event(JournalKind.CONVERSATION, summary["id"], 0, detail)
        if summary["opted_out"] != base["opted_out"]:
            detail = {"opted_out": summary["opted_out"]}
            self._transaction.record_event(JournalKind.OPT_OUT, summary["id"], 0, detail)
