"""Test promise 11: no screen, schedule, retry, command or account texts an opted-out customer.

A model of who has opted out is kept beside the store. Whatever customers, providers and agents do,
in any order, through any account: no message to an opted-out customer reaches a provider.
"""

import asyncio
import contextlib
import itertools
import random
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tui.clock import HOUR, SECOND, ManualClock
from tui.domain.events import OptOut, Receipt, Reply
from tui.domain.message import Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.startup.wiring import create_consent_judge
from tui.store.errors import OptedOut, StaleReply
from tui.store.event_rows import SendRecord
from tui.store.messages import NEWEST
from tui.store.store import Store

T = TypeVar("T")

ACCOUNTS = ("au", "eu")
PARTIES = ("+61491570156", "+48500600700", "+37255512345")
STOPS = ("STOP", "stop!", "Unsubscribe", " opt out ", "Opt-Out")
HARMLESS = ("Hello", "I will stop by at noon", "please stop texting me", "YES please do", "HELP")

parties = st.sampled_from(PARTIES)
accounts = st.sampled_from(ACCOUNTS)


class ConsentMachine(RuleBasedStateMachine):
    """Let customers, two providers and several agents act on one store."""

    def __init__(self) -> None:
        """Create an empty inbox in which all customers can be texted."""
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(
            Path(self.folder.name) / "inbox.db",
            clock=self.clock,
            rng=random.Random(1),
            owner="a",
            classify=create_consent_judge({"*": ("NO MORE",)}),
        )
        self.run(self.store.__aenter__())
        self.run(self.store.leases.record_heartbeat("mia", "desk"))
        self.numbers = itertools.count(1)
        self.opted_out: set[str] = set()
        """The model: customers who must not be texted now."""
        self.handed_over: list[tuple[str, bool]] = []
        """Receiver of each claimed message, and whether they had opted out at that moment."""
        self.claimed: list[Message] = []
        self.settled: list[tuple[Message, str]] = []
        """Messages with a final status, with the provider's id."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one step of the machine."""
        return self.runner.run(work)

    def teardown(self) -> None:
        """Close the store and remove its directory."""
        self.run(self.store.__aexit__(None, None, None))
        self.runner.close()
        self.folder.cleanup()

    def store_events(self, account: str, *events: Reply | Receipt | OptOut) -> None:
        """Store events of a provider."""
        self.clock.advance(1)
        self.run(self.store.ingest.store_events(account, events))

    def store_text(self, party: str, account: str, text: str) -> None:
        """Store a text of a customer."""
        self.clock.advance(1)
        reply = Reply(f"r{next(self.numbers)}", party, text, self.clock.now(), "{}")
        self.store_events(account, reply)

    # What customers and providers do --------------------------------------------------------

    @rule(party=parties, account=accounts, text=st.sampled_from(HARMLESS))
    def a_customer_writes_something_else(self, party: str, account: str, text: str) -> None:
        self.store_text(party, account, text)

    @rule(party=parties, account=accounts, text=st.sampled_from((*STOPS, "no more")))
    def a_customer_opts_out(self, party: str, account: str, text: str) -> None:
        self.store_text(party, account, text)
        self.opted_out.add(party)

    @rule(party=parties, account=accounts)
    def a_customer_opts_in(self, party: str, account: str) -> None:
        self.store_text(party, account, "START")
        self.opted_out.discard(party)

    @rule(party=parties, account=accounts)
    def a_provider_reports_an_opt_out(self, party: str, account: str) -> None:
        name = f"o{next(self.numbers)}"
        self.store_events(account, OptOut(name, party, self.clock.now(), "{}"))
        self.opted_out.add(party)

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def a_receipt_reports_a_blocked_number(self, data: st.DataObject) -> None:
        message, provider_id = data.draw(st.sampled_from(self.settled))
        receipt = Receipt(
            f"d{next(self.numbers)}",
            Status.REJECTED,
            "rejected",
            self.clock.now(),
            "{}",
            provider_id=provider_id,
            opted_out=True,
        )
        self.store_events(message.account, receipt)
        self.opted_out.add(self.find_party(message))

    # What agents do -------------------------------------------------------------------------

    @rule(
        party=parties,
        account=accounts,
        agent=st.sampled_from(("mia", "bo", "cli")),
        scheduled=st.booleans(),
    )
    def an_agent_sends(self, party: str, account: str, agent: str, scheduled: bool) -> None:
        at = self.clock.now() + HOUR if scheduled else None
        new = NewMessage(party, "On it", account, agent=agent, scheduled_at=at)
        self.queue_message(party, new)

    @precondition(lambda self: self.settled)
    @rule(account=accounts, data=st.data())
    def an_agent_retries_through_any_account(self, account: str, data: st.DataObject) -> None:
        message, _ = data.draw(st.sampled_from(self.settled))
        party = self.find_party(message)
        self.queue_message(party, NewMessage(party, message.body, account, retry_of=message.id))

    @rule(party=parties)
    def an_agent_records_an_opt_out(self, party: str) -> None:
        self.record_decision(party, opted_out=True)

    @rule(party=parties)
    def an_agent_lifts_an_opt_out(self, party: str) -> None:
        self.record_decision(party, opted_out=False)

    @rule(party=parties)
    def an_agent_reopens_or_closes(self, party: str) -> None:
        conversation = self.run(self.store.conversations.find_by_address(parse_address(party)))
        if conversation is not None:
            before = self.run(self.store.triage.close_conversations([conversation.id], "mia"))
            self.run(self.store.triage.undo_changes(before, "mia"))

    # What sync does -------------------------------------------------------------------------

    @rule(account=accounts, limit=st.integers(1, 5))
    def sync_claims_messages(self, account: str, limit: int) -> None:
        self.clock.advance(1)
        for claimed in self.run(self.store.outbox.claim_due_messages("a", account, limit)):
            self.handed_over.append((claimed.to, claimed.to in self.opted_out))
            self.claimed.append(claimed.message)

    @precondition(lambda self: self.claimed)
    @rule(
        status=st.sampled_from(
            (Status.ACCEPTED, Status.REJECTED, Status.UNCERTAIN, Status.SCHEDULED)
        ),
        opted_out=st.booleans(),
    )
    def a_provider_answers(self, status: Status, opted_out: bool) -> None:
        message = self.claimed.pop()
        provider_id = f"p{message.id}"
        blocked = opted_out and status is Status.REJECTED
        settled = SendRecord(status, provider_id, opted_out=blocked)
        self.run(self.store.outbox.settle_message(message.id, settled))
        self.settled.append((message, provider_id))
        if blocked:
            self.opted_out.add(self.find_party(message))

    @precondition(lambda self: self.claimed)
    @rule()
    def a_provider_cannot_be_reached(self) -> None:
        message = self.claimed.pop()
        again = (message.id, self.clock.now() + 2 * SECOND, "no answer")
        self.run(self.store.outbox.requeue_messages("a", [again]))

    @rule(seconds=st.sampled_from((1, 10, 7_200)))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self.run(self.store.leases.record_heartbeat("mia", "desk"))

    # What must hold -------------------------------------------------------------------------

    @invariant()
    def no_opted_out_customer_was_texted(self) -> None:
        assert [to for to, was_opted_out in self.handed_over if was_opted_out] == []

    @invariant()
    def the_list_shows_who_has_opted_out(self) -> None:
        for party in PARTIES:
            found = self.run(self.store.conversations.find_by_address(parse_address(party)))
            # A notice without words locks a number that has no conversation yet.
            decision = self.run(self.store.consent.get_consent(party))
            is_locked = decision is not None and decision.opted_out
            assert is_locked == (party in self.opted_out)
            assert found is None or found.opted_out == is_locked

    @invariant()
    def scheduled_messages_to_opted_out_customers_are_cancelled(self) -> None:
        for account in ACCOUNTS:
            wanted = {m.id for m in self.run(self.store.outbox.list_cancel_requests(account))}
            for message, _ in self.settled:
                if message.account == account and self.find_party(message) in self.opted_out:
                    stored = self.run(self.store.messages.get(message.id))
                    assert stored is not None
                    assert stored.status is not Status.SCHEDULED or stored.id in wanted

    # Helpers --------------------------------------------------------------------------------

    def queue_message(self, party: str, new: NewMessage) -> None:
        """Queue a message; it must be refused for opted-out customers and only for them."""
        self.clock.advance(1)
        refused = False
        with contextlib.suppress(StaleReply):
            try:
                self.run(self.store.intents.queue_message(new))
            except OptedOut:
                refused = True
            assert refused == (party in self.opted_out)

    def record_decision(self, party: str, *, opted_out: bool) -> None:
        """Record an agent's decision about a customer who has a conversation."""
        self.clock.advance(1)
        found = self.run(self.store.conversations.find_by_address(parse_address(party)))
        if found is None:
            return
        consent = self.store.consent
        self.run(consent.record_decision(found.id, "mia", opted_out=opted_out, evidence="by phone"))
        (self.opted_out.add if opted_out else self.opted_out.discard)(party)

    def find_party(self, message: Message) -> str:
        """Return the receiver of a message."""
        found = self.run(self.store.conversations.get(message.conversation_id))
        assert found is not None
        return found.party


TestConsent = ConsentMachine.TestCase
TestConsent.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


async def test_a_message_queued_before_the_opt_out_is_rejected_with_a_reason(
    tmp_path: Path,
) -> None:
    """Check that a message that was queued before the opt-out is not dropped silently."""
    store = Store(
        tmp_path / "inbox.db",
        clock=ManualClock(),
        rng=random.Random(1),
        owner="a",
        classify=create_consent_judge({}),
    )
    async with store:
        queued = await store.intents.queue_message(
            NewMessage(PARTIES[0], "On it", "au", agent="mia")
        )
        await store.ingest.store_events("au", [Reply("r1", PARTIES[0], "STOP", None, "{}")])
        assert await store.outbox.claim_due_messages("a", "au", 10) == []
        (message,) = [
            m
            for m in await store.messages.list_before(queued.conversation_id, NEWEST, 10)
            if m.id == queued.id
        ]
        assert (message.status, message.advice.value) == (Status.REJECTED, "stop")
        assert "opted out" in message.reason


async def test_a_message_scheduled_at_a_provider_is_cancelled_by_an_opt_out(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    store = Store(
        tmp_path / "inbox.db",
        clock=clock,
        rng=random.Random(1),
        owner="a",
        classify=create_consent_judge({}),
    )
    async with store:
        new = NewMessage(PARTIES[0], "On it", "au", scheduled_at=clock.now() + HOUR)
        queued = await store.intents.queue_message(new)
        await store.outbox.claim_due_messages("a", "au", 1)
        await store.outbox.settle_message(queued.id, SendRecord(Status.SCHEDULED, "p1"))
        assert await store.outbox.list_cancel_requests("au") == []
        await store.ingest.store_events("eu", [Reply("r1", PARTIES[0], "STOP", None, "{}")])
        assert [message.id for message in await store.outbox.list_cancel_requests("au")] == [
            queued.id
        ]
