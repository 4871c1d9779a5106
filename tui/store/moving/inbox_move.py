"""Move an inbox table by table, in batches that are each complete, and compare both at the end.

After every batch the target knows the last row that it has, so that an interrupted move goes on
there. Until both are equal, the target is marked as unfinished and no desk opens it. The source
is marked before the target is opened: what waits to be sent is never in two usable inboxes.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.domain.change import Subject
from tui.domain.text import join_texts
from tui.store.errors import InboxMark, MovedAway, Rehearsal, UnfinishedMove
from tui.store.moving.comparison import Checksum, ComparedCount, compare_figures, count_rows
from tui.store.moving.movable import (
    MovableInbox,
    MoveFailed,
    MoveRefused,
    RowValues,
    Table,
    find_months,
    sort_by_parents,
)
from tui.store.moving.opening import refuse_living_processes
from tui.store.moving.progress import MARKS, MoveProgress, create_marks, drop_marks
from tui.store.moving.repairs import Repairs, RowRepair, find_text_places
from tui.store.progress_report import ReportProgress

PASSING_TABLES = frozenset(
    {"leases", "processes", "presence", "compose_locks", "listeners", "probes", "changes"}
)
"""Tables about running processes, and the news for them: they are left out."""
_WRITTEN_BY_STARTING = frozenset(
    {"accounts", "agents", "alarm_deliveries", "counters", "refusals", "sent_alarms"}
)
"""Tables with rows in an inbox that was only opened."""
_PLAIN_TYPES = frozenset({int, str, bytes, float, type(None)})
_BATCH_ROWS, _BATCH_BYTES = 10_000, 16 << 20


@dataclass(slots=True)
class MoveResult:
    """A move that has ended, with both inboxes equal."""

    tables: list[ComparedCount]
    """Rows of each table."""
    figures: list[ComparedCount]
    """What an operator compares."""
    repairs: Repairs
    is_resumed: bool = False
    """Whether it went on after an interruption."""


class InboxMove:
    """One move from a source into a target, both locked by this process."""

    def __init__(
        self,
        source: MovableInbox,
        target: MovableInbox,
        run_name: str,
        report: ReportProgress,
        *,
        is_rehearsal: bool = False,
    ) -> None:
        """Create the move; `run` does it.

        Args:
            source: Open inbox.
            target: Open database with the schema of an inbox.
            run_name: Name of this run, different from any other.
            report: Shows how far it is.
            is_rehearsal: Whether the source stays usable, and the target does not become it.
        """
        self._source = source
        self._target = target
        self._run_name = run_name
        self._report = report
        self._is_rehearsal = is_rehearsal
        self._tables: list[Table] = []
        self._counts: dict[str, int] = {}
        self._repairs = Repairs()
        self._is_resumed = False

    def run(self) -> MoveResult:
        """Move what the target does not have yet, compare, and let desks open only the target.

        Raises:
            MoveRefused: It cannot begin.
            MovedAway: It has ended before.
            MoveFailed: A value cannot be moved, or both are not equal at the end.
            StoreError: A database failed; the next run goes on.
        """
        tables = self._source.list_tables()
        _check_equal_schemas(tables, self._target.list_tables())
        self._tables = sort_by_parents(
            [table for name, table in tables.items() if name not in {*PASSING_TABLES, MARKS}]
        )
        refuse_living_processes(self._source)
        mark = self._source.read_mark()
        self._source.lock_rows(list(tables.values()))
        self._counts = {table.name: _count_rows(self._source, table) for table in self._tables}
        progress = self._begin(mark)
        sums = self._copy_tables(progress)
        if self._is_resumed:  # the source may have changed since the first run
            self._repairs.count, self._repairs.lines = 0, []
            sums = self._sum_tables(self._source, "Reading the source again: {} rows", repair=True)
        return self._finish(progress, sums)

    # Beginning ------------------------------------------------------------------------------

    def _begin(self, mark: InboxMark | None) -> MoveProgress:
        """Return how far an earlier run came; make a new target ready."""
        source, target = self._source, self._target
        state = json.loads(json.dumps([source.get_last_change(), self._counts]))
        begun = target.read_mark()
        progress = MoveProgress.read(target) if isinstance(begun, UnfinishedMove) else None
        if begun is None:
            refuse_living_processes(target)
            self._refuse_full_target(mark)
        if progress is not None and progress.source != source.name:
            raise MoveRefused(
                f"{target.name} contains a part of {progress.source}: run that move again to end"
                " it, or drop the target (delete the file, or drop the schema) to begin anew"
            )
        self._is_resumed = progress is not None and progress.state == state
        if progress is None or not self._is_resumed:
            progress = MoveProgress(target, source.name, state)
        with target.begin():
            create_marks(target)
            if not self._is_resumed:
                target.clear(list(target.list_tables().values()))
                target.prepare_months(list(find_months(source)))
                progress.begin()
            progress.claim(self._run_name)
            target.write_mark(UnfinishedMove())
        return progress

    def _refuse_full_target(self, mark: InboxMark | None) -> None:
        """Refuse a target that contains work of agents or customers."""
        for table in self._tables:
            if table.name in _WRITTEN_BY_STARTING:
                continue
            if self._target.run(f'select 1 from "{table.name}" limit 1'):
                if mark is not None:  # it is the source that was moved into it
                    raise mark.name_inbox(self._source.name)
                raise MoveRefused(
                    f"{self._target.name} is not empty (it has {table.name}): an inbox can only"
                    " be moved into a new database; name another file or schema"
                )

    # Copying --------------------------------------------------------------------------------

    def _copy_tables(self, progress: MoveProgress) -> dict[str, Checksum]:
        """Copy what is missing of each table, and return the checksums of what was read."""
        total, done = sum(self._counts.values()), 0
        sums = {}
        for table in self._tables:
            report = functools.partial(self._report_rows, "Moving the inbox: {} rows", total, done)
            sums[table.name] = self._copy_table(table, progress, report)
            done += self._counts[table.name]
        self._report_rows("Moving the inbox: {} rows", total, total, 0)
        return sums

    def _copy_table(
        self, table: Table, progress: MoveProgress, report: Callable[[int], None]
    ) -> Checksum:
        """Copy the rows of a table that the target does not have."""
        places, after = table.key_places, progress.done.get(table.name, [])
        repair = self._choose_repair(table)
        summed = Checksum()
        rows: list[RowValues] = []
        size = 0
        before = _count_rows(self._target, table) if after else 0
        for read in self._source.read_rows(table, after):
            row = repair(read)
            text = repr(row).encode("utf-8", "surrogatepass")
            summed = summed.add_row(text)
            size += len(text)
            rows.append(row)
            if len(rows) >= _BATCH_ROWS or size >= _BATCH_BYTES:
                self._write_batch(table, progress, rows, [read[place] for place in places])
                report(before + summed.rows)
                rows, size = [], 0
        if rows:
            self._write_batch(table, progress, rows, [read[place] for place in places])
        return summed

    def _write_batch(
        self, table: Table, progress: MoveProgress, rows: list[RowValues], last: list[Any]
    ) -> None:
        """Write rows and their texts, and remember the key of the last one."""
        with self._target.begin():
            progress.check_claim(self._run_name)
            self._target.add_rows(table, rows)
            if table.name == "messages":
                identity, subject, body = find_text_places(table)
                cut = self._target.add_texts(
                    [(row[identity], join_texts(row[subject], row[body])) for row in rows]
                )
                for message_id in cut:
                    self._repairs.count += 1
                    self._repairs.lines.append(
                        f"messages {message_id}: the search finds only the words of its beginning"
                    )
            progress.write_mark(table.name, last)

    def _choose_repair(self, table: Table) -> Callable[[RowValues], RowValues]:
        """Return the function that makes rows storable; most tables need no look at each value."""
        target = self._target
        limits = target.find_limits(table)
        repair = RowRepair(table, limits, self._repairs, takes_any_text=target.takes_any_text)
        if not target.takes_any_text and self._source.find_unusual(table, limits):
            return repair.repair_row
        return functools.partial(_repair_damaged, repair)

    def _report_rows(self, task: str, total: int, before: int, done: int) -> None:
        """Show how many rows are done."""
        self._report(task, min(before + done, total), total)

    # Ending ---------------------------------------------------------------------------------

    def _sum_tables(self, inbox: MovableInbox, task: str, *, repair: bool) -> dict[str, Checksum]:
        """Return the checksum of each table, reading all of it."""
        total, before = sum(self._counts.values()), 0
        sums = {}
        for table in self._tables:
            change = self._choose_repair(table) if repair else None
            summed = Checksum()
            for row in inbox.read_rows(table):
                kept = change(row) if change else row
                summed = summed.add_row(repr(kept).encode("utf-8", "surrogatepass"))
                if summed.rows % _BATCH_ROWS == 0:
                    self._report_rows(task, total, before, summed.rows)
            sums[table.name] = summed
            before += self._counts[table.name]
        self._report_rows(task, total, total, 0)
        return sums

    def _finish(self, progress: MoveProgress, sums: dict[str, Checksum]) -> MoveResult:
        """Compare both, and let desks open the target."""
        target, last = self._target, self._source.get_last_change()
        with target.begin():
            progress.check_claim(self._run_name)
            target.run("delete from changes")
            if last:
                target.run(
                    "insert into changes (seq, subject, id, conversation_id, new)"
                    " values (:seq, :subject, 0, 0, 0)",
                    {"seq": last, "subject": Subject.VIEW.value},
                )
            target.set_numbers(last)
        found = self._sum_tables(target, "Comparing both: {} rows", repair=False)
        figures = compare_figures(self._source, target)
        wrong = [name for name in sums if sums[name] != found[name]]
        wrong += [figure.label.strip() for figure in figures if figure.source != figure.target]
        if wrong:
            progress.mark_difference(wrong)
            raise MoveFailed(
                f"source and target are not equal ({', '.join(wrong)}): the target is not used;"
                " run the same command again, it begins anew"
            )
        target.settle(self._tables)
        with target.begin():
            progress.check_claim(self._run_name)
            if not self._is_rehearsal:  # on disk before the target can be opened
                self._source.write_mark(MovedAway(target.name, self._source.get_time()))
                self._source.run("commit")
            drop_marks(target)
            target.write_mark(Rehearsal() if self._is_rehearsal else None)
        tables = [ComparedCount(name, sums[name].rows, found[name].rows) for name in sorted(sums)]
        return MoveResult(tables, figures, self._repairs, self._is_resumed)


def _check_equal_schemas(source: dict[str, Table], target: dict[str, Table]) -> None:
    """Refuse tables that one of both does not know; only the mark of a move may be there."""
    for name in sorted({*source, *target} - {MARKS}):
        here, there = source.get(name), target.get(name)
        if here is None or there is None or set(here.columns) != set(there.columns):
            raise MoveRefused(f"the table {name} is not the same in both: nothing was moved")


def _repair_damaged(repair: RowRepair, row: RowValues) -> RowValues:
    """Return a row without text that was not valid UTF-8."""
    return row if _PLAIN_TYPES.issuperset(map(type, row)) else repair.repair_row(row)


def _count_rows(inbox: MovableInbox, table: Table) -> int:
    """Return the number of rows of a table."""
    return count_rows(inbox, f'"{table.name}"')
