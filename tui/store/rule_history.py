"""Read stored texts for a dry run of rules, part by part; nothing is written."""

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui.domain.consent import Verdict
from tui.domain.conversation import Conversation
from tui.domain.ids import smallest_id_at
from tui.domain.message import Direction, Format
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.store.connections import Connection, Row
from tui.store.engine import Engine
from tui.store.incoming import ConsentClassifier
from tui.store.queries import queries
from tui.store.rows import to_conversation

_PART = 300
"""Texts that are read at once."""


class StoredText(NamedTuple):
    """A message as rules see it."""

    id: int
    conversation_id: int
    is_ours: bool
    body: str
    at: int
    arrived_at: int
    account: str
    own: str
    """Our address that the customer wrote to; empty if unknown."""
    is_notice: bool
    """Whether the provider took it for an opt-out."""
    is_answer: bool
    """Whether it answers the customer: not a ping, and not cancelled."""


class Ending(NamedTuple):
    """Something that an agent or customer has decided: closed, opted out or in, no opt-out."""

    at: int
    action: str
    conversation_id: int
    message_id: int


@record
class HistoryStart:
    """What a dry run needs besides the texts."""

    texts: int
    """Number of texts of customers."""
    conversations: Mapping[int, Conversation]
    first_ids: Mapping[int, int]
    """Id of the first message of each conversation."""
    endings: Sequence[Ending]
    replies: Mapping[str, str]
    """Canned replies by name."""
    fields: Mapping[str, str]
    """Values of the team's own fields."""
    contact_fields: Mapping[str, Mapping[str, str]]
    """Own fields of contacts by number; they win over the team's."""


class RuleHistory:
    """Stored texts of one inbox, on the searching connection: cancelling interrupts."""

    def __init__(self, database: Engine, classify: ConsentClassifier) -> None:
        """Create the reader of one database.

        Args:
            database: Open inbox database.
            classify: Finds calls for help and possible opt-outs in customers' texts.
        """
        self._database = database
        self._classify = classify
        self._sql = queries("rules")

    def classify(self, text: str, party: str) -> Verdict | None:
        """Return what a text means for consent.

        Args:
            text: Text of the customer.
            party: Key of the customer.
        """
        return self._classify(text, party)

    async def read_start(self, since: int) -> HistoryStart:
        """Return what a dry run from a time (ms UTC) on needs besides the texts."""
        return await self._database.search(functools.partial(self._read_start, since))

    def _read_start(self, since: int, connection: Connection) -> HistoryStart:
        """Read everything with a few scans of the last days."""
        first, writing = {"first_id": smallest_id_at(since)}, queries("writing")
        contact_fields: dict[str, dict[str, str]] = {}
        for row in self._sql.stored_fields(connection, **first):
            contact_fields.setdefault(row["party"], {})[row["name"]] = row["value"]
        return HistoryStart(
            int(self._sql.count_texts(connection, **first)),
            {
                row["id"]: to_conversation(row)
                for row in self._sql.written_since(connection, **first)
            },
            {row[0]: row[1] for row in self._sql.first_messages(connection, **first)},
            [Ending(*row) for row in self._sql.stored_endings(connection, **first)],
            {row["name"]: row["body"] for row in writing.templates(connection, agent="")},
            {row["name"]: row["value"] for row in writing.template_values(connection)},
            contact_fields,
        )

    async def read_texts(self, after: int, since: int, until: int) -> list[StoredText]:
        """Return the next messages in their order; none at the end.

        Args:
            after: Id of the last one that was read; 0 for the first ones.
            since: Begin of the time (ms UTC).
            until: End of the time (ms UTC).
        """
        bounds = {
            "first_id": max(after, smallest_id_at(since)),
            "last_id": smallest_id_at(until + 1) - 1,
        }
        return await self._database.search(functools.partial(self._read_texts, bounds))

    def _read_texts(self, bounds: Mapping[str, int], connection: Connection) -> list[StoredText]:
        """Read some messages, each with its source."""
        rows = self._sql.stored_texts(connection, **bounds, limit=_PART)
        if not rows:
            return []
        first, last = rows[0]["id"], rows[-1]["id"]
        sources = {
            row["message_id"]: (row["own"] or "", bool(row["is_notice"]))
            for row in self._sql.sources(connection, first_id=first, last_id=last)
        }
        return [_make_text(row, *sources.get(row["id"], ("", False))) for row in rows]


def _make_text(row: Row, own: str, is_notice: bool) -> StoredText:
    """Return a message as rules see it."""
    identity, conversation_id, direction, body, at, arrived_at, account, status, format = row
    return StoredText(
        id=identity,
        conversation_id=conversation_id,
        is_ours=direction == Direction.OUT,
        body=body,
        at=at,
        arrived_at=arrived_at or at,
        account=account,
        own=own,
        is_notice=is_notice,
        is_answer=status != Status.CANCELLED and format != Format.PING,
    )
