"""Test attachments of received MMS messages, decoded within limits."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.providers.serwersms.attachments import (
    MAX_ATTACHMENT_BYTES,
    decode_base64,
    join_text_parts,
    parse_attachments,
    remove_content,
)


def make_attachment(data: Any, **fields: Any) -> dict[str, Any]:
    """Return one attachment as the provider sends it."""
    return {"id": 1, "name": "a.txt", "content_type": "text/plain", "data": data, **fields}


def test_the_documented_attachment_is_decoded() -> None:
    item = {
        "attachments": [
            make_attachment("SmFrYXMgdGFtIGplc3pjemUgd2lhZGFvbW9zYw==", name="text_0002.txt")
        ]
    }
    [found] = parse_attachments(item)
    assert (found.name, found.content_type) == ("text_0002.txt", "text/plain")
    assert found.data == b"Jakas tam jeszcze wiadaomosc"


def test_the_data_field_may_also_be_called_date() -> None:
    [found] = parse_attachments({"attachments": [{"name": "a", "date": "R0lG"}]})
    assert found.data == b"GIF"


def test_wrapped_lines_and_missing_padding_are_accepted() -> None:
    assert decode_base64("ZGVz\r\na3M") == b"desks"


@pytest.mark.parametrize("data", ["", "żółw", "not base64!", "A", "===="])
def test_invalid_base64_is_empty(data: str) -> None:
    assert decode_base64(data) == b""


@pytest.mark.parametrize(
    ("size", "kept"), [(MAX_ATTACHMENT_BYTES, MAX_ATTACHMENT_BYTES), (MAX_ATTACHMENT_BYTES + 1, 0)]
)
def test_an_oversized_attachment_keeps_its_name_and_loses_its_content(size: int, kept: int) -> None:
    packed = base64.b64encode(bytes(size)).decode()
    [found] = parse_attachments({"attachments": [make_attachment(packed)]})
    assert found.name == "a.txt"
    assert len(found.data) == kept


def test_decoded_content_is_removed_from_the_payload() -> None:
    item = {
        "id": 7,
        "attachments": [
            make_attachment("R0lG"),
            make_attachment("not base64!"),
            make_attachment("A" * MAX_ATTACHMENT_BYTES * 2),
        ],
    }
    kept = remove_content(item)
    assert kept["id"] == 7
    assert [entry["data"] for entry in kept["attachments"]] == [
        "(4 characters)",
        "not base64!",
        f"({MAX_ATTACHMENT_BYTES * 2} characters)",
    ]
    assert item["attachments"] == [
        make_attachment("R0lG"),
        make_attachment("not base64!"),
        make_attachment("A" * MAX_ATTACHMENT_BYTES * 2),
    ]


def test_unnamed_and_invalid_attachments_are_harmless() -> None:
    item = {"attachments": [{}, "x", None, make_attachment(5, name=["x"], content_type=None)]}
    found = parse_attachments(item)
    assert [(a.name, a.content_type) for a in found] == [
        ("attachment", "application/octet-stream")
    ] * 2


def test_the_text_of_an_mms_comes_from_its_text_parts() -> None:
    pages = [
        make_attachment(base64.b64encode("Dzień dobry\x00".encode()).decode()),
        make_attachment("R0lG", content_type="image/gif"),
        make_attachment(
            base64.b64encode(b"\xff!").decode(), content_type="Text/Plain; charset=utf-8"
        ),
        make_attachment(base64.b64encode(b"x" * 70_000).decode()),
    ]
    assert (
        join_text_parts(parse_attachments({"attachments": pages})) == "Dzień dobry\ufffd\n\ufffd!"
    )


@given(content=st.binary(max_size=300))
def test_every_content_is_decoded_from_base64(content: bytes) -> None:
    assert decode_base64(base64.b64encode(content).decode()) == content


@given(data=st.text())
def test_any_text_is_decoded_or_empty(data: str) -> None:
    assert isinstance(decode_base64(data), bytes)
