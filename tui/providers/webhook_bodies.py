"""Read pushed requests as items with named texts, in every notation that senders use.

A body is a form, lines of pairs, JSON, XML or multipart; compressed or not; in any charset.
Providers leave most of this open, and a proxy or a template of the customer changes it. So the
notation is detected here. The meaning of the names stays with the provider.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from typing import Any, Final

from tui.clock import MINUTE
from tui.domain.charsets import decode_text, find_codec, find_declared_charset, find_wide_codec
from tui.domain.message import Attachment
from tui.domain.record_type import record
from tui.domain.text import repair_text
from tui.providers.errors import PushTooLong
from tui.providers.protocol import Push
from tui.providers.webhook_forms import (
    BodyRules,
    UnreadableBody,
    nest_fields,
    parse_form,
    parse_lines,
)
from tui.providers.webhook_json import find_json_items, parse_json
from tui.providers.webhook_multipart import find_boundary, parse_multipart

LONGEST_BODY: Final = 8 << 20
"""Bytes of a pushed body, as received and unpacked: a picture of 5 MiB as base64 fits in."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_STATEFUL_CODECS = ("iso2022", "hz")
"""Beginnings of the names of codecs whose bytes look like ASCII."""
_MOST_ENCODINGS = 4
"""Names in `Content-Encoding`; each can cost as much time as the body."""
_MOST_MEMBERS = 100
"""Pieces of a body that was compressed in pieces; each copies the rest of the body."""
_DEEPEST_NESTING = 4
_REPEATS_WITHIN_MS = 10 * MINUTE
_LONGEST_EXCERPT = 100_000
_NO_TEXT = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f]")
_AROUND_A_BODY = b" \t\r\n\x0b\x0c\0"
"""Programs in C often send the zero behind a text too."""
_ANY_FIELDS: Final = BodyRules()


@record
class PushItem:
    """One event of a pushed request."""

    fields: dict[str, str]
    """Texts by name in lower case; a nested name stands alone and with its dotted path."""
    payload: Any
    """The item as received, as JSON."""
    problem: str = ""
    """Why the body could not be read, as a sentence; then there are no fields."""
    files: tuple[Attachment, ...] = ()
    """Files that were uploaded with the item."""

    def get_text(self, name: str) -> str:
        """Return the text of a field without surrounding blanks, or an empty text without it."""
        return self.fields.get(name.casefold(), "").strip()

    def list_file_digests(self) -> list[str]:
        """Return what distinguishes the uploaded files from others, for a reply without an id."""
        return [hashlib.sha256(file.data).hexdigest() for file in self.files]

    def has_field(self, name: str) -> bool:
        """Return whether a field is present, even with an empty text."""
        return bool(name) and name.casefold() in self.fields


def parse_items(push: Push, rules: BodyRules = _ANY_FIELDS) -> tuple[PushItem, ...]:
    """Return the events in a push: none for an empty request, several for a JSON array.

    A body that cannot be read is one item with the problem.

    Args:
        push: Request that reached the listener.
        rules: What the provider knows of its bodies.

    Raises:
        PushTooLong: If the body is longer than `LONGEST_BODY` once it is unpacked.
    """
    try:
        body = unpack_body(push)
        if not body.strip():
            query = parse_query(push, rules)
            return (_build_form_item(query),) if query else ()
        return _parse_body(body, push, rules)
    except UnreadableBody as error:
        excerpt = decode_text(push.body[:_LONGEST_EXCERPT], "", rules.charset)
        return (PushItem({}, repair_text(excerpt), str(error)),)


def parse_query(push: Push, rules: BodyRules = _ANY_FIELDS) -> list[tuple[str, str]]:
    """Return the fields of the address, each read in its own charset.

    Args:
        push: Request that reached the listener.
        rules: What the provider knows of its fields.
    """
    _, mark, query = push.path.partition("?")
    if mark:
        return parse_form(query.encode("latin-1", "replace"), rules) if query else []
    return [(repair_text(name), repair_text(text)) for name, text in push.query]


def unpack_body(push: Push) -> bytes:
    """Return the body without its `Content-Encoding`; raise as `parse_items` does.

    A body that says it is packed but is not is returned as it is: a proxy has unpacked it.

    Args:
        push: Request that reached the listener.
    """
    body = push.body
    named = push.headers.get("content-encoding", "").lower().split(",")
    if len(named) > _MOST_ENCODINGS:
        raise UnreadableBody(f"The body is compressed more than {_MOST_ENCODINGS} times")
    # The last one was applied last.
    for encoding in filter(None, (name.strip() for name in reversed(named))):
        if encoding in ("gzip", "x-gzip"):
            body = _inflate(body, "gzip") if body.startswith(_GZIP_MAGIC) else body
        elif encoding == "deflate":
            body = _inflate_deflated(body)
        elif encoding not in ("identity", "none", "utf-8", "utf8", "8bit", "binary"):
            raise UnreadableBody(
                f"The body is compressed with {encoding}, which smsdesk cannot unpack; "
                "let the sender use gzip or no compression"
            )
    return _inflate(body, "gzip") if body.startswith(_GZIP_MAGIC) else body


def list_signed_bodies(push: Push) -> tuple[bytes, ...]:
    """Return what a signature may cover: the body as received, and unpacked if it was packed.

    Args:
        push: Request that reached the listener.
    """
    try:
        unpacked = unpack_body(push)
    except UnreadableBody:
        return (push.body,)
    return (push.body,) if unpacked == push.body else (push.body, unpacked)


def read_body_text(push: Push, rules: BodyRules) -> str:
    """Return the body as text, unpacked; raise as `parse_items` does.

    Args:
        push: Request that reached the listener.
        rules: What the provider knows of its bodies.
    """
    charset = find_declared_charset(push.headers.get("content-type", ""))
    body, charset = _to_ascii_superset(unpack_body(push), charset)
    return repair_text(decode_text(body, charset, rules.charset))


def get_repeat_window(now: int) -> str:
    """Return the time window that becomes part of a reply's digest.

    It is for replies that carry neither an id nor a time. The same text minutes apart is
    one push repeated; hours apart it is a second "yes".

    Args:
        now: Current time (ms UTC).
    """
    return str(now // _REPEATS_WITHIN_MS)


def _inflate(data: bytes, name: str, window: int = _GZIP_OR_ZLIB) -> bytes:
    """Return unpacked data; raise if it is damaged or longer than `LONGEST_BODY`."""
    unpacked = b""
    for _ in range(_MOST_MEMBERS):
        unpacker = zlib.decompressobj(window)
        try:
            unpacked += unpacker.decompress(data, LONGEST_BODY + 1 - len(unpacked))
        except zlib.error:
            raise UnreadableBody(f"The body is compressed with {name}, but it is damaged") from None
        if len(unpacked) > LONGEST_BODY:
            raise PushTooLong("The pushed body is longer than 8 MiB when it is unpacked")
        if not unpacker.eof:
            raise UnreadableBody(f"The body is compressed with {name}, but its end is missing")
        # A body that was compressed in pieces is several members (RFC 1952, 2.2).
        data = unpacker.unused_data
        if not data.startswith(_GZIP_MAGIC):
            return unpacked
    raise UnreadableBody(f"The body is compressed with {name} in more than {_MOST_MEMBERS} pieces")


def _inflate_deflated(data: bytes) -> bytes:
    """Return data unpacked from zlib or from bare deflate: both are sent as `deflate`."""
    try:
        return _inflate(data, "deflate")
    except UnreadableBody as error:
        try:
            return _inflate(data, "deflate", _RAW_DEFLATE)
        except UnreadableBody:
            if _is_readable_text(data):
                return data
            raise error from None


def _is_readable_text(data: bytes) -> bool:
    """Return whether data is UTF-8 without control characters, so not compressed."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _NO_TEXT.search(text)


def _parse_body(body: bytes, push: Push, rules: BodyRules) -> tuple[PushItem, ...]:
    """Return the items in an unpacked body; raise `UnreadableBody`."""
    kind = push.headers.get("content-type", "")
    boundary = find_boundary(kind, body)
    if boundary:
        form = parse_multipart(body, boundary, rules, find_declared_charset(kind))
        item = _build_form_item([*form.pairs, *parse_query(push, rules)])
        return (PushItem(item.fields, item.payload, files=tuple(form.files)),)
    body, charset = _to_ascii_superset(body, find_declared_charset(kind))
    body, kind = body.strip(_AROUND_A_BODY), kind.lower()
    if "json" in kind or body.startswith((b"{", b"[")):
        text = decode_text(body, charset, rules.charset)
        try:
            return _build_json_items(parse_json(text), push, rules)
        except UnreadableBody:
            raise
        except ValueError:
            if "json" in kind and not (body[:1].isalpha() and b"=" in body):
                return (PushItem({}, text, "The body is not valid JSON"),)
    if body.startswith(b"<"):
        try:
            from tui.providers.webhook_xml import parse_xml  # late: most inboxes read none

            items = parse_xml(body, rules, charset)
            return tuple(item for value in items for item in _build_json_items(value, push, rules))
        except UnreadableBody:
            if "xml" in kind or b"<!DOCTYPE" in body or body.startswith(b"<?xml"):
                raise
    parse = parse_lines if "text/plain" in kind else parse_form
    return (_build_form_item([*parse(body, rules, charset), *parse_query(push, rules)]),)


def _to_ascii_superset(body: bytes, charset: str) -> tuple[bytes, str]:
    """Return a body in which ASCII characters are single bytes, with its charset.

    UTF-16, UTF-32 and the escape sequences of ISO-2022 become UTF-8; any other body is unchanged.
    """
    codec = find_wide_codec(body)
    if not codec and find_codec(charset).startswith(_STATEFUL_CODECS):
        codec = find_codec(charset)
    try:
        text = body.decode(codec) if codec else ""
    except UnicodeError:
        text = ""
    if text:
        return text.removeprefix("\ufeff").encode("utf-8", "replace"), "utf-8"
    return body.removeprefix(b"\xef\xbb\xbf"), charset


def _build_json_items(value: Any, push: Push, rules: BodyRules) -> tuple[PushItem, ...]:
    """Return one item per JSON object; any other value has no fields."""
    query = {name.casefold(): text for name, text in reversed(parse_query(push, rules))}
    found = find_json_items(value, rules)
    return tuple(PushItem(query | _flatten_object(item), item) for item in found)


def _flatten_object(value: Any, path: str = "", depth: int = _DEEPEST_NESTING) -> dict[str, str]:
    """Return the texts and integers of a JSON object by name; outer names win over inner ones."""
    flat: dict[str, str] = {}
    if not isinstance(value, dict) or not depth:
        return flat
    for key, item in value.items():
        name = key.strip().casefold()
        if isinstance(item, str) or type(item) is int:
            flat[name] = flat[path + name] = str(item)
    for key, item in value.items():
        if isinstance(item, dict):
            inner = _flatten_object(item, f"{path}{key.strip().casefold()}.", depth - 1)
            for name, text in inner.items():
                flat.setdefault(name, text)
    return flat


def _build_form_item(pairs: Iterable[tuple[str, Any]]) -> PushItem:
    """Return names and values as one item; the first of a repeated name counts."""
    given = list(pairs)
    payload = nest_fields(given)
    # Literal names too: a configured name may have brackets.
    literal = {
        name.strip().casefold(): text for name, text in reversed(given) if isinstance(text, str)
    }
    return PushItem(_flatten_object(payload) | literal, payload)
