"""MessagePort's emulator: sending, the account, and what is pushed."""

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

from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.formpush import form_push
from tui.sandbox.forms import text_pairs
from tui.sandbox.handset import Behaviour, Stage, Step
from tui.sandbox.ledger import Accepted, Attachment, Event, Tray
from tui.sandbox.messageport.form import Submission, form_problems, submission_of
from tui.sandbox.wire import json_response

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

CREDITS = 100_000
ACCOUNT_ZONE = "Australia/Sydney"
PAUSES = (1.0,) * 5 + (2.0,) * 5 + (5.0,) * 10
"""Seconds before each of the twenty repetitions."""

NO_CREDITS_NUMBER = "61400000402"
OPTED_OUT_NUMBER = "61400000406"

COUNTRIES = ("61", "64")

SENT, DELIVERED, FAILED = "sent", "DELIVERED", "FAILED"
"""The first is the ledger's own word: a send is answered without a status."""

EXPECTED_TOKEN = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode())
ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class MessagePort(Emulator):
    """One account with one API key, its pushes switched on."""

    name = "messageport"

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with nothing sent, all credits, and one number opted out."""
        super().__init__(sandbox)
        self.credits = CREDITS
        self.block(OPTED_OUT_NUMBER)

    def routes(self) -> Sequence[BaseRoute]:
        """The two resources; anything else is 404."""
        return [
            Route("/rest/v1/messages", self.messages, methods=ALL_METHODS),
            Route("/rest/v1/users", self.users, methods=ALL_METHODS),
            Route("/{rest:path}", self.nothing_here, methods=ALL_METHODS),
        ]

    def code_table(self) -> str:
        """The two numbers with a fixed answer."""
        return f"+{NO_CREDITS_NUMBER} finds no credits, +{OPTED_OUT_NUMBER} is opted out"

    # requests

    async def messages(self, request: Request) -> Response:
        """Send to one number; the answer names no id."""
        refused = _refusal(request, "POST")
        if refused is not None:
            return refused
        form = dict(text_pairs(await request.body()))
        problems = form_problems(form)
        if problems is not None:
            return json_response(problems, 400)
        sent = submission_of(form)
        return self._unsendable(sent) or self._take(sent)

    async def users(self, request: Request) -> Response:
        """The account and its credits."""
        account = {
            "username": "desk@example.com.au",
            "credits": self.credits,
            "senderid": "SmsdeskCo",
            "mobile": "61491570156",
            "code": 200,
        }
        return _refusal(request, "GET") or json_response(account)

    async def nothing_here(self, request: Request) -> Response:
        """There is no such path."""
        return _refusal(request, request.method) or error(404, "Not Found")

    # what happens

    def word(self, step: Step) -> str:
        """The receipt's word for an end; before that a message is just sent."""
        if not step.stage.final:
            return SENT
        return DELIVERED if step.stage is Stage.DELIVERED else FAILED

    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make the one receipt that a message gets."""
        if step.stage.final:
            body = {"reference": message.reference or "", "description": message.status}
            event_id = self.sandbox.uuid()
            body |= local_time(at)
            self.put_receipt(Event(event_id, body, at, message.id, message.status, final=True))

    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """A reply to the latest message the handset got; there is no MMS, files are dropped."""
        reply_id, at = self.sandbox.uuid(), self.sandbox.now()
        answered = self.ledger.newest_to(sender, to)
        body = {
            "reference": (answered.reference or "") if answered else "",
            "message": text,
            "number": sender.removeprefix("+"),
            **local_time(at),
        }
        return self.put_reply(
            Event(reply_id, body, at, answered.id if answered else None), sender, text
        )

    def course(self, message: Accepted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """A handset cannot answer a sender name."""
        if not message.sender or message.sender.isdecimal():
            return steps
        return tuple(replace(step, behaviour=Behaviour.DELIVER) for step in steps)

    def on_receipt(self, event: Event) -> None:
        """Push it."""
        self._push(event, self.ledger.receipts)

    def on_reply(self, event: Event) -> None:
        """Push it."""
        self._push(event, self.ledger.replies)

    # within

    def _unsendable(self, sent: Submission) -> Response | None:
        """Why this well-formed message cannot be sent, if so."""
        if not sent.number.startswith(COUNTRIES):
            return error(409, "Country not supported")
        if self.is_blocked(sent.number):
            return error(406, "Number is opted out")
        if sent.number == NO_CREDITS_NUMBER or self.credits < sent.credits:
            return error(402, "Not enough credits")
        return None

    def _take(self, sent: Submission) -> Response:
        """Accept the message and start what becomes of it."""
        self.credits -= sent.credits
        self.accept(
            Accepted(
                id=self.sandbox.uuid(),
                to=sent.number,
                sender=sent.senderid,
                text=sent.message,
                reference=sent.reference or None,
                status=SENT,
                accepted_at=self.sandbox.now(),
            )
        )
        return json_response({"code": 200, "errors": 0, "message": ""})

    def _push(self, event: Event, tray: Tray) -> None:
        """Push an event as a form; it is off the tray when the desk has taken it."""
        if self.hook_url is not None:
            taken = partial(tray.confirm, (event.id,))
            self.push(form_push(self.hook_url, event.body, PAUSES, taken))


def _refusal(request: Request, method: str) -> Response | None:
    """Wrong credentials first, then any method but the resource's own."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    known = hmac.compare_digest(token.strip().encode(), EXPECTED_TOKEN)
    if scheme.lower() != "basic" or not known:
        return json_response({"errors": {"auth": "Authentication failed."}, "code": 403}, 403)
    if request.method != method:
        return error(405, f"{request.method} Method Not Allowed")
    return None


def error(code: int, message: str) -> Response:
    """An error of the kind that repeats its code as `errors`."""
    return json_response({"code": code, "errors": code, "message": message}, code)


def local_time(at: int) -> dict[str, str]:
    """`time` in the account's zone, and that zone."""
    moment = datetime.fromtimestamp(at / 1000, ZoneInfo(ACCOUNT_ZONE))
    return {"time": moment.strftime("%Y-%m-%d %H:%M:%S"), "timezone": ACCOUNT_ZONE}
