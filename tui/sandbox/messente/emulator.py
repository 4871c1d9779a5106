"""Emulate Messente: both APIs of one account, and everything that it pushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from tui.sandbox import API_SECRET, INBOUND_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage
from tui.sandbox.ledger import AcceptedMessage, Event, MmsFile
from tui.sandbox.messente import callbacks
from tui.sandbox.messente.account_api import AccountApi
from tui.sandbox.messente.classic_api import ClassicApi
from tui.sandbox.messente.fields import (
    DEFAULT_SENDER,
    INACTIVE_SENDER,
    can_be_answered,
    is_well_formed,
)
from tui.sandbox.messente.omnichannel_api import OmnichannelApi
from tui.sandbox.messente.records import SMS, AttemptStep, SentMessage, build_attempt_steps
from tui.sandbox.messente.status_codes import (
    CLASSIC_STATUSES,
    CODE_PREFIX,
    DELETED,
    FORBIDDEN_SENDER_CODE,
    OUTCOME_OF_CODE,
    PROCESSING,
    SCHEDULED,
    SEEN,
    SEEN_CODE,
    ReportedOutcome,
    to_outcome,
)

if TYPE_CHECKING:
    from tui.sandbox.push import PushRequest
    from tui.sandbox.state import Sandbox

NO_CREDIT_CODE = 4
"""The `err` of a message that could not be charged."""
SEEN_DELAY_SECONDS = 2.0
"""Seconds from delivery until a chat message is seen."""


class Messente(Emulator):
    """One account with one API key and one inbound number."""

    name = "messente"
    code_prefix = CODE_PREFIX

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the account with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.sent: dict[str, SentMessage] = {}
        """By the ledger's id: `sms_unique_id` or `omnimessage_id`."""
        self.inbound_secret = INBOUND_SECRET
        """The key of inbound signatures; those of receipts use the API key's password."""

    def build_routes(self) -> Sequence[BaseRoute]:
        """Return the routes of both APIs; any other path below `/v1` is 404 in JSON."""
        # The order matters: the last API has a catch-all for everything below `/v1`.
        apis = (ClassicApi(self), AccountApi(self), OmnichannelApi(self))
        return [route for api in apis for route in api.build_routes()]

    def describe_codes(self) -> str:
        """Return one line about the numbers with codes."""
        return f"{CODE_PREFIX}nnn ends with err nnn, or is refused with nnn"

    # used by the APIs

    def create_hex_id(self) -> str:
        """Return an id in the format of the classic API."""
        return f"{self.sandbox.rng.getrandbits(128):032x}"

    def accept_submission(self, sent: SentMessage, text: str, sender: str) -> None:
        """Accept a message and schedule its delivery.

        Args:
            sent: Record of the message.
            text: Text for the ledger.
            sender: Sender for the ledger.
        """
        now = self.sandbox.now()
        is_scheduled = sent.starts_at > now
        sent.starts_at = max(sent.starts_at, now)
        self.sent[sent.id] = sent
        status = SCHEDULED if is_scheduled else PROCESSING
        message = AcceptedMessage(sent.id, sent.to, sender, text, None, status, accepted_at=now)
        self.accept_message(message, sent.starts_at)

    def cancel_scheduled(self, sent: SentMessage) -> bool:
        """Cancel a scheduled message; return False if it is too late."""
        if not self.cancel_message(self.ledger.accepted[sent.id], DELETED):
            return False
        now = self.sandbox.now()
        for index, attempt in enumerate(sent.attempts):
            outcome = ReportedOutcome(Stage.CANCELLED, DELETED)
            attempt.shown = sent.build_report(index, outcome, now) | {"price_info": None}
        return True

    def confirm_polled(self, sent: SentMessage) -> None:
        """Confirm the receipts of a message that the desk has polled, so that no push is needed."""
        self.ledger.receipts.confirm(sent.receipts)

    def apply_quirks(self, push: PushRequest) -> PushRequest:
        """Return a push unchanged in all but its version: the signature covers the body."""
        return replace(push, http_version="1.0") if "http_1_0" in self.quirks else push

    # delivery

    def to_status(self, step: DeliveryStep) -> str:
        """Return the detailed status of a step."""
        return to_outcome(step).status

    def stage_of_code(self, code: int) -> Stage | None:
        """Return where a result code leads.

        Args:
            code: Last three digits of the recipient's number.
        """
        return OUTCOME_OF_CODE[code].stage if code in OUTCOME_OF_CODE else None

    def adjust_steps(
        self, message: AcceptedMessage, steps: tuple[DeliveryStep, ...]
    ) -> tuple[DeliveryStep, ...]:
        """Return the steps through the message's channels, or a rejection for an invalid sender.

        Args:
            message: Message that is sent.
            steps: Steps that the handset's behaviour gives.
        """
        sent = self.sent[message.id]
        if message.sender and not (
            is_well_formed(message.sender) and message.sender != INACTIVE_SENDER
        ):
            steps = (DeliveryStep(0.4, Stage.REJECTED, Behaviour.CODE, FORBIDDEN_SENDER_CODE),)
        elif "no_credit" in self.quirks:
            steps = (DeliveryStep(0.4, Stage.REJECTED, Behaviour.CODE, NO_CREDIT_CODE),)
        elif not can_be_answered(message.sender):
            steps = tuple(
                replace(step, behaviour=_without_answer(step.behaviour)) for step in steps
            )
        return build_attempt_steps(sent.attempts, message.to, steps)

    def apply_step(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Apply a step; one that ends only its channel does not end the message.

        Args:
            message: Message that the step belongs to.
            step: Step that is due.
            at: Time of the step in milliseconds UTC.
        """
        if message.stage.is_final:
            return
        if isinstance(step, AttemptStep) and step.ends_channel_only:
            message.status = self.to_status(step)
            self.create_receipt(message, step, at)
            return
        super().apply_step(message, step, at)
        if step.stage is Stage.DELIVERED and self._reports_seen(message, step):
            due = self.sandbox.add_delay(at, SEEN_DELAY_SECONDS)
            self.sandbox.agenda.schedule_callback(
                due, partial(self._report_seen, message, _attempt_index(step))
            )

    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create the receipt of a step; the classic API has none for the operator's first status.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """
        sent, outcome = self.sent[message.id], to_outcome(step)
        if not sent.is_classic:
            body = sent.build_report(_attempt_index(step), outcome, at)
        elif outcome.status in CLASSIC_STATUSES:
            body = callbacks.build_classic_report(sent.id, outcome)
        else:
            return
        self._put_report(message, body, outcome.status, at)

    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive an inbound message; it cannot contain files.

        Args:
            sender: Number of the handset.
            to: Number it writes to, if known.
            text: Text of the message.
            attachments: Not used.
        """
        answered = self.ledger.find_latest_to(sender)
        last_sender = answered.sender if answered and can_be_answered(answered.sender) else ""
        reply_id, sub_id, at = self.sandbox.new_uuid(), self.sandbox.new_uuid(), self.sandbox.now()
        recipient = to or last_sender or DEFAULT_SENDER
        body = callbacks.build_inbound((reply_id, sub_id), sender, recipient, text, at)
        return self.put_reply(Event(reply_id, body, at), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt to the message's own address or the desk's."""
        sent = self.sent[event.message_id or ""]
        sent.record_receipt(event)
        url = sent.dlr_url or self.hook_url
        delivered = partial(self.ledger.receipts.confirm, [event.id])
        if url is not None and sent.is_classic:
            self.queue_push(callbacks.build_get_push(url, event.body, delivered))
        elif url is not None:
            self.queue_push(callbacks.build_post_push(url, event.body, API_SECRET, delivered))

    def on_reply(self, event: Event) -> None:
        """Push an inbound message; without a listener it is never confirmed."""
        delivered = partial(self.ledger.replies.confirm, [event.id])
        if self.hook_url is not None:
            push = callbacks.build_post_push(
                self.hook_url, event.body, self.inbound_secret, delivered
            )
            self.queue_push(push)

    # helpers

    def _reports_seen(self, message: AcceptedMessage, step: DeliveryStep) -> bool:
        """Return whether the receiver reports a read message: chat, or a number with that code."""
        sent = self.sent[message.id]
        is_chat = sent.attempts[_attempt_index(step)].channel != SMS
        return is_chat or (step.code == SEEN_CODE and not sent.is_classic)

    def _report_seen(self, message: AcceptedMessage, attempt: int, at: int) -> None:
        """Report that the receiver has read the message."""
        message.status = SEEN
        outcome = ReportedOutcome(Stage.DELIVERED, SEEN, SEEN_CODE)
        self._put_report(
            message, self.sent[message.id].build_report(attempt, outcome, at), SEEN, at
        )

    def _put_report(
        self, message: AcceptedMessage, body: dict[str, object], status: str, at: int
    ) -> None:
        """Release a receipt."""
        final = message.stage.is_final
        self.put_receipt(Event(self.sandbox.new_uuid(), body, at, message.id, status, final))


def _attempt_index(step: DeliveryStep) -> int:
    """Return the index of the message's channel that a step belongs to."""
    return step.attempt if isinstance(step, AttemptStep) else 0


def _without_answer(behaviour: Behaviour) -> Behaviour:
    """Return the behaviour of a handset that cannot answer."""
    answers = behaviour in (Behaviour.ANSWER, Behaviour.OPT_OUT)
    return Behaviour.DELIVER if answers else behaviour
