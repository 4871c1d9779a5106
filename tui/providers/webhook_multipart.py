"""Read the parts of a pushed multipart form: fields, fields sent as files, and files."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from tui.domain.charsets import decode_text, find_declared_charset
from tui.domain.message import Attachment
from tui.domain.record_type import record
from tui.domain.text import repair_text
from tui.providers.webhook_forms import BodyRules, UnreadableBody
from tui.providers.webhook_json import parse_json

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]+)\"|([^\s;,\"]+))", re.IGNORECASE)
_FIRST_LINES = re.compile(
    rb"--([^\r\n]{1,200}?)[ \t]*\r?\n(?:[^\r\n]+\r?\n){0,8}?Content-Disposition:", re.IGNORECASE
)
_ENCODED_FILE_NAME = re.compile(r"filename\*\s*=\s*([\w-]*)'[^']*'([^\s;]+)", re.IGNORECASE)
_MEDIA_TYPES = ("image/", "audio/", "video/")
_ANY_TYPE = "application/octet-stream"
_CONTENT_KEYS = ("[data]", "[date]", "[content]", "[base64]")
"""Ends of the names of fields that are the content of a file, as the providers write them."""


@record
class _Part:
    """One part of a multipart body."""

    name: str
    content_type: str
    """Value of the header; empty if it has none."""
    file_name: str | None
    """None if the part is not sent as a file."""
    data: bytes


@dataclass(slots=True)
class UploadedForm:
    """The fields and the files of a multipart body."""

    pairs: list[tuple[str, Any]] = field(default_factory=list)
    """Fields in order, the files described or with their content."""
    files: list[Attachment] = field(default_factory=list)


def find_boundary(content_type: str, body: bytes) -> str:
    """Return the boundary of a multipart body, or an empty text if the body is none.

    Args:
        content_type: Value of the header, in its own case.
        body: Body as received; it shows the boundary if the header has lost it.
    """
    named = _BOUNDARY.search(content_type)
    boundary = (named[1] or named[2]) if named and "multipart/" in content_type.lower() else ""
    if boundary and (
        body.lstrip().startswith(b"--") or boundary.encode("latin-1", "replace") in body
    ):
        return boundary
    first = _FIRST_LINES.match(body.lstrip())
    return first[1].decode("latin-1") if first else ""


def parse_multipart(body: bytes, boundary: str, rules: BodyRules, charset: str) -> UploadedForm:
    """Return the fields and files of a multipart body; raise `UnreadableBody` if it is damaged.

    Args:
        body: Body as received.
        boundary: Text between the parts.
        rules: What the provider knows of its bodies.
        charset: Charset that the request declares; empty if it declares none.
    """
    parts = list(_split_parts(body, boundary))
    named = next((part.data.decode("latin-1") for part in parts if part.name == "_charset_"), "")
    found = UploadedForm()
    for part in parts:
        name = repair_text(decode_text(part.name.encode("latin-1"), charset, rules.charset))
        if _is_file(part, name, rules):
            _add_file(found, part, name, rules)
            continue
        declared = find_declared_charset(part.content_type) or charset or named
        text = decode_text(part.data, declared, rules.charset)
        found.pairs.append((name, _parse_value(text, part.content_type)))
    return found


def _split_parts(body: bytes, boundary: str) -> Iterator[_Part]:
    """Yield the parts of a multipart body with their contents decoded."""
    from multipart import MultipartError, PushMultipartParser

    delimiter = b"--" + boundary.encode("latin-1", "replace")
    if delimiter + b"\r\n" not in body:
        # Templates are often written with the line ends of their system.
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    segment: Any = None
    content: list[bytes] = []
    try:
        with PushMultipartParser(
            delimiter[2:], max_header_count=32, max_segment_count=1_000, header_charset="latin-1"
        ) as parser:
            for event in parser.parse(body.lstrip()):
                if event is None:
                    yield _build_part(segment, b"".join(content))
                elif isinstance(event, bytes | bytearray):
                    content.append(bytes(event))
                else:
                    segment, content = event, []
    except MultipartError as error:
        raise UnreadableBody(f"The body is multipart, but it is cut or damaged: {error}") from None


def _build_part(segment: Any, data: bytes) -> _Part:
    """Return a part with its transfer encoding undone."""
    encoding = (segment.header("Content-Transfer-Encoding") or "").strip().lower()
    try:
        if encoding == "base64":
            data = base64.b64decode(data)
        elif encoding == "quoted-printable":
            data = quopri.decodestring(data)
    except binascii.Error:
        raise UnreadableBody(f"A part of the body is no valid {encoding}") from None
    file_name = segment.filename
    encoded = _ENCODED_FILE_NAME.search(segment.header("Content-Disposition") or "")
    if encoded:
        text = decode_text(unquote_to_bytes(encoded[2]), encoded[1])
        file_name = text.encode("utf-8", "replace").decode("latin-1")
    return _Part(segment.name, segment.header("Content-Type") or "", file_name, data)


def _is_file(part: _Part, name: str, rules: BodyRules) -> bool:
    """Return whether a part is a file and not the value of a field that was sent as one."""
    content_type = part.content_type.lower()
    if content_type.startswith(_MEDIA_TYPES):
        return True
    if _is_in_file_list(name, rules):
        return part.file_name is not None or content_type.startswith(_ANY_TYPE)
    return part.file_name is not None and not rules.knows_name(name)


def _is_in_file_list(name: str, rules: BodyRules) -> bool:
    """Return whether a field is part of the list that takes in files."""
    return bool(rules.file_list) and name.partition("[")[0].strip() == rules.file_list


def _add_file(found: UploadedForm, part: _Part, name: str, rules: BodyRules) -> None:
    """Add a file to a form, and its content to the payload if the provider reads it there."""
    given = decode_text((part.file_name or "").encode("latin-1"), "", rules.charset)
    content_type = part.content_type.partition(";")[0].strip() or _ANY_TYPE
    file = Attachment(repair_text(given), part.content_type or _ANY_TYPE, part.data)
    if not file.name and not file.data:
        return
    found.files.append(file)
    content = base64.b64encode(file.data).decode("ascii")
    if not rules.file_list:
        found.pairs.append((name, f"{file.name} ({content_type}, {len(file.data)} bytes)"))
    elif _is_in_file_list(name, rules) and name.endswith(_CONTENT_KEYS):
        element = name.rpartition("[")[0]
        found.pairs += [
            (name, content),
            (f"{element}[name]", file.name),
            (f"{element}[content_type]", file.content_type),
        ]
    else:
        entry = {"name": file.name, "content_type": file.content_type, "data": content}
        found.pairs.append((f"{rules.file_list}[]", entry))


def _parse_value(text: str, content_type: str) -> Any:
    """Return the value of a part: a text, or what its JSON says."""
    if "json" in content_type.lower():
        try:
            return parse_json(text)
        except ValueError:
            pass
    return repair_text(text)
