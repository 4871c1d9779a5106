"""Give access to the subjects of the inbox that are not needed at start.

Each is imported when it is first used.
"""

import functools
import random
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.store.engine import Engine
from tui.store.feed import Feed
from tui.store.leases import Leases

if TYPE_CHECKING:
    from tui.store.account_watch import AlarmFigures, CreditWaits
    from tui.store.agent_choices import AgentChoices
    from tui.store.bulk_feed import BulkFeed
    from tui.store.bulk_texts import BulkTexts
    from tui.store.consent import ConsentBook
    from tui.store.contact_details import ContactDetailsReader
    from tui.store.contact_fields import ContactFields
    from tui.store.contacts import Contacts
    from tui.store.due_answers import AnswerTargets
    from tui.store.erasure import Scrubbing
    from tui.store.event_targets import EventTargets
    from tui.store.forgetting import Forgetting
    from tui.store.held_items import HeldItems
    from tui.store.incoming import ConsentClassifier
    from tui.store.ingest import Ingest
    from tui.store.intents import Intents
    from tui.store.journal import Journal
    from tui.store.listeners import Listeners
    from tui.store.merging import Merges
    from tui.store.monitoring import Monitoring
    from tui.store.outbox import Outbox
    from tui.store.receipt_schedule import ReceiptSchedule
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


class LateSubjects:
    """Subjects of an inbox that are created when they are first used."""

    def __init__(
        self,
        database: Engine,
        clock: Clock,
        rng: random.Random,
        owner: str,
        classify: "ConsentClassifier",
    ) -> None:
        """Create what the subjects share.

        Args:
            database: Database of the inbox.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            owner: Id of this process.
            classify: Finds opt-out and opt-in keywords in customers' texts.
        """
        self.database = database
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self.leases = Leases(database, clock, owner)
        self.feed = Feed(database)

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

        return Templates(self.database, self._clock, self._rng)

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
    def contact_fields(self) -> "ContactFields":
        """Return the reader of the contacts' own fields."""
        from tui.store.contact_fields import ContactFields

        return ContactFields(self.database)

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

    @functools.cached_property
    def consent(self) -> "ConsentBook":
        """Return who may be texted, and who opted out."""
        from tui.store.consent import ConsentBook

        return ConsentBook(self.database, self._clock, self._rng)

    @functools.cached_property
    def contacts(self) -> "Contacts":
        """Return the address book."""
        from tui.store.contacts import Contacts

        return Contacts(self.database, self._clock, self._rng)

    @functools.cached_property
    def contact_details(self) -> "ContactDetailsReader":
        """Return the reader of what is known of a customer."""
        from tui.store.contact_details import ContactDetailsReader

        return ContactDetailsReader(self.database)

    @functools.cached_property
    def intents(self) -> "Intents":
        """Return what agents want to be sent, or not any more."""
        from tui.store.intents import Intents

        return Intents(self.database, self._clock, self._rng)

    @functools.cached_property
    def outbox(self) -> "Outbox":
        """Return the messages that are to be sent."""
        from tui.store.outbox import Outbox

        return Outbox(self.database, self._clock, self._rng)

    @functools.cached_property
    def receipt_schedule(self) -> "ReceiptSchedule":
        """Return when to ask for which receipts."""
        from tui.store.receipt_schedule import ReceiptSchedule

        return ReceiptSchedule(self.database, self._clock)

    @functools.cached_property
    def listeners(self) -> "Listeners":
        """Return the processes that receive pushes."""
        from tui.store.listeners import Listeners

        return Listeners(self.database, self._clock, self.leases.owner)
