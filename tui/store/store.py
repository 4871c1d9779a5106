"""Give access to the inbox: one object that the rest of the program receives.

Subjects that are not needed at start are imported when they are first used.
"""

import functools
import random
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tui.clock import Clock
from tui.domain.consent import Verdict
from tui.domain.database import Database
from tui.store.accounts import Accounts
from tui.store.consent import ConsentBook
from tui.store.contact_details import ContactDetailsReader
from tui.store.contacts import Contacts
from tui.store.conversations import Conversations
from tui.store.drafts import Drafts
from tui.store.engine import Engine
from tui.store.failures import Failures
from tui.store.feed import Feed
from tui.store.intents import Intents
from tui.store.leases import Leases
from tui.store.listeners import Listeners
from tui.store.messages import Messages
from tui.store.outbox import Outbox
from tui.store.presence import AgentPresence, Agents, ComposeLocks
from tui.store.progress_report import ReportProgress, ignore_progress
from tui.store.receipt_schedule import ReceiptSchedule
from tui.store.saved_views import SavedViews
from tui.store.triage import Triage

if TYPE_CHECKING:
    from tui.store.account_watch import AlarmFigures, CreditWaits
    from tui.store.agent_choices import AgentChoices
    from tui.store.bulk_feed import BulkFeed
    from tui.store.bulk_texts import BulkTexts
    from tui.store.due_answers import AnswerTargets
    from tui.store.erasure import Scrubbing
    from tui.store.event_targets import EventTargets
    from tui.store.forgetting import Forgetting
    from tui.store.held_items import HeldItems
    from tui.store.incoming import ConsentClassifier
    from tui.store.ingest import Ingest
    from tui.store.journal import Journal
    from tui.store.merging import Merges
    from tui.store.monitoring import Monitoring
    from tui.store.retention import Retention
    from tui.store.rule_history import RuleHistory
    from tui.store.rule_work import RuleWork
    from tui.store.saved_replies import Templates
    from tui.store.search import MessageSearch
    from tui.store.sent_texts import SentTexts
    from tui.store.statistics import StatisticsReader
    from tui.store.stored_rules import Rules
    from tui.store.team import TeamBook
    from tui.store.upkeep import Upkeep


def _classify_as_none(text: str, party: str) -> Verdict:
    """Return no verdict, for programs that only read."""
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


class Store:
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
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self.database = _create_engine(
            database,
            clock,
            shared=shared,
            own_checkpoints=own_checkpoints,
            report_progress=report_progress,
        )
        self.conversations = Conversations(self.database, clock, rng)
        self.triage = Triage(self.database, clock, rng)
        self.messages = Messages(self.database, clock, rng)
        self.intents = Intents(self.database, clock, rng)
        self.outbox = Outbox(self.database, clock, rng)
        self.receipt_schedule = ReceiptSchedule(self.database, clock)
        self.accounts = Accounts(self.database, clock)
        self.leases = Leases(self.database, clock, owner)
        self.listeners = Listeners(self.database, clock, owner)
        self.drafts = Drafts(self.database, clock)
        self.presence = AgentPresence(self.database, clock, owner)
        self.compose_locks = ComposeLocks(self.database, clock, owner)
        self.failures = Failures(self.database, clock)
        self.agents = Agents(self.database, clock)
        self.views = SavedViews(self.database)
        self.consent = ConsentBook(self.database, clock, rng)
        self.contacts = Contacts(self.database, clock, rng)
        self.contact_details = ContactDetailsReader(self.database)
        self.feed = Feed(self.database)

    @functools.cached_property
    def ingest(self) -> "Ingest":
        """Return the storage of events from the providers."""
        from tui.store.ingest import Ingest

        return Ingest(self.database, self._clock, self._rng, self._classify)

    @functools.cached_property
    def credit_waits(self) -> "CreditWaits":
        """Return which accounts wait for credit."""
        from tui.store.account_watch import CreditWaits

        return CreditWaits(self.database, self._clock)

    @functools.cached_property
    def alarm_figures(self) -> "AlarmFigures":
        """Return what alarms are computed from, and those that are raised."""
        from tui.store.account_watch import AlarmFigures

        return AlarmFigures(self.database, self._clock)

    @functools.cached_property
    def held_items(self) -> "HeldItems":
        """Return what arrived and could not be used."""
        from tui.store.held_items import HeldItems

        return HeldItems(self.database, self._clock, self._rng)

    @functools.cached_property
    def journal(self) -> "Journal":
        """Return what happened, for programs that follow."""
        from tui.store.journal import Journal

        return Journal(self.database, self._clock)

    @functools.cached_property
    def event_targets(self) -> "EventTargets":
        """Return how far hooks and webhooks have come."""
        from tui.store.event_targets import EventTargets

        return EventTargets(self.database, self._clock, self.leases.owner)

    @functools.cached_property
    def upkeep(self) -> "Upkeep":
        """Return the deletion of what is old."""
        from tui.store.upkeep import Upkeep

        prunes = (self.held_items.prune, self.journal.prune, self.event_targets.prune)
        return Upkeep(self.database, self._clock, self.feed, prunes)

    @functools.cached_property
    def retention(self) -> "Retention":
        """Return the deletion by age."""
        from tui.store.retention import Retention

        return Retention(self.database, self._clock, self._rng)

    @functools.cached_property
    def forgetting(self) -> "Forgetting":
        """Return the erasure of customers."""
        from tui.store.forgetting import Forgetting

        return Forgetting(self.database, self._clock, self._rng)

    @functools.cached_property
    def scrubbing(self) -> "Scrubbing":
        """Return the overwriting of what was erased."""
        from tui.store.erasure import Scrubbing

        return Scrubbing(self.database, self._clock)

    @functools.cached_property
    def merges(self) -> "Merges":
        """Return the merging of conversations."""
        from tui.store.merging import Merges

        return Merges(self.database, self._clock, self._rng)

    @functools.cached_property
    def monitoring(self) -> "Monitoring":
        """Return the figures for operators, and the alarms that were sent."""
        from tui.store.monitoring import Monitoring

        return Monitoring(self.database, self._clock)

    @functools.cached_property
    def choices(self) -> "AgentChoices":
        """Return what agents have chosen last."""
        from tui.store.agent_choices import AgentChoices

        return AgentChoices(self.database)

    @functools.cached_property
    def templates(self) -> "Templates":
        """Return the canned replies."""
        from tui.store.saved_replies import Templates

        return Templates(self.database, self._clock)

    @functools.cached_property
    def rules(self) -> "Rules":
        """Return the rules."""
        from tui.store.stored_rules import Rules

        return Rules(self.database, self._clock, self._rng)

    @functools.cached_property
    def rule_work(self) -> "RuleWork":
        """Return what applies the rules to texts and waits."""
        from tui.store.rule_work import RuleWork

        return RuleWork(self.database, self._clock, self._rng, self._classify)

    @functools.cached_property
    def rule_history(self) -> "RuleHistory":
        """Return the stored texts for a dry run of rules."""
        from tui.store.rule_history import RuleHistory

        return RuleHistory(self.database, self._classify)

    @functools.cached_property
    def search(self) -> "MessageSearch":
        """Return the search over all messages."""
        from tui.store.search import MessageSearch

        return MessageSearch(self.database)

    @functools.cached_property
    def sent_texts(self) -> "SentTexts":
        """Return the look-up of texts that were sent before."""
        from tui.store.sent_texts import SentTexts

        return SentTexts(self.database)

    @functools.cached_property
    def bulk_texts(self) -> "BulkTexts":
        """Return the texts to many people."""
        from tui.store.bulk_texts import BulkTexts

        return BulkTexts(self.database, self._clock, self._rng)

    @functools.cached_property
    def bulk_feed(self) -> "BulkFeed":
        """Return what queues the texts to many people."""
        from tui.store.bulk_feed import BulkFeed

        return BulkFeed(self.database, self._clock, self._rng)

    @functools.cached_property
    def answer_targets(self) -> "AnswerTargets":
        """Return until when customers have to be answered, and how that was kept."""
        from tui.store.due_answers import AnswerTargets

        return AnswerTargets(self.database, self._clock, self._rng)

    @functools.cached_property
    def statistics(self) -> "StatisticsReader":
        """Return the reader of the statistics."""
        from tui.store.statistics import StatisticsReader

        return StatisticsReader(self.database)

    @functools.cached_property
    def team(self) -> "TeamBook":
        """Return the agents with their levels, and the teams."""
        from tui.store.team import TeamBook

        return TeamBook(self.database, self._clock, self._rng)

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
