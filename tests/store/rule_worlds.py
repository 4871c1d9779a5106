"""Provide an inbox with rules: texts arrive, and the rules are applied as the program does."""

from typing import Any, cast

from tests.contexts import make_context
from tests.store.builders import MIA, get_conversation, make_reply
from tui.clock import MINUTE, Clock, ManualClock
from tui.desk.rule_answers import create_helpers
from tui.desk.rule_runner import RuleRunner
from tui.domain.message import Direction, Message
from tui.domain.rule_text import parse_rules
from tui.domain.rules import Rule
from tui.domain.templates import CannedReply
from tui.store.messages import NEWEST
from tui.store.rule_helpers import RuleHelpers
from tui.store.store import Store

REPLIES = {"out": "We are closed, {name}", "thanks": "Thank you!", "stop": "You get no more texts"}
RULE_ACCOUNT = "au"


def read_rules(text: str, clock: Clock) -> list[Rule]:
    """Return the rules of a TOML text."""
    return parse_rules(text, clock.now(), None)


def make_helpers(clock: Clock, **changes: object) -> RuleHelpers:
    """Return what the rules need, with the accounts of the tests; errors are raised."""

    def raise_error(what: str, error: Exception) -> None:
        raise error

    return create_helpers(make_context(clock, **changes).preferences, raise_error)


class RuleWorld:
    """A store in which rules are switched on."""

    def __init__(self, store: Store, clock: Clock, helpers: RuleHelpers | None = None) -> None:
        """Create the world over a store."""
        self.store = store
        self.clock = cast(ManualClock, clock)  # only tests that move it need one
        self.helpers = helpers or make_helpers(clock)

    async def add_rules(self, text: str, *, on: bool = True) -> None:
        """Save the rules of a TOML text and the canned replies, and switch the rules on."""
        known = {one.name for one in await self.store.templates.list_all("ana")}
        for name in REPLIES.keys() - known:
            await self.store.templates.save_template(CannedReply(name, REPLIES[name]), "ana")
        for rule in read_rules(text, self.clock):
            await self.store.rules.save_rule(rule, "ana")
            if on:
                await self.store.rules.switch_rule(rule.name, "ana", on=True)

    async def receive(self, text: str, party: str = MIA, **fields: Any) -> None:
        """Store a text that has just been written."""
        fields.setdefault("received_at", self.clock.now())
        await self.store.ingest.store_events(
            RULE_ACCOUNT, [make_reply(text, party, **fields)], "AU"
        )

    async def apply(self) -> int:
        """Apply the rules to everything that waits."""
        return await RuleRunner(self.store, self.helpers, preferred=False).run_round()

    async def write(self, text: str, party: str = MIA, **fields: Any) -> None:
        """Store a text and apply the rules."""
        await self.receive(text, party, **fields)
        await self.apply()

    async def pass_minutes(self, minutes: int) -> None:
        """Move the clock and apply the rules every minute."""
        for _ in range(minutes):
            self.clock.advance(MINUTE / 1_000)
            await self.apply()

    async def messages(self, party: str = MIA) -> list[Message]:
        """Return the messages of a conversation, oldest first."""
        row = await get_conversation(self.store, party)
        return await self.store.messages.list_before(row.id, NEWEST, 1_000)

    async def answers(self, party: str = MIA) -> list[str]:
        """Return the automatic answers to a customer, oldest first."""
        found = await self.messages(party)
        return [m.body for m in found if m.rule and m.direction is Direction.OUT]

    async def notes(self, party: str = MIA) -> list[str]:
        """Return the private notes of a conversation."""
        return [m.body for m in await self.messages(party) if m.direction is Direction.NOTE]
