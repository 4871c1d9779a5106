"""Decode the attachments of an MMS: base64 from an unknown sender, with size limits."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from tui.domain.charsets import decode_text, find_declared_charset
from tui.domain.message import Attachment
from tui.domain.text import repair_text
from tui.providers.serwersms.fields import Item, read_items, read_text

MAX_ATTACHMENT_BYTES = 5 * 1024 * 1024
"""Bytes of one attachment; a larger one is stored with its name and without its content."""
_MAX_ENCODED_LENGTH = MAX_ATTACHMENT_BYTES * 3 // 2
"""Characters of base64, with room for line breaks."""
_MAX_TEXT_BYTES = 64 * 1024
"""Bytes of a text part that is shown as a message."""
_CONTENT_FIELDS = ("data", "date")
"""Names of the content field; one page of the documentation calls it `date`."""
_UNNAMED = "attachment"
_ANY_TYPE = "application/octet-stream"


def parse_attachments(item: Item) -> tuple[Attachment, ...]:
    """Return the attachments of an MMS in order; one that cannot be decoded is empty.

    Args:
        item: Incoming message with a list `attachments`.
    """
    return tuple(
        _parse_attachment(part)
        for part in read_items(item, "attachments") or []
        if _is_object(part)
    )


def join_text_parts(attachments: Sequence[Attachment], charset: str = "") -> str:
    """Return the text of an MMS: it has no text field, its text parts are files.

    Args:
        attachments: Decoded attachments of the message.
        charset: Charset of texts that are neither what they declare nor UTF-8.
    """
    texts = (_decode_text(attachment, charset) for attachment in attachments)
    return "\n".join(text for text in texts if text)


def remove_content(item: Item) -> dict[str, Any]:
    """Return the item to store: files are stored beside it, so only their length remains.

    Args:
        item: Incoming message as received.
    """
    parts = read_items(item, "attachments")
    if not parts:
        return dict(item)
    return {**item, "attachments": [_replace_content(part) for part in parts]}


def decode_base64(data: str) -> bytes:
    """Decode base64, however it is wrapped or padded; empty if it is too large or invalid.

    Args:
        data: Encoded text.
    """
    if len(data) > _MAX_ENCODED_LENGTH:
        return b""
    packed = "".join(data.split()).rstrip("=")
    try:
        content = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if len(content) <= MAX_ATTACHMENT_BYTES else b""


def _is_object(part: Any) -> bool:
    """Return whether the entry is a JSON object."""
    return isinstance(part, dict)


def _get_content(part: Item) -> str:
    """Return the base64 text of an attachment."""
    return read_text(part, *_CONTENT_FIELDS)


def _parse_attachment(part: Item) -> Attachment:
    """Parse one attachment."""
    return Attachment(
        read_text(part, "name") or _UNNAMED,
        read_text(part, "content_type") or _ANY_TYPE,
        decode_base64(_get_content(part)),
    )


def _decode_text(part: Attachment, charset: str) -> str:
    """Decode a text part; empty for a picture, and for a text too long to be a message."""
    if not part.content_type.lower().startswith("text/plain") or len(part.data) > _MAX_TEXT_BYTES:
        return ""
    return repair_text(decode_text(part.data, find_declared_charset(part.content_type), charset))


def _replace_content(part: Any) -> Any:
    """Return an attachment with its length in place of a content that is stored or too large.

    A content that cannot be decoded remains as it was received.
    """
    if not isinstance(part, dict):
        return part
    content = _get_content(part)
    if not decode_base64(content) and len(content) <= _MAX_ENCODED_LENGTH:
        return part
    rest = {name: value for name, value in part.items() if name not in _CONTENT_FIELDS}
    return {**rest, "data": f"({len(content)} characters)"}
