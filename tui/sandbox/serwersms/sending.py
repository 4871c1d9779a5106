"""Sending the same text to many, a text to each, and MMS (SerwerSMS API, sending SMS; own
identifiers; sending MMS)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.sandbox.handset import digits_of
from tui.sandbox.serwersms import errors
from tui.sandbox.serwersms.errors import ERRORS, ApiError
from tui.sandbox.serwersms.fields import Fields
from tui.sandbox.serwersms.records import Body, Outgoing, corrected, parts_of
from tui.sandbox.serwersms.times import local
from tui.sandbox.serwersms.words import ERROR_PREFIX

if TYPE_CHECKING:
    from tui.sandbox.serwersms.emulator import SerwerSms

MAX_PHONES = 100_000
MAX_PERSONALIZED = 10_000
MAX_PARTS = 6
MAX_TITLE = 40
SEPARATOR = "]|["
UNIQUE_ID = re.compile(r"[a-zA-Z0-9]{3,50}")
SENDER_NUMBER = re.compile(r"[0-9]{4}|[0-9]{9}|\+48[0-9]{9}")
TWO_WAY = "2waySMS"

ECO, FULL, MMS = "eco", "full", "mms"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message as it was asked for."""

    phone: str
    text: str
    unique_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What all messages of one request share."""

    kind: str
    sender: str
    utf: bool
    test: bool
    details: bool
    date: int | None
    """Milliseconds UTC."""
    dlr_url: str
    stat_id: int = 0


class Sending:
    """The sending actions over one emulator."""

    def __init__(self, serwersms: SerwerSms) -> None:
        """Send for this account."""
        self._serwersms = serwersms
        self._batches = 9_120_443

    def send_sms(self, fields: Fields) -> object:
        """One text for one or many."""
        text = checked_text(fields, "text")
        return self._send(fields, self._each(fields, text), self._batch(fields))

    def send_personalized(self, fields: Fields) -> object:
        """A text for each."""
        if fields.given("group_id"):
            raise ApiError(errors.INVALID_ID)
        if not fields.given("messages"):
            raise ApiError(errors.REQUIRED)
        if fields.flag("voice"):
            raise ApiError(errors.VOICE_NOT_PERMITTED)
        pairs = personal(fields.values["messages"])
        if len(pairs) > MAX_PERSONALIZED:
            raise ApiError(errors.INVALID_DATA)
        if not all(text.strip() for _, text in pairs):
            raise ApiError(errors.EMPTY_MESSAGE)
        return self._send(fields, own_ids(fields, pairs), self._batch(fields))

    def send_mms(self, fields: Fields) -> object:
        """Files with a title for one or many."""
        title = fields.required("title")
        if len(title) > MAX_TITLE:
            raise ApiError(errors.TOO_LONG)
        if not (fields.given("file") or fields.given("file_id")):
            raise ApiError(errors.REQUIRED)
        if not all(map(self._serwersms.files.has, fields.texts("file_id"))):
            raise ApiError(errors.NO_FILE)
        return self._send(fields, self._each(fields, title), self._batch(fields, MMS))

    def send_voice(self, fields: Fields) -> object:
        """The account has no voice messages."""
        raise ApiError(errors.VOICE_NOT_PERMITTED)

    def _each(self, fields: Fields, text: str) -> list[Wanted]:
        """The recipients of one text; raises `ApiError` if there are none or too many."""
        if fields.given("group_id") or fields.given("contact_id"):
            raise ApiError(errors.INVALID_ID)
        phones = fields.texts("phone")
        if not phones:
            raise ApiError(errors.REQUIRED)
        if len(phones) > MAX_PHONES:
            raise ApiError(errors.INVALID_DATA)
        return own_ids(fields, [(phone, text) for phone in phones])

    def _batch(self, fields: Fields, kind: str = "") -> Batch:
        """Sender and options; raises `ApiError`."""
        sender = fields.text("sender")
        may_send = sender in ("", TWO_WAY) or SENDER_NUMBER.fullmatch(sender)
        if not may_send and not self._serwersms.senders.is_approved(sender):
            raise ApiError(errors.BAD_SENDER)
        if fields.flag("flash"):
            raise ApiError(errors.FLASH_NOT_PERMITTED)
        self._batches += 1
        return Batch(
            kind=kind or (FULL if sender else ECO),
            sender=sender,
            utf=fields.flag("utf") and bool(sender),
            test=fields.flag("test"),
            details=fields.flag("details"),
            date=fields.date("date"),
            dlr_url=fields.text("dlr_url"),
            stat_id=self._batches,
        )

    def _send(self, fields: Fields, messages: Sequence[Wanted], batch: Batch) -> object:
        """Queue what can be queued, after everything has been checked."""
        for message in messages:
            refuse_documented(message.phone)
            if parts_of(message.text, batch.utf) > MAX_PARTS:
                raise ApiError(errors.TOO_LONG)
        items = [self._queue(message, batch) for message in messages]
        queued = sum("id" in item for item in items)
        answer: Body = {"success": True, "queued": queued, "unsent": len(items) - queued}
        return answer | {"items": items} if batch.details else answer

    def _queue(self, wanted: Wanted, batch: Batch) -> Body:
        """One message: queued, or unsent for its number."""
        phone, now = corrected(wanted.phone), self._serwersms.sandbox.now()
        parts = parts_of(wanted.text, batch.utf)
        if phone is None:
            return unsent_item(wanted, parts, now)
        outgoing = Outgoing(
            id=self._serwersms.new_id(),
            phone=phone,
            text=wanted.text,
            sender=batch.sender,
            kind=batch.kind,
            unique_id=wanted.unique_id,
            stat_id=batch.stat_id,
            parts=parts,
            utf=batch.utf,
            dlr_url=batch.dlr_url,
            queued_at=now,
            starts_at=max(now, batch.date or now),
        )
        if not batch.test:
            self._serwersms.take(outgoing)
        return queued_item(outgoing)


def queued_item(outgoing: Outgoing) -> Body:
    """The entry of a message that was taken."""
    return {
        "id": outgoing.id,
        "phone": outgoing.phone,
        "status": "queued",
        "queued": local(outgoing.queued_at),
        "parts": outgoing.parts,
        "text": outgoing.text,
        "stat_id": str(outgoing.stat_id),
    }


def unsent_item(wanted: Wanted, parts: int, now: int) -> Body:
    """The entry of a message whose number is none."""
    return {
        "phone": wanted.phone,
        "status": "unsent",
        "queued": local(now),
        "parts": parts,
        "error_code": errors.BAD_PHONE,
        "error_message": ERRORS[errors.BAD_PHONE][1],
        "text": wanted.text,
    }


def checked_text(fields: Fields, name: str) -> str:
    """A text that is there and not empty; raises `ApiError`."""
    if fields.values.get(name) is None:
        raise ApiError(errors.REQUIRED)
    text = fields.text(name)
    if not text.strip():
        raise ApiError(errors.EMPTY_MESSAGE)
    return text


def personal(messages: object) -> list[tuple[str, str]]:
    """Phone and text of each message, from an array or a packed text; raises `ApiError` 1006."""
    if isinstance(messages, str):
        entries = [entry.partition(":") for entry in messages.split(SEPARATOR)]
        if not all(colon for _, colon, _ in entries):
            raise ApiError(errors.INVALID_DATA)
        return [(phone, text) for phone, _, text in entries]
    items = messages if isinstance(messages, list) else [messages]
    objects = [Fields(item) for item in items if isinstance(item, dict)]
    if len(objects) < len(items):
        raise ApiError(errors.INVALID_DATA)
    return [(item.text("phone"), item.text("text")) for item in objects]


def own_ids(fields: Fields, pairs: Sequence[tuple[str, str]]) -> list[Wanted]:
    """The messages with their own ids; raises `ApiError` unless there are none or as many."""
    ids = fields.texts("unique_id")
    if not ids:
        return [Wanted(phone, text) for phone, text in pairs]
    if len(ids) != len(pairs) or not all(map(UNIQUE_ID.fullmatch, ids)):
        raise ApiError(errors.INVALID_DATA)
    return [Wanted(phone, text, own) for (phone, text), own in zip(pairs, ids, strict=True)]


def refuse_documented(phone: str) -> None:
    """Refuse a number that carries a documented error; raises it."""
    digits = digits_of(phone)
    if len(digits) == len(ERROR_PREFIX) + 4 and digits.startswith(ERROR_PREFIX):
        code = int(digits[-4:])
        if code in ERRORS:
            raise ApiError(code)


def can_be_answered(sender: str) -> bool:
    """Whether a handset can write back: to ECO+, to numbers, not to names."""
    return sender in ("", TWO_WAY) or bool(SENDER_NUMBER.fullmatch(sender))
