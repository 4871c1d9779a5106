"""After any operations in any order, counters and summaries equal what the rows add up to."""

import asyncio
import contextlib
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.store.builders import ACCOUNT, MIA, TOM, answer, receipt, reply
from tests.store.temporary import temporary_store
from tests.store.truth import assert_true_to_the_rows
from tui.clock import HOUR, ManualClock
from tui.domain.conversation import View
from tui.domain.events import OptOut
from tui.domain.message import Format, Message
from tui.domain.status import PENDING_STATUSES, Status
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import OptedOut, StaleReply
from tui.store.settling import SendRecord

PARTIES = st.sampled_from([MIA, TOM, "Shop", "12345"])
AGES = st.integers(-2 * HOUR, HOUR)
NEWS = st.sampled_from([s for s in Status if s not in (Status.QUEUED, Status.SENDING)])
PICK = st.integers(0, 1_000)
AGENTS = st.sampled_from(["ana", "tom", ""])
LABELS = st.sampled_from(["vip", "billing"])
YES_OR_NO = st.booleans()


class Desk(RuleBasedStateMachine):
    """Agents, customers and providers do what they like with one inbox."""

    @initialize()
    def open(self) -> None:
        """A new inbox, with one text in it."""
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.stack = contextlib.AsyncExitStack()
        inbox = self.stack.enter_async_context(temporary_store(self.clock))
        self.store = self.loop.run_until_complete(inbox)
        self.undo: list[dict[str, Any]] = []
        self.text_comes_in(MIA, "hello", 0)

    def do(self, work: Any) -> Any:
        """Run to the end."""
        return self.loop.run_until_complete(work)

    def conversation(self, pick: int) -> Any:
        """One of the conversations."""
        ids = self._column("select id from conversations order by id")
        return ids[pick % len(ids)]

    def outgoing(self, pick: int) -> Message | None:
        """One of the messages that went out or will."""
        ids = self._column("select id from messages where direction = 'out' order by id")
        return self.do(self.store.messages.get(ids[pick % len(ids)])) if ids else None

    def _column(self, query: str) -> list[Any]:
        """The first column of a query."""
        found = self.do(self.store.database.read(lambda c: c.execute(query).fetchall()))
        return [row[0] for row in found]

    @rule(party=PARTIES, text=st.sampled_from(["hello", "STOP", "START"]), age=AGES)
    def text_comes_in(self, party: str, text: str, age: int) -> None:
        """A customer writes; the provider's clock may be wrong."""
        news = reply(text, party, received_at=self.clock.now() + age, opted_out=text == "STOP")
        self.do(self.store.ingest.store_events(ACCOUNT, [news, news]))

    @rule(party=PARTIES)
    def provider_tells_of_an_opt_out(self, party: str) -> None:
        """The provider says that a party is out."""
        told = OptOut(f"out-{self.clock.now()}-{party}", party, None, "{}")
        self.do(self.store.ingest.store_events(ACCOUNT, [told]))

    @rule(party=PARTIES, pick=PICK, again=YES_OR_NO)
    def agent_answers(self, party: str, pick: int, again: bool) -> None:
        """Somebody answers, or sends something again."""
        old = self.outgoing(pick) if again else None
        new = answer("hm", party, retry_of=old.id if old else None)
        with contextlib.suppress(OptedOut, StaleReply):
            self.do(self.store.intents.queue_message(new))

    @rule(party=PARTIES)
    def agent_pings(self, party: str) -> None:
        """Somebody asks whether a phone is on."""
        with contextlib.suppress(OptedOut):
            self.do(self.store.intents.queue_message(answer("on?", party, format=Format.PING)))

    @rule(limit=st.integers(1, 3))
    def messages_are_claimed(self, limit: int) -> None:
        """A process takes messages to send: none for somebody who is out."""
        for claimed in self.do(self.store.outbox.claim_due_messages("a", ACCOUNT, limit)):
            thread = self.do(self.store.conversations.get(claimed.message.conversation_id))
            assert not thread.opted_out

    @rule(pick=PICK, status=NEWS, named=YES_OR_NO)
    def provider_answers(self, pick: int, status: Status, named: bool) -> None:
        """The answer to a send."""
        message = self.outgoing(pick)
        if message is not None and message.status is Status.SENDING:
            name = f"p{message.id % 7}" if named else ""
            self.do(self.store.outbox.settle_message(message.id, SendRecord(status, name)))

    @rule(key=st.integers(0, 6), status=NEWS, opted_out=YES_OR_NO)
    def receipt_comes_in(self, key: int, status: Status, opted_out: bool) -> None:
        """A receipt, for a message known or not."""
        told = receipt(status, f"P{key}", opted_out=opted_out)
        self.do(self.store.ingest.store_events(ACCOUNT, [told]))

    @rule(pick=PICK)
    def a_message_goes_back(self, pick: int) -> None:
        """Nothing was sent."""
        message = self.outgoing(pick)
        if message is not None:
            self.do(self.store.outbox.requeue_messages("a", [(message.id, 0, "later")]))

    @rule()
    def the_sender_dies(self) -> None:
        """Its claims are nobody's."""
        self.do(self.store.outbox.settle_abandoned_claims(self.clock.now()))

    @rule(pick=PICK, went_out=YES_OR_NO)
    def agent_deals_with_a_message(self, pick: int, went_out: bool) -> None:
        """Taken back, resolved, or seen to."""
        message = self.outgoing(pick)
        if message is None:
            return
        if message.status is Status.QUEUED:
            self.do(self.store.intents.cancel_queued(message.id, "ana"))
        elif message.status in PENDING_STATUSES:
            self.do(self.store.intents.resolve_uncertain(message.id, "ana", went_out=went_out))
        else:
            self.do(self.store.intents.set_handled(message.id, "ana"))

    @rule(pick=PICK, agent=AGENTS)
    def agent_assigns(self, pick: int, agent: str) -> None:
        """Somebody's or nobody's."""
        self.undo += self.do(
            self.store.triage.assign_conversations([self.conversation(pick)], "ana", agent)
        )

    @rule(pick=PICK)
    def agent_closes(self, pick: int) -> None:
        """Done."""
        self.undo += self.do(
            self.store.triage.close_conversations([self.conversation(pick)], "ana")
        )

    @rule(pick=PICK, until=st.none() | st.integers(0, HOUR))
    def agent_snoozes(self, pick: int, until: int | None) -> None:
        """Later."""
        moment = None if until is None else self.clock.now() + until
        self.undo += self.do(
            self.store.triage.snooze_conversations([self.conversation(pick)], "ana", moment)
        )

    @rule(pick=PICK, on=YES_OR_NO, label=LABELS)
    def agent_marks(self, pick: int, on: bool, label: str) -> None:
        """Star, label and read mark."""
        ids = [self.conversation(pick)]
        self.undo += self.do(self.store.triage.set_star(ids, "ana", on))
        self.undo += self.do(self.store.triage.set_label(ids, "ana", label, on))
        self.undo += self.do(self.store.triage.set_unread(ids, "ana", on))

    @rule(pick=PICK)
    def agent_reads(self, pick: int) -> None:
        """Seen up to the newest message."""
        identity = self.conversation(pick)
        found = self.do(self.store.conversations.get(identity))
        self.do(self.store.conversations.set_read_marker(identity, "ana", found.last_id))

    @rule(pick=PICK, name=st.sampled_from(["", "Łucja"]))
    def agent_names_and_notes(self, pick: int, name: str) -> None:
        """A name for the contact, a note in the thread, a word about consent."""
        identity = self.conversation(pick)
        self.do(self.store.contacts.rename_contact(identity, name, "", "ana"))
        self.do(self.store.messages.add_note(identity, "ana", "note"))
        self.do(
            self.store.consent.record_decision(
                identity, "ana", opted_out=bool(name), evidence="said"
            )
        )

    @rule(pick=PICK)
    def agent_undoes(self, pick: int) -> None:
        """Any one of the deeds."""
        if self.undo:
            self.do(self.store.triage.undo_changes([self.undo.pop(pick % len(self.undo))], "ana"))

    @rule(seconds=st.integers(0, 4000))
    def time_passes(self, seconds: int) -> None:
        """Snoozed conversations may wake."""
        self.clock.advance(seconds)
        self.do(self.store.triage.reopen_due_conversations())

    @invariant()
    def everything_adds_up(self) -> None:
        """Counters, summaries and the list tell the truth."""
        self.do(assert_true_to_the_rows(self.store))
        shown = self.do(self.store.conversations.list_after(View(), FIRST_POSITION, 100))
        assert len(shown) == self.do(self.store.conversations.get_counts()).open

    def teardown(self) -> None:
        """Close the inbox."""
        if hasattr(self, "loop"):
            self.do(self.stack.aclose())
            self.loop.close()


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
