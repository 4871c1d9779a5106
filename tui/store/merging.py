"""Merge two conversations of one person at an agent's word, and undo it.

The conversation that is gone stays in the record of the merge. Its id and its keys lead to the
one that is kept: other processes may have it open, and later texts from its number arrive there.
"""

import json
import random
from typing import Any

from tui.clock import Clock
from tui.domain.change import JournalKind, Subject
from tui.store.audit import record_action
from tui.store.connections import Connection, Row
from tui.store.conversation_lookups import find_consent, find_party
from tui.store.customer_addresses import list_addresses, set_addresses
from tui.store.engine import Engine, Transaction
from tui.store.errors import StoreError
from tui.store.joining import combine_summaries, join_consent, join_rows
from tui.store.people import join_people, snapshot_people
from tui.store.queries import queries
from tui.store.rows import to_dict
from tui.store.splitting import split_conversation
from tui.store.summaries import Summaries, Summary


class Merges:
    """Merging of conversations."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the merging of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng

    async def merge_conversations(self, kept_id: int, gone_id: int, agent: str) -> int:
        """Make a conversation part of another one; return the id of the merge, for undo.

        Args:
            kept_id: Conversation that stays, with the messages of both.
            gone_id: Conversation that becomes part of it.
            agent: Name of the agent.

        Raises:
            StoreError: Both are one conversation already.
        """

        def write_merge(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            kept, gone = summaries.get(kept_id), summaries.get(gone_id)
            if kept["id"] == gone["id"]:
                raise StoreError("Both are one conversation already: nothing was merged")
            merge_id = self._join(transaction, summaries, kept, gone, agent)
            for identity in (kept["id"], gone["id"]):
                detail = f"{kept['address']} + {gone['address']}"
                context = (transaction, self._rng, self._clock, agent, "merge")
                record_action(*context, identity, detail=detail)
            return merge_id

        return await self._database.write(write_merge)

    async def undo_merge(self, merge_id: int, agent: str) -> bool:
        """Separate two merged conversations; return False if they are separate already.

        Both are as they were. Messages since the merge go to the conversation of their number.

        Args:
            merge_id: Id of the merge.
            agent: Name of the agent.
        """

        def write_split(transaction: Transaction) -> bool:
            row = queries("merges").merge(transaction.connection, id=merge_id)
            if row is None or row["undone_at"]:
                return False
            summaries = Summaries(transaction, self._rng)
            split_conversation(transaction, summaries, row["kept_id"], json.loads(row["before"]))
            summaries.flush()
            queries("merges").finish_undo(
                transaction.connection, id=merge_id, now=self._clock.now()
            )
            for identity in (row["kept_id"], row["gone_id"]):
                record_action(transaction, self._rng, self._clock, agent, "undo merge", identity)
            transaction.record_event(
                JournalKind.SEPARATED, row["kept_id"], detail={"separated": str(row["gone_id"])}
            )
            transaction.mark_changed(Subject.VIEW)
            return True

        return await self._database.write(write_split)

    async def list_former_recipients(self, conversation_id: int, agent: str) -> frozenset[str]:
        """Return the addresses that an agent's draft was begun for, before merges.

        An empty address stands for one that is not known: the draft was not stored by then. The
        result is empty for a draft that was begun after all merges, and without a draft.

        Args:
            conversation_id: Conversation of the draft; it may be part of another one by now.
            agent: Name of the agent.
        """

        def read_recipients(connection: Connection) -> frozenset[str]:
            here = queries("conversations").current_id(connection, id=conversation_id)
            draft = queries("desk").draft(connection, conversation_id=here, agent=agent)
            if draft is None:
                return frozenset()
            found: set[str] = set()
            for merge in queries("merges").merges_into(connection, conversation_id=here):
                found |= _list_draft_recipients(merge, agent, draft["began_at"])
            return frozenset(found)

        return await self._database.read(read_recipients)

    def _join(
        self,
        transaction: Transaction,
        summaries: Summaries,
        kept: Summary,
        gone: Summary,
        agent: str,
    ) -> int:
        """Join the conversations with everything that belongs to them, and record how they were."""
        connection, sql = transaction.connection, queries("merges")
        before = _take_snapshot(connection, kept, gone)
        parties = (kept["party"], gone["party"])
        before["people"] = snapshot_people(connection, parties)
        _keep_late_drafts(connection, gone["id"], before)
        for summary in (kept, gone):
            sql.remember_recipient(
                connection, conversation_id=summary["id"], address=summary["address"]
            )
        sql.remember_origin(connection, gone=gone["id"])
        join_consent(connection, kept["party"], gone["party"])
        join_people(connection, kept["party"], gone["party"])
        join_rows(connection, kept, gone)
        sql.add_alias(connection, party=gone["party"], address=gone["address"], kept=kept["id"])
        combine_summaries(kept, gone)
        summaries.remove(gone["id"])
        summaries.flush()
        before["after"] = _take_snapshot(connection, kept)
        before["after"]["people"] = snapshot_people(connection, parties)
        # Everything that is on a screen is read again: messages are where they were not.
        transaction.mark_changed(Subject.VIEW)
        transaction.mark_changed(Subject.DRAFT, kept["id"], kept["id"])
        merged = {"merged": str(gone["id"])}
        transaction.record_event(JournalKind.MERGED, kept["id"], detail=merged)
        values = {"kept": kept["id"], "gone": gone["id"], "before": json.dumps(before)}
        return int(sql.add_merge(connection, at=self._clock.now(), agent=agent, **values))


def adopt_conversation(
    transaction: Transaction, summaries: Summaries, kept: Summary, old_key: str, account: str
) -> None:
    """Join the conversation that a national number had before the account's country was known.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        kept: Conversation of the number.
        old_key: Key of the same digits without a country.
        account: Account that they came from: through another one they may be another number.
    """
    connection = transaction.connection
    row = find_party(connection, old_key)
    if row is None and find_consent(connection, old_key):
        # A notice without words may have locked a number that had no conversation yet.
        join_consent(connection, kept["party"], old_key)
        queries("merges").drop_consent(connection, party=old_key)
        kept["opted_out"] = queries("conversations").opted_out(connection, party=kept["party"]) or 0
    if row is None or row["id"] == kept["id"]:
        return
    gone = summaries.get(row["id"])
    if gone["account"] != account:
        return
    join_consent(connection, kept["party"], gone["party"])
    join_people(connection, kept["party"], gone["party"], is_same_number=True)
    join_rows(connection, kept, gone)
    addresses = list_addresses(kept)
    combine_summaries(kept, gone)
    set_addresses(kept, addresses)
    summaries.remove(gone["id"])
    transaction.mark_changed(Subject.VIEW)


def _take_snapshot(
    connection: Connection, kept: Summary, gone: Summary | None = None
) -> dict[str, Any]:
    """Return what a merge changes, as it is now."""
    sql, conversations = queries("merges"), queries("conversations")
    shown: dict[str, Any] = {"kept": dict(kept), "gone": dict(gone) if gone else None}
    for table in ("drafts", "note_drafts", "looks"):
        for summary in (kept, gone) if gone else (kept,):
            found = getattr(sql, f"{table}_of")(connection, conversation_id=summary["id"])
            shown.setdefault(table, []).extend(map(to_dict, found))
    for name in ("consent", "contact"):
        row = getattr(conversations, name)(connection, party=kept["party"])
        shown[name] = to_dict(row) if row else None
    if gone:
        found = sql.aliases_of(connection, conversation_id=gone["id"])
        shown["aliases"] = [row["party"] for row in found]
        found = sql.redirects_of(connection, conversation_id=gone["id"])
        shown["redirects"] = [row["old_id"] for row in found]
    return shown


def _list_draft_recipients(merge: Row, agent: str, began_at: int) -> set[str]:
    """Return the addresses of an agent's drafts before a merge; "" if none was stored yet.

    Args:
        merge: Record of the merge.
        agent: Name of the agent.
        began_at: When the draft was begun that is stored now (ms UTC).
    """
    before = json.loads(merge["before"])
    drafts = [row for row in before["drafts"] if row["agent"] == agent]
    # Not by the time of the merge alone: another process may have another clock.
    if all(row["began_at"] != began_at for row in drafts):
        return {""} if began_at < merge["at"] else set()
    sides = {before[name]["id"]: before[name]["address"] for name in ("kept", "gone")}
    return {sides[row["conversation_id"]] for row in drafts}


def _keep_late_drafts(connection: Connection, gone_id: int, before: dict[str, Any]) -> None:
    """Keep the texts of drafts, so that a screen that has one open can still change it."""
    for kind, table in (("reply", "drafts"), ("note", "note_drafts")):
        for row in before[table]:
            if row["conversation_id"] == gone_id:
                queries("merges").add_merged_draft(
                    connection, old_id=gone_id, agent=row["agent"], kind=kind, body=row["body"]
                )
