"""Build the pushed replies of all providers in every notation and charset."""

import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

import pytest

from tui.clock import ManualClock
from tui.domain.events import Reply, Unreadable
from tui.providers.protocol import Provider, Push
from tui.providers.registry import open_provider

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----part-4f2"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
SECRET = "sandbox-secret"
OPTIONS = {"base_url": "http://127.0.0.1:9", "api_key": "sandbox", "api_secret": SECRET}

Fields = Mapping[str, str]
Notation = Callable[[Fields, str], Push]
"""Builds a push of fields in a charset."""


@dataclass(frozen=True)
class Sender:
    """How one provider writes a reply."""

    provider: str
    text_name: str
    others: Fields
    """Fields beside the text; some come before it and some behind it."""
    party: str

    def build_fields(self, text: str) -> dict[str, str]:
        """Return the fields of a reply, the text second."""
        (first, value), *rest = self.others.items()
        return {first: value, self.text_name: text, **dict(rest)}


SENDERS = (
    Sender(
        "messagemedia",
        "content",
        {
            "reply_id": "r1",
            "source_number": "+61491570156",
            "date_received": "2026-03-04T08:15:07Z",
        },
        "+61491570156",
    ),
    Sender(
        "messente",
        "text",
        {
            "msg_id": "m1",
            "sender": "+37251000000",
            "recipient": "+37251990011",
            "time": "2026-03-04T08:15:07Z",
        },
        "+37251000000",
    ),
    Sender(
        "serwersms",
        "wiadomosc",
        {"numer": "+48500600700", "data": "2026-03-04 09:15:07", "id": "4810233"},
        "+48500600700",
    ),
    Sender(
        "smartswitch",
        "body",
        {"source_number": "12025550143", "destination_number": "12025550144", "message_id": "i1"},
        "12025550143",
    ),
    Sender(
        "messageport",
        "message",
        {
            "number": "61491570156",
            "time": "2026-03-04 10:11:12",
            "timezone": "Australia/Sydney",
            "reference": "m-000117",
        },
        "61491570156",
    ),
)


each_sender = pytest.mark.parametrize("sender", SENDERS, ids=[s.provider for s in SENDERS])


def open_account(sender: Sender, **options: Any) -> Provider:
    """Return the client of an account at the provider."""
    return open_provider(sender.provider, {**OPTIONS, **options}, ManualClock())


def build_push(body: bytes = b"", kind: str = "", **headers: str) -> Push:
    """Return a pushed POST, signed as Messente signs it."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if kind:
        given["content-type"] = kind
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return Push("POST", "/hooks/a/b", "", (), {"x-messente-signature": signature, **given}, body)


def with_charset(kind: str, charset: str) -> str:
    """Return a content type that declares a charset, unless it is empty."""
    return f"{kind}; charset={charset}" if charset else kind


def read_reply(provider: Provider, push: Push) -> Reply:
    """Return the one reply in a push."""
    (event,) = provider.read_push(push).events
    assert isinstance(event, Reply), event
    return event


def read_problem(sender: Sender, push: Push) -> str:
    """Return why the one item in a push could not be read."""
    (event,) = open_account(sender).read_push(push).events
    assert isinstance(event, Unreadable), event
    assert event.raw
    return event.problem


def build_form(fields: Fields, charset: str) -> Push:
    """Return a form whose values are escaped in a charset."""
    return build_push(urlencode(fields, encoding=charset).encode(), FORM)


def build_plus_free_form(fields: Fields, charset: str) -> Push:
    """Return a form with %20 for blanks, without a content type."""
    return build_push(urlencode(fields, encoding=charset, quote_via=quote).encode())


def build_query(fields: Fields, charset: str) -> Push:
    """Return a push by GET."""
    query = urlencode(fields, encoding=charset)
    return replace(build_push(), method="GET", path=f"/hooks/a/b?{query}")


def build_multipart(fields: Fields, charset: str) -> Push:
    """Return a multipart form."""
    return build_push(join_parts(fields, charset), MULTIPART)


def build_multipart_of_files(fields: Fields, charset: str) -> Push:
    """Return a multipart form in which each field is sent as a file."""
    parts = join_parts(fields, charset, '; filename="field.txt"\r\nContent-Type: text/plain')
    return build_push(parts, MULTIPART)


def join_parts(fields: Fields, charset: str, more: str = "") -> bytes:
    """Return the parts of a multipart form, with more text behind each name."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    parts = (
        f'{head}{name}"{more}\r\n\r\n'.encode() + text.encode(charset) + b"\r\n"
        for name, text in fields.items()
    )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def build_json(fields: Fields, charset: str) -> Push:
    """Return JSON with its characters as they are."""
    body = json.dumps(dict(fields), ensure_ascii=False).encode(charset)
    return build_push(body, "application/json")


def build_equals_lines(fields: Fields, charset: str) -> Push:
    """Return plain text in lines of `name=value`."""
    lines = "\n".join(f"{name}={text}" for name, text in fields.items())
    return build_push(lines.encode(charset), "text/plain")


def build_colon_lines(fields: Fields, charset: str) -> Push:
    """Return plain text in lines of `name: value`, with the line ends of Windows."""
    lines = "\r\n".join(f"{name}: {text}" for name, text in fields.items())
    return build_push(lines.encode(charset) + b"\r\n", "text/plain")


def build_xml(fields: Fields, charset: str) -> Push:
    """Return an XML document that declares its charset."""
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    document = f'<?xml version="1.0" encoding="{charset}"?>\n<reply>{inner}</reply>'
    return build_push(document.encode(charset, "xmlcharrefreplace"), "application/xml")


def pack_gzip(push: Push) -> Push:
    """Return a push with its body packed; the signature stays that of the unpacked body."""
    headers = {**push.headers, "content-encoding": "gzip"}
    return replace(push, body=gzip.compress(push.body), headers=headers)


def pack_deflate(push: Push) -> Push:
    """Return a push packed as zlib."""
    headers = {**push.headers, "content-encoding": "deflate"}
    return replace(push, body=zlib.compress(push.body), headers=headers)


NOTATIONS: Mapping[str, Notation] = {
    "form": build_form,
    "form without +": build_plus_free_form,
    "query": build_query,
    "multipart": build_multipart,
    "multipart of files": build_multipart_of_files,
    "json": build_json,
    "lines with =": build_equals_lines,
    "lines with :": build_colon_lines,
    "xml": build_xml,
}
"""Every notation of a push by its name."""


def is_sent(sender: Sender, notation: str) -> bool:
    """Return whether a provider can use a notation: Messente signs a body."""
    return not (sender.provider == "messente" and notation == "query")
