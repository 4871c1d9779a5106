"""What MessageMedia pushes to the listener (MessageMedia API, pushes).

A message's own callback brings JSON in the fields of polling. A webhook of the account brings what
its template makes of the template variables: JSON, a form or a query, in the vendor's sample
names or in the names of the variables themselves. Both are read here.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from tui.domain.events import Event, OptOut, Receipt, Reply, Unreadable
from tui.domain.ids import from_reference
from tui.domain.message import Attachment
from tui.domain.text import repair, repair_json
from tui.providers.errors import CredentialsRefused
from tui.providers.messagemedia.parse import (
    digest_of,
    hide,
    item_value,
    keep,
    moment,
    read_receipt,
    read_reply,
    text_in,
    unreadable,
)
from tui.providers.messagemedia.rsa import PublicKey, verifies
from tui.providers.protocol import Push, PushAnswer

_OPT_OUT = "OPT_OUT_SMS"
_MOST_FIELDS = 200
_ALIASES = {
    "message_id": ("messageId", "mtId"),
    "delivery_report_id": ("reportId", "drId"),
    "reply_id": ("replyId", "moId"),
    "notification_id": ("notificationId",),
    "source_number": ("sourceAddress",),
    "destination_number": ("destinationAddress",),
    "content": ("replyContent", "moContent"),
    "date_received": ("receivedTimestamp",),
    "submitted_date": ("submittedTimestamp",),
    "error_code": ("statusCode",),
    "billing_units": ("billingUnits",),
    "metadata": ("metadata.reference", "metadata[reference]", "reference"),
    "event": ("event_type", "type"),
}
"""The fields of polling, and the template variables that carry the same."""
_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_UNFILLED = re.compile(
    r"\$!?\{?(metadata(\.get\([^)]*\))?|notificationId|\w+(Id|Timestamp|Address|Content|Units)"
    r"|status(Code)?|attachments|format|type|retryCount)\}?"
)
"""A template variable without a value is printed as its own name."""


def read_push(push: Push, key: PublicKey | None) -> PushAnswer:
    """The events in a pushed request; with a `key`, only if its signature is right.

    Raises `CredentialsRefused`. A repeated request brings the same event ids again.
    """
    if key is not None and not _signed(push, key):
        raise CredentialsRefused("The pushed request is not signed by MessageMedia")
    items = _items(push)
    if isinstance(items, Unreadable):
        return PushAnswer((items,))
    reference = _reference_in_path(push.tail)
    events = (event for item in items for event in _events(item))
    return PushAnswer(tuple(_with_reference(event, reference) for event in events))


def _signed(push: Push, key: PublicKey) -> bool:
    """Whether the signature covers request line, date and body (MessageMedia API, verifying)."""
    headers = push.headers
    if headers.get("x-messagemedia-cipher-type", "RSA").strip().upper() != "RSA":
        return False
    try:
        signature = base64.b64decode(headers.get("x-messagemedia-signature", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    line = f"{push.method} {push.path} HTTP/{push.http_version}{headers.get('date', '')}"
    digest = headers.get("x-messagemedia-digest-type", "")
    return verifies(key, digest, line.encode("utf-8", "replace") + push.body, signature)


def _items(push: Push) -> list[Any] | Unreadable:
    """The objects in the request: one, or a list of them; without a body, its query."""
    text = push.body.decode("utf-8-sig", "replace")
    if not text.strip():
        return [_fields(list(push.query))] if push.query else []
    try:
        if "form-urlencoded" in push.headers.get("content-type", "").lower():
            return [_fields(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))]
        body = repair_json(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        return unreadable("", "a push that is neither JSON nor a form", hide(text))
    return body if isinstance(body, list) else [body]


def _fields(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """A form's or a query's fields, repaired."""
    return {repair(name): repair(value) for name, value in pairs}


def _events(item: Any) -> list[Event]:
    """What one object tells: mostly one event, an opt-out beside the reply that caused it."""
    if not isinstance(item, Mapping):
        return [unreadable("", "a push that is no JSON object", keep(item))]
    fields = _canonical(item)
    events = [_opt_out(fields)] if _is_opt_out(fields) else []
    if _is_reply(fields):
        events.append(_reply(fields))
    elif _is_receipt(fields):
        events.append(read_receipt(fields))
    return events or [unreadable("", "a push that is neither a reply nor a report", keep(item))]


def _canonical(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item in the field names of polling, without variables that were never filled in."""
    fields: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, str) and _UNFILLED.fullmatch(value):
            continue
        known = _NAMES.get(name, name)
        is_reference = known == "metadata" and name != known
        fields.setdefault(known, {"reference": value} if is_reference else value)
    return fields


def _is_opt_out(fields: Mapping[str, Any]) -> bool:
    """Whether it tells that a customer sent a stop word."""
    if text_in(fields, "event").upper() == _OPT_OUT:
        return True
    others = text_in(fields, "reply_id") or text_in(fields, "delivery_report_id")
    return bool(text_in(fields, "notification_id")) and not others


def _is_reply(fields: Mapping[str, Any]) -> bool:
    """Whether it is a customer's text; without an id, by what only replies have."""
    if text_in(fields, "reply_id"):
        return True
    has_words = item_value(fields, "content") is not None or bool(fields.get("attachments"))
    return has_words and not _is_receipt(fields) and not _is_opt_out(fields)


def _is_receipt(fields: Mapping[str, Any]) -> bool:
    """Whether it is a delivery report."""
    return any(text_in(fields, name) for name in ("delivery_report_id", "status", "error_code"))


def _opt_out(fields: Mapping[str, Any]) -> Event:
    """The notice of an opt-out."""
    event_id, party = text_in(fields, "notification_id"), text_in(fields, "source_number")
    if not party.strip():
        return unreadable(event_id, "an opt-out that does not say whose", keep(fields))
    return OptOut(
        event_id=event_id or digest_of(fields, "source_number", "date_received", "message_id"),
        party=party,
        at=moment(fields.get("date_received")),
        raw=keep(fields),
    )


def _reply(fields: dict[str, Any]) -> Event:
    """A reply with its attachments, whose bytes are not kept a second time in its raw form."""
    listed = _listed(fields.get("attachments"))
    files = [_attachment(entry) for entry in listed]
    kept = [_without_bytes(e, file) for e, file in zip(listed, files, strict=True)]
    raw = keep({**fields, "attachments": kept}) if kept else ""
    return read_reply(fields, attachments=tuple(file for file in files if file), raw=raw)


def _listed(attachments: Any) -> list[Any]:
    """The list of attachments; a form carries it as JSON text."""
    if isinstance(attachments, str):
        try:
            attachments = repair_json(json.loads(attachments, strict=False))
        except (ValueError, RecursionError):
            return []
    return attachments if isinstance(attachments, list) else []


def _attachment(entry: Any) -> Attachment | None:
    """One file; None when its bytes cannot be read."""
    content = text_in(entry, "content") or text_in(entry, "base64")
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data:
        return None
    kind = text_in(entry, "content_type") or text_in(entry, "contentType")
    name = text_in(entry, "original_name") or text_in(entry, "originalName")
    return Attachment(name, kind or "application/octet-stream", data)


def _without_bytes(entry: Any, file: Attachment | None) -> Any:
    """An attachment as it is kept raw: whole where it could not be read."""
    if file is None:
        return entry
    rest = {name: value for name, value in entry.items() if name not in ("content", "base64")}
    return {**rest, "size": len(file.data)}


def _reference_in_path(tail: str) -> str:
    """Our reference at the end of a message's own callback address; empty when there is none."""
    last = tail.rpartition("/")[2]
    return last if from_reference(last) is not None else ""


def _with_reference(event: Event, reference: str) -> Event:
    """The event with the path's reference, where it brought none itself."""
    if isinstance(event, Reply | Receipt) and not event.reference:
        return replace(event, reference=reference)
    return event
