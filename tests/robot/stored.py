"""Read what the inbox has stored of the agent, once no window changes it any more."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.robot.world import AGENT
from tui.domain.record_type import record

T = TypeVar("T")


@record
class StoredMessage:
    """A message of the agent as the inbox stores it."""

    id: int
    party: str
    direction: str
    status: str
    body: str
    at: int
    scheduled_at: int | None
    hold_until: int
    retry_of: int | None

    @property
    def is_going(self) -> bool:
        """Return whether it was sent, or is to be sent."""
        return self.direction == "out" and self.status != "cancelled"

    @property
    def due_at(self) -> int:
        """Return the time (ms UTC) before which it must not go out."""
        return max(self.hold_until, self.scheduled_at or 0)


@record
class StoredInbox:
    """Everything that the agent has left in the inbox."""

    messages: list[StoredMessage]
    """What was sent, planned or noted."""
    drafts: list[tuple[str, str]]
    """Number of the customer and text of each draft and unfinished note."""
    closings: list[tuple[str, int]]
    """Number of the customer and time (ms UTC) of each conversation that the agent has closed."""


def read_inbox(path: Path) -> StoredInbox:
    """Return what the agent has left in an inbox.

    Args:
        path: Database of which no program has unsaved drafts any more.
    """
    with sqlite3.connect(path) as connection:
        return StoredInbox(
            _read_rows(
                connection,
                "select messages.id, party, direction, status, body, at, scheduled_at, hold_until,"
                " retry_of from messages join conversations on conversations.id = conversation_id"
                " where agent = :agent order by messages.id",
                StoredMessage,
            ),
            _read_rows(
                connection,
                "select party, body from drafts join conversations"
                " on conversations.id = conversation_id where agent = :agent"
                " union all select party, body from note_drafts join conversations"
                " on conversations.id = conversation_id where agent = :agent",
                lambda party, body: (party, body),
            ),
            _read_rows(
                connection,
                "select party, audit.at from audit join conversations"
                " on conversations.id = audit.conversation_id"
                " where agent = :agent and action = 'close'",
                lambda party, at: (party, at),
            ),
        )


def _read_rows(connection: sqlite3.Connection, query: str, build: Callable[..., T]) -> list[T]:
    """Return what a function makes of each row.

    Args:
        connection: Database to read.
        query: What to read, for `:agent`.
        build: Called with the columns of a row.
    """
    return [build(*row) for row in connection.execute(query, {"agent": AGENT})]
