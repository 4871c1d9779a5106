"""Apply rules to texts that have arrived and to customers who wait.

Everything that follows from one text is one transaction: its row leaves the queue, what the rules
change is changed, and the answer is queued. If the row is gone already, another process has done
it. So a crash anywhere leaves either nothing or all of it.
"""

import functools
import random
from typing import Any

from tui.clock import HOUR, MINUTE, Clock
from tui.domain.rules import Rule
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.errors import OptedOut, StaleReply, StoreError
from tui.store.incoming import ConsentClassifier
from tui.store.queries import queries
from tui.store.rule_helpers import RuleHelpers
from tui.store.rule_judge import RuleJudge
from tui.store.rule_rows import list_enabled
from tui.store.stored_rules import WEEK_HOURS

_BATCH = 20
"""Texts that are judged in one transaction; if one fails, each gets its own."""
_MOST_TRIES = 8
_LONGEST_PAUSE_MS = 5 * MINUTE


class RuleWork:
    """The texts and waits that the rules have yet to judge."""

    def __init__(
        self, database: Engine, clock: Clock, rng: random.Random, classify: ConsentClassifier
    ) -> None:
        """Create the work on one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            classify: Finds calls for help in customers' texts.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self._sql = queries("rules")
        self._pruned_hour = 0

    async def judge_texts(self, helpers: RuleHelpers) -> int:
        """Judge all texts that are queued, in their order; return how many.

        Args:
            helpers: What the rules need that is not in the store.
        """
        judged, size = 0, _BATCH
        while True:
            if not await self._database.read(lambda c: self._read_queue(c, 1)):
                break
            try:
                judge = functools.partial(self._judge_batch, helpers=helpers, size=size)
                done = await self._database.write(judge)
            except Exception as error:
                _raise_if_known(error)
                if size == 1:
                    await self._postpone_first(helpers, error)
                done, size = 0, 1
            else:
                if not done:
                    break
            judged += done
        if judged:
            await self._prune()
        return judged

    def _read_queue(self, connection: Connection, limit: int) -> list[Any]:
        """Return the first rows of the queue."""
        rows: list[Any] = self._sql.next_queued(connection, now=self._clock.now(), limit=limit)
        return rows

    def _judge_batch(self, transaction: Transaction, helpers: RuleHelpers, size: int) -> int:
        """Judge the first texts of the queue; return how many."""
        connection, done = transaction.connection, 0
        rules = [rule for rule in list_enabled(connection) if not rule.wait_minutes]
        judge = RuleJudge(transaction, self._clock, self._rng, self._classify, helpers)
        for row in self._read_queue(connection, size):
            # Another process may have judged it: then it is not ours.
            if self._sql.dequeue(connection, message_id=row["message_id"]):
                judge.judge_text(rules, row["message_id"])
                done += 1
        judge.finish()
        transaction.refuse_moved()
        return done

    async def _postpone_first(self, helpers: RuleHelpers, error: Exception) -> None:
        """Try the first text again later: an unexpected error must not stop those behind it."""

        def postpone(transaction: Transaction) -> str:
            rows = self._read_queue(transaction.connection, 1)
            for row in rows:
                identity, tries = row["message_id"], row["tries"] + 1
                if tries >= _MOST_TRIES:
                    self._sql.dequeue(transaction.connection, message_id=identity)
                    return f"rules gave up on text {identity}"
                pause = min(_LONGEST_PAUSE_MS, 1_000 * 2**tries)
                next_at = self._clock.now() + pause
                self._sql.postpone(transaction.connection, message_id=identity, next_at=next_at)
                return f"rules failed on text {identity}"
            return "rules failed"

        helpers.report_error(await self._database.write(postpone), error)

    # Waits --------------------------------------------------------------------------------------

    async def judge_waits(self, helpers: RuleHelpers) -> int:
        """Apply the rules about customers who wait without an answer; return how many waits.

        Args:
            helpers: What the rules need that is not in the store.
        """
        judged = 0
        for rule in await self._database.read(list_enabled):
            until = self._find_last_due(rule)
            if until is None:
                continue
            # Without the write lock, as nearly always there is none.
            while await self._database.read(
                functools.partial(self._read_due, rule=rule, until=until)
            ):
                judged += await self._judge_first_waits(rule, until, helpers)
        return judged

    def _find_last_due(self, rule: Rule) -> int | None:
        """Return the latest beginning (ms UTC) of a wait that is due for a rule, or None."""
        if not rule.wait_minutes:
            return None
        return rule.business_hours.subtract_open_time(self._clock.now(), rule.wait_minutes)

    def _read_due(
        self, connection: Connection, rule: Rule, until: int, limit: int = 1
    ) -> list[Any]:
        """Return the waits that are due for a rule."""
        bounds = {"since": rule.since, "until": until, "limit": limit}
        rows: list[Any] = self._sql.due_waits(connection, rule_id=rule.id, **bounds)
        return rows

    async def _judge_first_waits(self, rule: Rule, until: int, helpers: RuleHelpers) -> int:
        """Judge the next waits of a rule; of one that fails it is only stored that it was due."""
        for size in (_BATCH, 1):
            try:
                judge = functools.partial(
                    self._judge_waits, rule=rule, until=until, helpers=helpers, size=size
                )
                return await self._database.write(judge)
            except Exception as error:
                _raise_if_known(error)
                if size == 1:
                    helpers.report_error(f"rule {rule.name} failed on a wait", error)
        return await self._database.write(lambda t: self._judge_waits(t, rule, until, None, 1))

    def _judge_waits(
        self,
        transaction: Transaction,
        rule: Rule,
        until: int,
        helpers: RuleHelpers | None,
        size: int,
    ) -> int:
        """Judge some waits that are due; without helpers only store that they were."""
        connection = transaction.connection
        due = self._read_due(connection, rule, until, size)
        for row in due:
            timer = {"conversation_id": row["id"], "waiting_since": row["waiting_since"]}
            self._sql.save_timer(connection, rule_id=rule.id, **timer)
        if helpers is not None:
            judge = RuleJudge(transaction, self._clock, self._rng, self._classify, helpers)
            # It may have been changed or switched off meanwhile.
            current = {one.id: one for one in list_enabled(connection)}.get(rule.id)
            for row in due if current is not None else ():
                judge.judge_wait(current or rule, row["id"], row["waiting_since"])
            judge.finish()
        transaction.refuse_moved()
        return len(due)

    async def _prune(self) -> None:
        """Delete, once an hour, what is old: counts of days not shown, waits of deleted rules."""
        hour = self._clock.now() // HOUR
        if hour != self._pruned_hour:
            self._pruned_hour = hour
            first = hour - WEEK_HOURS - 24

            def prune(transaction: Transaction) -> None:
                self._sql.prune_hits(transaction.connection, hour=first)
                self._sql.prune_timers(transaction.connection, before=first * HOUR)

            await self._database.write(prune)


def _raise_if_known(error: Exception) -> None:
    """Raise an error of the database itself: it says nothing about the text."""
    if isinstance(error, StoreError) and not isinstance(error, OptedOut | StaleReply):
        raise error
