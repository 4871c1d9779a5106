"""Remember in the target how far a move is, so that it can go on after an interruption."""

import json
from dataclasses import dataclass, field
from typing import Any, Self

from tui.store.errors import Busy, CannotWrite, StoreError, Unreachable
from tui.store.moving.movable import MovableInbox, MoveFailed

MARKS = "moving"
"""Table of the target that exists until the move has ended."""
_DIFFERS = "differs"


@dataclass(slots=True)
class MoveProgress:
    """How far a move is."""

    target: MovableInbox
    source: str
    """Name of the source."""
    state: Any
    """What changes when the source is used; of JSON types."""
    done: dict[str, list[Any]] = field(default_factory=dict)
    """Key of the last row of each table."""

    @classmethod
    def read(cls, target: MovableInbox) -> Self | None:
        """Return the progress of an unfinished move, or None if it has to begin anew.

        Args:
            target: Target of the move.
        """
        if MARKS not in target.list_tables():
            return None
        marks = {row[0]: json.loads(row[1]) for row in target.run(f"select * from {MARKS}")}
        if "source" not in marks or _DIFFERS in marks:
            return None
        name, state = marks.pop("source")
        marks.pop("run", None)
        return cls(target, name, state, marks)

    def begin(self) -> None:
        """Remember the beginning, in the target's transaction."""
        self.target.run(f"delete from {MARKS}")
        self.write_mark("source", [self.source, self.state])

    def claim(self, run_name: str) -> None:
        """Make this run the one that goes on, in the target's transaction.

        Args:
            run_name: Name of this run.
        """
        self.write_mark("run", run_name)

    def check_claim(self, run_name: str) -> None:
        """Refuse to go on beside another run, and let none begin until the transaction ends.

        Args:
            run_name: Name of this run.

        Raises:
            MoveFailed: Another run has begun.
        """
        sql = f"update {MARKS} set state = state where name = 'run' and state = :name returning 1"
        try:
            is_ours = bool(self.target.run(sql, {"name": json.dumps(run_name)}))
        except (Busy, CannotWrite, Unreachable):
            raise
        except StoreError:  # the table is gone: the other one has ended
            is_ours = False
        if not is_ours:
            raise MoveFailed("another `smsdesk import` moves into the same database: this one ends")

    def write_mark(self, name: str, state: Any) -> None:
        """Remember one thing, in the target's transaction.

        Args:
            name: Name of a table, or of a fact about the move.
            state: What is remembered; of JSON types.
        """
        self.target.run(
            f"insert into {MARKS} (name, state) values (:name, :state)"
            " on conflict (name) do update set state = excluded.state",
            {"name": name, "state": json.dumps(state)},
        )

    def mark_difference(self, names: list[str]) -> None:
        """Remember that both are not equal, so that the next run begins anew.

        Args:
            names: What is not equal.
        """
        with self.target.begin():
            self.write_mark(_DIFFERS, names)


def create_marks(target: MovableInbox) -> None:
    """Create the table, in the target's transaction.

    Args:
        target: Target of the move.
    """
    target.run(f"create table if not exists {MARKS} (name text primary key, state text)")


def drop_marks(target: MovableInbox) -> None:
    """Forget the move, in the target's transaction.

    Args:
        target: Target of the move.
    """
    target.run(f"drop table {MARKS}")
