"""The Omnichannel API: sending, status and cancelling in JSON under HTTP Basic (Messente
Omnichannel API)."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.handset import code_of
from tui.sandbox.messente.faults import (
    FORBIDDEN,
    INTERNAL,
    INVALID,
    MISSING,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHORIZED,
    Refused,
    refused,
)
from tui.sandbox.messente.omnimessage import Omnimessage, parse
from tui.sandbox.messente.records import Attempt, Body, Sent
from tui.sandbox.messente.senders import DEFAULT_SENDER
from tui.sandbox.messente.words import CODE_PREFIX
from tui.sandbox.wire import BadBody, json_response, read_object

if TYPE_CHECKING:
    from tui.sandbox.messente.emulator import Messente

Endpoint = Callable[[Request], Awaitable[Response]]

ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REFUSED = {403: FORBIDDEN, 500: INTERNAL}
"""By the last three digits of a number in the block for codes."""


class Omnichannel:
    """The four calls over one emulator."""

    def __init__(self, messente: Messente) -> None:
        """Serve this account."""
        self._messente = messente

    def routes(self) -> list[BaseRoute]:
        """The calls; a wrong method and every other path are refused in JSON."""
        one = "/v1/omnimessage/{id}"
        calls = [
            ("/v1/omnimessage", "POST", self.send),
            ("/v1/omnimessages", "POST", self.send_many),
            (f"{one}/status", "GET", self.status),
            (one, "DELETE", self.cancel),
        ]
        return [
            *(Route(path, guarded(call), methods=[method]) for path, method, call in calls),
            *(Route(path, guarded(not_allowed), methods=ALL_METHODS) for path, _, _ in calls),
            Route("/v1/{rest:path}", guarded(nothing_here), methods=ALL_METHODS),
        ]

    async def send(self, request: Request) -> Response:
        """Accept one message."""
        return json_response(self._take(await body_of(request)), 201)

    async def send_many(self, request: Request) -> Response:
        """Accept of many messages those that are right; always 201."""
        items = (await body_of(request)).get("messages")
        if items is None:
            raise refused(MISSING, "Missing data for required field", "messages")
        if not isinstance(items, list) or not items:
            raise refused(INVALID, "Must be a list of at least one message", "messages")
        return json_response({"messages": [self._take_or_tell(item) for item in items]}, 201)

    async def status(self, request: Request) -> Response:
        """What is known of each channel attempt."""
        sent = self._find(request)
        message = self._messente.ledger.accepted[sent.id]
        self._messente.polled(sent)
        statuses = sent.statuses(message.accepted_at)
        return json_response({"statuses": statuses, "to": sent.to, "omnimessage_id": sent.id})

    async def cancel(self, request: Request) -> Response:
        """Cancel a message that waits for its time; too late is "not found"."""
        if not self._messente.withdraw(self._find(request)):
            raise no_message()
        return json_response({}, 202)

    def _take_or_tell(self, item: object) -> object:
        """One entry of a bulk answer."""
        try:
            return self._take(item)
        except Refused as why:
            return why.body

    def _take(self, body: object) -> Body:
        """Accept one message; raises `Refused`."""
        message, faults = parse(body)
        if message is None:
            raise Refused(400, {"errors": faults.errors})
        code = code_of(message.to, CODE_PREFIX)
        if code in REFUSED:
            raise refused(REFUSED[code], REFUSED[code][1])
        sent = self._sent(message)
        self._messente.take(sent, message.main.text, message.main.sender)
        return {
            "omnimessage_id": sent.id,
            "to": sent.to,
            "messages": [
                {"message_id": a.message_id, "channel": a.channel, "sender": a.sender}
                for a in sent.attempts
            ],
        }

    def _sent(self, message: Omnimessage) -> Sent:
        """The record of a message with its new ids."""
        new_id = self._messente.sandbox.uuid
        attempts = [
            Attempt(c.channel, new_id(), c.sender or DEFAULT_SENDER, c.text, c.validity)
            for c in message.channels
        ]
        return Sent(new_id(), message.to, message.dlr_url, attempts, message.time_to_send or 0)

    def _find(self, request: Request) -> Sent:
        """The message that the path names; raises `Refused`."""
        sent = self._messente.sent.get(request.path_params["id"].lower())
        if sent is None or sent.classic:
            raise no_message()
        return sent


def no_message() -> Refused:
    """There is no such message, or no longer one to cancel."""
    return refused(NOT_FOUND, "Omnimessage not found")


def unauthorized() -> Refused:
    """Wrong or missing credentials."""
    return refused(UNAUTHORIZED, "Invalid credentials")


def guarded(call: Endpoint, refusal: Callable[[], Refused] = unauthorized) -> Endpoint:
    """A call behind HTTP Basic; `refusal` is how it turns strangers away."""

    async def endpoint(request: Request) -> Response:
        """Answer one request."""
        try:
            if not is_ours(request.headers.get("authorization", "")):
                raise refusal()
            return await call(request)
        except Refused as why:
            return why.response()

    return endpoint


def is_ours(header: str) -> bool:
    """Whether an `Authorization` header holds the key and its password."""
    scheme, _, token = header.partition(" ")
    try:
        given = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    wanted = f"{API_KEY}:{API_SECRET}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, wanted)


async def body_of(request: Request) -> Body:
    """The JSON object of a request; raises `Refused`."""
    try:
        return await read_object(request)
    except BadBody:
        raise refused(INVALID, "Payload is not a valid JSON object") from None


async def not_allowed(request: Request) -> Response:
    """The path is there, the method is not."""
    raise refused(NOT_ALLOWED, "The method is not allowed for the requested URL")


async def nothing_here(request: Request) -> Response:
    """There is no such path."""
    raise refused(NOT_FOUND, "The requested URL was not found")
