"""Give access to the inbox: one object that the rest of the program receives.

Subjects that are not needed at start are in `late_subjects.py`.
"""

import random
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tui.clock import Clock
from tui.domain.database import Database
from tui.store.accounts import Accounts
from tui.store.conversations import Conversations
from tui.store.drafts import Drafts
from tui.store.engine import Engine
from tui.store.failures import Failures
from tui.store.late_subjects import LateSubjects
from tui.store.messages import Messages
from tui.store.presence import AgentPresence, Agents, ComposeLocks
from tui.store.progress_report import ReportProgress, ignore_progress
from tui.store.saved_views import SavedViews
from tui.store.triage import Triage

if TYPE_CHECKING:
    from tui.domain.consent import Verdict
    from tui.store.incoming import ConsentClassifier


def _classify_as_none(text: str, party: str) -> "Verdict":
    """Return no verdict, for programs that only read."""
    from tui.domain.consent import Verdict

    return Verdict.NONE


def _create_engine(
    database: Database,
    clock: Clock,
    *,
    shared: bool,
    own_checkpoints: bool,
    report_progress: ReportProgress,
) -> Engine:
    """Return the engine that has a database; imported late, as most desks need only one."""
    if isinstance(database, Path):
        from tui.store.sqlite.file_engine import FileEngine

        return FileEngine(
            database,
            clock,
            shared=shared,
            own_checkpoints=own_checkpoints,
            report_progress=report_progress,
        )
    from tui.store.postgres.driver_install import require_driver

    require_driver()
    from tui.store.postgres.server_engine import ServerEngine

    return ServerEngine(database, clock, report_progress=report_progress)


class Store(LateSubjects):
    """Open inbox, by subject."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        rng: random.Random,
        owner: str,
        classify: "ConsentClassifier" = _classify_as_none,
        shared: bool = False,
        own_checkpoints: bool = True,
        report_progress: ReportProgress = ignore_progress,
    ) -> None:
        """Create the store; entering the context opens the database.

        Args:
            database: Path of the database file, or the database on a server.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            owner: Id of this process.
            classify: Finds opt-out and opt-in keywords in customers' texts.
            shared: Whether the group of a file may read and write it.
            own_checkpoints: Whether this program moves the log of a file into it.
            report_progress: Shows how far a long migration is; called on another thread.
        """
        self.location = database
        engine = _create_engine(
            database,
            clock,
            shared=shared,
            own_checkpoints=own_checkpoints,
            report_progress=report_progress,
        )
        super().__init__(engine, clock, rng, owner, classify)
        self.conversations = Conversations(self.database, clock, rng)
        self.triage = Triage(self.database, clock, rng)
        self.messages = Messages(self.database, clock, rng)
        self.accounts = Accounts(self.database, clock)
        self.drafts = Drafts(self.database, clock, rng)
        self.presence = AgentPresence(self.database, clock, owner)
        self.compose_locks = ComposeLocks(self.database, clock, owner)
        self.failures = Failures(self.database, clock)
        self.agents = Agents(self.database, clock)
        self.views = SavedViews(self.database)

    async def __aenter__(self) -> Self:
        """Open the database.

        Raises:
            StoreError: It cannot be used; the text says how to fix it.
        """
        await self.database.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self.database.close()
