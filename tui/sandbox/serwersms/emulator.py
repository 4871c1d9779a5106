"""Emulate SerwerSMS: one route for all actions, and the delivery of messages."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.emulator import Emulator
from tui.sandbox.handset import Behaviour, DeliveryStep, Stage, extract_digits
from tui.sandbox.ledger import AcceptedMessage, Event, MmsFile
from tui.sandbox.serwersms import pushes
from tui.sandbox.serwersms.errors import INVALID_ACTION, INVALID_USER, ApiError, format_answer
from tui.sandbox.serwersms.fields import RequestFields, read_fields
from tui.sandbox.serwersms.incoming import IncomingActions, find_kind
from tui.sandbox.serwersms.message_records import (
    IncomingMessage,
    OutgoingMessage,
    format_local,
    normalize_phone,
)
from tui.sandbox.serwersms.panel import AccountActions, SenderNames, UploadedFiles
from tui.sandbox.serwersms.reports import ReportActions
from tui.sandbox.serwersms.sending import ECO, SendActions, can_be_answered
from tui.sandbox.serwersms.status_codes import (
    CODE_PREFIX,
    DELETED,
    ERROR_PREFIX,
    IN_PROGRESS,
    REASONS,
    SAVED,
    STATUSES,
    to_reason,
)

if TYPE_CHECKING:
    from tui.sandbox.state import Sandbox

Action = Callable[[RequestFields], object]

TOKEN = "sandbox-token"
ID_CHARACTERS = string.ascii_lowercase + string.digits
FIRST_INCOMING = 1000
MMS_NUMBER = "+48664078059"
SUFFIXES = ("json", "xml")


class SerwerSms(Emulator):
    """One account, with a user and a token."""

    name = "serwersms"
    code_prefix = CODE_PREFIX
    legacy_charset = "cp1250"

    def __init__(self, sandbox: Sandbox) -> None:
        """Create the account with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.outgoing: dict[str, OutgoingMessage] = {}
        """By id, in the order in which they were accepted."""
        self.incoming: list[IncomingMessage] = []
        self.read_ids: set[str] = set()
        """Event ids of incoming messages that were marked as read."""
        self.blocked_at: dict[str, int] = {}
        """When each number (digits) was added to the blacklist."""
        self.senders, self.files = SenderNames(), UploadedFiles(self)
        self._counts: Counter[str] = Counter()
        self._newest_eco: dict[str, str] = {}
        self._account = AccountActions(self)
        self._actions = self._build_actions()

    def build_routes(self) -> Sequence[BaseRoute]:
        """Return one route for all actions."""
        return [Route("/{path:path}", self.answer_action, methods=["GET", "POST", "PUT", "DELETE"])]

    def describe_codes(self) -> str:
        """Return one line about the two blocks of numbers."""
        return f"{CODE_PREFIX}nnn fails with reason nnn, +{ERROR_PREFIX}nnnn is error nnnn"

    def _build_actions(self) -> dict[str, Action]:
        """Return every action by its path."""
        sending, reports, inbox = SendActions(self), ReportActions(self), IncomingActions(self)
        account, senders, files = self._account, self.senders, self.files
        return {
            "messages/send_sms": sending.send_sms,
            "messages/send_personalized": sending.send_personalized,
            "messages/send_mms": sending.send_mms,
            "messages/send_voice": sending.send_voice,
            "messages/reports": reports.list_reports,
            "messages/view": reports.show_report,
            "messages/delete": reports.delete_scheduled,
            "messages/recived": inbox.build_reader("recived"),
            "messages/received": inbox.build_reader("received"),
            "messages/send_nd": inbox.add_nd_message,
            "messages/send_ndi": inbox.add_ndi_message,
            "account/limits": account.list_limits,
            "blacklist/index": account.list_blacklist,
            "blacklist/add": account.add_to_blacklist,
            "blacklist/check": account.check_blacklist,
            "blacklist/delete": account.remove_from_blacklist,
            "phones/test": account.test_phone,
            "phones/check": account.check_phone,
            "senders/add": senders.add_name,
            "senders/index": senders.list_names,
            "files/add": files.add_file,
            "files/index": files.list_files,
            "files/view": files.show_file,
            "files/delete": files.delete_file,
        }

    # requests

    async def answer_action(self, request: Request) -> Response:
        """Answer one action; errors are answers, too."""
        path, _, suffix = request.path_params["path"].partition(".")
        try:
            if request.method != "POST" or suffix not in ("", *SUFFIXES):
                raise ApiError(INVALID_ACTION)
            fields = await read_fields(request)
            self._check_credentials(request, fields)
            return format_answer(self._run_action(path, fields), suffix)
        except ApiError as error:
            return format_answer(error.to_body(), suffix)

    def _check_credentials(self, request: Request, fields: RequestFields) -> None:
        """Check the token, or login and password; raise `ApiError` 1001."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        # A header, even a wrong one, takes precedence over login and password in the body.
        if scheme:
            is_known = scheme.lower() == "bearer" and token.strip() == TOKEN
        else:
            given = (fields.values.get("username"), fields.values.get("password"))
            is_known = given == (API_KEY, API_SECRET)
        if not is_known:
            raise ApiError(INVALID_USER)

    def _run_action(self, path: str, fields: RequestFields) -> object:
        """Run an action; raise `ApiError` 1000 for one that does not exist."""
        group, _, rest = path.partition("/")
        if group == "error":
            return self._account.show_error(rest)
        if path not in self._actions:
            raise ApiError(INVALID_ACTION)
        return self._actions[path](fields)

    # used by the actions

    def create_id(self) -> str:
        """Return ten lower-case characters and digits."""
        return "".join(self.sandbox.rng.choices(ID_CHARACTERS, k=10))

    def accept_outgoing(self, outgoing: OutgoingMessage) -> None:
        """Accept a message and schedule its delivery."""
        now = self.sandbox.now()
        self.outgoing[outgoing.id] = outgoing
        message = AcceptedMessage(
            id=outgoing.id,
            to=outgoing.phone,
            sender=outgoing.sender,
            text=outgoing.text,
            reference=outgoing.unique_id or None,
            status=SAVED if outgoing.starts_at > now else IN_PROGRESS,
            accepted_at=now,
        )
        self.accept_message(message, outgoing.starts_at)

    def cancel_scheduled(self, outgoing: OutgoingMessage) -> bool:
        """Delete a scheduled message; return False if it is too late."""
        return self.cancel_message(self.ledger.accepted[outgoing.id], DELETED)

    def mark_read(self, items: Iterable[IncomingMessage]) -> None:
        """Mark incoming messages as read, so that they are never returned again.

        Args:
            items: Messages that were returned to the desk.
        """
        ids = [item.event_id for item in items]
        self.read_ids.update(ids)
        self.ledger.replies.confirm(ids)

    def block_number(self, number: str) -> None:
        """Add a number to the blacklist."""
        super().block_number(number)
        self.blocked_at.setdefault(extract_digits(number), self.sandbox.now())

    def unblock_number(self, number: str) -> None:
        """Remove a number from the blacklist."""
        self.blocked.discard(extract_digits(number))
        self.blocked_at.pop(extract_digits(number), None)

    # delivery

    def to_status(self, step: DeliveryStep) -> str:
        """Return the status of a step."""
        return STATUSES[step.stage]

    def stage_of_code(self, code: int) -> Stage | None:
        """Return where a failure with that reason leads.

        Args:
            code: Last three digits of the recipient's number.
        """
        return REASONS[code][0] if code in REASONS else None

    def adjust_steps(
        self, message: AcceptedMessage, steps: tuple[DeliveryStep, ...]
    ) -> tuple[DeliveryStep, ...]:
        """Remember the newest ECO+ message to a number; remove answers to a sender name.

        A reply to ECO+ answers the message that was sent last; a handset cannot answer a name.

        Args:
            message: Message that is sent.
            steps: Steps that the handset's behaviour gives.
        """
        if self.outgoing[message.id].kind == ECO:
            self._newest_eco[message.to] = message.id
        if can_be_answered(message.sender):
            return steps
        answering = (Behaviour.ANSWER, Behaviour.OPT_OUT)
        return tuple(
            replace(step, behaviour=Behaviour.DELIVER) if step.behaviour in answering else step
            for step in steps
        )

    def create_receipt(self, message: AcceptedMessage, step: DeliveryStep, at: int) -> None:
        """Create a receipt, except for a message in progress.

        Args:
            message: Message that the step belongs to.
            step: Step that happened.
            at: Time of the step in milliseconds UTC.
        """
        if step.stage is Stage.ENROUTE:
            return
        body = {"date": format_local(at), "reason": to_reason(step) or ""}
        receipt_id, final = self.sandbox.new_uuid(), step.stage.is_final
        self.put_receipt(Event(receipt_id, body, at, message.id, message.status, final=final))

    def receive_message(
        self, sender: str, to: str | None, text: str, attachments: Sequence[MmsFile]
    ) -> str:
        """Receive an incoming message; its type depends on the number it was sent to.

        Args:
            sender: Number of the handset.
            to: Number it writes to, if known.
            text: Text of the message.
            attachments: Files of an MMS.
        """
        phone = normalize_phone(sender) or sender
        answered = self._newest_eco.get(phone, "")
        kind = "mms" if attachments else find_kind(to, answered)
        # Each type has its own numbering, so an id alone is not unique.
        self._counts[kind] += 1
        item = IncomingMessage(
            kind=kind,
            number=FIRST_INCOMING + self._counts[kind],
            phone=phone,
            to=to or (MMS_NUMBER if kind == "mms" else ""),
            text=text,
            at=self.sandbox.now(),
            message_id=answered if kind == ECO else "",
            attachments=attachments,
        )
        self.incoming.append(item)
        event = Event(item.event_id, item.to_json("recived", blacklisted=False), item.at)
        return self.put_reply(event, phone, text)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt to the message's own address or the desk's."""
        outgoing = self.outgoing[event.message_id or ""]
        outgoing.record_receipt(event)
        template = outgoing.dlr_url
        if not template and self.hook_url is not None:
            template = self.hook_url + pushes.REPORT_QUERY
        if not template:
            return
        delivered = partial(self.ledger.receipts.confirm, [event.id])
        self.queue_push(pushes.build_report_push(template, event, delivered))

    def on_reply(self, event: Event) -> None:
        """Push an incoming message."""
        if self.hook_url is None:
            return
        item = next(item for item in reversed(self.incoming) if item.event_id == event.id)
        delivered = partial(self.ledger.replies.confirm, [event.id])
        self.queue_push(pushes.build_reply_push(self.hook_url, item, delivered))
