"""Store how far each hook and webhook has come in the events, and what went wrong.

A hook is begun at most once for an event: its position moves, and the run is written down, before
the command starts. A webhook gets each event at least once: its position moves when the receiver
has confirmed it, and the next event waits until then.
"""

import functools
from collections.abc import Callable, Collection

from tui.clock import HOUR, Clock, get_latest_believable
from tui.domain.change import JournalKind, Subject
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.target_rows import (
    ERASED_LINE,
    EventTarget,
    FailedRun,
    to_failed_runs,
    to_target,
    to_targets,
)

RUNS_KEPT = 200
"""Failures that are kept, of all targets together."""
MAX_PAUSE_MS = HOUR
"""Longest time (ms) between two posts of the same event, and of a claim."""
CUT_OFF = "smsdesk ended while it ran; it is not run again"


class EventTargets:
    """Positions of the hooks and webhooks of one database."""

    def __init__(self, database: Engine, clock: Clock, owner: str) -> None:
        """Create the positions of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("journal")

    async def list_targets(self) -> list[EventTarget]:
        """Return all targets by name, also those that are not in the settings any more."""
        return to_targets(await self._database.read(self._sql.targets))

    async def get_target(self, name: str) -> EventTarget | None:
        """Return a target, or None if it has never been served."""
        row = await self._database.read(functools.partial(self._sql.target, name=name))
        return to_target(row) if row else None

    async def add_targets(self, names: Collection[str]) -> None:
        """Add targets that are new; they get what happens from now on.

        Those that these settings do not have stay: they may be of other settings.

        Args:
            names: Names of the targets of the settings.
        """
        missing = set(names) - {target.name for target in await self.list_targets()}
        if not missing:
            return

        def write_targets(transaction: Transaction) -> None:
            for name in sorted(missing):
                self._sql.add_target(transaction.connection, name=name)

        await self._database.write(write_targets)

    async def skip_events(self, target: EventTarget, position: int) -> bool:
        """Pass over events that do not concern a target; return False if it has moved.

        Args:
            target: Target as it was read.
            position: Id of the last of these events.
        """
        values = {"name": target.name, "known": target.position, "position": position}
        query = functools.partial(self._sql.move_target, **values)
        return bool(await self._database.write(lambda t: query(t.connection)))

    async def begin_run(self, target: EventTarget, event_id: int) -> bool:
        """Claim an event for a hook, for good; return False if another process has claimed it.

        Args:
            target: Hook as it was read.
            event_id: Id of the event.
        """

        def write_run(transaction: Transaction) -> bool:
            connection, now = transaction.connection, self._clock.now()
            values = {"name": target.name, "known": target.position, "position": event_id}
            if not self._sql.move_target(connection, **values):
                return False
            run = {"target": target.name, "event_id": event_id}
            self._sql.add_run(connection, **run, owner=self._owner, now=now)
            transaction.refuse_moved()
            return True

        return await self._database.write(write_run)

    async def end_run(self, name: str, event_id: int, line: str) -> None:
        """Record how a hook has ended.

        Args:
            name: Name of the hook.
            event_id: Id of the event.
            line: What went wrong; empty if nothing did.
        """

        def write_end(transaction: Transaction) -> None:
            self._end_run(transaction, name, event_id, line)

        await self._database.write(write_end)

    async def settle_cut_off_runs(self, dead_before: int) -> int:
        """Record that hooks of processes that have died were cut off; return how many there were.

        Args:
            dead_before: Processes last seen before this time (ms UTC) count as dead.
        """
        latest = get_latest_believable(self._clock.now())
        bounds = {"owner": self._owner, "dead_before": dead_before, "latest": latest}
        query = functools.partial(self._sql.cut_off, **bounds)
        # Check on the reading connection: a round without work must not take the write lock.
        if not await self._database.read(query):
            return 0

        def write_ends(transaction: Transaction) -> int:
            found = query(transaction.connection)
            for row in found:
                self._end_run(transaction, row["target"], row["event_id"], CUT_OFF)
            return len(found)

        return await self._database.write(write_ends)

    async def claim_post(self, target: EventTarget, *, duration_ms: int) -> bool:
        """Claim the next event of a webhook for some time; return False if it is not to be posted.

        Args:
            target: Webhook as it was read.
            duration_ms: Time in milliseconds in which it is posted or failed.
        """
        now = self._clock.now()
        values = {
            "name": target.name,
            "known": target.position,
            "owner": self._owner,
            "now": now,
            "until": now + duration_ms,
            "latest": get_latest_believable(now) + MAX_PAUSE_MS,
        }

        def write_claim(transaction: Transaction) -> bool:
            transaction.refuse_moved()
            return bool(self._sql.claim_post(transaction.connection, **values))

        return await self._database.write(write_claim)

    async def finish_post(self, name: str, event_id: int) -> None:
        """Record that a webhook has an event; the next one follows.

        Args:
            name: Name of the webhook.
            event_id: Id of the event.
        """
        values = {"name": name, "owner": self._owner, "position": event_id}
        query = functools.partial(self._sql.finish_post, **values, now=self._clock.now())
        await self._database.write(lambda t: query(t.connection))

    async def retry_post(
        self, target: EventTarget, event_id: int, line: str, pause_ms: int, *, given_up: int = 0
    ) -> None:
        """Record that a webhook did not take an event, and when something is posted again.

        Args:
            target: Webhook as it was read.
            event_id: Id of the event.
            line: What went wrong.
            pause_ms: Time in milliseconds until then.
            given_up: Id of the last event that is not posted any more; 0 if all are.
        """
        now = self._clock.now()
        values: dict[str, object] = {"name": target.name, "owner": self._owner, "now": now}
        values |= {"next_try_at": now + pause_ms, "position": given_up or target.position}

        def write_retry(transaction: Transaction) -> None:
            values["line"] = self._hide_erased(transaction, event_id, line)
            if self._sql.retry_post(transaction.connection, **values) and given_up:
                more = (
                    f"events up to {given_up} are given up" if given_up > event_id else "given up"
                )
                self._add_failure(transaction, target.name, event_id, f"{more}: {line}")

        await self._database.write(write_retry)

    async def pass_lost(self, target: EventTarget, position: int, line: str) -> None:
        """Go on behind events that are not kept any more.

        Args:
            target: Target as it was read.
            position: Id of the last of these events.
            line: What has happened to them.
        """
        values = {"name": target.name, "known": target.position, "position": position}

        def write_position(transaction: Transaction) -> None:
            if self._sql.move_target(transaction.connection, **values):
                self._add_failure(transaction, target.name, position, line)

        await self._database.write(write_position)

    async def retry_now(self, name: str) -> bool:
        """Post the next event of a webhook at once; return False if there is no such target.

        Args:
            name: Name of the target.
        """
        return await self._change_target(functools.partial(self._sql.retry_now, name=name))

    async def skip_all(self, name: str) -> bool:
        """Pass over all events until now; return False if there is no such target.

        Args:
            name: Name of the target.
        """
        return await self._change_target(functools.partial(self._sql.skip_all, name=name))

    async def forget_target(self, name: str) -> bool:
        """Forget how far a target has come; return False if there is no such target.

        Args:
            name: Name of the target.
        """
        return await self._change_target(functools.partial(self._sql.drop_target, name=name))

    async def _change_target(self, query: Callable[..., int]) -> bool:
        """Run a statement that changes a target, and wake the process that serves it."""

        def write_change(transaction: Transaction) -> bool:
            transaction.mark_changed(Subject.ACCOUNT)
            return bool(query(transaction.connection))

        return await self._database.write(write_change)

    async def list_failed_runs(self, limit: int = RUNS_KEPT) -> list[FailedRun]:
        """Return the events that were not handled, the newest failure first.

        Args:
            limit: Maximum number of failures.
        """
        query = functools.partial(self._sql.failed_runs, limit=limit)
        return to_failed_runs(await self._database.read(query))

    async def prune(self) -> None:
        """Delete all but the newest failures."""
        if int(await self._database.read(self._sql.count_failed_runs)) > RUNS_KEPT:
            query = functools.partial(self._sql.prune_runs, kept=RUNS_KEPT)
            await self._database.write(lambda t: query(t.connection))

    def _add_failure(self, transaction: Transaction, name: str, event_id: int, line: str) -> None:
        """Write that a target has not handled an event."""
        run = {"target": name, "event_id": event_id, "owner": self._owner}
        self._sql.add_run(transaction.connection, **run, now=self._clock.now())
        self._end_run(transaction, name, event_id, line)

    def _end_run(self, transaction: Transaction, name: str, event_id: int, line: str) -> None:
        """Write how a run has ended; a successful one leaves no row."""
        connection, now = transaction.connection, self._clock.now()
        run = {"target": name, "event_id": event_id}
        line = self._hide_erased(transaction, event_id, line)
        if line:
            self._sql.fail_run(connection, **run, now=now, line=line)
        else:
            self._sql.end_run(connection, **run)
        self._sql.note_line(connection, name=name, now=now, line=line)

    def _hide_erased(self, transaction: Transaction, event_id: int, line: str) -> str:
        """Return what went wrong, without words of a customer who was forgotten meanwhile."""
        row = self._sql.event(transaction.connection, id=event_id) if line else None
        is_erased = row is not None and row["kind"] == JournalKind.ERASED
        return ERASED_LINE if is_erased else line
