"""MessageMedia's emulator: sending, status, cancelling, replies, reports and their pushes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.clock import DAY
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, Stage, Step, is_stop_word
from tui.sandbox.ledger import Accepted, Attachment, Event, Tray
from tui.sandbox.messagemedia import bodies
from tui.sandbox.messagemedia.auth import Credentials
from tui.sandbox.messagemedia.codes import EXPIRED_UNSENT_CODE, STAGE_OF_CODE, WORDS
from tui.sandbox.messagemedia.guard import ACCOUNT_ID, Guard, account_of
from tui.sandbox.messagemedia.optouts import OptOuts
from tui.sandbox.messagemedia.refusal import Refused, not_enabled, not_found, unparsable
from tui.sandbox.messagemedia.submission import Invalid, Submission, parse_submissions
from tui.sandbox.messagemedia.webhooks import Webhooks
from tui.sandbox.push import Push
from tui.sandbox.wire import json_response, read_json, read_object

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

PAGE_SIZE = 100
KEPT = 45 * DAY
CREDITS = 1000
PUSH_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class MessageMedia(Emulator):
    """The account `SmsdeskDemo` of the APAC region."""

    name = "messagemedia"
    code_prefix = "+61491579"
    codes_in_polls: ClassVar[bool] = True
    """Whether polled reports carry `error_code`, which is documented for pushes only."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with nothing sent and nothing received."""
        super().__init__(sandbox)
        self._sent: dict[str, tuple[Submission, str]] = {}
        self._webhooks = Webhooks(sandbox.uuid)
        self._guard = Guard(f"/{self.name}", Credentials(API_KEY, API_SECRET), sandbox.clock)

    def routes(self) -> Sequence[BaseRoute]:
        """Every path of the API; anything else is 404 in JSON."""
        guard, one = self._guard, "/v1/messages/{message_id}"
        return [
            Route("/v1/messages", guard(self.send), methods=["POST"]),
            Route(one, guard(self.status), methods=["GET"]),
            Route(one, guard(self.cancel_one), methods=["PUT"]),
            Route("/v1/replies", guard(self.replies), methods=["GET"]),
            Route("/v1/replies/confirmed", guard(self.confirm_replies), methods=["POST"]),
            Route("/v1/delivery_reports", guard(self.reports), methods=["GET"]),
            Route("/v1/delivery_reports/confirmed", guard(self.confirm_reports), methods=["POST"]),
            Route("/v1/messaging/credits", guard(self.credits), methods=["GET"]),
            *self._webhooks.routes(guard),
            *OptOuts(self.blocked).routes(guard),
            Route("/v1/iam/signature_keys{rest:path}", guard(_no_keys), methods=ALL_METHODS),
            Route("/{rest:path}", guard(_nothing_here), methods=ALL_METHODS),
        ]

    # requests

    async def send(self, request: Request) -> Response:
        """Accept all messages of the request, or none."""
        try:
            submissions = parse_submissions(await read_json(request))
        except Invalid as invalid:
            raise unparsable(*invalid.details) from invalid
        account = account_of(request)
        taken = [self._take(submission, account) for submission in submissions]
        pairs = zip(taken, submissions, strict=True)
        answer = [bodies.submitted_body(message.id, sent) for message, sent in pairs]
        return json_response({"messages": answer}, 202)

    async def status(self, request: Request) -> Response:
        """The message as submitted, with its true status."""
        message = self._find(request)
        sent, _ = self._sent[message.id]
        return json_response(bodies.message_body(message.id, message.status, sent))

    async def cancel_one(self, request: Request) -> Response:
        """Cancel a message that is scheduled."""
        message, wanted = self._find(request), (await read_object(request)).get("status")
        if wanted != WORDS[Stage.CANCELLED]:
            raise unparsable("/status: Must be cancelled.")
        if not self.cancel(message, WORDS[Stage.CANCELLED]):
            raise Refused(400, "Message is not currently scheduled")
        return Response(status_code=200)

    async def replies(self, request: Request) -> Response:
        """The oldest 100 unconfirmed replies."""
        return json_response({"replies": self._page(self.ledger.replies, ("attachments",))})

    async def reports(self, request: Request) -> Response:
        """The oldest 100 unconfirmed delivery reports."""
        left_out = () if self.codes_in_polls else ("error_code",)
        return json_response({"delivery_reports": self._page(self.ledger.receipts, left_out)})

    async def confirm_replies(self, request: Request) -> Response:
        """Take replies off the list."""
        self.ledger.replies.confirm(await _ids(request, "reply_ids"))
        return Response(status_code=202)

    async def confirm_reports(self, request: Request) -> Response:
        """Take delivery reports off the list."""
        self.ledger.receipts.confirm(await _ids(request, "delivery_report_ids"))
        return Response(status_code=202)

    async def credits(self, request: Request) -> Response:
        """What is left of the prepaid credits; the shape is our own, none is documented."""
        return json_response({"credits": CREDITS - len(self.ledger.accepted)})

    # what happens

    def word(self, step: Step) -> str:
        """The status word of a step."""
        return WORDS[step.stage]

    def stage_of_code(self, code: int) -> Stage | None:
        """Where a documented `error_code` leads."""
        return STAGE_OF_CODE.get(code)

    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make a delivery report, if the message asked for them."""
        sent, account = self._sent[message.id]
        if not sent.delivery_report:
            return
        report_id = self.sandbox.uuid()
        body = bodies.report_body(report_id, message, sent, step, at, account)
        self.put_receipt(Event(report_id, body, at, message.id, message.status, step.stage.final))

    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """A reply to the latest message that the handset got, or to nothing in particular."""
        reply_id, at = self.sandbox.uuid(), self.sandbox.now()
        answered = self.ledger.newest_to(sender, to)
        own, account = (to, ACCOUNT_ID) if answered is None else (answered.sender or None, "")
        body = bodies.reply_body(reply_id, sender, own, text, at)
        if answered is not None:
            sent, account = self._sent[answered.id]
            body |= bodies.matched_fields(answered.id, sent)
        body["vendor_account_id"] = bodies.vendor_account(account)
        if attachments:
            body["attachments"] = bodies.attachment_bodies(attachments)
        message_id = None if answered is None else answered.id
        return self.put_reply(Event(reply_id, body, at, message_id), sender, text)

    def on_receipt(self, event: Event) -> None:
        """Push a report to the message's own address and to whoever wants such reports."""
        self._notify(f"{event.status.upper()}_DR", event.body)

    def on_reply(self, event: Event) -> None:
        """Push a reply, and an opt-out of its own kind if it is a stop word."""
        self._notify("RECEIVED_MMS" if "attachments" in event.body else "RECEIVED_SMS", event.body)
        if is_stop_word(str(event.body["content"])):
            for hook in self._webhooks.wanting("OPT_OUT_SMS"):
                self.push(hook.push(self._opt_out(event.body)))

    # within

    def _take(self, sent: Submission, account: str) -> Accepted:
        """Accept one message and start what becomes of it."""
        now, later = self.sandbox.now(), sent.scheduled
        waits = later is not None and later > now
        message = Accepted(
            id=self.sandbox.uuid(),
            to=sent.destination_number,
            sender=sent.source_number or "",
            text=sent.content,
            reference=(sent.metadata or {}).get("reference"),
            status=WORDS[Stage.SCHEDULED if waits else Stage.ACCEPTED],
            accepted_at=now,
        )
        self._sent[message.id] = (sent, account)
        self.accept(message, later if waits else None)
        if sent.expiry is not None:
            self.sandbox.agenda.at(max(sent.expiry, now), partial(self._expire, message))
        return message

    def _expire(self, message: Accepted, at: int) -> None:
        """Discard a message whose validity has run out before it was delivered."""
        unsent = message.stage in (Stage.ACCEPTED, Stage.SCHEDULED, Stage.ENROUTE)
        code = EXPIRED_UNSENT_CODE if unsent else None
        self.happen(message, Step(0.0, Stage.EXPIRED, Behaviour.EXPIRE, code), at)

    def _find(self, request: Request) -> Accepted:
        """The message that the path names, unless unknown, malformed or older than 45 days."""
        message = self.ledger.accepted.get(request.path_params["message_id"].lower())
        if message is None or message.accepted_at < self.sandbox.now() - KEPT:
            raise not_found()
        return message

    def _page(self, tray: Tray, left_out: Sequence[str]) -> list[dict[str, object]]:
        """One page of a tray, without the fields that only pushes have."""
        tray.forget_before(self.sandbox.now() - KEPT)
        return [
            {name: value for name, value in event.body.items() if name not in left_out}
            for event in tray.page(PAGE_SIZE)
        ]

    def _notify(self, kind: str, body: Mapping[str, object]) -> None:
        """Push to the message's own address or the account's, and to the webhooks that want it."""
        url = body.get("callback_url") or self.hook_url
        if isinstance(url, str):
            data = json.dumps(body).encode()
            headers = {"Content-Type": "application/json"}
            self.push(Push(url, data, headers=headers, pauses=PUSH_PAUSES))
        for hook in self._webhooks.wanting(kind):
            self.push(hook.push(body))

    def _opt_out(self, reply: Mapping[str, object]) -> dict[str, object]:
        """The notification that a recipient has opted out: no reply id."""
        kept = ("source_number", "destination_number", "message_id", "date_received", "metadata")
        fields = {name: reply[name] for name in (*kept, "vendor_account_id") if name in reply}
        return {"notification_id": self.sandbox.uuid(), **fields}


async def _no_keys(request: Request) -> Response:
    """Signed pushes are a paid feature that the sandbox's account does not have."""
    raise not_enabled()


async def _nothing_here(request: Request) -> Response:
    """There is no such path."""
    raise not_found()


async def _ids(request: Request, name: str) -> list[str]:
    """The 1 to 100 UUIDs of a confirmation; unknown ones are fine."""
    ids = (await read_object(request)).get(name)
    if not isinstance(ids, list) or not 1 <= len(ids) <= PAGE_SIZE:
        raise unparsable(f"/{name}: Must contain between 1 and {PAGE_SIZE} ids.")
    bad = [f"/{name}/{index}: Must be a UUID." for index, i in enumerate(ids) if not _is_uuid(i)]
    if bad:
        raise unparsable(*bad)
    return [str(event_id).lower() for event_id in ids]


def _is_uuid(value: object) -> bool:
    """Whether a value is a UUID in its 36-character form."""
    try:
        return isinstance(value, str) and len(value) == 36 and bool(uuid.UUID(value))
    except ValueError:
        return False
