"""Serve the sending actions: one text to many, a text to each, and MMS.

See sending SMS, own identifiers and sending MMS in the SerwerSMS API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.record_type import record
from tui.sandbox.handset import extract_digits
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ERRORS, ApiError
from tui.sandbox.serwersms.fields import RequestFields, parse_personalized
from tui.sandbox.serwersms.message_records import (
    Body,
    OutgoingMessage,
    count_text_parts,
    format_local,
    normalize_phone,
)
from tui.sandbox.serwersms.status_codes import ERROR_PREFIX

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

MAX_PHONES = 100_000
MAX_PERSONALIZED = 10_000
MAX_PARTS = 6
MAX_TITLE = 40
UNIQUE_ID = re.compile(r"[a-zA-Z0-9]{3,50}")
SENDER_NUMBER = re.compile(r"[0-9]{4}|[0-9]{9}|\+48[0-9]{9}")
TWO_WAY_SENDER = "2waySMS"

ECO, FULL, MMS = "eco", "full", "mms"
NO_CREDIT_CODES = {ECO: 3000, FULL: 3002, MMS: 3004}
"""Error of a limit that is used up, by the kind of message."""


@record
class RequestedMessage:
    """One message of the request."""

    phone: str
    text: str
    unique_id: str = ""


@record
class BatchOptions:
    """What all messages of one request have in common."""

    kind: str
    sender: str
    utf: bool
    test: bool
    details: bool
    date: int | None
    """Milliseconds UTC."""
    dlr_url: str
    stat_id: int = 0


class SendActions:
    """The sending actions."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Create the actions of this account."""
        self._serwersms = serwersms
        self._last_batch_id = 9_120_443

    def send_sms(self, fields: RequestFields) -> object:
        """Send one text to one or many numbers.

        Args:
            fields: `phone` (one or several), `text`, `sender` and options.
        """
        text = read_message_text(fields, "text")
        return self._send_messages(
            fields, self._read_recipients(fields, text), self._read_options(fields)
        )

    def send_personalized(self, fields: RequestFields) -> object:
        """Send a separate text to each number.

        Args:
            fields: `messages`, `sender` and options.
        """
        if fields.has_value("group_id"):
            raise ApiError(errors.INVALID_ID)
        if not fields.has_value("messages"):
            raise ApiError(errors.REQUIRED)
        if fields.read_flag("voice"):
            raise ApiError(errors.VOICE_NOT_PERMITTED)
        pairs = parse_personalized(fields.values["messages"])
        if len(pairs) > MAX_PERSONALIZED:
            raise ApiError(errors.INVALID_DATA)
        if not all(text.strip() for _, text in pairs):
            raise ApiError(errors.EMPTY_MESSAGE)
        return self._send_messages(
            fields, attach_own_ids(fields, pairs), self._read_options(fields)
        )

    def send_mms(self, fields: RequestFields) -> object:
        """Send files with a title to one or many numbers.

        Args:
            fields: `phone`, `title`, `file` or `file_id`, and options.
        """
        title = fields.read_required("title")
        if len(title) > MAX_TITLE:
            raise ApiError(errors.TOO_LONG)
        if not (fields.has_value("file") or fields.has_value("file_id")):
            raise ApiError(errors.REQUIRED)
        if not all(map(self._serwersms.files.has_file, fields.read_texts("file_id"))):
            raise ApiError(errors.NO_FILE)
        return self._send_messages(
            fields, self._read_recipients(fields, title), self._read_options(fields, MMS)
        )

    def send_voice(self, fields: RequestFields) -> object:
        """Refuse voice messages, which the account does not have."""
        raise ApiError(errors.VOICE_NOT_PERMITTED)

    def _read_recipients(self, fields: RequestFields, text: str) -> list[RequestedMessage]:
        """Return the recipients of one text; raise `ApiError` if there are none or too many."""
        if fields.has_value("group_id") or fields.has_value("contact_id"):
            raise ApiError(errors.INVALID_ID)
        phones = fields.read_texts("phone")
        if not phones:
            raise ApiError(errors.REQUIRED)
        if len(phones) > MAX_PHONES:
            raise ApiError(errors.INVALID_DATA)
        return attach_own_ids(fields, [(phone, text) for phone in phones])

    def _read_options(self, fields: RequestFields, kind: str = "") -> BatchOptions:
        """Return sender and options; raise `ApiError`."""
        sender = fields.read_text("sender")
        may_send = sender in ("", TWO_WAY_SENDER) or SENDER_NUMBER.fullmatch(sender)
        if not may_send and not self._serwersms.senders.is_approved(sender):
            raise ApiError(errors.BAD_SENDER)
        if fields.read_flag("flash"):
            raise ApiError(errors.FLASH_NOT_PERMITTED)
        self._last_batch_id += 1
        return BatchOptions(
            kind=kind or (FULL if sender else ECO),
            sender=sender,
            utf=fields.read_flag("utf") and bool(sender),
            test=fields.read_flag("test"),
            details=fields.read_flag("details"),
            date=fields.read_time("date"),
            dlr_url=fields.read_text("dlr_url"),
            stat_id=self._last_batch_id,
        )

    def _send_messages(
        self, fields: RequestFields, messages: Sequence[RequestedMessage], batch: BatchOptions
    ) -> object:
        """Queue all valid messages, after everything has been checked."""
        # Everything is checked before the first message is queued: one error refuses all.
        if "no_credit" in self._serwersms.quirks:
            raise ApiError(NO_CREDIT_CODES[batch.kind])
        for message in messages:
            raise_documented_error(message.phone)
            if count_text_parts(message.text, batch.utf) > MAX_PARTS:
                raise ApiError(errors.TOO_LONG)
        items = [self._queue_message(message, batch) for message in messages]
        queued = sum("id" in item for item in items)
        answer: Body = {"success": True, "queued": queued, "unsent": len(items) - queued}
        return answer | {"items": items} if batch.details else answer

    def _queue_message(self, requested: RequestedMessage, batch: BatchOptions) -> Body:
        """Queue one message, or return an unsent item if its number is invalid."""
        phone, now = normalize_phone(requested.phone), self._serwersms.sandbox.now()
        parts = count_text_parts(requested.text, batch.utf)
        if phone is None:
            return build_unsent_item(requested, parts, now)
        outgoing = OutgoingMessage(
            id=self._serwersms.create_id(),
            phone=phone,
            text=requested.text,
            sender=batch.sender,
            kind=batch.kind,
            unique_id=requested.unique_id,
            stat_id=batch.stat_id,
            parts=parts,
            utf=batch.utf,
            dlr_url=batch.dlr_url,
            queued_at=now,
            starts_at=max(now, batch.date or now),
        )
        if not batch.test:
            self._serwersms.accept_outgoing(outgoing)
        return build_queued_item(outgoing)


def build_queued_item(outgoing: OutgoingMessage) -> Body:
    """Return the entry of a message that was accepted."""
    return {
        "id": outgoing.id,
        "phone": outgoing.phone,
        "status": "queued",
        "queued": format_local(outgoing.queued_at),
        "parts": outgoing.parts,
        "text": outgoing.text,
        "stat_id": str(outgoing.stat_id),
    }


def build_unsent_item(requested: RequestedMessage, parts: int, now: int) -> Body:
    """Return the entry of a message with an invalid number.

    Args:
        requested: Message of the request.
        parts: Number of parts of its text.
        now: Current time in milliseconds UTC.
    """
    return {
        "phone": requested.phone,
        "status": "unsent",
        "queued": format_local(now),
        "parts": parts,
        "error_code": errors.BAD_PHONE,
        "error_message": ERRORS[errors.BAD_PHONE][1],
        "text": requested.text,
    }


def read_message_text(fields: RequestFields, name: str) -> str:
    """Return a text that is present and not empty; raise `ApiError`.

    Args:
        fields: Fields of the request.
        name: Name of the field.
    """
    if fields.values.get(name) is None:
        raise ApiError(errors.REQUIRED)
    text = fields.read_text(name)
    if not text.strip():
        raise ApiError(errors.EMPTY_MESSAGE)
    return text


def attach_own_ids(
    fields: RequestFields, pairs: Sequence[tuple[str, str]]
) -> list[RequestedMessage]:
    """Return the messages with their own ids; raise `ApiError` unless there are none or as many.

    Args:
        fields: Fields of the request.
        pairs: Phone and text of each message.
    """
    ids = fields.read_texts("unique_id")
    if not ids:
        return [RequestedMessage(phone, text) for phone, text in pairs]
    if len(ids) != len(pairs) or not all(map(UNIQUE_ID.fullmatch, ids)):
        raise ApiError(errors.INVALID_DATA)
    return [
        RequestedMessage(phone, text, own_id)
        for (phone, text), own_id in zip(pairs, ids, strict=True)
    ]


def raise_documented_error(phone: str) -> None:
    """Raise the documented error that a number carries, if any.

    Args:
        phone: Recipient as the request contains it.
    """
    digits = extract_digits(phone)
    if len(digits) == len(ERROR_PREFIX) + 4 and digits.startswith(ERROR_PREFIX):
        code = int(digits[-4:])
        if code in ERRORS:
            raise ApiError(code)


def can_be_answered(sender: str) -> bool:
    """Return whether a handset can answer: ECO+ and numbers, but not names.

    Args:
        sender: Sender of a request; empty for ECO+.
    """
    return sender in ("", TWO_WAY_SENDER) or bool(SENDER_NUMBER.fullmatch(sender))
