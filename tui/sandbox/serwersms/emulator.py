"""SerwerSMS's emulator: one door for all actions, and what becomes of messages."""

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
from tui.sandbox.handset import Behaviour, Stage, Step, digits_of
from tui.sandbox.ledger import Accepted, Attachment, Event
from tui.sandbox.serwersms import pushes
from tui.sandbox.serwersms.answers import answer
from tui.sandbox.serwersms.errors import INVALID_ACTION, INVALID_USER, ApiError
from tui.sandbox.serwersms.fields import Fields, fields_of
from tui.sandbox.serwersms.incoming import Inbox
from tui.sandbox.serwersms.panel import Account, Files, Senders
from tui.sandbox.serwersms.records import Incoming, Outgoing, corrected
from tui.sandbox.serwersms.reports import Reports
from tui.sandbox.serwersms.sending import ECO, Sending, can_be_answered
from tui.sandbox.serwersms.times import local
from tui.sandbox.serwersms.words import (
    CODE_PREFIX,
    DELETED,
    ERROR_PREFIX,
    IN_PROGRESS,
    REASONS,
    SAVED,
    WORDS,
    reason_of,
)

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

Action = Callable[[Fields], object]

TOKEN = "sandbox-token"
ID_LETTERS = string.ascii_lowercase + string.digits
FIRST_INCOMING = 1000
MMS_NUMBER = "+48664078059"
SUFFIXES = ("json", "xml")


class SerwerSms(Emulator):
    """One account, with a user and a token."""

    name = "serwersms"
    code_prefix = CODE_PREFIX

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with nothing sent and nothing received."""
        super().__init__(sandbox)
        self.outgoing: dict[str, Outgoing] = {}
        """By id, in the order in which they were accepted."""
        self.incoming: list[Incoming] = []
        self.read: set[str] = set()
        """Event ids of incoming messages that were marked as read."""
        self.blocked_at: dict[str, int] = {}
        """Since when the numbers (digits) on the blacklist are there."""
        self.senders, self.files = Senders(), Files(self)
        self._counts: Counter[str] = Counter()
        self._newest_eco: dict[str, str] = {}
        self._account = Account(self)
        self._actions = self._all_actions()

    def routes(self) -> Sequence[BaseRoute]:
        """Everything goes through one door."""
        return [Route("/{path:path}", self.call, methods=["GET", "POST", "PUT", "DELETE"])]

    def code_table(self) -> str:
        """The two number blocks."""
        return f"{CODE_PREFIX}nnn fails with reason nnn, +{ERROR_PREFIX}nnnn is error nnnn"

    def _all_actions(self) -> dict[str, Action]:
        """Every action by its path."""
        sending, reports, inbox = Sending(self), Reports(self), Inbox(self)
        account, senders, files = self._account, self.senders, self.files
        return {
            "messages/send_sms": sending.send_sms,
            "messages/send_personalized": sending.send_personalized,
            "messages/send_mms": sending.send_mms,
            "messages/send_voice": sending.send_voice,
            "messages/reports": reports.reports,
            "messages/view": reports.view,
            "messages/delete": reports.delete,
            "messages/recived": inbox.reader("recived"),
            "messages/received": inbox.reader("received"),
            "messages/send_nd": inbox.send_nd,
            "messages/send_ndi": inbox.send_ndi,
            "account/limits": account.limits,
            "blacklist/index": account.blacklist,
            "blacklist/add": account.blacklist_add,
            "blacklist/check": account.blacklist_check,
            "blacklist/delete": account.blacklist_delete,
            "phones/test": account.phone_test,
            "phones/check": account.phone_check,
            "senders/add": senders.add,
            "senders/index": senders.index,
            "files/add": files.add,
            "files/index": files.index,
            "files/view": files.view,
            "files/delete": files.delete,
        }

    # requests

    async def call(self, request: Request) -> Response:
        """Answer one action; errors are answers, too."""
        path, _, suffix = request.path_params["path"].partition(".")
        try:
            if request.method != "POST" or suffix not in ("", *SUFFIXES):
                raise ApiError(INVALID_ACTION)
            fields = await fields_of(request)
            self._let_in(request, fields)
            return answer(self._do(path, fields), suffix)
        except ApiError as error:
            return answer(error.body(), suffix)

    def _let_in(self, request: Request, fields: Fields) -> None:
        """Check the token, or login and password; raises `ApiError` 1001."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            known = scheme.lower() == "bearer" and token.strip() == TOKEN
        else:
            given = (fields.values.get("username"), fields.values.get("password"))
            known = given == (API_KEY, API_SECRET)
        if not known:
            raise ApiError(INVALID_USER)

    def _do(self, path: str, fields: Fields) -> object:
        """Carry out an action; raises `ApiError` 1000 for one that there is not."""
        group, _, rest = path.partition("/")
        if group == "error":
            return self._account.error(rest)
        if path not in self._actions:
            raise ApiError(INVALID_ACTION)
        return self._actions[path](fields)

    # what the actions do

    def new_id(self) -> str:
        """Ten lower-case letters and digits."""
        return "".join(self.sandbox.rng.choices(ID_LETTERS, k=10))

    def take(self, outgoing: Outgoing) -> None:
        """Accept a message and start what becomes of it."""
        now = self.sandbox.now()
        self.outgoing[outgoing.id] = outgoing
        message = Accepted(
            id=outgoing.id,
            to=outgoing.phone,
            sender=outgoing.sender,
            text=outgoing.text,
            reference=outgoing.unique_id or None,
            status=SAVED if outgoing.starts_at > now else IN_PROGRESS,
            accepted_at=now,
        )
        self.accept(message, outgoing.starts_at)

    def withdraw(self, outgoing: Outgoing) -> bool:
        """Delete a message that waits for its time."""
        return self.cancel(self.ledger.accepted[outgoing.id], DELETED)

    def mark_read(self, items: Iterable[Incoming]) -> None:
        """Never give these again."""
        ids = [item.event_id for item in items]
        self.read.update(ids)
        self.ledger.replies.confirm(ids)

    def block(self, number: str) -> None:
        """Put a number on the blacklist."""
        super().block(number)
        self.blocked_at.setdefault(digits_of(number), self.sandbox.now())

    def unblock(self, number: str) -> None:
        """Take a number off the blacklist."""
        self.blocked.discard(digits_of(number))
        self.blocked_at.pop(digits_of(number), None)

    # what happens

    def word(self, step: Step) -> str:
        """The status word of a step."""
        return WORDS[step.stage]

    def stage_of_code(self, code: int) -> Stage | None:
        """Where a failure with that reason leads."""
        return REASONS[code][0] if code in REASONS else None

    def course(self, message: Accepted, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """A reply to ECO+ answers what went out last; a name cannot be answered."""
        if self.outgoing[message.id].kind == ECO:
            self._newest_eco[message.to] = message.id
        if can_be_answered(message.sender):
            return steps
        writing = (Behaviour.ANSWER, Behaviour.OPT_OUT)
        return tuple(
            replace(step, behaviour=Behaviour.DELIVER) if step.behaviour in writing else step
            for step in steps
        )

    def report(self, message: Accepted, step: Step, at: int) -> None:
        """Make a receipt; being in progress is not worth one."""
        if step.stage is Stage.ENROUTE:
            return
        body = {"date": local(at), "reason": reason_of(step) or ""}
        final = step.stage.final
        self.put_receipt(
            Event(self.sandbox.uuid(), body, at, message.id, message.status, final=final)
        )

    def receive(
        self, sender: str, to: str | None, text: str, attachments: Sequence[Attachment]
    ) -> str:
        """An incoming message; its kind follows from the number written to."""
        phone = corrected(sender) or sender
        answered = self._newest_eco.get(phone, "")
        kind = "mms" if attachments else kind_of(to, answered)
        self._counts[kind] += 1
        item = Incoming(
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
        event = Event(item.event_id, item.as_json("recived", blacklisted=False), item.at)
        return self.put_reply(event, phone, text)

    def on_receipt(self, event: Event) -> None:
        """Push a receipt to the message's own address or the desk's."""
        outgoing = self.outgoing[event.message_id or ""]
        outgoing.show(event)
        template = outgoing.dlr_url
        if not template and self.hook_url is not None:
            template = self.hook_url + pushes.REPORT_QUERY
        if not template:
            return
        macros = {
            "SMSID": outgoing.id,
            "STAN": event.status,
            "DATA": str(event.body["date"]),
            "PRZYCZYNA": str(event.body["reason"]),
        }
        delivered = partial(self.ledger.receipts.confirm, [event.id])
        self.push(pushes.get_push(pushes.filled(template, macros), delivered))

    def on_reply(self, event: Event) -> None:
        """Push an incoming message."""
        if self.hook_url is None:
            return
        item = next(i for i in reversed(self.incoming) if i.event_id == event.id)
        delivered = partial(self.ledger.replies.confirm, [event.id])
        self.push(pushes.reply_push(self.hook_url, item, delivered))


def kind_of(to: str | None, answered: str) -> str:
    """The kind of an SMS by the number written to, or by what it answers."""
    if not to:
        return ECO if answered else "ndi"
    if len(to) in (4, 5) and to.isdecimal():
        return "pre" if to.startswith("7") else "nd"
    return "ndi"
