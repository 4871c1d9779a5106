"""Test what stands around the items in pushed JSON."""

import json
from typing import Any

import pytest

from tests.providers.pushes import Sender, build_push, each_sender, open_account, read_reply
from tui.providers.webhook_forms import BodyRules
from tui.providers.webhook_json import find_json_items, parse_json

RULES = BodyRules(names=frozenset({"text", "reply.number", "attachments"}), file_list="attachments")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda fields: {"replies": [fields]},
        lambda fields: {"paging": {}, "count": 1, "items": [fields]},
        lambda fields: {"data": {"kind": "x", "attributes": fields}},
        lambda fields: {"meta": None, "data": [fields]},
        lambda fields: json.dumps(fields),
    ],
)
@each_sender
def test_the_objects_around_the_fields_do_not_matter(sender: Sender, wrap: Any) -> None:
    if sender.provider == "messente":
        pytest.skip("its pushes are signed and documented")
    body = json.dumps(wrap(sender.build_fields("words"))).encode()
    reply = read_reply(open_account(sender), build_push(body, "application/json"))
    assert reply.text == "words"


@pytest.mark.parametrize(
    "value",
    [
        {"text": "a", "data": {"text": "b"}},
        {"reply": {"number": "1"}},
        {"a": {"x": 1}, "b": {"x": 2}},
        {"attachments": [{"x": 1}]},
        {"a": [1, 2]},
        {"a": []},
    ],
)
def test_an_object_with_fields_of_its_own_is_the_item(value: Any) -> None:
    assert find_json_items(value, RULES) == [value]


def test_several_items_in_an_object_are_several() -> None:
    assert find_json_items({"list": [{"text": "a"}, {"text": "b"}]}, RULES) == [
        {"text": "a"},
        {"text": "b"},
    ]


@pytest.mark.parametrize("text", ["[" * 100_000, '"', "", "{]", "nul"])
def test_what_is_no_json_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
