"""Emulate MessagePort: sending, the account, and its pushes (MessagePort API)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.clock import MINUTE
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage
from tui.sandbox.ledger import AcceptedMessage, Event, EventQueue, MmsFile
from tui.sandbox.messageport.send_form import SendForm, find_form_problems, to_send_form
from tui.sandbox.wire import build_form_push, parse_text_pairs, to_json_response

if TYPE_CHECKING:
    from tui.sandbox.state import Sandbox


CREDITS = 100_000
ACCOUNT_ZONE = "Australia/Sydney"
PAUSES = (1.0,) * 5 + (2.0,) * 5 + (5.0,) * 10
"""Seconds before each of the twenty repetitions."""

NO_CREDITS_NUMBER = "61400000402"
OPTED_OUT_NUMBER = "61400000406"

COUNTRIES = ("61", "64")

SENT, DELIVERED, FAILED = "sent", "DELIVERED", "FAILED"
"""The first is the ledger's own status: the answer to a send contains no status."""

_TOP_UP_MS = MINUTE
"""Time after which the account is topped up that a number has found empty."""

EXPECTED_TOKEN = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode())
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class MessagePort(Emulator):
    """One account with one API key and pushes switched on."""

    name = "messageport"
    api_path = "/rest/v1"

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the account with nothing sent, all credits, and one number opted out."""
        super().__init__(sandbox)
        self.credits = CREDITS
        self.empty_until = 0
        """Until when a number that finds no credits leaves the balance at 0 (ms UTC)."""
        self.block_number(OPTED_OUT_NUMBER)

    def build_routes(self) -> Sequence[BaseRoute]:
        """Return the two resources; anything else is 404."""
        return [
            Route("/rest/v1/messages", self.send_message, methods=ALL_METHODS),
            Route("/rest/v1/users", self.show_account, methods=ALL_METHODS),
            Route("/{rest:path}", self.answer_unknown_path, methods=ALL_METHODS),
        ]

    def describe_codes(self) -> str:
        """Return the two numbers with a fixed answer."""
        return f"+{NO_CREDITS_NUMBER} finds no credits, +{OPTED_OUT_NUMBER} is opted out"

    # requests

    async def send_message(self, request: Request) -> Response:
        """Send to one number; the answer contains no id."""
        refusal = _refuse_request(request, "POST")
        if refusal is not None:
            return refusal
        form = dict(parse_text_pairs(await request.body()))
        problems = find_form_problems(form)
        if problems is not None:
            return to_json_response(problems, 400)
        sent = to_send_form(form)
        return self._refuse_unsendable(sent) or self._accept_form(sent)

    async def show_account(self, request: Request) -> Response:
        """Return the account and its credits."""
        account = {
            "username": "desk@example.com.au",
            "credits": self._count_credits(),
            "senderid": "SmsdeskCo",
            "mobile": "61491570156",
            "code": 200,
        }
        return _refuse_request(request, "GET") or to_json_response(account)

    async def answer_unknown_path(self, request: Request) -> Response:
        """Answer a path that does not exist."""
        return _refuse_request(request, request.method) or to_error(404, "Not Found")

    # delivery

    def to_status(self, step: DeliveryStep) -> str:
        """Return the receipt's status for a final stage; before that, a message is just sent."""
        if not step.stage.is_final:
            return SENT
        return DELIVERED if step.stage is Stage.DELIVERED else FAILED

    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create the one receipt that a message gets.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """
        if step.stage.is_final:
            body = {"reference": message.reference or "", "description": message.status}
            event_id = self.sandbox.new_uuid()
            body |= format_local_time(at)
            self.put_receipt(Event(event_id, body, at, message.id, message.status, final=True))

    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive a reply to the latest message to the handset; there is no MMS, files are dropped.

        Args:
            sender: Number of the handset.
            to: Number it writes to, if known.
            text: Text of the reply.
            attachments: Not used.
        """
        reply_id, at = self.sandbox.new_uuid(), self.sandbox.now()
        answered = self.ledger.find_latest_to(sender, to)
        body = {
            "reference": (answered.reference or "") if answered else "",
            "message": text,
            "number": sender.removeprefix("+"),
            **format_local_time(at),
        }
        return self.put_reply(
            Event(reply_id, body, at, answered.id if answered else None), sender, text
        )

    def adjust_steps(
        self, message: AcceptedMessage, steps: tuple[DeliveryStep, ...]
    ) -> tuple[DeliveryStep, ...]:
        """Remove answers to a sender name: a handset cannot answer a name.

        Args:
            message: Message that is sent.
            steps: Steps that the handset's behaviour gives.
        """
        if not message.sender or message.sender.isdecimal():
            return steps
        return tuple(replace(step, behaviour=Behaviour.DELIVER) for step in steps)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt."""
        self._push_event(event, self.ledger.receipts)

    def on_reply(self, event: Event) -> None:
        """Push a reply."""
        self._push_event(event, self.ledger.replies)

    # helpers

    def _refuse_unsendable(self, sent: SendForm) -> Response | None:
        """Return the error for a well-formed message that cannot be sent, or None."""
        if not sent.number.startswith(COUNTRIES):
            return to_error(409, "Country not supported")
        if self.is_blocked(sent.number):
            return to_error(406, "Number is opted out")
        if sent.number == NO_CREDITS_NUMBER:
            self.empty_until = self.sandbox.clock.now() + _TOP_UP_MS
        if self._count_credits() < sent.cost:
            return to_error(402, "Not enough credits")
        return None

    def _count_credits(self) -> int:
        """Return the credits as sends and the balance agree on them."""
        is_empty = "no_credit" in self.quirks or self.sandbox.clock.now() < self.empty_until
        return 0 if is_empty else self.credits

    def _accept_form(self, sent: SendForm) -> Response:
        """Accept the message and schedule its delivery."""
        self.credits -= sent.cost
        self.accept_message(
            AcceptedMessage(
                id=self.sandbox.new_uuid(),
                to=sent.number,
                sender=sent.senderid,
                text=sent.message,
                reference=sent.reference or None,
                status=SENT,
                accepted_at=self.sandbox.now(),
            )
        )
        return to_json_response({"code": 200, "errors": 0, "message": ""})

    def _push_event(self, event: Event, queue: EventQueue) -> None:
        """Push an event as a form; it leaves the queue when the desk has accepted it."""
        if self.hook_url is not None:
            confirm = partial(queue.confirm, (event.id,))
            self.queue_push(build_form_push(self.hook_url, event.body, PAUSES, confirm))


def _refuse_request(request: Request, method: str) -> Response | None:
    """Return the error for wrong credentials or, after that, for a wrong method; else None."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    # The documented order: wrong credentials are 403 whatever the method is.
    is_known = hmac.compare_digest(token.strip().encode(), EXPECTED_TOKEN)
    if scheme.lower() != "basic" or not is_known:
        return to_json_response({"errors": {"auth": "Authentication failed."}, "code": 403}, 403)
    if request.method != method:
        return to_error(405, f"{request.method} Method Not Allowed")
    return None


def to_error(code: int, message: str) -> Response:
    """Return an error of the kind that repeats its code as `errors`.

    Args:
        code: HTTP status and code of the error.
        message: Text of the error.
    """
    return to_json_response({"code": code, "errors": code, "message": message}, code)


def format_local_time(at: int) -> dict[str, str]:
    """Return `time` in the account's zone, and that zone.

    Args:
        at: Time in milliseconds UTC.
    """
    moment = datetime.fromtimestamp(at / 1000, ZoneInfo(ACCOUNT_ZONE))
    return {"time": moment.strftime("%Y-%m-%d %H:%M:%S"), "timezone": ACCOUNT_ZONE}
