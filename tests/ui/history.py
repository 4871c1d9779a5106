"""Write a day of a small desk: texts of customers, replies and the status of each reply.

Every conversation is there for something that tests need; the constants name them.
"""

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tui.clock import DAY, HOUR, MINUTE, SECOND, ManualClock
from tui.domain.account import Account, Health
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import Conversation
from tui.domain.events import Receipt, Reply
from tui.domain.message import Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.sqlite.file_engine import FileEngine
from tui.store.store import Store

AGENT = "mia"
COLLEAGUE = "bo"
ANA = "+48500600700"
"""Customer who has waited for five minutes; writes Polish, through `pl`."""
CHLOE = "+61491570156"
"""Customer who has waited longest, since half past ten; two texts unread."""
DAWIT = "+61491570157"
"""Customer who has waited since noon."""
BOB = "+61491570158"
"""Customer to whom our reply failed."""
PRIYA = "+61491570159"
"""Customer with one message of every status."""
UNNAMED = "+61491570110"
"""Customer without a name; our reply was delivered."""
HUGO = "+61491570313"
"""Customer assigned to Mia, starred, labelled; a long conversation."""
INES = "+61491570737"
"""Customer who has opted out."""
EMIL = "+61491571266"
"""Customer whose conversation is closed."""
FARID = "+61491571491"
"""Customer whose conversation is snoozed until tomorrow."""

NAMES = {
    ANA: "Ana Kowalska",
    CHLOE: "Chloe Martin",
    DAWIT: "Dawit Bekele",
    BOB: "Bob Nilsson",
    PRIYA: "Priya Shah",
    HUGO: "Hugo Fournier",
    INES: "Inês Costa",
    EMIL: "Emil Berg",
    FARID: "Farid Haddad",
}
ACCOUNTS = (
    Account(
        "au",
        "messagemedia",
        senders=("+61491570006", "MYSHOP"),
        region="AU",
        capabilities=Capabilities("MessageMedia", ReplyChannel.BOTH, ReceiptChannel.PAGE),
    ),
    Account(
        "pl",
        "serwersms",
        senders=("48500100200",),
        region="PL",
        capabilities=Capabilities("SerwerSMS", ReplyChannel.BOTH, ReceiptChannel.PAGE),
    ),
)
LONG = 60
"""Number of texts that Hugo wrote."""


async def write_history(store: Store, clock: ManualClock) -> None:
    """Write the day; the clock, which stands at 08:00, ends at 14:02."""
    events = EventWriter(store, clock, "past")
    await events.add_inactive_conversations()
    await events.add_long_conversation()
    await events.add_every_status()
    await events.add_waiting_conversations()
    events.move_clock_to(14, 2)
    await store.accounts.save_health("au", Health.OK, ok_at=clock.now(), latency_ms=400)
    await store.accounts.save_health(
        "pl",
        Health.RETRYING,
        line="SerwerSMS does not answer: trying again",
        retry_at=clock.now() + 40 * SECOND,
    )
    await store.accounts.save_balance("au", "812 credits")


async def copy_history(history: Path, store: Store, clock: ManualClock) -> None:
    """Do what `write_history` does, by a copy of the file (see the fixture `history`)."""

    def copy(connection: sqlite3.Connection) -> None:
        with contextlib.closing(sqlite3.connect(history)) as source:
            source.backup(connection)

    assert isinstance(store.database, FileEngine)
    writer = store.database._writer
    assert writer is not None
    await writer._execute(copy, writer._conn)  # type: ignore[no-untyped-call]
    EventWriter(store, clock, "past").move_clock_to(14, 2)


class EventWriter:
    """Write into a store what customers, agents and providers would."""

    def __init__(self, store: Store, clock: ManualClock, name: str) -> None:
        """Create a writer; hour 0 is the midnight before the clock's start.

        Args:
            store: Store to write to.
            clock: Clock that the writer moves.
            name: Prefix that makes the ids of the events unique.
        """
        self._store = store
        self._clock = clock
        self._midnight = clock.now() // DAY * DAY
        self._name = name
        self._count = 0

    def move_clock_to(self, hour: int, minute: int) -> None:
        """Move the clock forward to this time of the day."""
        due = self._midnight + hour * HOUR + minute * MINUTE
        self._clock.advance((due - self._clock.now()) / SECOND)

    async def conversation(self, number: str) -> Conversation:
        """Return the conversation with a number as it is now."""
        found = await self._store.conversations.find_by_address(parse_address(number))
        assert found is not None, number
        return found

    async def receive_texts(self, number: str, *texts: str, account: str = "au") -> Conversation:
        """Store texts of a customer, received now, and return the conversation.

        Args:
            number: Phone number of the customer.
            *texts: Texts in their order.
            account: Account that received them.
        """
        replies = [self._make_text(number, text, account) for text in texts]
        await self._store.ingest.store_events(account, replies)
        return await self.conversation(number)

    async def receive_late_text(self, number: str, text: str, minutes: int) -> None:
        """Store a text of a customer that was written some minutes ago.

        Args:
            number: Phone number of the customer.
            text: The text.
            minutes: Minutes since it was written.
        """
        reply = self._make_text(number, text, "au")
        late = replace(reply, received_at=self._clock.now() - minutes * MINUTE)
        await self._store.ingest.store_events("au", [late])

    async def add_reply(self, number: str, text: str, status: Status, reason: str = "") -> Message:
        """Queue a reply of Mia and move it to a status.

        Args:
            number: Phone number of the customer.
            text: Text of the reply.
            status: Status at the end.
            reason: Reason that the provider gives.
        """
        conversation = await self.conversation(number)
        message = await self._store.intents.queue_message(
            NewMessage(number, text, conversation.account, conversation.own, agent=AGENT)
        )
        if status is Status.CANCELLED:
            await self._store.intents.cancel_queued(message.id, AGENT)
        elif status is not Status.QUEUED:
            await self._store.outbox.claim_due_messages("sync", conversation.account, 1)
        if status not in (Status.QUEUED, Status.SENDING, Status.CANCELLED):
            await self.report_status(message, status, reason)
        return message

    async def report_status(self, message: Message, status: Status, reason: str = "") -> None:
        """Settle a claimed message, and store the receipt of a later status.

        Args:
            message: Message that was claimed.
            status: Status at the end.
            reason: Reason that the provider gives.
        """
        at_once = {Status.ACCEPTED, Status.REJECTED, Status.UNCERTAIN, Status.SCHEDULED}
        answer = status if status in at_once else Status.ACCEPTED
        provider_id = f"p-{message.id:x}"
        settled = SendRecord(answer, provider_id, word=answer.value, reason=reason, raw='{"id": 1}')
        await self._store.outbox.settle_message(message.id, settled)
        if status not in at_once:
            await self.add_receipt(message, status, reason)

    async def add_receipt(self, message: Message, status: Status, reason: str = "") -> None:
        """Store a receipt for a settled message.

        Args:
            message: Message that was settled.
            status: Status of the receipt.
            reason: Reason that the provider gives.
        """
        self._count += 1
        receipt = Receipt(
            event_id=f"{self._name}-receipt-{self._count}",
            status=status,
            word=status.value,
            at=self._clock.now(),
            raw=f'{{"status": "{status.value}"}}',
            provider_id=f"p-{message.id:x}",
            code="330" if reason else "",
            reason=reason,
        )
        await self._store.ingest.store_events(message.account, [receipt])

    async def rename_contacts(self, numbers: Sequence[str]) -> None:
        """Give the contacts their names."""
        for number in numbers:
            conversation = await self.conversation(number)
            await self._store.contacts.rename_contact(conversation.id, NAMES[number], "", AGENT)

    async def mark_read(self, numbers: Sequence[str]) -> None:
        """Mark conversations as read by Mia."""
        for number in numbers:
            conversation = await self.conversation(number)
            await self._store.conversations.set_read_marker(
                conversation.id, AGENT, conversation.last_id
            )

    async def add_inactive_conversations(self) -> None:
        """Add a closed, a snoozed and an opted-out conversation."""
        store = self._store
        self.move_clock_to(8, 5)
        emil = await self.receive_texts(EMIL, "Thanks, all good now")
        await store.triage.close_conversations([emil.id], AGENT)
        self.move_clock_to(8, 20)
        farid = await self.receive_texts(FARID, "I will call you tomorrow")
        await store.triage.snooze_conversations([farid.id], AGENT, self._midnight + 33 * HOUR)
        self.move_clock_to(8, 40)
        ines = await self.receive_texts(INES, "STOP")
        await store.consent.record_decision(ines.id, AGENT, opted_out=True, evidence="STOP")
        await store.triage.close_conversations([ines.id], AGENT)
        await self.rename_contacts((EMIL, FARID, INES))

    async def add_long_conversation(self) -> None:
        """Add a conversation of many screens, answered and assigned to Mia."""
        store = self._store
        self.move_clock_to(9, 0)
        texts = [f"Line {n}: the parcel is not here yet" for n in range(1, LONG + 1)]
        hugo = await self.receive_texts(HUGO, *texts)
        self.move_clock_to(9, 30)
        await self.add_reply(HUGO, "We are looking into it", Status.DELIVERED)
        await self.mark_read([HUGO])
        await store.triage.assign_conversations([hugo.id], AGENT, AGENT)
        await store.triage.set_star([hugo.id], AGENT, True)
        await store.triage.set_label([hugo.id], AGENT, "parcels", True)
        await self.rename_contacts([HUGO])

    async def add_every_status(self) -> None:
        """Add one message of every status, and one failure in the list."""
        self.move_clock_to(9, 45)
        await self.receive_texts(UNNAMED, "Is my order ready?")
        self.move_clock_to(10, 0)
        await self.add_reply(UNNAMED, "Your order is ready", Status.DELIVERED)
        await self.receive_texts(BOB, "Hi, are you open?")
        self.move_clock_to(10, 10)
        await self.add_reply(BOB, "Hello Bob, until six", Status.FAILED, "the number is not in use")
        await self.receive_texts(PRIYA, "Can you say more?")
        last = (Status.SENDING, Status.QUEUED)
        for status in [*(status for status in Status if status not in last), *last]:
            self.move_clock_to(10, 12)
            reason = "the network refused it" if status is Status.REJECTED else ""
            await self.add_reply(PRIYA, f"This one is {status.value}", status, reason)
        await self.rename_contacts((BOB, PRIYA))
        await self.mark_read((UNNAMED, BOB, PRIYA))

    async def add_waiting_conversations(self) -> None:
        """Add the customers who wait, longest first."""
        self.move_clock_to(10, 30)
        await self.receive_texts(CHLOE, "Can I move my appointment to Friday?", "Friday afternoon?")
        self.move_clock_to(12, 0)
        await self.receive_texts(DAWIT, "The invoice shows the wrong address")
        self.move_clock_to(13, 40)
        await self.receive_texts(ANA, "Dziękuję za informację", account="pl")
        self.move_clock_to(13, 50)
        await self.add_reply(ANA, "Your appointment is at 16:00", Status.DELIVERED)
        self.move_clock_to(13, 57)
        await self.receive_texts(ANA, "Przyjadę o 16", account="pl")
        await self.rename_contacts((CHLOE, DAWIT, ANA))

    def _make_text(self, number: str, text: str, account: str) -> Reply:
        """Return a text as a provider delivers it."""
        self._count += 1
        own = next(a.senders[0] for a in ACCOUNTS if a.name == account)
        return Reply(
            event_id=f"{self._name}-reply-{self._count}",
            party=number,
            text=text,
            received_at=self._clock.now(),
            raw="{}",
            own=own,
        )
