"""A day at a small desk: who wrote, what was answered, and what became of each answer.

Every conversation is there for something that tests ask for; the constants name them.
"""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from tui.clock import DAY, HOUR, MINUTE, SECOND, ManualClock
from tui.domain.account import Account, Health
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import Conversation
from tui.domain.events import Receipt, Reply
from tui.domain.message import Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.settling import SendRecord
from tui.store.store import Store

AGENT = "mia"
COLLEAGUE = "bo"
ANA = "+48500600700"
"""Has waited for five minutes; writes Polish, through `pl`."""
CHLOE = "+61491570156"
"""Has waited longest, since half past ten; two texts unread."""
DAWIT = "+61491570157"
"""Has waited since noon."""
BOB = "+61491570158"
"""Our answer failed."""
PRIYA = "+61491570159"
"""One message of every status."""
NOBODY = "+61491570110"
"""No name; our answer was delivered."""
HUGO = "+61491570313"
"""Is Mia's, starred, labelled; a long conversation."""
INES = "+61491570737"
"""Has opted out."""
EMIL = "+61491571266"
"""Closed."""
FARID = "+61491571491"
"""Snoozed until tomorrow."""

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
"""How many texts Hugo wrote."""


async def write_history(store: Store, clock: ManualClock) -> None:
    """Let the day happen; the clock, which stands at 08:00, ends at 14:02."""
    scribe = Scribe(store, clock, "past")
    await scribe.quiet_ones()
    await scribe.long_one()
    await scribe.every_badge()
    await scribe.waiting_ones()
    scribe.at(14, 2)
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

    writer = store.database._writer
    assert writer is not None
    await writer._execute(copy, writer._conn)  # type: ignore[no-untyped-call]
    Scribe(store, clock, "past").at(14, 2)


class Scribe:
    """Writes into a store what customers, agents and providers would."""

    def __init__(self, store: Store, clock: ManualClock, name: str) -> None:
        """The midnight before the clock's start is hour 0; `name` makes the events' ids unique."""
        self._store = store
        self._clock = clock
        self._midnight = clock.now() // DAY * DAY
        self._name = name
        self._count = 0

    def at(self, hour: int, minute: int) -> None:
        """Move the clock on to this time of the day."""
        due = self._midnight + hour * HOUR + minute * MINUTE
        self._clock.advance((due - self._clock.now()) / SECOND)

    async def conversation(self, number: str) -> Conversation:
        """The conversation with a number, as it is now."""
        found = await self._store.conversations.find_by_address(parse_address(number))
        assert found is not None, number
        return found

    async def writes(self, number: str, *texts: str, account: str = "au") -> Conversation:
        """A customer writes, now."""
        page = [self._reply(number, text, account) for text in texts]
        await self._store.ingest.store_events(account, page)
        return await self.conversation(number)

    async def answers(self, number: str, text: str, status: Status, reason: str = "") -> Message:
        """Mia answers, and the message comes to this status."""
        conversation = await self.conversation(number)
        message = await self._store.intents.queue_message(
            NewMessage(number, text, conversation.account, conversation.own, agent=AGENT)
        )
        if status is Status.CANCELLED:
            await self._store.intents.cancel_queued(message.id, AGENT)
        elif status is not Status.QUEUED:
            await self._store.outbox.claim_due_messages("sync", conversation.account, 1)
        if status not in (Status.QUEUED, Status.SENDING, Status.CANCELLED):
            await self.provider_says(message, status, reason)
        return message

    async def provider_says(self, message: Message, status: Status, reason: str = "") -> None:
        """The answer to a claimed message, and the receipt of a later status."""
        at_once = {Status.ACCEPTED, Status.REJECTED, Status.UNCERTAIN, Status.SCHEDULED}
        answer = status if status in at_once else Status.ACCEPTED
        provider_id = f"p-{message.id:x}"
        settled = SendRecord(answer, provider_id, word=answer.value, reason=reason, raw='{"id": 1}')
        await self._store.outbox.settle_message(message.id, settled)
        if status not in at_once:
            await self.receipt(message, status, reason)

    async def receipt(self, message: Message, status: Status, reason: str = "") -> None:
        """A receipt comes in for a settled message."""
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

    async def named(self, numbers: Sequence[str]) -> None:
        """Give the contacts their names."""
        for number in numbers:
            conversation = await self.conversation(number)
            await self._store.contacts.rename_contact(conversation.id, NAMES[number], "", AGENT)

    async def seen(self, numbers: Sequence[str]) -> None:
        """Mia has looked at these."""
        for number in numbers:
            conversation = await self.conversation(number)
            await self._store.conversations.set_read_marker(
                conversation.id, AGENT, conversation.last_id
            )

    async def quiet_ones(self) -> None:
        """Closed, snoozed, opted out."""
        store = self._store
        self.at(8, 5)
        emil = await self.writes(EMIL, "Thanks, all good now")
        await store.triage.close_conversations([emil.id], AGENT)
        self.at(8, 20)
        farid = await self.writes(FARID, "I will call you tomorrow")
        await store.triage.snooze_conversations([farid.id], AGENT, self._midnight + 33 * HOUR)
        self.at(8, 40)
        ines = await self.writes(INES, "STOP")
        await store.consent.record_decision(ines.id, AGENT, opted_out=True, evidence="STOP")
        await store.triage.close_conversations([ines.id], AGENT)
        await self.named((EMIL, FARID, INES))

    async def long_one(self) -> None:
        """A conversation of many screens, answered, mine."""
        store = self._store
        self.at(9, 0)
        texts = [f"Line {n}: the parcel is not here yet" for n in range(1, LONG + 1)]
        hugo = await self.writes(HUGO, *texts)
        self.at(9, 30)
        await self.answers(HUGO, "We are looking into it", Status.DELIVERED)
        await self.seen([HUGO])
        await store.triage.assign_conversations([hugo.id], AGENT, AGENT)
        await store.triage.set_star([hugo.id], AGENT, True)
        await store.triage.set_label([hugo.id], AGENT, "parcels", True)
        await self.named([HUGO])

    async def every_badge(self) -> None:
        """One message of every status, and one failure in the list."""
        self.at(9, 45)
        await self.writes(NOBODY, "Is my order ready?")
        self.at(10, 0)
        await self.answers(NOBODY, "Your order is ready", Status.DELIVERED)
        await self.writes(BOB, "Hi, are you open?")
        self.at(10, 10)
        await self.answers(BOB, "Hello Bob, until six", Status.FAILED, "the number is not in use")
        await self.writes(PRIYA, "Can you tell me more?")
        last = (Status.SENDING, Status.QUEUED)
        for status in [*(status for status in Status if status not in last), *last]:
            self.at(10, 12)
            reason = "the network refused it" if status is Status.REJECTED else ""
            await self.answers(PRIYA, f"This one is {status.value}", status, reason)
        await self.named((BOB, PRIYA))
        await self.seen((NOBODY, BOB, PRIYA))

    async def waiting_ones(self) -> None:
        """Those who wait, longest first."""
        self.at(10, 30)
        await self.writes(CHLOE, "Can I move my appointment to Friday?", "Friday afternoon?")
        self.at(12, 0)
        await self.writes(DAWIT, "The invoice shows the wrong address")
        self.at(13, 40)
        await self.writes(ANA, "Dziękuję za informację", account="pl")
        self.at(13, 50)
        await self.answers(ANA, "Your appointment is at 16:00", Status.DELIVERED)
        self.at(13, 57)
        await self.writes(ANA, "Przyjadę o 16", account="pl")
        await self.named((CHLOE, DAWIT, ANA))

    def _reply(self, number: str, text: str, account: str) -> Reply:
        """A text as a provider delivers it."""
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
