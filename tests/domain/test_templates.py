"""Test canned replies: filled fields, kept fields, and which replies can be saved."""

import contextlib
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.reply_files import format_canned_replies, parse_canned_replies
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CannedReply,
    FillContext,
    InvalidCannedReplyError,
    collect_values,
    fill_fields,
    find_open_fields,
    list_fields,
    validate_field,
    validate_reply,
)
from tui.domain.typed_text import clean_typed_text

_ANA = FillContext("Ana  Kowalska", "+48500600700", "mia", "pl", 1_772_611_200_000, UTC)


def test_every_built_in_field_is_filled() -> None:
    body = "|".join(f"{{{name}}}" for name in BUILT_IN_FIELDS)
    filled = fill_fields(body, collect_values(_ANA, {}))
    assert filled == "Ana Kowalska|Ana|mia|+48 500 600 700|4 March 2026|08:00|pl"


def test_custom_fields_are_filled_and_do_not_hide_built_in_ones() -> None:
    values = collect_values(_ANA, {"shop": "Main St", "agent": "other", "Miasto": "Łódź"})
    assert fill_fields("{Shop} {agent} {miasto}", values) == "Main St mia Łódź"


def test_a_field_without_a_value_stays_as_written() -> None:
    nameless = FillContext("", "+48500600700", "mia", "pl", _ANA.now, UTC)
    filled = fill_fields("Hi {First_Name}, order {order}", collect_values(nameless, {}))
    assert filled == "Hi {First_Name}, order {order}"
    assert [blank.placeholder for blank in find_open_fields(filled)] == ["{First_Name}", "{order}"]


def test_a_value_is_never_filled_itself() -> None:
    trick = FillContext("{agent}", "+48500600700", "mia", "pl", _ANA.now, UTC)
    assert fill_fields("Hi {name}", collect_values(trick, {})) == "Hi {agent}"


@pytest.mark.parametrize("text", ["{}", "{ name }", "{1}", "{a b}", "a { b", "}{", "{a-b}"])
def test_other_braces_are_plain_text(text: str) -> None:
    assert find_open_fields(text) == () and fill_fields(text, {"a": "x", "name": "y"}) == text


def test_fields_are_named_once_in_order() -> None:
    assert list_fields("{b} {a} {B} {c}") == ("b", "a", "c")


@given(st.text())
def test_open_fields_have_the_right_positions(text: str) -> None:
    for blank in find_open_fields(text):
        assert text[blank.start : blank.end] == blank.placeholder


@given(st.text(), st.dictionaries(st.sampled_from(BUILT_IN_FIELDS), st.text(min_size=1)))
def test_a_text_without_fields_is_never_changed(text: str, values: dict[str, str]) -> None:
    if not find_open_fields(text):
        assert fill_fields(text, values) == text


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        (" \n", "text", "needs a name"),
        ("n" * 41, "text", "longer than 40"),
        ("hours", " \n ", "hours has no text"),
        ("hours", "x" * 5_001, "longer than 5000"),
    ],
)
def test_an_invalid_canned_reply_is_refused_with_a_reason(
    name: str, body: str, expected: str
) -> None:
    with pytest.raises(InvalidCannedReplyError, match=expected):
        validate_reply(name, body)


def test_a_name_is_one_line() -> None:
    assert validate_reply(" on \n the way ", "Soon!\n") == CannedReply("on the way", "Soon!")


def test_a_file_contains_canned_replies_and_custom_fields() -> None:
    text = '[templates]\nready = "Hi {name}"\n"on the way" = "Soon"\n[values]\nshop = "Main St"\n'
    found, values = parse_canned_replies(text)
    assert found == [CannedReply("ready", "Hi {name}"), CannedReply("on the way", "Soon")]
    assert values == {"shop": "Main St"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[templates", "Not TOML"),
        ("", "No canned reply"),
        ("[replies]\na = 'b'", "Unknown table replies"),
        ("templates = 3", "templates is not a table"),
        ("[templates]\na = 3", "templates.a is not a text"),
        ("[templates]\na = ''", "a has no text"),
        ("[templates]\na = 'b'\n[values]\nshop = 1", "values.shop is not a text"),
        ("[templates]\na = {text = 3}", "templates.a.text is not a text"),
        ("[templates]\na = {txt = 'b'}", "templates.a.txt is unknown"),
        ("[templates]\na = {actions = 'close'}", "templates.a.actions is not a list"),
        ("[templates]\na = {actions = ['close', 3]}", "templates.a.actions is not a list"),
        ("[templates]\na = {actions = []}", "a has no text"),
        ("[templates]\na = {actions = ['shut']}", 'a: "shut" is no action here'),
        ("[templates]\na = {actions = ['answer b']}", 'a: "answer" is no action here'),
        ("[templates]\na = {actions = ['close', 'reopen']}", "contradict each other"),
        ("[templates]\na = {text = 'b', personal = 1}", "templates.a.personal is not true or"),
        ("[templates]\na = {text = 'b', personal = true}", "no agent is named"),
    ],
)
def test_an_invalid_file_is_refused_with_a_reason(text: str, expected: str) -> None:
    with pytest.raises(InvalidCannedReplyError, match=expected):
        parse_canned_replies(text)


def test_a_file_can_say_more_about_a_canned_reply() -> None:
    text = """
    [templates]
    hours = "9 to 6"
    [templates.thanks]
    text = "Thanks, {first_name}!"
    actions = ["label  done", "Close"]
    personal = true
    """
    found, _ = parse_canned_replies(text, agent="mia")
    assert found == [
        CannedReply("hours", "9 to 6"),
        CannedReply("thanks", "Thanks, {first_name}!", owner="mia", actions="label done\nclose"),
    ]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, unique=True), st.text(max_size=20))
def test_what_is_exported_is_imported_as_it_was(names: list[str], body: str) -> None:
    templates: dict[str, CannedReply] = {}
    for n, name in enumerate(names):
        owner = "mia" if n % 2 else ""
        with contextlib.suppress(InvalidCannedReplyError):
            made = validate_reply(name, body, actions='note a"b\\\nclose' * (n % 3), owner=owner)
            templates[made.name] = made
    if not templates:
        return
    text = format_canned_replies(templates.values(), {"shop": body})
    found, values = parse_canned_replies(text, agent="mia")
    assert found == list(templates.values())
    assert values == {"shop": clean_typed_text(body)}


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_a_valid_field_is_filled_where_it_is_used(name: str, value: str) -> None:
    try:
        field = validate_field(name, value)
    except InvalidCannedReplyError as problem:
        assert len(str(problem).splitlines()) == 1
        return
    shown = clean_typed_text(value).strip()
    assert fill_fields(f"at {{{field.name}}}", {field.name: field.value}) == f"at {shown}"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("opening hours", "9 to 6", "one word"),
        ("3rd", "x", "one word"),
        ("Name", "x", "filled in automatically"),
        ("shop", " ", "has no value"),
        ("shop", "x" * 501, "longer than 500"),
    ],
)
def test_a_field_that_would_never_be_filled_is_refused(
    name: str, value: str, expected: str
) -> None:
    with pytest.raises(InvalidCannedReplyError, match=expected):
        validate_field(name, value)
