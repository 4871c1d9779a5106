"""Parse the pushes of MessageMedia (MessageMedia API, pushes).

The callback of a single message brings JSON with the field names of polling. A webhook of
the account brings the output of its template: JSON, a form or a query, with the names of
the vendor's samples or of the template variables. Both kinds are read here.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.domain.events import Event, OptOut, Receipt, Reply
from tui.domain.ids import parse_reference
from tui.domain.message import Attachment
from tui.providers.errors import CredentialsRefused
from tui.providers.messagemedia.fields import (
    digest_fields,
    get_text,
    get_value,
    parse_time,
    to_stored_json,
)
from tui.providers.messagemedia.parse import make_unreadable, parse_receipt, parse_reply
from tui.providers.messagemedia.signatures import PublicKey, is_signature_valid
from tui.providers.protocol import Push, PushAnswer
from tui.providers.webhook_bodies import PushItem, list_signed_bodies, parse_items
from tui.providers.webhook_forms import BodyRules, UnreadableBody
from tui.providers.webhook_json import parse_json

_OPT_OUT = "OPT_OUT_SMS"
_CONTENT_FIELDS = ("content", "base64", "data")
"""Names of the content of an attachment; the last one is that of an uploaded file."""
_DATA_URL = re.compile(r"\s*data:[^,]{0,200};base64,", re.IGNORECASE)
"""What stands before base64 that was made for a page in a browser."""
_SIGNED_VERSIONS = ("1.1", "1.0", "2.0", "2")
"""Versions in request lines that the provider or a proxy before the listener may speak."""
_FIELD_ALIASES = {
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
"""Field names of polling, with the template variables that hold the same value."""
_FIELD_BY_ALIAS = {alias: name for name, aliases in _FIELD_ALIASES.items() for alias in aliases}
BODY_RULES = BodyRules(
    names=frozenset(
        name.casefold().partition("[")[0]
        for names in _FIELD_ALIASES.items()
        for name in (names[0], *names[1])
    )
    | {"account_id", "attachments", "callback_url", "delay", "delivery_report", "format", "status"}
    | {"original_text", "messagecontent", "mtcontent", "retrycount", "vendor_account_id"}
    | {"accountid", "subject", "vendorid", "vendor_id"},
    texts=frozenset({"content", "replycontent", "mocontent", "original_text", "messagecontent"})
    | {"mtcontent", "subject"},
    file_list="attachments",
)
"""Fields of callbacks and of the template variables (MessageMedia API, pushes)."""
_TEXT_FIELDS = frozenset({"content", "delivery_report_id", "destination_number", "message_id"}) | {
    "notification_id",
    "reply_id",
    "source_number",
}
_UNFILLED_VARIABLE = re.compile(
    r"\$!?\{?(metadata(\.get\([^)]*\))?|notificationId|\w+(Id|Timestamp|Address|Content|Units)"
    r"|status(Code)?|attachments|format|type|retryCount)\}?"
)
"""A template variable without a value is printed as its own name."""


def read_push(
    push: Push, key: PublicKey | None, public_path: str = "", rules: BodyRules = BODY_RULES
) -> PushAnswer:
    """Return the events in a push; raise `CredentialsRefused` if its signature is wrong.

    A repeated request produces the same event ids again.

    Args:
        push: Request that reached the listener.
        key: Public key to check the signature with; None accepts unsigned pushes.
        public_path: Path of `public_url`, which a proxy may have removed.
        rules: What is known of the bodies, with the account's charset.
    """
    if key is not None and not _is_signed(push, key, public_path):
        raise CredentialsRefused(_explain_signature(push))
    items = parse_items(push, rules)
    reference = _find_path_reference(push.tail)
    events = (event for item in items for event in _parse_events(item))
    return PushAnswer(tuple(_add_reference(event, reference) for event in events))


def _is_signed(push: Push, key: PublicKey, public_path: str) -> bool:
    """Return whether request line, date and body are signed (MessageMedia API, verifying)."""
    headers = push.headers
    if headers.get("x-messagemedia-cipher-type", "RSA").strip().upper() != "RSA":
        return False
    try:
        signature = base64.b64decode(headers.get("x-messagemedia-signature", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    digest = headers.get("x-messagemedia-digest-type", "")
    date = headers.get("date", "").encode("utf-8", "replace")
    return any(
        is_signature_valid(key, digest, line.encode("utf-8", "replace") + date + body, signature)
        for line in _list_request_lines(push, public_path)
        for body in list_signed_bodies(push)
    )


def _list_request_lines(push: Push, public_path: str) -> list[str]:
    """Return the request lines that the provider may have signed, the one received first.

    A proxy speaks the version of its own upstream (nginx: HTTP/1.0 by default),
    and may remove the path that `public_url` has before `/hooks/`.
    """
    prefix = public_path.rstrip("/")
    paths = [push.path]
    if prefix:
        paths.append(f"{prefix}{push.path}")
    if prefix and push.path.startswith(f"{prefix}/"):
        paths.append(push.path.removeprefix(prefix))
    versions = dict.fromkeys((push.http_version, *_SIGNED_VERSIONS))
    return [f"{push.method} {path} HTTP/{version}" for path in paths for version in versions]


def _explain_signature(push: Push) -> str:
    """Return why a push is refused whose signature does not fit."""
    if not push.headers.get("x-messagemedia-signature"):
        return (
            "A push without X-MessageMedia-Signature, although signature_key is set: switch on "
            "signing for this webhook, or let the proxy pass the header on"
        )
    return (
        "A push whose signature does not fit signature_key: enter the public key that is "
        "enabled at MessageMedia, and let the proxy pass path, Date header and body unchanged"
    )


def _parse_events(found: PushItem) -> list[Event]:
    """Return the events of one object: usually one, or an opt-out and its reply."""
    item = found.payload
    if found.problem:
        problem = f"a push that cannot be read. {found.problem}"
        return [make_unreadable("", problem, to_stored_json(item))]
    if not isinstance(item, Mapping):
        return [make_unreadable("", "a push that is not a JSON object", to_stored_json(item))]
    fields = _rename_fields(item)
    events = [_parse_opt_out(fields)] if _is_opt_out(fields) else []
    if _is_reply(fields):
        events.append(_parse_push_reply(fields))
    elif _is_receipt(fields):
        events.append(parse_receipt(fields))
    return events or [
        make_unreadable("", "a push that is neither a reply nor a report", to_stored_json(item))
    ]


def _rename_fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item with the field names of polling and without unfilled variables."""
    fields: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, str) and _UNFILLED_VARIABLE.fullmatch(value):
            continue
        field = _FIELD_BY_ALIAS.get(name, name)
        if field in _TEXT_FIELDS and type(value) is int:
            # A template without quotes makes a number of a text.
            value = str(value)
        is_reference = field == "metadata" and name != field
        fields.setdefault(field, {"reference": value} if is_reference else value)
    return fields


def _is_opt_out(fields: Mapping[str, Any]) -> bool:
    """Return whether the push reports that a customer sent a stop word."""
    if get_text(fields, "event").upper() == _OPT_OUT:
        return True
    others = get_text(fields, "reply_id") or get_text(fields, "delivery_report_id")
    return bool(get_text(fields, "notification_id")) and not others


def _is_reply(fields: Mapping[str, Any]) -> bool:
    """Return whether the push is a customer's text; without an id, its fields decide."""
    if get_text(fields, "reply_id"):
        return True
    has_content = get_value(fields, "content") is not None or bool(fields.get("attachments"))
    return has_content and not _is_receipt(fields) and not _is_opt_out(fields)


def _is_receipt(fields: Mapping[str, Any]) -> bool:
    """Return whether the push is a delivery report."""
    return any(get_text(fields, name) for name in ("delivery_report_id", "status", "error_code"))


def _parse_opt_out(fields: Mapping[str, Any]) -> Event:
    """Return the notice of an opt-out."""
    event_id, party = get_text(fields, "notification_id"), get_text(fields, "source_number")
    if not party.strip():
        return make_unreadable(event_id, "an opt-out without a number", to_stored_json(fields))
    return OptOut(
        event_id=event_id or digest_fields(fields, "source_number", "date_received", "message_id"),
        party=party,
        at=parse_time(fields.get("date_received")),
        raw=to_stored_json(fields),
        text=get_text(fields, "content"),
        own=get_text(fields, "destination_number"),
    )


def _parse_push_reply(fields: dict[str, Any]) -> Event:
    """Return a reply with its attachments, whose bytes are not stored twice."""
    entries = _parse_attachment_list(fields.get("attachments"))
    files = [_parse_attachment(entry) for entry in entries]
    kept = [_strip_content(e, file) for e, file in zip(entries, files, strict=True)]
    raw = to_stored_json({**fields, "attachments": kept}) if kept else ""
    return parse_reply(fields, attachments=tuple(file for file in files if file), raw=raw)


def _parse_attachment_list(attachments: Any) -> list[Any]:
    """Return the list of attachments; a form holds it as JSON text."""
    if isinstance(attachments, str):
        try:
            attachments = parse_json(attachments)
        except UnreadableBody:
            raise  # with its attachments, so that they are not lost
        except ValueError:
            return []
    return attachments if isinstance(attachments, list) else []


def _parse_attachment(entry: Any) -> Attachment | None:
    """Return one file, empty if its bytes cannot be read; None if there is nothing of it."""
    content = _get_first_text(entry, _CONTENT_FIELDS)
    content_type = _get_first_text(entry, ("content_type", "contentType"))
    name = _get_first_text(entry, ("original_name", "originalName", "name"))
    if not (content or content_type or name):
        return None
    packed = "".join(_DATA_URL.sub("", content).split()).rstrip("=")
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    return Attachment(name, content_type or "application/octet-stream", data)


def _get_first_text(item: Any, names: tuple[str, ...]) -> str:
    """Return the first of the fields that has a text."""
    return next(filter(None, (get_text(item, name) for name in names)), "")


def _strip_content(entry: Any, file: Attachment | None) -> Any:
    """Return an attachment without its bytes; unchanged if it could not be read."""
    if file is None or not file.data:
        return entry
    fields = {name: value for name, value in entry.items() if name not in _CONTENT_FIELDS}
    return {**fields, "size": len(file.data)}


def _find_path_reference(tail: str) -> str:
    """Return our reference at the end of a message's own callback URL, or an empty text."""
    last = tail.rpartition("/")[2]
    return last if parse_reference(last) is not None else ""


def _add_reference(event: Event, reference: str) -> Event:
    """Return the event with the path's reference, unless it has one itself."""
    if isinstance(event, Reply | Receipt) and not event.reference:
        return replace(event, reference=reference)
    return event
