"""Keep until when customers have to be answered, and record how long first answers took."""

import functools
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.answer_targets import AnswerRecord, AnswerTarget, DueAnswer, find_due_answer
from tui.domain.business_hours import (
    ALWAYS_OPEN,
    BusinessHours,
    find_zone,
    format_hours,
    parse_hours,
)
from tui.domain.change import Subject
from tui.store import rows
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_conversation
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.saved_views import SavedViews
from tui.store.summaries import Summaries, Summary
from tui.store.view_rows import SavedView

_BATCH = 200
"""Conversations that one transaction judges."""


class AnswerTargets:
    """Times until which customers have to be answered, and the hours of the desk."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the targets of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("answers")
        self._views = SavedViews(database)

    async def judge_conversations(
        self, targets: Sequence[AnswerTarget], ids: Collection[int] | None = None
    ) -> None:
        """Set until when customers have to be answered, and mark those that wait too long.

        Agents are notified of each once, by a change of `Subject.OVERDUE`.

        Args:
            targets: Targets of all views.
            ids: Conversations that have changed; None judges all that wait. Those whose time is
                over are judged in any case.
        """
        find_wanted = functools.partial(self._list_wanted, ids, has_targets=bool(targets))
        wanted = await self._database.read(find_wanted)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            check = functools.partial(self._find_changed, targets, batch)
            # Read first: a round without work must not take the write lock.
            if changed := await self._database.read(check):
                await self._database.write(
                    functools.partial(self._write_due_times, targets=targets, ids=changed)
                )

    async def list_targets(self) -> list[AnswerTarget]:
        """Return the targets of the shared views.

        A view that is another one for each agent, such as "mine" or drafts, has none.
        """
        views = [view for view in await self._views.list_views("") if has_target(view)]
        if not views:
            return []
        desk = await self.get_hours()
        return [
            AnswerTarget(
                saved.name,
                saved.view,
                saved.answer_within,
                replace(desk, week=parse_hours(saved.hours).week) if saved.hours else desk,
            )
            for saved in views
        ]

    async def set_target(self, saved: SavedView, minutes: int, hours: str, agent: str) -> None:
        """Set within which time the conversations of a view have to be answered.

        Args:
            saved: Shared view.
            minutes: Minutes of business time; 0 for no target.
            hours: Own hours of the view; empty for those of the desk.
            agent: Name of the agent.
        """
        await self._views.change_view(saved, agent, target=(minutes, hours))

    async def list_answers(self, since: int, until: int) -> list[AnswerRecord]:
        """Return the first answers of a period, oldest first.

        Args:
            since: Start of the period, in ms UTC.
            until: End of the period, in ms UTC.
        """
        query = functools.partial(self._sql.list_since, since=since, until=until)
        return [AnswerRecord(*row) for row in await self._database.search(query)]

    async def get_hours(self) -> BusinessHours:
        """Return the hours of the desk; it is always open if none were saved."""
        return await self._database.read(read_desk_hours)

    async def save_hours(self, hours: BusinessHours, agent: str) -> None:
        """Save the hours of the desk.

        Args:
            hours: Hours, holidays and zone.
            agent: Name of the agent.
        """
        values = {
            "week": format_hours(hours),
            "holidays": " ".join(sorted(day.isoformat() for day in hours.holidays)),
            "zone": str(hours.zone) if hours.zone is not None else "",
        }

        def write_hours(transaction: Transaction) -> None:
            self._sql.save_hours(transaction.connection, **values)
            record_action(
                transaction, self._rng, self._clock, agent, "hours", detail=values["week"]
            )
            transaction.mark_changed(Subject.VIEW, 1)

        await self._database.write(write_hours)

    def _list_wanted(
        self, ids: Collection[int] | None, connection: Connection, *, has_targets: bool
    ) -> list[int]:
        """Return the ids of the conversations to judge; without targets those that have a time."""
        over = [row["id"] for row in self._sql.due_ids(connection, now=self._clock.now())]
        if ids is None or not has_targets:
            waiting = self._sql.waiting_ids(connection) if has_targets else []
            judged = self._sql.judged_ids(connection)
            ids = [row["id"] for row in (*waiting, *judged)]
        return list(dict.fromkeys([*over, *ids]))

    def _find_changed(
        self, targets: Sequence[AnswerTarget], ids: Iterable[int], connection: Connection
    ) -> list[int]:
        """Return the conversations that are not stored as they are judged now."""
        found = ((one, find_conversation(connection, one)) for one in ids)
        return [one for one, row in found if row is not None and self._judge(dict(row), targets)]

    def _write_due_times(
        self, transaction: Transaction, targets: Sequence[AnswerTarget], ids: Iterable[int]
    ) -> None:
        """Judge conversations again under the write lock, and store what is different."""
        summaries = Summaries(transaction, self._rng)
        for one in ids:
            if find_conversation(transaction.connection, one) is None:
                continue
            summary = summaries.get(one)
            was_overdue = bool(summary["overdue"])
            summary.update(self._judge(summary, targets))
            if summary["overdue"] and not was_overdue:
                transaction.mark_changed(Subject.OVERDUE, summary["id"], summary["id"])
        summaries.flush()

    def _judge(self, summary: Summary, targets: Iterable[AnswerTarget]) -> Summary:
        """Return the columns of a conversation that are different from what is stored."""
        due = find_due_answer(rows.to_conversation(summary), targets) or DueAnswer(0, "")
        columns = {
            "due_at": due.at or None,
            "due_view": due.view,
            "overdue": int(bool(due.at) and due.at <= self._clock.now()),
        }
        return columns if any(summary[name] != columns[name] for name in columns) else {}


def has_target(saved: SavedView) -> bool:
    """Return whether a view has a target that is the same for all agents."""
    is_personal = saved.owner or saved.view.drafts_of or saved.view.mentions_of
    return bool(saved.answer_within) and not is_personal


def read_desk_hours(connection: Connection) -> BusinessHours:
    """Return the hours of the desk; it is always open if none were saved."""
    row = queries("answers").hours(connection)
    if row is None:
        return ALWAYS_OPEN
    return parse_hours(row["week"], row["holidays"].split(), find_zone(row["zone"]))
