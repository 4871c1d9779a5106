"""SmartSwitch's emulator: sending, and what is pushed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox.emulator import Emulator
from tui.sandbox.formpush import form_push
from tui.sandbox.handset import Behaviour, Stage, Step
from tui.sandbox.ledger import Accepted, Attachment, Event, Tray
from tui.sandbox.smartswitch.submission import (
    Submission,
    is_customer,
    is_sendable,
    parameters,
    submissions_of,
)
from tui.sandbox.smartswitch.words import (
    CODE_PREFIX,
    NOT_SENT,
    OK,
    STATES,
    WORDS,
    Notation,
    noted,
)
from tui.sandbox.wire import json_response

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

PAUSES = (5.0, 30.0, 120.0, 600.0)
"""Seconds before each repetition of a push."""
DEFAULT_NUMBER = "12025550100"

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class SmartSwitch(Emulator):
    """One customer of one operator."""

    name = "smartswitch"
    code_prefix = CODE_PREFIX

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.notation = Notation.FORM
        self._sent: dict[str, Submission] = {}
        self._last_id = 0

    def routes(self) -> Sequence[BaseRoute]:
        """The one call; anything else is 404."""
        return [
            Route("/api/message", self.message, methods=ALL_METHODS),
            Route("/{rest:path}", self.nothing_here, methods=ALL_METHODS),
        ]

    def code_table(self) -> str:
        """One line about the numbers for receipt states."""
        return "+12025550101 to 108 end with that SMPP state, 109 is not sent"

    # requests

    async def message(self, request: Request) -> Response:
        """Send to every number of the request; `data` is a list if there are several."""
        if request.method != "POST":
            return refused("method", "Method not allowed", "Please use POST", 405)
        given = await parameters(request)
        if not is_customer(given):
            detail = "Please check your login and password"
            return refused("authentication", "Authentication error", detail)
        submissions = submissions_of(given)
        if not any(sent.number for sent in submissions):
            detail = "destination_number is mandatory"
            return refused("missing_argument", "Missing argument", detail)
        entries = [self._entry(sent, place) for place, sent in enumerate(submissions, 1)]
        return json_response({"data": entries if len(entries) > 1 else entries[0]})

    async def nothing_here(self, request: Request) -> Response:
        """There is no such action."""
        return refused("not_found", "Not found", "There is no such action", 404)

    # what happens

    def word(self, step: Step) -> str:
        """The receipt's `message_state` for a step."""
        return WORDS[step.stage] if step.code is None else STATES[step.code][0]

    def stage_of_code(self, code: int) -> Stage | None:
        """Where a number of the block leads."""
        return STATES[code][1] if code in STATES else None

    def course(self, message: Accepted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Nobody answers a ping, which shows nothing, or a name, which is no number."""
        sent = self._sent[message.id]
        if not sent.is_ping and (sent.source_number or not sent.source_name):
            return steps
        return tuple(replace(step, behaviour=Behaviour.DELIVER) for step in steps)

    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make a receipt, if the message asked for them."""
        if self._sent[message.id].wants_receipt:
            body = {"message_id": message.id, "message_state": message.status}
            event_id = self.sandbox.uuid()
            final = step.stage.final
            self.put_receipt(Event(event_id, body, at, message.id, message.status, final))

    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """A handset writes; there is no MMS, files are dropped. The id is its `message_id`."""
        reply_id, answered = self._new_id(), self.ledger.newest_to(sender)
        body = {
            "source_number": sender.removeprefix("+"),
            "destination_number": (to or self._number_of(answered)).removeprefix("+"),
            "body": text,
            "message_id": reply_id,
        }
        message_id = answered.id if answered else None
        return self.put_reply(Event(reply_id, body, self.sandbox.now(), message_id), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push it as the operator's template says."""
        self._push(event, self.ledger.receipts, self.notation)

    def on_reply(self, event: Event) -> None:
        """Push it as a form."""
        self._push(event, self.ledger.replies, Notation.FORM)

    # within

    def _entry(self, sent: Submission, place: int) -> dict[str, object]:
        """Send to one number; its part of the answer, with its place where it has no own id."""
        entry_id, good = self._new_id(), is_sendable(sent.number)
        if good:
            self._take(entry_id, sent)
        return {
            "type": "message",
            "id": entry_id,
            "attributes": {
                "destination_number": sent.number,
                "segments": sent.segments,
                "status": OK if good else NOT_SENT,
            },
            "meta": {"request_id": sent.request_id or str(place)},
        }

    def _take(self, entry_id: str, sent: Submission) -> None:
        """Accept the message and start what becomes of it."""
        self._sent[entry_id] = sent
        self.accept(
            Accepted(
                id=entry_id,
                to=sent.number,
                sender=sent.source_number or sent.source_name,
                text=sent.body,
                reference=sent.request_id,
                status=OK,
                accepted_at=self.sandbox.now(),
            )
        )

    def _new_id(self) -> str:
        """The time in milliseconds, or the next number if that is taken."""
        self._last_id = max(self._last_id + 1, self.sandbox.now())
        return str(self._last_id)

    def _number_of(self, answered: Accepted | None) -> str:
        """The own number that an answer goes to."""
        sent = self._sent[answered.id] if answered else None
        return (sent.source_number if sent else "") or DEFAULT_NUMBER

    def _push(self, event: Event, tray: Tray, notation: Notation) -> None:
        """Push an event; it is off the tray when the desk has taken it."""
        if self.hook_url is not None:
            push = form_push(self.hook_url, event.body, PAUSES, partial(tray.confirm, (event.id,)))
            self.push(noted(push, event.body, notation))


def refused(code: str, title: str, detail: str, status: int = 200) -> Response:
    """An answer with one error in place of data."""
    return json_response({"errors": [{"code": code, "title": title, "detail": detail}]}, status)
