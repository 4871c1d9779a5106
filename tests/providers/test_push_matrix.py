"""Test a reply of every provider in every notation, charset and packing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.providers.pushes import (
    NOTATIONS,
    SENDERS,
    Sender,
    build_json,
    build_push,
    build_xml,
    is_sent,
    open_account,
    pack_deflate,
    pack_gzip,
    read_reply,
)
from tui.providers.protocol import Push

ANY_TEXT = "Größe żółć привет Ωμέγα مرحبا 今天 ありがとう 👩‍👩‍👧 100% & a=b; 1+1"
TWO_LINES = "first line & more\nhttps://x.example/?a=1&b=2\n\nlast"
IN_CHARSET = {
    "windows-1252": "Größe café ñandú £5 & “so”",
    "windows-1250": "Zażółć gęślą jaźń & 100%",
    "iso-8859-2": "Zażółć gęślą jaźń",
    "windows-1251": "Привет, ещё раз!",
    "koi8-r": "Привет, ещё раз!",
    "windows-1253": "Καλημέρα",
    "windows-1256": "مرحبا بك",
    "windows-1257": "Ačiū, labas",
    "cp874": "สวัสดี",
    "shift_jis": "ありがとう、今日",
    "gb2312": "今天天气很好",
    "big5": "謝謝你的訊息",
    "euc-kr": "감사합니다",
}
CELLS = [(s, n) for s in SENDERS for n in NOTATIONS if is_sent(s, n)]
each_cell = pytest.mark.parametrize(
    ("sender", "notation"), CELLS, ids=[f"{s.provider}-{n}" for s, n in CELLS]
)


def declare(push: Push, charset: str) -> Push:
    """Return a push whose content type declares a charset."""
    kind = f"{push.headers.get('content-type', '')}; charset={charset}"
    return replace(push, headers={**push.headers, "content-type": kind})


@each_cell
@pytest.mark.parametrize("pack", [None, pack_gzip, pack_deflate])
def test_a_reply_is_read_in_every_notation(
    sender: Sender, notation: str, pack: Callable[[Push], Push] | None
) -> None:
    for text in (ANY_TEXT, TWO_LINES):
        push = NOTATIONS[notation](sender.build_fields(text), "utf-8")
        reply = read_reply(open_account(sender), pack(push) if pack else push)
        written = reply.text.replace("\r\n", "\n")
        assert (reply.party.lstrip("+"), written) == (sender.party.lstrip("+"), text)


@each_cell
@pytest.mark.parametrize("charset", IN_CHARSET)
def test_a_declared_charset_is_read(sender: Sender, notation: str, charset: str) -> None:
    text = IN_CHARSET[charset]
    push = NOTATIONS[notation](sender.build_fields(text), charset)
    # A query has no place to declare a charset; the account's setting stands for it.
    account = open_account(sender, **({"charset": charset} if notation == "query" else {}))
    reply = read_reply(account, push if notation == "query" else declare(push, charset))
    assert reply.text == text


@each_cell
@pytest.mark.parametrize("charset", ["windows-1252", "windows-1250", "windows-1251", "gb2312"])
def test_an_undeclared_charset_is_that_of_the_account(
    sender: Sender, notation: str, charset: str
) -> None:
    text = IN_CHARSET[charset]
    push = NOTATIONS[notation](sender.build_fields(text), charset)
    assert read_reply(open_account(sender, charset=charset), push).text == text


@each_cell
@pytest.mark.parametrize(
    "declared", ["utf-8", "us-ascii", "no-such-charset", '"UTF8"', "utf-16", "base64", "utf-7"]
)
def test_a_charset_that_cannot_be_right_is_not_believed(
    sender: Sender, notation: str, declared: str
) -> None:
    text = IN_CHARSET["windows-1250"]
    push = declare(NOTATIONS[notation](sender.build_fields(text), "windows-1250"), declared)
    account = open_account(sender, charset="cp1250")
    assert read_reply(account, push).text == text


@each_cell
@pytest.mark.parametrize("declared", ["iso-8859-1", "latin1", "windows-1252", "windows-1250"])
def test_utf_8_under_another_name_is_read(sender: Sender, notation: str, declared: str) -> None:
    push = declare(NOTATIONS[notation](sender.build_fields(ANY_TEXT), "utf-8"), declared)
    assert read_reply(open_account(sender), push).text == ANY_TEXT


@each_cell
def test_the_default_charset_is_that_of_the_country(sender: Sender, notation: str) -> None:
    charset = "windows-1250" if sender.provider == "serwersms" else "windows-1252"
    push = NOTATIONS[notation](sender.build_fields(IN_CHARSET[charset]), charset)
    if notation == "xml":
        push = replace(push, body=push.body.replace(charset.encode(), b"utf-8"))
        push = build_push(push.body, "application/xml")
    assert read_reply(open_account(sender), push).text == IN_CHARSET[charset]


@pytest.mark.parametrize("sender", SENDERS, ids=[s.provider for s in SENDERS])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16", "iso-8859-1"])
def test_json_and_xml_in_wide_characters_are_read(
    sender: Sender, encoding: str, declared: str
) -> None:
    for build in (build_json, build_xml):
        push = build(sender.build_fields(ANY_TEXT), encoding)
        reply = read_reply(open_account(sender), declare(push, declared) if declared else push)
        assert reply.text == ANY_TEXT


@pytest.mark.parametrize("sender", SENDERS, ids=[s.provider for s in SENDERS])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_method_does_not_matter(sender: Sender, method: str) -> None:
    push = replace(build_json(sender.build_fields("Hello"), "utf-8"), method=method)
    assert read_reply(open_account(sender), push).text == "Hello"
