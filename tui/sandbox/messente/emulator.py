"""Messente's emulator: both APIs over one account, and everything that it pushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from tui.sandbox import API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, Stage, Step
from tui.sandbox.ledger import Accepted, Attachment, Event
from tui.sandbox.messente import callbacks
from tui.sandbox.messente.classic import Classic
from tui.sandbox.messente.course import AttemptStep, through
from tui.sandbox.messente.neighbours import Neighbours
from tui.sandbox.messente.omnichannel import Omnichannel
from tui.sandbox.messente.records import SMS, Sent
from tui.sandbox.messente.senders import (
    DEFAULT_SENDER,
    NOT_ACTIVE,
    can_be_answered,
    is_well_formed,
)
from tui.sandbox.messente.words import (
    COARSE,
    CODE_PREFIX,
    CODE_SEEN,
    CODES,
    DELETED,
    FORBIDDEN_SENDER_CODE,
    PROCESSING,
    SCHEDULED,
    SEEN,
    Outcome,
    outcome_of,
)

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

SEEN_DELAY = 2.0
"""Seconds from delivery until a chat message is seen."""


class Messente(Emulator):
    """One account with one API key and one inbound number."""

    name = "messente"
    code_prefix = CODE_PREFIX

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.sent: dict[str, Sent] = {}
        """By the ledger's id: `sms_unique_id` or `omnimessage_id`."""
        self.inbound_secret = API_SECRET
        """The key of inbound signatures; those of receipts use the API key's password."""

    def routes(self) -> Sequence[BaseRoute]:
        """Both APIs; what is left under `/v1` is 404 in JSON."""
        apis = (Classic(self), Neighbours(self), Omnichannel(self))
        return [route for api in apis for route in api.routes()]

    def code_table(self) -> str:
        """The number block for codes."""
        return f"{CODE_PREFIX}nnn ends with err nnn, or is refused with nnn"

    # what the APIs do

    def new_hex_id(self) -> str:
        """An id as the classic API makes them."""
        return f"{self.sandbox.rng.getrandbits(128):032x}"

    def take(self, sent: Sent, text: str, sender: str) -> None:
        """Accept a message and start what becomes of it."""
        now = self.sandbox.now()
        waits = sent.starts_at > now
        sent.starts_at = max(sent.starts_at, now)
        self.sent[sent.id] = sent
        word = SCHEDULED if waits else PROCESSING
        message = Accepted(sent.id, sent.to, sender, text, None, word, accepted_at=now)
        self.accept(message, sent.starts_at)

    def withdraw(self, sent: Sent) -> bool:
        """Cancel a message that waits for its time."""
        if not self.cancel(self.ledger.accepted[sent.id], DELETED):
            return False
        now = self.sandbox.now()
        for index, attempt in enumerate(sent.attempts):
            said = Outcome(Stage.CANCELLED, DELETED)
            attempt.shown = sent.report(index, said, now) | {"price_info": None}
        return True

    def polled(self, sent: Sent) -> None:
        """The desk has asked for the message: what it was shown needs no push to count."""
        self.ledger.receipts.confirm(sent.receipts)

    # what happens

    def word(self, step: Step) -> str:
        """The fine status word of a step."""
        return outcome_of(step).word

    def stage_of_code(self, code: int) -> Stage | None:
        """Where a result code leads."""
        return CODES[code].stage if code in CODES else None

    def course(self, message: Accepted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The way through the message's channels, from a sender that may be used."""
        sent = self.sent[message.id]
        if message.sender and not (is_well_formed(message.sender) and message.sender != NOT_ACTIVE):
            steps = (Step(0.4, Stage.REJECTED, Behaviour.CODE, FORBIDDEN_SENDER_CODE),)
        elif not can_be_answered(message.sender):
            steps = tuple(replace(step, behaviour=_mute(step.behaviour)) for step in steps)
        return through(sent.attempts, message.to, steps)

    def happen(self, message: Accepted, step: Step, at: int) -> None:
        """Let a step happen; one that ends only its channel leaves the message alive."""
        if message.stage.final:
            return
        if isinstance(step, AttemptStep) and step.passing:
            message.status = self.word(step)
            self.report(message, step, at)
            return
        super().happen(message, step, at)
        if step.stage is Stage.DELIVERED and self._tells_when_seen(message, step):
            due = self.sandbox.later(at, SEEN_DELAY)
            self.sandbox.agenda.at(due, partial(self._seen, message, _attempt_of(step)))

    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make the receipt of a step; the classic API has none for the operator's first word."""
        sent, said = self.sent[message.id], outcome_of(step)
        if not sent.classic:
            body = sent.report(_attempt_of(step), said, at)
        elif said.word in COARSE:
            body = callbacks.classic_report(sent.id, said)
        else:
            return
        self._put(message, body, said.word, at)

    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """An inbound message; files have no place in it."""
        answered = self.ledger.newest_to(sender)
        last = answered.sender if answered and can_be_answered(answered.sender) else ""
        reply_id, sub_id, at = self.sandbox.uuid(), self.sandbox.uuid(), self.sandbox.now()
        recipient = to or last or DEFAULT_SENDER
        body = callbacks.inbound((reply_id, sub_id), sender, recipient, text, at)
        return self.put_reply(Event(reply_id, body, at), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt to the message's own address or the desk's."""
        sent = self.sent[event.message_id or ""]
        sent.show(event)
        url = sent.dlr_url or self.hook_url
        delivered = partial(self.ledger.receipts.confirm, [event.id])
        if url is not None and sent.classic:
            self.push(callbacks.get_push(url, event.body, delivered))
        elif url is not None:
            self.push(callbacks.post_push(url, event.body, API_SECRET, delivered))

    def on_reply(self, event: Event) -> None:
        """Push an inbound message; without a listener it waits for ever."""
        delivered = partial(self.ledger.replies.confirm, [event.id])
        if self.hook_url is not None:
            push = callbacks.post_push(self.hook_url, event.body, self.inbound_secret, delivered)
            self.push(push)

    # within

    def _tells_when_seen(self, message: Accepted, step: Step) -> bool:
        """Whether the receiver will be known to have read it: chat, or a number that says so."""
        sent = self.sent[message.id]
        chat = sent.attempts[_attempt_of(step)].channel != SMS
        return chat or (step.code == CODE_SEEN and not sent.classic)

    def _seen(self, message: Accepted, attempt: int, at: int) -> None:
        """The receiver reads it."""
        message.status = SEEN
        said = Outcome(Stage.DELIVERED, SEEN, CODE_SEEN)
        self._put(message, self.sent[message.id].report(attempt, said, at), SEEN, at)

    def _put(self, message: Accepted, body: dict[str, object], word: str, at: int) -> None:
        """Hand out a receipt."""
        final = message.stage.final
        self.put_receipt(Event(self.sandbox.uuid(), body, at, message.id, word, final))


def _attempt_of(step: Step) -> int:
    """Which of the message's channels a step is about."""
    return step.attempt if isinstance(step, AttemptStep) else 0


def _mute(behaviour: Behaviour) -> Behaviour:
    """How a handset behaves that cannot write back."""
    writes = behaviour in (Behaviour.ANSWER, Behaviour.OPT_OUT)
    return Behaviour.DELIVER if writes else behaviour
