"""Test the JSON of messages and conversations: one shape, documented, safe for every reader."""

import json
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.conversation import Conversation, State
from tui.domain.conversation_json import CONVERSATION_FIELDS, conversation_to_json
from tui.domain.json_fields import (
    MESSAGE_FIELDS,
    CustomerFields,
    JsonField,
    describe_fields,
    format_iso_time,
    message_to_json,
)
from tui.domain.message import Direction, Format, Message
from tui.domain.status import Status

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.integers(0, 1 << 62)
MESSAGES = st.builds(
    Message,
    id=TIMES,
    conversation_id=TIMES,
    direction=st.sampled_from(Direction),
    status=st.none() | st.sampled_from(Status),
    account=TEXTS,
    body=TEXTS,
    at=TIMES,
    status_at=TIMES,
    scheduled_at=st.none() | TIMES,
    format=st.sampled_from(Format),
    price=TEXTS,
    parts=st.integers(0, 99),
)
CONVERSATION = Conversation(
    id=7,
    party="shop",
    address="Shop",
    name="A shop",
    state=State.OPEN,
    snoozed_until=None,
    assignee="",
    starred=False,
    labels=("vip", "late"),
    unread=1,
    waiting_since=1_772_611_200_000,
    failed=0,
    last_id=1,
    last_at=1_772_611_200_000,
    last_direction=Direction.IN,
    last_status=None,
    preview="Hi",
    account="au",
    own="",
    opted_out=False,
    rank=0,
)  # fmt: skip
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "string of digits": (str,),
    "string or null": (str, type(None)),
    "time": (str, type(None)),
    "time or null": (str, type(None)),
    "whole number": (int,),
    "true or false": (bool,),
    "list of strings": (list,),
}


def check_types(written: dict[str, Any], fields: Sequence[JsonField[Any]]) -> None:
    """Check that every value has the type that the documentation gives."""
    described = describe_fields(fields)
    assert list(written) == [name for name, _, _ in described]
    for name, type_name, _ in described:
        value: Any = written[name]
        assert isinstance(value, _PYTHON_TYPES[type_name]), name
        if type_name.startswith("time"):
            assert value is None or ISO.fullmatch(str(value)), name
        if type_name == "string of digits":
            assert str(value).isdecimal(), name


@given(MESSAGES)
def test_a_message_is_written_as_documented_and_read_back_the_same(message: Message) -> None:
    written = message_to_json(message, CustomerFields("shop", "Shop", "A shop"))
    check_types(written, MESSAGE_FIELDS)
    assert json.loads(json.dumps(written)) == written
    assert int(written["id"]) == message.id
    assert written["text"] == message.body


@pytest.mark.parametrize("direction", [None, *Direction])
def test_a_conversation_is_written_as_documented(direction: Direction | None) -> None:
    written = conversation_to_json(replace(CONVERSATION, last_direction=direction))
    check_types(written, CONVERSATION_FIELDS)
    assert json.loads(json.dumps(written)) == written


def test_a_conversation_stands_for_its_customer() -> None:
    message = Message(1, 7, Direction.IN, None, "au", "Hi", 1)
    customer = CustomerFields("shop", "Shop", "A shop")
    assert message_to_json(message, CONVERSATION) == message_to_json(message, customer)
    assert {field for field in CustomerFields._fields} <= {
        field.name for field in fields(Conversation)
    }


@pytest.mark.parametrize(
    ("direction", "status", "written"),
    [
        (Direction.IN, None, "received"),
        (Direction.NOTE, None, None),
        (Direction.OUT, Status.UNCERTAIN, "uncertain"),
    ],
)
def test_message_and_conversation_name_a_status_alike(
    direction: Direction, status: Status | None, written: str | None
) -> None:
    message = Message(1, 7, direction, status, "au", "Hi", 1)
    row = replace(CONVERSATION, last_direction=direction, last_status=status)
    assert message_to_json(message, row)["status"] == written
    assert conversation_to_json(row)["last_status"] == written


@pytest.mark.parametrize("described_fields", [MESSAGE_FIELDS, CONVERSATION_FIELDS])
def test_every_field_is_documented_once(described_fields: Sequence[JsonField[Any]]) -> None:
    described = describe_fields(described_fields)
    assert len({name for name, _, _ in described}) == len(described)
    assert all(meaning.endswith(".") for _, _, meaning in described)


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (1_772_611_200_000, "2026-03-04T08:00:00.000Z"),
        (1_772_611_200_001, "2026-03-04T08:00:00.001Z"),
        (0, None),
        (None, None),
        (10**17, None),
        (1 << 62, None),
    ],
)
def test_times_are_iso_8601_in_utc(at: int | None, written: str | None) -> None:
    assert format_iso_time(at) == written


def test_a_late_arrival_has_its_time_and_others_have_none() -> None:
    late = Message(1, 7, Direction.IN, None, "au", "Hi", 1, arrived_at=1_772_611_200_000)
    assert message_to_json(late, CONVERSATION)["arrived_at"] == "2026-03-04T08:00:00.000Z"
    assert message_to_json(replace(late, arrived_at=None), CONVERSATION)["arrived_at"] is None
