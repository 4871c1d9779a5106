"""Write the demo's past day with the real store and a clock of its own.

Every message is received and sent as it would be in use: stored, queued, claimed, accepted
and confirmed by a receipt. So past messages have the same data as those that follow.

The demo's customers and what the agents have done with their conversations are defined here, too.
"""

import json
import random
from collections.abc import Iterable, Sequence

from tui.clock import MINUTE, SECOND, ManualClock
from tui.demo.accounts import DemoAccount, find_account
from tui.domain.database import Database
from tui.domain.events import Receipt, Reply
from tui.domain.ids import to_reference
from tui.domain.message import NewMessage
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.sandbox import customers
from tui.sandbox.customers import Customer, HistoryLine, inbound_line, outbound_line
from tui.sandbox.handset import Stage
from tui.startup.wiring import create_consent_judge
from tui.store.event_rows import SendRecord
from tui.store.store import Store

_MORE = (
    Customer(
        "Hannah Reed",
        "+61491570158",
        "messagemedia",
        "en",
        (
            inbound_line(1330, "Hello, you wanted to send me a quote for the cracked display?"),
            outbound_line(
                212, "Hi Hannah, the display is $149 incl. GST. Shall we order it?", Stage.FAILED
            ),
        ),
        ("Hi, my phone was off. Did you text me?",),
        ("Yes please, go ahead", "Thanks!"),
    ),
    Customer(
        "Marco Rossi",
        "+61491572549",
        "messagemedia",
        "en",
        (
            outbound_line(
                3100, "Hi Marco, this week 20% off all phone cases. Reply STOP to opt out."
            ),
            inbound_line(3089, "STOP"),
        ),
        ("START",),
        ("OK",),
    ),
)
CUSTOMERS = (*customers.CUSTOMERS, *_MORE)
"""All customers with a history."""
WRITERS = customers.CUSTOMERS
"""Customers who write by themselves while the demo runs."""


@record
class AgentActions:
    """What agents have done with one conversation."""

    customer: str
    labels: tuple[str, ...] = ()
    assignee: str = ""
    starred: bool = False
    read: bool = False
    closed: bool = False
    snoozed_minutes: int = 0
    note: str = ""
    draft: str = ""


AGENT_ACTIONS = (
    AgentActions("Aisha Rahman", labels=("repair",), assignee="mia"),
    AgentActions(
        "Tom Baker",
        labels=("repair",),
        note="Tom has the red phone, ticket 1077. Keep the back cover!",
    ),
    AgentActions("Mei Lin", labels=("quote",), assignee="tom", snoozed_minutes=600),
    AgentActions("Giorgos Pappas", labels=("refund",), assignee="ana", starred=True, read=True),
    AgentActions("Ruth Cohen", labels=("pick-up",), assignee="mia"),
    AgentActions("Katarzyna Nowak", labels=("repair",), draft="Dziękujemy! Do zobaczenia o 16"),
    AgentActions("Piotr Zieliński", read=True, closed=True),
    AgentActions("Camille Lefèvre", labels=("quote",), assignee="mia"),
    AgentActions("Jürgen Groß", labels=("pick-up",), read=True, closed=True),
    AgentActions("Olivia Brown", labels=("feedback",)),
    AgentActions("Noah Williams", assignee="tom", starred=True, read=True),
    AgentActions("Marco Rossi", read=True, closed=True),
)
"""Actions for each conversation that an agent has worked on."""

TEMPLATES = (
    CannedReply("ready", "Hi {first_name}, your device is ready. We are open until 6 pm."),
    CannedReply("hours", "We are open Monday to Friday 9-18, Saturday 10-16."),
    CannedReply("thanks", "Thank you, {first_name}! Have a good day."),
)
"""Canned replies of the demo."""


_OWNER = "past"
"""Process name under which the history is written."""
_AGENTS = ("mia", "tom", "ana")
_FINAL_STATES = {
    Stage.DELIVERED: (Status.DELIVERED, "delivered", "", ""),
    Stage.FAILED: (Status.FAILED, "failed", "401", "The phone cannot be reached"),
    Stage.EXPIRED: (Status.EXPIRED, "expired", "", "The phone was off for too long"),
    Stage.SUBMITTED: (Status.SUBMITTED, "submitted", "", ""),
}
"""Status, provider status, code and reason for each final stage of a message."""


@record
class _HistoryLine:
    """One line of a customer's conversation, with its time."""

    at: int
    customer: Customer
    line: HistoryLine


async def write_history(database: Database, now: int, rng: random.Random) -> None:
    """Write the customers' histories into a new inbox.

    Args:
        database: Where the new inbox is stored.
        now: Current time in ms UTC; the last message is a few minutes older.
        rng: Source of randomness.
    """
    lines = _sort_lines(CUSTOMERS, now)
    clock = ManualClock(lines[0].at)
    async with Store(
        database, clock=clock, rng=rng, owner=_OWNER, classify=create_consent_judge({})
    ) as store:
        writer = _HistoryWriter(store, clock, rng)
        await writer.begin_conversations(CUSTOMERS)
        for entry in lines:
            await writer.write_line(entry)
        clock.advance((now - clock.now()) / SECOND)
        await writer.apply_actions(AGENT_ACTIONS)
        for template in TEMPLATES:
            await store.templates.save_template(template, _AGENTS[0])
        await store.database.tend(at_once=True)


def _sort_lines(customers: Iterable[Customer], now: int) -> list[_HistoryLine]:
    """Return the lines of all histories, oldest first."""
    lines = [
        _HistoryLine(now - line.minutes_ago * MINUTE, customer, line)
        for customer in customers
        for line in customer.history
    ]
    return sorted(lines, key=lambda entry: entry.at)


class _HistoryWriter:
    """Write a history into a store, at the times when it happened."""

    def __init__(self, store: Store, clock: ManualClock, rng: random.Random) -> None:
        """Create a writer; the clock stands before the first line."""
        self._store = store
        self._clock = clock
        self._rng = rng
        self._ids: dict[str, int] = {}
        self._count = 0

    async def begin_conversations(self, customers: Iterable[Customer]) -> None:
        """Begin a conversation with each customer and store the name."""
        for customer in customers:
            account = find_account(customer.provider)
            address = parse_address(customer.number)
            conversation = await self._store.conversations.get_or_create(address, account.name)
            await self._store.contacts.rename_contact(
                conversation.id, customer.name, "", _AGENTS[0]
            )
            self._ids[customer.name] = conversation.id

    async def write_line(self, entry: _HistoryLine) -> None:
        """Write one line, at its time."""
        self._clock.advance(max(0, entry.at - self._clock.now()) / SECOND)
        account = find_account(entry.customer.provider)
        if entry.line.inbound:
            await self._receive_message(entry, account)
        else:
            await self._send_message(entry, account)

    async def apply_actions(self, actions: Sequence[AgentActions]) -> None:
        """Apply the agents' actions to the conversations."""
        for action in actions:
            await self._apply_action(self._ids[action.customer], action)

    async def _receive_message(self, entry: _HistoryLine, account: DemoAccount) -> None:
        """Receive a message from the customer."""
        event_id = self._make_id()
        fields = {"id": event_id, "from": entry.customer.number, "text": entry.line.text}
        reply = Reply(
            event_id=event_id,
            party=entry.customer.number,
            text=entry.line.text,
            received_at=entry.at,
            raw=json.dumps(fields, ensure_ascii=False),
            own=account.own_number,
        )
        await self._store.ingest.store_events(account.name, [reply])

    async def _send_message(self, entry: _HistoryLine, account: DemoAccount) -> None:
        """Let an agent read the conversation and reply, and store the provider's receipt."""
        agent = self._rng.choice(_AGENTS)
        await self._mark_read(self._ids[entry.customer.name], agent)
        to, text = entry.customer.number, entry.line.text
        message = await self._store.intents.queue_message(
            NewMessage(to, text, account.name, account.own_number, agent)
        )
        await self._store.outbox.claim_due_messages(_OWNER, account.name, 1)
        provider_id = self._make_id()
        raw = json.dumps({"message_id": provider_id, "status": "queued"})
        settled = SendRecord(
            Status.ACCEPTED, provider_id=provider_id, word="queued", parts=1, raw=raw
        )
        await self._store.outbox.settle_message(message.id, settled)
        self._clock.advance(self._rng.uniform(1.0, 3.0))
        await self._store_receipt(account.name, provider_id, message.id, entry.line.stage)

    def _make_id(self) -> str:
        """Return a new id in the style of a provider."""
        self._count += 1
        return f"{_OWNER}-{self._count}"

    async def _store_receipt(
        self, account: str, provider_id: str, message_id: int, stage: Stage
    ) -> None:
        """Store the delivery receipt of a message."""
        status, word, code, reason = _FINAL_STATES[stage]
        receipt = Receipt(
            event_id=f"{provider_id}-{word}",
            status=status,
            word=word,
            at=self._clock.now(),
            raw=json.dumps({"message_id": provider_id, "status": word, "code": code}),
            provider_id=provider_id,
            reference=to_reference(message_id),
            code=code,
            reason=reason,
        )
        await self._store.ingest.store_events(account, [receipt])

    async def _apply_action(self, conversation_id: int, action: AgentActions) -> None:
        """Apply the agents' actions to one conversation."""
        ids, agent, triage = [conversation_id], action.assignee or _AGENTS[0], self._store.triage
        for label in action.labels:
            await triage.set_label(ids, agent, label, True)
        if action.assignee:
            await triage.assign_conversations(ids, agent, action.assignee)
        if action.starred:
            await triage.set_star(ids, agent, True)
        if action.read:
            await self._mark_read(conversation_id, agent)
        if action.snoozed_minutes:
            until = self._clock.now() + action.snoozed_minutes * MINUTE
            await triage.snooze_conversations(ids, agent, until)
        await self._add_note_and_draft(conversation_id, action)
        if action.closed:
            await triage.close_conversations(ids, agent)

    async def _mark_read(self, conversation_id: int, agent: str) -> None:
        """Mark every message of the conversation as read by the agent."""
        conversation = await self._store.conversations.get(conversation_id)
        if conversation is not None:
            await self._store.conversations.set_read_marker(
                conversation_id, agent, conversation.last_id
            )

    async def _add_note_and_draft(self, conversation_id: int, action: AgentActions) -> None:
        """Store the note and the unsent draft of one conversation."""
        if action.note:
            await self._store.messages.add_note(conversation_id, _AGENTS[1], action.note)
        if action.draft:
            began_at = self._clock.now() - MINUTE
            await self._store.drafts.save_draft(
                conversation_id, _AGENTS[0], action.draft, began_at=began_at
            )
