"""Test pushed requests in every notation: form, lines, JSON, query."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.text import repair_text
from tui.providers.protocol import Push
from tui.providers.webhook_bodies import parse_items

EMPTY = Push("POST", "/hooks/a/b", "", (), {}, b"")


def read_fields(body: bytes, kind: str = "") -> dict[str, str]:
    """Return the fields of the one item in a body of this content type."""
    [item] = parse_items(replace(EMPTY, headers={"content-type": kind}, body=body))
    return item.fields


@pytest.mark.parametrize(
    "body",
    [
        b"message_id=17&message_state=delivered",
        b"message_id=17\nmessage_state=delivered",
        b"message_id=17\r\nmessage_state=delivered\r\n",
        b"message_id=17\nmessage_state=delivered\n\n",
        b'{"message_id": "17", "message_state": "delivered"}',
        b'\xef\xbb\xbf{"message_id": 17, "message_state": "delivered"}',
        b' [{"Message_ID": "17", "message_state": "delivered"}]',
        b'{"data": {"message_id": "17", "message_state": "delivered"}}',
    ],
)
def test_every_notation_gives_the_same_fields(body: bytes) -> None:
    [item] = parse_items(replace(EMPTY, body=body))
    assert (item.get_text("message_id"), item.get_text("MESSAGE_STATE")) == ("17", "delivered")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", b"from=1\nbody=Tom & Jerry", "Tom & Jerry"),
        ("text/plain", b"from=1\nbody=one\n\nthree", "one\n\nthree"),
        ("text/plain", b"from=1\nbody=100% + 5%41", "100% + 5%41"),
        ("text/plain", b"body=a && b\nfrom=1", "a && b"),
        ("", b"from=1\r\nbody=one\r\ntwo", "one\r\ntwo"),
        ("application/x-www-form-urlencoded", b"from=1&body=a%26b+c%0Ad", "a&b c\nd"),
        ("application/x-www-form-urlencoded", b"body=a&&from=1&", "a"),
        ("text/plain; charset=windows-1251", "body=Привет".encode("cp1251"), "Привет"),
        ("application/x-www-form-urlencoded; charset=koi8-r", b"body=%F0%D2", "Пр"),
        ("text/plain; charset=idna", b"body=a", "a"),
        ("", b"body=\xff", "\ufffd"),
        ("", b"body=caf%u00e9+%uD83D%uDE00%u0025", "café 😀%"),
        ("", b"body=caf%25u00e9", "caf%u00e9"),
        ("", b"body=100%+%u12", "100% %u12"),
        ("", b"from=1&body=end\0", "end"),
        ("application/json", b'{"body": "end"}\r\n\0', "end"),
        ("application/json", b'{"body": 12.50}', "12.50"),
        ("application/json", b'{"body": 5.0}', "5.0"),
        ("application/json", b'{"body": 61491570156.0}', "61491570156"),
        ("application/json", b'{"body": 6.1491570156E+10}', "61491570156"),
        ("application/json", b'{"body": 1e999}', "1e999"),
        ("application/json", b'{"body": "a", "x": ' + b"9" * 5_000 + b"}", "a"),
        ("application/json", b'"{\\"body\\": \\"twice\\"}"', "twice"),
        ("application/json", rb'{"body": "a\ud83d\u0000"}', "a\ufffd\ufffd"),
    ],
)
def test_a_text_is_never_cut_or_changed(kind: str, body: bytes, text: str) -> None:
    assert read_fields(body, kind)["body"] == text


def test_an_outer_name_has_priority_and_paths_reach_both() -> None:
    flat = read_fields(b'{"id": "outer", "data": {"id": "inner", "state": {"word": "ok"}}}')
    assert flat["id"] == "outer"
    assert flat["data.id"] == "inner"
    assert flat["data.state.word"] == flat["word"] == "ok"


def test_the_items_of_an_array_are_separate() -> None:
    items = parse_items(replace(EMPTY, body=b'[{"a": "1"}, 7, {"a": "2"}]'))
    assert [item.get_text("a") for item in items] == ["1", "", "2"]
    assert items[1].payload == 7


def test_the_query_is_used_if_the_body_is_empty() -> None:
    query = (("message_id", "17"), ("message_state", "expired"))
    [alone] = parse_items(replace(EMPTY, method="GET", query=query))
    assert alone.get_text("message_id") == "17"
    [both] = parse_items(replace(EMPTY, query=query, body=b"message_state=delivered"))
    assert (both.get_text("message_id"), both.get_text("message_state")) == ("17", "delivered")
    [json] = parse_items(replace(EMPTY, query=query, body=b'{"message_state": "delivered"}'))
    assert (json.get_text("message_id"), json.get_text("message_state")) == ("17", "delivered")


def test_broken_json_is_one_item_without_fields() -> None:
    [item] = parse_items(
        replace(EMPTY, headers={"content-type": "application/json"}, body=b'{"a": ')
    )
    assert (item.fields, item.payload) == ({}, '{"a":')


def test_very_deep_json_is_accepted() -> None:
    for body in (b"[" * 60_000, b'{"a":' * 9_000 + b"1" + b"}" * 9_000):
        for item in parse_items(replace(EMPTY, body=body)):
            assert item.get_text("message_id") == ""


def test_a_byte_order_mark_alone_is_harmless() -> None:
    [item] = parse_items(replace(EMPTY, body=b"\xef\xbb\xbf"))
    assert item.get_text("message_id") == ""


@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["", "application/json", "text/plain", "text/plain; charset=koi8-r"]),
)
def test_any_bytes_become_items(body: bytes, kind: str) -> None:
    for item in parse_items(replace(EMPTY, headers={"content-type": kind}, body=body)):
        "".join([*item.fields, *item.fields.values()]).encode()


@given(st.lists(st.tuples(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text()), max_size=6))
def test_a_valid_form_is_parsed(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, str] = {}
    for name, text in pairs:
        expected.setdefault(name, repair_text(text))
    body = urlencode([(name, repair_text(text)) for name, text in pairs]).encode()
    found = parse_items(replace(EMPTY, body=body))
    assert [item.fields for item in found] == ([expected] if pairs else [])
