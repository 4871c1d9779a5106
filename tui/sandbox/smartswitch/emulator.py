"""Emulate SmartSwitch: sending and its pushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage
from tui.sandbox.ledger import AcceptedMessage, Event, EventQueue, MmsFile
from tui.sandbox.smartswitch.send_request import (
    SendRequest,
    build_send_requests,
    has_credentials,
    is_sendable,
    read_parameters,
)
from tui.sandbox.smartswitch.status_codes import (
    CODE_PREFIX,
    NOT_SENT,
    OK,
    STATE_OF_CODE,
    STATUSES,
    Notation,
    apply_notation,
)
from tui.sandbox.wire import build_form_push, to_json_response

if TYPE_CHECKING:
    from tui.sandbox.state import Sandbox

PAUSES = (5.0, 30.0, 120.0, 600.0)
"""Seconds before each repetition of a push."""
REUSED_ID = "1"
DEFAULT_NUMBER = "12025550100"

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class SmartSwitch(Emulator):
    """One customer of one operator."""

    name = "smartswitch"
    code_prefix = CODE_PREFIX

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the customer with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.notation = Notation.FORM
        self._sent: dict[str, SendRequest] = {}
        self._last_id = 0

    def build_routes(self) -> Sequence[BaseRoute]:
        """Return the one call; anything else is 404."""
        return [
            Route("/api/message", self.send_messages, methods=ALL_METHODS),
            Route("/{rest:path}", self.answer_unknown_path, methods=ALL_METHODS),
        ]

    def describe_codes(self) -> str:
        """Return one line about the numbers for receipt states."""
        return "+12025550101 to 108 end with that SMPP state, 109 is not sent"

    # requests

    async def send_messages(self, request: Request) -> Response:
        """Send to every number of the request; `data` is a list if there are several."""
        if request.method != "POST":
            return to_error("method", "Method not allowed", "Please use POST", 405)
        values = await read_parameters(request)
        if not has_credentials(values):
            detail = "Please check your login and password"
            return to_error("authentication", "Authentication error", detail)
        submissions = build_send_requests(values)
        if not any(sent.number for sent in submissions):
            detail = "destination_number is mandatory"
            return to_error("missing_argument", "Missing argument", detail)
        entries = [self._send_entry(sent, position) for position, sent in enumerate(submissions, 1)]
        return to_json_response({"data": entries if len(entries) > 1 else entries[0]})

    async def answer_unknown_path(self, request: Request) -> Response:
        """Answer a path that does not exist."""
        return to_error("not_found", "Not found", "There is no such action", 404)

    # delivery

    def to_status(self, step: DeliveryStep) -> str:
        """Return the receipt's `message_state` for a step."""
        return STATUSES[step.stage] if step.code is None else STATE_OF_CODE[step.code][0]

    def stage_of_code(self, code: int) -> Stage | None:
        """Return where a number of the block leads.

        Args:
            code: Last three digits of the recipient's number.
        """
        return STATE_OF_CODE[code][1] if code in STATE_OF_CODE else None

    def adjust_steps(
        self, message: AcceptedMessage, steps: tuple[DeliveryStep, ...]
    ) -> tuple[DeliveryStep, ...]:
        """Remove answers to a ping, which shows nothing, and to a name, which is no number.

        Args:
            message: Message that is sent.
            steps: Steps that the handset's behaviour gives.
        """
        sent = self._sent[message.id]
        if not sent.is_ping and (sent.source_number or not sent.source_name):
            return steps
        return tuple(replace(step, behaviour=Behaviour.DELIVER) for step in steps)

    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create a receipt, if the message asked for them.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """
        if self._sent[message.id].wants_receipt:
            body = {"message_id": message.id, "message_state": message.status}
            event_id = self.sandbox.new_uuid()
            final = step.stage.is_final
            self.put_receipt(Event(event_id, body, at, message.id, message.status, final))

    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive a message from a handset; there is no MMS, files are dropped.

        Args:
            sender: Number of the handset.
            to: Number it writes to, if known.
            text: Text of the message.
            attachments: Not used.

        Returns:
            The reply's own `message_id`.
        """
        reply_id, answered = self._create_id(), self.ledger.find_latest_to(sender)
        message_id_given = REUSED_ID if "reused_ids" in self.quirks else reply_id
        body = {
            "source_number": sender.removeprefix("+"),
            "destination_number": (to or self._find_own_number(answered)).removeprefix("+"),
            "body": text,
            "message_id": message_id_given,
        }
        message_id = answered.id if answered else None
        return self.put_reply(Event(reply_id, body, self.sandbox.now(), message_id), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt in the notation of the operator's template."""
        self._push_event(event, self.ledger.receipts, self.notation)

    def on_reply(self, event: Event) -> None:
        """Push a reply as a form."""
        self._push_event(event, self.ledger.replies, Notation.FORM)

    # helpers

    def _send_entry(self, sent: SendRequest, position: int) -> dict[str, object]:
        """Send to one number and return its part of the answer."""
        entry_id = self._create_id()
        is_valid = is_sendable(sent.number) and "no_credit" not in self.quirks
        if is_valid:
            self._accept_request(entry_id, sent)
        return {
            "type": "message",
            "id": entry_id,
            "attributes": {
                "destination_number": sent.number,
                "segments": sent.segments,
                "status": OK if is_valid else NOT_SENT,
            },
            # Without an own id, the position in the request identifies the entry.
            "meta": {"request_id": sent.request_id or str(position)},
        }

    def _accept_request(self, entry_id: str, sent: SendRequest) -> None:
        """Accept the message and schedule its delivery."""
        self._sent[entry_id] = sent
        self.accept_message(
            AcceptedMessage(
                id=entry_id,
                to=sent.number,
                sender=sent.source_number or sent.source_name,
                text=sent.body,
                reference=sent.request_id,
                status=OK,
                accepted_at=self.sandbox.now(),
            )
        )

    def _create_id(self) -> str:
        """Return the time in milliseconds, or the next number if that is already used."""
        self._last_id = max(self._last_id + 1, self.sandbox.now())
        return str(self._last_id)

    def _find_own_number(self, answered: AcceptedMessage | None) -> str:
        """Return the own number to which an answer is sent."""
        sent = self._sent[answered.id] if answered else None
        return (sent.source_number if sent else "") or DEFAULT_NUMBER

    def _push_event(self, event: Event, queue: EventQueue, notation: Notation) -> None:
        """Push an event; it leaves the queue when the desk has accepted it."""
        if self.hook_url is not None:
            push = build_form_push(
                self.hook_url, event.body, PAUSES, partial(queue.confirm, (event.id,))
            )
            self.queue_push(apply_notation(push, event.body, notation))


def to_error(code: str, title: str, detail: str, status: int = 200) -> Response:
    """Return an answer with one error in place of data.

    Args:
        code: Code of the error.
        title: Title of the error.
        detail: Description for a person.
        status: HTTP status.
    """
    return to_json_response({"errors": [{"code": code, "title": title, "detail": detail}]}, status)
