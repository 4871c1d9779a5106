"""The door: one object that the rest of the program is given.

Subjects that no desk needs to open are imported when they are first asked for.
"""

import functools
import random
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tui.clock import Clock
from tui.domain.consent import Verdict
from tui.store.accounts import Accounts, Leases
from tui.store.agents import Agents
from tui.store.asks import Asks
from tui.store.consent import ConsentBook
from tui.store.contacts import Contacts
from tui.store.conversations import Conversations
from tui.store.database import Database
from tui.store.desk import Drafts, Presence
from tui.store.facts import FactBook
from tui.store.feed import Feed
from tui.store.intents import Intents
from tui.store.messages import Messages
from tui.store.outbox import Outbox
from tui.store.pens import Pens
from tui.store.triage import Triage
from tui.store.troubles import Troubles
from tui.store.views import SavedViews

if TYPE_CHECKING:
    from tui.store.ingest import Ingest, Judge
    from tui.store.numbers import NumberBook
    from tui.store.searching import Searching
    from tui.store.templates import Templates


def _no_judge(text: str, party: str) -> Verdict:
    """For those who only read."""
    return Verdict.NONE


class Store:
    """An open inbox, by subject."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        rng: random.Random,
        owner: str,
        judge: "Judge" = _no_judge,
        shared: bool = False,
    ) -> None:
        """`owner` names this process; `shared` opens the file to its group."""
        self.path = path
        self._clock = clock
        self._rng = rng
        self._judge = judge
        self.database = Database(path, shared=shared)
        self.conversations = Conversations(self.database, clock, rng)
        self.triage = Triage(self.database, clock, rng)
        self.messages = Messages(self.database, clock, rng)
        self.intents = Intents(self.database, clock, rng)
        self.outbox = Outbox(self.database, clock, rng)
        self.asks = Asks(self.database, clock)
        self.accounts = Accounts(self.database, clock)
        self.leases = Leases(self.database, clock, owner)
        self.drafts = Drafts(self.database, clock)
        self.presence = Presence(self.database, clock, owner)
        self.pens = Pens(self.database, clock, owner)
        self.troubles = Troubles(self.database, clock)
        self.agents = Agents(self.database, clock)
        self.views = SavedViews(self.database)
        self.consent = ConsentBook(self.database, clock, rng)
        self.contacts = Contacts(self.database, clock, rng)
        self.facts = FactBook(self.database)
        self.feed = Feed(self.database)

    @functools.cached_property
    def ingest(self) -> "Ingest":
        """What comes from the providers."""
        from tui.store.ingest import Ingest

        return Ingest(self.database, self._clock, self._rng, self._judge)

    @functools.cached_property
    def templates(self) -> "Templates":
        """Canned replies."""
        from tui.store.templates import Templates

        return Templates(self.database, self._clock)

    @functools.cached_property
    def searching(self) -> "Searching":
        """Search over everything."""
        from tui.store.searching import Searching

        return Searching(self.database)

    @functools.cached_property
    def numbers(self) -> "NumberBook":
        """What the numbers screen plots."""
        from tui.store.numbers import NumberBook

        return NumberBook(self.database)

    async def __aenter__(self) -> Self:
        """Open the file; raises `StoreError` with the mend."""
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
