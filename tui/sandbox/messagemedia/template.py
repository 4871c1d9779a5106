"""Bodies of account webhooks: the default in each encoding, or the webhook's own template.

Of the template language only variables are understood, which is what the documented templates
use: `$name`, `$!name` (empty when it has no value; the plain form is then printed as its name),
`$metadata.get('key')` and `$esc.json(...)` around either.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

VARIABLE = r"\$(!?)\{?(metadata\.get\('([^']*)'\)|[A-Za-z]+)\}?"
PLACE = re.compile(rf"(\$esc\.json\()?{VARIABLE}(?(1)\))")

CONTENT_TYPES = {
    "JSON": "application/json",
    "FORM_ENCODED": "application/x-www-form-urlencoded",
    "XML": "application/xml",
}

NAMES = {
    "mtId": "message_id",
    "messageId": "message_id",
    "drId": "delivery_report_id",
    "reportId": "delivery_report_id",
    "moId": "reply_id",
    "replyId": "reply_id",
    "submittedTimestamp": "submitted_date",
    "receivedTimestamp": "date_received",
    "status": "status",
    "statusCode": "error_code",
    "sourceAddress": "source_number",
    "destinationAddress": "destination_number",
    "mtContent": "original_text",
    "messageContent": "original_text",
    "moContent": "content",
    "replyContent": "content",
    "billingUnits": "billing_units",
    "notificationId": "notification_id",
    "format": "format",
}
"""Template variable to the field of the notification that holds its value."""

Fields = Mapping[str, object]


def render(encoding: str, template: str | None, fields: Fields) -> bytes:
    """The body of one notification."""
    if template is not None:
        return fill(template, fields).encode("utf-8", "replace")
    if encoding == "JSON":
        return json.dumps(fields).encode()
    flat = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    if encoding == "FORM_ENCODED":
        return urlencode(flat, errors="replace").encode()
    return _xml(flat)


def fill(template: str, fields: Fields) -> str:
    """The template with its variables filled in."""
    return PLACE.sub(lambda match: _value(match, fields), template)


def _value(match: re.Match[str], fields: Fields) -> str:
    """What stands in the place of the variable that was found."""
    escaped, quiet, name, key = match.groups()
    value = _metadata(fields).get(key) if key is not None else _lookup(name, fields)
    text = ("" if quiet else f"${name}") if value is None else str(value)
    return json.dumps(text)[1:-1] if escaped else text


def _lookup(name: str, fields: Fields) -> object:
    """The value of a plain variable, or None."""
    if name in ("accountId", "vendorId"):
        owner = fields.get("vendor_account_id")
        key = "account_id" if name == "accountId" else "vendor_id"
        return owner.get(key) if isinstance(owner, dict) else None
    return fields.get(NAMES.get(name, ""))


def _metadata(fields: Fields) -> Mapping[str, object]:
    """The metadata of the message, empty if it had none."""
    metadata = fields.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _xml(flat: Mapping[str, str]) -> bytes:
    """One element for every field."""
    root = Element("notification")
    for name, value in flat.items():
        SubElement(root, name).text = value.encode("utf-8", "replace").decode()
    body: bytes = tostring(root, encoding="utf-8")
    return body
