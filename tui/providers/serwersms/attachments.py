"""What came with an MMS: base64 from a stranger, decoded within bounds."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from tui.domain.message import Attachment
from tui.domain.text import repair
from tui.providers.serwersms.fields import Item, items_of, text_of

LARGEST = 5 * 1024 * 1024
"""Bytes of one attachment; a larger one keeps its name and loses its content."""
_LONGEST_ENCODED = LARGEST * 3 // 2
_LARGEST_TEXT = 64 * 1024
_CONTENT = ("data", "date")
_UNNAMED = "attachment"
_ANY_TYPE = "application/octet-stream"


def read_attachments(item: Item) -> tuple[Attachment, ...]:
    """Every attachment of an incoming MMS, in order; one that cannot be decoded comes empty."""
    return tuple(_read(part) for part in items_of(item, "attachments") or [] if _is_part(part))


def text_parts(attachments: Sequence[Attachment]) -> str:
    """The words of an MMS: it has no text field, its text parts are files."""
    texts = (_text(part) for part in attachments)
    return "\n".join(text for text in texts if text)


def without_content(item: Item) -> dict[str, Any]:
    """The item for keeping: file contents are stored beside it, so only their length stays."""
    parts = items_of(item, "attachments")
    if not parts:
        return dict(item)
    return {**item, "attachments": [_measured(part) for part in parts]}


def decode(data: str) -> bytes:
    """Base64 as bytes, however wrapped or padded; empty when it is too large or none."""
    if len(data) > _LONGEST_ENCODED:
        return b""
    packed = "".join(data.split()).rstrip("=")
    try:
        content = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if len(content) <= LARGEST else b""


def _is_part(part: Any) -> bool:
    """Whether this is an object at all."""
    return isinstance(part, dict)


def _content(part: Item) -> str:
    """The base64 text; one page of the documentation calls the field `date`."""
    return text_of(part, *_CONTENT)


def _read(part: Item) -> Attachment:
    """One attachment."""
    return Attachment(
        text_of(part, "name") or _UNNAMED,
        text_of(part, "content_type") or _ANY_TYPE,
        decode(_content(part)),
    )


def _text(part: Attachment) -> str:
    """The words in a text part; empty for a picture, and for a text too long to be a message."""
    if not part.content_type.lower().startswith("text/plain") or len(part.data) > _LARGEST_TEXT:
        return ""
    return repair(part.data.decode("utf-8", "replace"))


def _measured(part: Any) -> Any:
    """One attachment without the content that is stored or too large; what is neither stays."""
    if not isinstance(part, dict):
        return part
    content = _content(part)
    if not decode(content) and len(content) <= _LONGEST_ENCODED:
        return part
    rest = {name: value for name, value in part.items() if name not in _CONTENT}
    return {**rest, "data": f"({len(content)} characters)"}
