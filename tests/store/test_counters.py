"""Test that after any operations counters and summaries equal the sums over the rows."""

import asyncio
import contextlib
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.store.builders import ACCOUNT, MIA, TOM, make_outgoing, make_receipt, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import HOUR, ManualClock
from tui.domain.conversation import View
from tui.domain.events import OptOut
from tui.domain.message import Format, Message
from tui.domain.status import PENDING_STATUSES, Status
from tui.store.applied_actions import AppliedChange
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import OptedOut, StaleReply
from tui.store.event_rows import SendRecord

PARTIES = st.sampled_from([MIA, TOM, "Shop", "12345"])
AGES = st.integers(-2 * HOUR, HOUR)
NEWS = st.sampled_from([s for s in Status if s not in (Status.QUEUED, Status.SENDING)])
PICK = st.integers(0, 1_000)
AGENTS = st.sampled_from(["ana", "tom", ""])
LABELS = st.sampled_from(["vip", "billing"])
YES_OR_NO = st.booleans()


class Desk(RuleBasedStateMachine):
    """Let agents, customers and providers work on one inbox in any order."""

    @initialize()
    def open_inbox(self) -> None:
        """Create a new inbox with one message in it."""
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.stack = contextlib.AsyncExitStack()
        inbox = self.stack.enter_async_context(temporary_store(self.clock))
        self.store = self.loop.run_until_complete(inbox)
        self.undo: list[AppliedChange] = []
        self.receive_message(MIA, "hello", 0)

    def run_work(self, work: Any) -> Any:
        """Run a coroutine to its end."""
        return self.loop.run_until_complete(work)

    def pick_conversation(self, pick: int) -> Any:
        """Return one of the conversations."""
        ids = self._read_column("select id from conversations order by id")
        return ids[pick % len(ids)]

    def pick_outgoing(self, pick: int) -> Message | None:
        """Return one of the outgoing messages."""
        ids = self._read_column("select id from messages where direction = 'out' order by id")
        return self.run_work(self.store.messages.get(ids[pick % len(ids)])) if ids else None

    def _read_column(self, query: str) -> list[Any]:
        """Return the first column of a query."""
        found = self.run_work(self.store.database.read(lambda c: c.execute(query).fetchall()))
        return [row[0] for row in found]

    @rule(party=PARTIES, text=st.sampled_from(["hello", "STOP", "START"]), age=AGES)
    def receive_message(self, party: str, text: str, age: int) -> None:
        """Let a customer write; the time of the provider may be wrong."""
        news = make_reply(text, party, received_at=self.clock.now() + age, opted_out=text == "STOP")
        self.run_work(self.store.ingest.store_events(ACCOUNT, [news, news]))

    @rule(party=PARTIES)
    def receive_opt_out(self, party: str) -> None:
        """Let the provider report an opt-out."""
        opt_out = OptOut(f"out-{self.clock.now()}-{party}", party, None, "{}")
        self.run_work(self.store.ingest.store_events(ACCOUNT, [opt_out]))

    @rule(party=PARTIES, pick=PICK, again=YES_OR_NO)
    def send_reply(self, party: str, pick: int, again: bool) -> None:
        """Let an agent reply or send a message again."""
        old = self.pick_outgoing(pick) if again else None
        new = make_outgoing("hm", party, retry_of=old.id if old else None)
        with contextlib.suppress(OptedOut, StaleReply):
            self.run_work(self.store.intents.queue_message(new))

    @rule(party=PARTIES)
    def ping_phone(self, party: str) -> None:
        """Let an agent ping a phone."""
        with contextlib.suppress(OptedOut):
            self.run_work(
                self.store.intents.queue_message(make_outgoing("on?", party, format=Format.PING))
            )

    @rule(limit=st.integers(1, 3))
    def claim_messages(self, limit: int) -> None:
        """Claim messages to send; none may go to an opted-out customer."""
        for claimed in self.run_work(self.store.outbox.claim_due_messages("a", ACCOUNT, limit)):
            thread = self.run_work(self.store.conversations.get(claimed.message.conversation_id))
            assert not thread.opted_out

    @rule(pick=PICK, status=NEWS, named=YES_OR_NO)
    def record_send_result(self, pick: int, status: Status, named: bool) -> None:
        """Record the result of a send."""
        message = self.pick_outgoing(pick)
        if message is not None and message.status is Status.SENDING:
            name = f"p{message.id % 7}" if named else ""
            self.run_work(self.store.outbox.settle_message(message.id, SendRecord(status, name)))

    @rule(key=st.integers(0, 6), status=NEWS, opted_out=YES_OR_NO)
    def receive_receipt(self, key: int, status: Status, opted_out: bool) -> None:
        """Store a receipt for a known or unknown message."""
        event = make_receipt(status, f"P{key}", opted_out=opted_out)
        self.run_work(self.store.ingest.store_events(ACCOUNT, [event]))

    @rule(pick=PICK)
    def requeue_message(self, pick: int) -> None:
        """Return an unsent message to the queue."""
        message = self.pick_outgoing(pick)
        if message is not None:
            self.run_work(self.store.outbox.requeue_messages("a", [(message.id, 0, "later")]))

    @rule()
    def release_claims(self) -> None:
        """Release the claims of a dead process."""
        self.run_work(self.store.outbox.settle_abandoned_claims(self.clock.now()))

    @rule(pick=PICK, went_out=YES_OR_NO)
    def resolve_message(self, pick: int, went_out: bool) -> None:
        """Cancel, resolve or dismiss a message."""
        message = self.pick_outgoing(pick)
        if message is None:
            return
        if message.status is Status.QUEUED:
            self.run_work(self.store.intents.cancel_queued(message.id, "ana"))
        elif message.status in PENDING_STATUSES:
            self.run_work(
                self.store.intents.resolve_uncertain(message.id, "ana", went_out=went_out)
            )
        else:
            self.run_work(self.store.intents.set_handled(message.id, "ana"))

    @rule(pick=PICK, agent=AGENTS)
    def assign_conversation(self, pick: int, agent: str) -> None:
        """Assign a conversation to an agent or to none."""
        self.undo += self.run_work(
            self.store.triage.assign_conversations([self.pick_conversation(pick)], "ana", agent)
        )

    @rule(pick=PICK)
    def close_conversation(self, pick: int) -> None:
        """Close a conversation."""
        self.undo += self.run_work(
            self.store.triage.close_conversations([self.pick_conversation(pick)], "ana")
        )

    @rule(pick=PICK, until=st.none() | st.integers(0, HOUR))
    def snooze_conversation(self, pick: int, until: int | None) -> None:
        """Snooze a conversation."""
        moment = None if until is None else self.clock.now() + until
        self.undo += self.run_work(
            self.store.triage.snooze_conversations([self.pick_conversation(pick)], "ana", moment)
        )

    @rule(pick=PICK, on=YES_OR_NO, label=LABELS)
    def mark_conversation(self, pick: int, on: bool, label: str) -> None:
        """Set star, label and read marker."""
        ids = [self.pick_conversation(pick)]
        self.undo += self.run_work(self.store.triage.set_star(ids, "ana", on))
        self.undo += self.run_work(self.store.triage.set_label(ids, "ana", label, on))
        self.undo += self.run_work(self.store.triage.set_unread(ids, "ana", on))

    @rule(pick=PICK)
    def read_conversation(self, pick: int) -> None:
        """Mark a conversation as read up to the newest message."""
        identity = self.pick_conversation(pick)
        found = self.run_work(self.store.conversations.get(identity))
        self.run_work(self.store.conversations.set_read_marker(identity, "ana", found.last_id))

    @rule(pick=PICK, name=st.sampled_from(["", "Łucja"]))
    def annotate_conversation(self, pick: int, name: str) -> None:
        """Name the contact, add a note and record consent."""
        identity = self.pick_conversation(pick)
        self.run_work(self.store.contacts.rename_contact(identity, name, "", "ana"))
        self.run_work(self.store.messages.add_note(identity, "ana", "note"))
        self.run_work(
            self.store.consent.record_decision(
                identity, "ana", opted_out=bool(name), evidence="said"
            )
        )

    @rule(pick=PICK)
    def undo_action(self, pick: int) -> None:
        """Undo one of the actions."""
        if self.undo:
            self.run_work(
                self.store.triage.undo_changes([self.undo.pop(pick % len(self.undo))], "ana")
            )

    @rule(seconds=st.integers(0, 4000))
    def advance_time(self, seconds: int) -> None:
        """Advance the clock; snoozed conversations may wake."""
        self.clock.advance(seconds)
        self.run_work(self.store.triage.reopen_due_conversations())

    @invariant()
    def check_sums(self) -> None:
        """Check that counters, summaries and the list match the rows."""
        self.run_work(check_counters_and_summaries(self.store))
        shown = self.run_work(self.store.conversations.list_after(View(), FIRST_POSITION, 100))
        assert len(shown) == self.run_work(self.store.conversations.get_counts()).open

    def teardown(self) -> None:
        """Close the inbox."""
        if hasattr(self, "loop"):
            self.run_work(self.stack.aclose())
            self.loop.close()


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
