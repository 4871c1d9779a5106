"""Serve the Omnichannel API: sending, status and cancelling in JSON under HTTP Basic.

See the Messente Omnichannel API.
"""

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
from tui.sandbox.handset import extract_code
from tui.sandbox.messente.fields import DEFAULT_SENDER
from tui.sandbox.messente.omnimessage import Omnimessage, parse_omnimessage
from tui.sandbox.messente.records import Body, ChannelAttempt, SentMessage
from tui.sandbox.messente.status_codes import (
    CODE_PREFIX,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    MISSING,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAUTHORIZED,
    JsonRefusal,
    build_refusal,
)
from tui.sandbox.wire import InvalidBody, read_object, to_json_response

if TYPE_CHECKING:
    from tui.sandbox.messente.emulator import Messente

Endpoint = Callable[[Request], Awaitable[Response]]

ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REFUSAL_KINDS = {403: FORBIDDEN, 500: INTERNAL}
"""By the last three digits of a number in the block for codes."""


class OmnichannelApi:
    """The four calls of the Omnichannel API."""

    def __init__(self, messente: Messente) -> None:
        """Create the API of this account."""
        self._messente = messente

    def build_routes(self) -> list[BaseRoute]:
        """Return the calls; a wrong method and every other path are refused in JSON."""
        message_path = "/v1/omnimessage/{id}"
        calls = [
            ("/v1/omnimessage", "POST", self.send_message),
            ("/v1/omnimessages", "POST", self.send_messages),
            (f"{message_path}/status", "GET", self.show_status),
            (message_path, "DELETE", self.cancel_message),
        ]
        return [
            *(Route(path, guard_endpoint(call), methods=[method]) for path, method, call in calls),
            # Routes are tried in order, so these receive only wrong methods.
            *(
                Route(path, guard_endpoint(refuse_method), methods=ALL_METHODS)
                for path, _, _ in calls
            ),
            Route("/v1/{rest:path}", guard_endpoint(answer_unknown_path), methods=ALL_METHODS),
        ]

    async def send_message(self, request: Request) -> Response:
        """Accept one message."""
        return to_json_response(self._accept_message(await read_body(request)), 201)

    async def send_messages(self, request: Request) -> Response:
        """Accept the valid messages of a bulk request; the status is always 201."""
        items = (await read_body(request)).get("messages")
        if items is None:
            raise build_refusal(MISSING, "Missing data for required field", "messages")
        if not isinstance(items, list) or not items:
            raise build_refusal(INVALID, "Must be a list of at least one message", "messages")
        return to_json_response({"messages": [self._accept_or_report(item) for item in items]}, 201)

    async def show_status(self, request: Request) -> Response:
        """Return what is known of each channel attempt."""
        sent = self._find_message(request)
        message = self._messente.ledger.accepted[sent.id]
        self._messente.confirm_polled(sent)
        statuses = sent.build_statuses(message.accepted_at)
        return to_json_response({"statuses": statuses, "to": sent.to, "omnimessage_id": sent.id})

    async def cancel_message(self, request: Request) -> Response:
        """Cancel a scheduled message; too late is "not found"."""
        if not self._messente.cancel_scheduled(self._find_message(request)):
            raise message_not_found()
        return to_json_response({}, 202)

    def _accept_or_report(self, item: object) -> object:
        """Return one entry of a bulk answer: the accepted message or its errors."""
        try:
            return self._accept_message(item)
        except JsonRefusal as refusal:
            return refusal.body

    def _accept_message(self, body: object) -> Body:
        """Accept one message; raise `JsonRefusal` if it is invalid."""
        message, errors = parse_omnimessage(body)
        if message is None:
            raise JsonRefusal(400, {"errors": errors.errors})
        code = extract_code(message.to, CODE_PREFIX)
        if code in REFUSAL_KINDS:
            raise build_refusal(REFUSAL_KINDS[code], REFUSAL_KINDS[code][1])
        sent = self._create_record(message)
        self._messente.accept_submission(
            sent, message.main_channel.text, message.main_channel.sender
        )
        return {
            "omnimessage_id": sent.id,
            "to": sent.to,
            "messages": [
                {
                    "message_id": attempt.message_id,
                    "channel": attempt.channel,
                    "sender": attempt.sender,
                }
                for attempt in sent.attempts
            ],
        }

    def _create_record(self, message: Omnimessage) -> SentMessage:
        """Return the record of a message with its new ids."""
        new_id = self._messente.sandbox.new_uuid
        attempts = [
            ChannelAttempt(
                channel.channel,
                new_id(),
                channel.sender or DEFAULT_SENDER,
                channel.text,
                channel.validity,
            )
            for channel in message.channels
        ]
        return SentMessage(
            new_id(), message.to, message.dlr_url, attempts, message.time_to_send or 0
        )

    def _find_message(self, request: Request) -> SentMessage:
        """Return the message that the path names; raise `JsonRefusal`."""
        sent = self._messente.sent.get(request.path_params["id"].lower())
        if sent is None or sent.is_classic:
            raise message_not_found()
        return sent


def message_not_found() -> JsonRefusal:
    """Return the refusal for a message that does not exist or cannot be cancelled any more."""
    return build_refusal(NOT_FOUND, "Omnimessage not found")


def refuse_unauthorized() -> JsonRefusal:
    """Return the refusal for wrong or missing credentials."""
    return build_refusal(UNAUTHORIZED, "Invalid credentials")


def guard_endpoint(
    call: Endpoint, refusal: Callable[[], JsonRefusal] = refuse_unauthorized
) -> Endpoint:
    """Return the call behind HTTP Basic.

    Args:
        call: Endpoint to protect.
        refusal: Builds the error for wrong credentials.
    """

    async def answer_guarded(request: Request) -> Response:
        """Answer one request."""
        try:
            if not has_credentials(request.headers.get("authorization", "")):
                raise refusal()
            return await call(request)
        except JsonRefusal as error:
            return error.to_response()

    return answer_guarded


def has_credentials(header: str) -> bool:
    """Return whether an `Authorization` header contains the key and its password.

    Args:
        header: Value of the `Authorization` header; may be empty.
    """
    scheme, _, token = header.partition(" ")
    try:
        given = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = f"{API_KEY}:{API_SECRET}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, expected)


async def read_body(request: Request) -> Body:
    """Return the JSON object of a request; raise `JsonRefusal`."""
    try:
        return await read_object(request)
    except InvalidBody:
        raise build_refusal(INVALID, "Payload is not a valid JSON object") from None


async def refuse_method(request: Request) -> Response:
    """Answer a method that the path does not have."""
    raise build_refusal(NOT_ALLOWED, "The method is not allowed for the requested URL")


async def answer_unknown_path(request: Request) -> Response:
    """Answer a path that does not exist."""
    raise build_refusal(NOT_FOUND, "The requested URL was not found")
