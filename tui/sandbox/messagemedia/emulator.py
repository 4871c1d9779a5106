"""Emulate MessageMedia: sending, status, cancelling, replies, reports and their pushes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.clock import DAY
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage, is_stop_word
from tui.sandbox.ledger import AcceptedMessage, Event, EventQueue, MmsFile
from tui.sandbox.messagemedia import bodies
from tui.sandbox.messagemedia.auth import (
    ACCOUNT_ID,
    PAGE_SIZE,
    Credentials,
    RefusedRequest,
    RequestGuard,
    invalid_request,
    not_enabled,
    not_found,
    read_account,
    read_ids,
)
from tui.sandbox.messagemedia.bodies import EXPIRED_UNSENT_CODE, STAGE_OF_CODE, STATUSES
from tui.sandbox.messagemedia.optouts import OptOuts
from tui.sandbox.messagemedia.signing import sign_push
from tui.sandbox.messagemedia.submission import (
    InvalidSubmission,
    SubmittedMessage,
    parse_submissions,
)
from tui.sandbox.messagemedia.webhooks import Webhooks
from tui.sandbox.push import PushRequest
from tui.sandbox.wire import read_json, read_object, to_json_response

if TYPE_CHECKING:
    from tui.sandbox.state import Sandbox

RETENTION = 45 * DAY
CREDITS = 1000
PLAIN = re.compile(r"text/(plain|\*)|\*/\*")
PUSH_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class MessageMedia(Emulator):
    """The account `SmsdeskDemo` of the APAC region."""

    name = "messagemedia"
    code_prefix = "+61491579"
    codes_in_polls: ClassVar[bool] = True
    """Whether polled reports carry `error_code`, which is documented for pushes only."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the account with nothing sent and nothing received."""
        super().__init__(sandbox)
        self._sent: dict[str, tuple[SubmittedMessage, str]] = {}
        self._webhooks = Webhooks(sandbox.new_uuid)
        self._guard = RequestGuard(f"/{self.name}", Credentials(API_KEY, API_SECRET), sandbox.clock)

    def build_routes(self) -> Sequence[BaseRoute]:
        """Return every path of the API; anything else is 404 in JSON."""
        guard, message_path = self._guard, "/v1/messages/{message_id}"
        return [
            Route("/v1/messages", guard(self.send_messages), methods=["POST"]),
            Route(message_path, guard(self.show_status), methods=["GET"]),
            Route(message_path, guard(self.cancel_scheduled), methods=["PUT"]),
            Route("/v1/replies", guard(self.list_replies), methods=["GET"]),
            Route("/v1/replies/confirmed", guard(self.confirm_replies), methods=["POST"]),
            Route("/v1/delivery_reports", guard(self.list_reports), methods=["GET"]),
            Route("/v1/delivery_reports/confirmed", guard(self.confirm_reports), methods=["POST"]),
            Route("/v1/messaging/credits", guard(self.show_credits), methods=["GET"]),
            *self._webhooks.build_routes(guard),
            *OptOuts(self.blocked).build_routes(guard),
            Route(
                "/v1/iam/signature_keys{rest:path}",
                guard(_refuse_signature_keys),
                methods=ALL_METHODS,
            ),
            Route("/{rest:path}", guard(_answer_unknown_path), methods=ALL_METHODS),
        ]

    # requests

    async def send_messages(self, request: Request) -> Response:
        """Accept all messages of the request, or none."""
        try:
            submissions = parse_submissions(await read_json(request))
        except InvalidSubmission as invalid:
            raise invalid_request(*invalid.details) from invalid
        account = read_account(request)
        accepted = [self._accept_submission(submission, account) for submission in submissions]
        pairs = zip(accepted, submissions, strict=True)
        answer = [bodies.build_submitted(message.id, sent) for message, sent in pairs]
        return to_json_response({"messages": answer}, 202)

    async def show_status(self, request: Request) -> Response:
        """Return the message as submitted, with its true status."""
        message = self._find_message(request)
        sent = self._sent[message.id][0]
        return to_json_response(bodies.build_message(message.id, message.status, sent))

    async def cancel_scheduled(self, request: Request) -> Response:
        """Cancel a message that is scheduled."""
        message = self._find_message(request)
        requested_status = (await read_object(request)).get("status")
        if requested_status != STATUSES[Stage.CANCELLED]:
            raise invalid_request("/status: Must be cancelled.")
        if not self.cancel_message(message, STATUSES[Stage.CANCELLED]):
            raise RefusedRequest(400, "Message is not currently scheduled")
        return Response(status_code=200)

    async def list_replies(self, request: Request) -> Response:
        """Return the oldest 100 unconfirmed replies."""
        replies = self._build_page(self.ledger.replies, ("attachments",))
        return to_json_response({"replies": replies})

    async def list_reports(self, request: Request) -> Response:
        """Return the oldest 100 unconfirmed delivery reports."""
        omitted_fields = () if self.codes_in_polls else ("error_code",)
        reports = self._build_page(self.ledger.receipts, omitted_fields)
        return to_json_response({"delivery_reports": reports})

    async def confirm_replies(self, request: Request) -> Response:
        """Remove replies from the list."""
        return await self._confirm_events(request, self.ledger.replies, "reply_ids")

    async def confirm_reports(self, request: Request) -> Response:
        """Remove delivery reports from the list."""
        return await self._confirm_events(request, self.ledger.receipts, "delivery_report_ids")

    async def _confirm_events(self, request: Request, queue: EventQueue, name: str) -> Response:
        """Remove events from their list; the answer is declared as plain text."""
        accepts_text = PLAIN.search(request.headers.get("accept", "*/*"))
        if "strict_accept" in self.quirks and not accepts_text:
            raise RefusedRequest(406, "Not acceptable")
        ids = await read_ids(request, name)
        if "stuck_confirmations" not in self.quirks:
            queue.confirm(ids)
        return Response(status_code=202)

    async def show_credits(self, request: Request) -> Response:
        """Return the remaining prepaid credits, in a format of our own: none is documented."""
        spent = CREDITS if "no_credit" in self.quirks else len(self.ledger.accepted)
        return to_json_response({"credits": CREDITS - spent})

    def apply_quirks(self, push: PushRequest) -> PushRequest:
        """Return a push as the quirks make it, signed after that if they say so."""
        rewritten = super().apply_quirks(push)
        return sign_push(rewritten, self.sandbox.now()) if "signed" in self.quirks else rewritten

    # delivery

    def to_status(self, step: DeliveryStep) -> str:
        """Return the status of a step."""
        return STATUSES[step.stage]

    def stage_of_code(self, code: int) -> Stage | None:
        """Return where a documented `error_code`, the number's last three digits, leads."""
        return STAGE_OF_CODE.get(code)

    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create a delivery report, if the message asked for them.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """
        sent, account = self._sent[message.id]
        if not sent.delivery_report:
            return
        report_id = self.sandbox.new_uuid()
        body = bodies.build_report(report_id, message, sent, step, at, account)
        self.put_receipt(
            Event(report_id, body, at, message.id, message.status, step.stage.is_final)
        )

    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive a reply to the latest message to the handset, or one that answers no message.

        Args:
            sender: Number of the handset.
            to: Number it writes to, if known.
            text: Text of the reply.
            attachments: Files of an MMS.
        """
        reply_id, at = self.sandbox.new_uuid(), self.sandbox.now()
        answered = self.ledger.find_latest_to(sender, to)
        own_number, account = (
            (to, ACCOUNT_ID) if answered is None else (answered.sender or None, "")
        )
        body = bodies.build_reply(reply_id, sender, own_number, text, at)
        if answered is not None:
            sent, account = self._sent[answered.id]
            body |= bodies.build_matched_fields(answered.id, sent)
        body["vendor_account_id"] = bodies.build_vendor_account(account)
        if attachments:
            body["attachments"] = bodies.build_attachments(attachments)
        message_id = None if answered is None else answered.id
        return self.put_reply(Event(reply_id, body, at, message_id), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push a report to the message's own address and to the webhooks for such reports."""
        self._push_event(f"{event.status.upper()}_DR", event.body)

    def on_reply(self, event: Event) -> None:
        """Push a reply, and also an opt-out notification if it is a stop word."""
        self._push_event(
            "RECEIVED_MMS" if "attachments" in event.body else "RECEIVED_SMS", event.body
        )
        if is_stop_word(str(event.body["content"])):
            for hook in self._webhooks.find_subscribed("OPT_OUT_SMS"):
                self.queue_push(hook.build_push(self._build_opt_out(event.body)))

    # helpers

    def _accept_submission(self, sent: SubmittedMessage, account: str) -> AcceptedMessage:
        """Accept one message and schedule its delivery."""
        now, later = self.sandbox.now(), sent.scheduled
        is_scheduled = later is not None and later > now
        message = AcceptedMessage(
            id=self.sandbox.new_uuid(),
            to=sent.destination_number,
            sender=sent.source_number or "",
            text=sent.content,
            reference=(sent.metadata or {}).get("reference"),
            status=STATUSES[Stage.SCHEDULED if is_scheduled else Stage.ACCEPTED],
            accepted_at=now,
        )
        self._sent[message.id] = (sent, account)
        self.accept_message(message, later if is_scheduled else None)
        if sent.expiry is not None:
            self.sandbox.agenda.schedule_callback(
                max(sent.expiry, now), partial(self._expire_message, message)
            )
        return message

    def _expire_message(self, message: AcceptedMessage, at: int) -> None:
        """Discard a message whose validity has ended before it was delivered."""
        unsent = message.stage in (Stage.ACCEPTED, Stage.SCHEDULED, Stage.ENROUTE)
        code = EXPIRED_UNSENT_CODE if unsent else None
        self.apply_step(message, DeliveryStep(0.0, Stage.EXPIRED, Behaviour.EXPIRE, code), at)

    def _find_message(self, request: Request) -> AcceptedMessage:
        """Return the message that the path names; refuse it if unknown or older than 45 days."""
        message = self.ledger.accepted.get(request.path_params["message_id"].lower())
        if message is None or message.accepted_at < self.sandbox.now() - RETENTION:
            raise not_found()
        return message

    def _build_page(
        self, queue: EventQueue, omitted_fields: Sequence[str]
    ) -> list[dict[str, object]]:
        """Return one page of a queue, without the fields that only pushes have."""
        queue.discard_before(self.sandbox.now() - RETENTION)
        return [
            {name: value for name, value in event.body.items() if name not in omitted_fields}
            for event in queue.get_page(PAGE_SIZE)
        ]

    def _push_event(self, kind: str, body: Mapping[str, object]) -> None:
        """Push to the message's own address or the account's, and to the subscribed webhooks."""
        url = body.get("callback_url") or self.hook_url
        if isinstance(url, str):
            data = json.dumps(body).encode()
            headers = {"Content-Type": "application/json"}
            self.queue_push(PushRequest(url, data, headers=headers, pauses=PUSH_PAUSES))
        for hook in self._webhooks.find_subscribed(kind):
            self.queue_push(hook.build_push(body))

    def _build_opt_out(self, reply: Mapping[str, object]) -> dict[str, object]:
        """Return the notification that a recipient has opted out; it has no reply id."""
        copied = ("source_number", "destination_number", "message_id", "date_received", "metadata")
        fields = {name: reply[name] for name in (*copied, "vendor_account_id") if name in reply}
        return {"notification_id": self.sandbox.new_uuid(), **fields}


async def _refuse_signature_keys(request: Request) -> Response:
    """Refuse signed pushes, a paid feature that the sandbox's account does not have."""
    raise not_enabled()


async def _answer_unknown_path(request: Request) -> Response:
    """Answer a path that does not exist."""
    raise not_found()
