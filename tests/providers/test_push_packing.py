"""Test compressed bodies, their limit, and addresses in any charset."""

import gzip
import zlib
from dataclasses import replace

import pytest

from tests.providers.pushes import (
    FORM,
    SENDERS,
    Sender,
    build_json,
    build_push,
    each_sender,
    open_account,
    read_problem,
    read_reply,
)
from tui.providers.errors import PushTooLong
from tui.providers.protocol import Push
from tui.providers.webhook_bodies import LONGEST_BODY, parse_items

SERWERSMS = next(sender for sender in SENDERS if sender.provider == "serwersms")


def pack(push: Push, body: bytes, encoding: str) -> Push:
    """Return a push with another body, signed anew."""
    kind = push.headers.get("content-type", "")
    return build_push(body, kind, content_encoding=encoding)


@each_sender
def test_every_way_to_pack_a_body_is_read(sender: Sender) -> None:
    push = build_json(sender.build_fields("Größe"), "utf-8")
    packed = zlib.compress(push.body)
    for body, encoding in [
        (gzip.compress(push.body), "gzip"),
        (gzip.compress(push.body), "X-GZIP"),
        (gzip.compress(push.body), ""),
        (gzip.compress(push.body[:9]) + gzip.compress(push.body[9:]), "gzip"),
        (packed, "deflate"),
        (packed[2:-4], "deflate"),
        (gzip.compress(packed), "deflate, gzip"),
        (push.body, "gzip"),
        (push.body, "deflate"),
        (push.body, "identity"),
    ]:
        assert read_reply(open_account(sender), pack(push, body, encoding)).text == "Größe"


@each_sender
def test_a_body_that_cannot_be_unpacked_says_why(sender: Sender) -> None:
    push = build_json(sender.build_fields("Größe" * 50), "utf-8")
    whole = gzip.compress(push.body)
    for body, encoding, reason in [
        (whole[:-4], "gzip", "its end is missing"),
        (whole[:20], "gzip", "its end is missing"),
        (whole[:15] + b"\xff" * 20 + whole[35:], "gzip", "it is damaged"),
        (b"\x00\x01\x02\xff", "deflate", "it is damaged"),
        (push.body, "br", "compressed with br"),
        (push.body, "zstd", "compressed with zstd"),
    ]:
        assert reason in read_problem(sender, pack(push, body, encoding))


@each_sender
@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_body_is_not_unpacked_without_a_limit(sender: Sender, compress: object) -> None:
    body = compress(bytes(LONGEST_BODY + 1))  # type: ignore[operator]
    encoding = "gzip" if body.startswith(b"\x1f\x8b") else "deflate"
    with pytest.raises(PushTooLong, match="8 MiB"):
        open_account(sender).read_push(build_push(body, FORM, content_encoding=encoding))


def test_a_query_is_read_as_it_came_and_not_as_it_was_decoded() -> None:
    push = Push("GET", "/hooks/a/b?x=%E9&y[]=1&y[]=2", "", [("x", "\ufffd")], {}, b"")
    assert parse_items(push)[0].payload == {"x": "\ufffd", "y": ["1", "2"]}
    query = replace(
        push, path="/hooks/a/b?wiadomosc=%A3%F3d%9F&numer=1&data=2026-03-04+09:15:07&id=7"
    )
    assert read_reply(open_account(SERWERSMS), query).text == "Łódź"
