"""What was said before the demo begins, lived through with the real store on a clock of its own.

Every text comes in and goes out as it would have: stored, queued, claimed, answered for and
receipted. So nothing on screen is of another make than what happens from then on.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.clock import MINUTE, SECOND, ManualClock
from tui.demo.accounts import DemoAccount, account_of
from tui.demo.people import CUSTOMERS, TEMPLATES, TOUCHES, Touch
from tui.domain.events import Receipt, Reply
from tui.domain.ids import reference
from tui.domain.message import NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.sandbox.customers import Customer, Line
from tui.sandbox.handset import Stage
from tui.store.settling import Settled
from tui.store.store import Store
from tui.wiring import judge_of

_OWNER = "past"
_AGENTS = ("mia", "tom", "ana")
_ENDS = {
    Stage.DELIVERED: (Status.DELIVERED, "delivered", "", ""),
    Stage.FAILED: (Status.FAILED, "failed", "401", "The phone cannot be reached"),
    Stage.EXPIRED: (Status.EXPIRED, "expired", "", "The phone was off for too long"),
    Stage.SUBMITTED: (Status.SUBMITTED, "submitted", "", ""),
}
"""Status, the provider's word, its code and the reason for each end of a message."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One line of one customer's conversation, at its time."""

    at: int
    customer: Customer
    line: Line


async def write_past(path: Path, now: int, rng: random.Random) -> None:
    """Write the customers' histories into a new inbox, the last of them minutes before `now`."""
    lines = _in_order(CUSTOMERS, now)
    clock = ManualClock(lines[0].at)
    async with Store(path, clock=clock, rng=rng, owner=_OWNER, judge=judge_of({})) as store:
        past = _Past(store, clock, rng)
        await past.meet(CUSTOMERS)
        for said in lines:
            await past.live(said)
        clock.advance((now - clock.now()) / SECOND)
        await past.tidy(TOUCHES)
        for template in TEMPLATES:
            await store.templates.save(template, _AGENTS[0])
        await store.database.checkpoint()


def _in_order(customers: Iterable[Customer], now: int) -> list[_Said]:
    """All lines of all histories, oldest first."""
    lines = [
        _Said(now - line.minutes_ago * MINUTE, customer, line)
        for customer in customers
        for line in customer.history
    ]
    return sorted(lines, key=lambda said: said.at)


class _Past:
    """Lives through a history."""

    def __init__(self, store: Store, clock: ManualClock, rng: random.Random) -> None:
        """The clock stands before the first line."""
        self._store = store
        self._clock = clock
        self._rng = rng
        self._ids: dict[str, int] = {}
        self._count = 0

    async def meet(self, customers: Iterable[Customer]) -> None:
        """Begin a conversation with each, and note the name."""
        for customer in customers:
            account = account_of(customer.provider)
            address = parse_address(customer.number)
            conversation = await self._store.conversations.begin(address, account.name)
            await self._store.triage.rename(conversation.id, customer.name, "", _AGENTS[0])
            self._ids[customer.name] = conversation.id

    async def live(self, said: _Said) -> None:
        """One line, at its time."""
        self._clock.advance(max(0, said.at - self._clock.now()) / SECOND)
        account = account_of(said.customer.provider)
        if said.line.inbound:
            await self._come_in(said, account)
        else:
            await self._go_out(said, account)

    async def tidy(self, touches: Sequence[Touch]) -> None:
        """What the agents have done with the conversations."""
        for touch in touches:
            await self._touch(self._ids[touch.customer], touch)

    async def _come_in(self, said: _Said, account: DemoAccount) -> None:
        """The customer writes."""
        event_id = self._next_id()
        fields = {"id": event_id, "from": said.customer.number, "text": said.line.text}
        reply = Reply(
            event_id=event_id,
            party=said.customer.number,
            text=said.line.text,
            received_at=said.at,
            raw=json.dumps(fields, ensure_ascii=False),
            own=account.own,
        )
        await self._store.ingest.store(account.name, [reply])

    async def _go_out(self, said: _Said, account: DemoAccount) -> None:
        """An agent has read what there is and writes; the provider tells what became of it."""
        agent = self._rng.choice(_AGENTS)
        await self._read(self._ids[said.customer.name], agent)
        to, text = said.customer.number, said.line.text
        message = await self._store.intents.queue(
            NewMessage(to, text, account.name, account.own, agent)
        )
        await self._store.outbox.claim(_OWNER, account.name, 1)
        provider_id = self._next_id()
        raw = json.dumps({"message_id": provider_id, "status": "queued"})
        settled = Settled(Status.ACCEPTED, provider_id=provider_id, word="queued", parts=1, raw=raw)
        await self._store.outbox.settle(message.id, settled)
        self._clock.advance(self._rng.uniform(1.0, 3.0))
        await self._receipt(account.name, provider_id, message.id, said.line.stage)

    def _next_id(self) -> str:
        """An id such as providers give."""
        self._count += 1
        return f"{_OWNER}-{self._count}"

    async def _receipt(self, account: str, provider_id: str, message_id: int, stage: Stage) -> None:
        """What became of a message."""
        status, word, code, reason = _ENDS[stage]
        receipt = Receipt(
            event_id=f"{provider_id}-{word}",
            status=status,
            word=word,
            at=self._clock.now(),
            raw=json.dumps({"message_id": provider_id, "status": word, "code": code}),
            provider_id=provider_id,
            reference=reference(message_id),
            code=code,
            reason=reason,
        )
        await self._store.ingest.store(account, [receipt])

    async def _touch(self, conversation_id: int, touch: Touch) -> None:
        """One conversation, as its agents have left it."""
        ids, agent, triage = [conversation_id], touch.assignee or _AGENTS[0], self._store.triage
        for label in touch.labels:
            await triage.label(ids, agent, label, True)
        if touch.assignee:
            await triage.assign(ids, agent, touch.assignee)
        if touch.starred:
            await triage.star(ids, agent, True)
        if touch.read:
            await self._read(conversation_id, agent)
        if touch.snoozed_minutes:
            until = self._clock.now() + touch.snoozed_minutes * MINUTE
            await triage.snooze(ids, agent, until)
        await self._leave_words(conversation_id, touch)
        if touch.closed:
            await triage.close(ids, agent)

    async def _read(self, conversation_id: int, agent: str) -> None:
        """The agent has seen all there is."""
        conversation = await self._store.conversations.get(conversation_id)
        if conversation is not None:
            await self._store.triage.read(conversation_id, agent, conversation.last_id)

    async def _leave_words(self, conversation_id: int, touch: Touch) -> None:
        """A note, and a draft that was never sent."""
        if touch.note:
            await self._store.messages.add_note(conversation_id, _AGENTS[1], touch.note)
        if touch.draft:
            began_at = self._clock.now() - MINUTE
            await self._store.drafts.save(
                conversation_id, _AGENTS[0], touch.draft, began_at=began_at
            )
