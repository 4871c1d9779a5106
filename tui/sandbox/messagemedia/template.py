"""Build bodies of account webhooks: the default of each encoding, or the webhook's own template.

Of the template language only variables are supported, which is all that the documented templates
use: `$name`, `$!name` (empty when it has no value; the plain form then prints its own name),
`$metadata.get('key')` and `$esc.json(...)` around either.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

VARIABLE = r"\$(!?)\{?(metadata\.get\('([^']*)'\)|[A-Za-z]+)\}?"
PLACEHOLDER = re.compile(rf"(\$esc\.json\()?{VARIABLE}(?(1)\))")

CONTENT_TYPES = {
    "JSON": "application/json",
    "FORM_ENCODED": "application/x-www-form-urlencoded",
    "XML": "application/xml",
}

FIELD_OF_VARIABLE = {
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
"""Template variable to the field of the notification that contains its value."""

NotificationFields = Mapping[str, object]


def render_body(encoding: str, template: str | None, fields: NotificationFields) -> bytes:
    """Return the body of one notification.

    Args:
        encoding: Encoding of the webhook.
        template: Template of the webhook; None uses the default body.
        fields: Fields of the notification.
    """
    if template is not None:
        return fill_template(template, fields).encode("utf-8", "replace")
    if encoding == "JSON":
        return json.dumps(fields).encode()
    flat = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    if encoding == "FORM_ENCODED":
        return urlencode(flat, errors="replace").encode()
    return _render_xml(flat)


def fill_template(template: str, fields: NotificationFields) -> str:
    """Return the template with its variables replaced.

    Args:
        template: Template of the webhook.
        fields: Fields of the notification.
    """
    return PLACEHOLDER.sub(lambda match: _replace_variable(match, fields), template)


def _replace_variable(match: re.Match[str], fields: NotificationFields) -> str:
    """Return the text that replaces the variable that was found."""
    escaped, is_quiet, name, key = match.groups()
    value = _read_metadata(fields).get(key) if key is not None else _look_up(name, fields)
    text = ("" if is_quiet else f"${name}") if value is None else str(value)
    # Without the quotes: the template has its own around the variable.
    return json.dumps(text)[1:-1] if escaped else text


def _look_up(name: str, fields: NotificationFields) -> object:
    """Return the value of a plain variable, or None."""
    if name in ("accountId", "vendorId"):
        owner = fields.get("vendor_account_id")
        key = "account_id" if name == "accountId" else "vendor_id"
        return owner.get(key) if isinstance(owner, dict) else None
    return fields.get(FIELD_OF_VARIABLE.get(name, ""))


def _read_metadata(fields: NotificationFields) -> Mapping[str, object]:
    """Return the metadata of the message, empty if it had none."""
    metadata = fields.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _render_xml(flat: Mapping[str, str]) -> bytes:
    """Return one XML element for every field."""
    root = Element("notification")
    for name, value in flat.items():
        # A lone surrogate could not be encoded below.
        SubElement(root, name).text = value.encode("utf-8", "replace").decode()
    body: bytes = tostring(root, encoding="utf-8")
    return body
