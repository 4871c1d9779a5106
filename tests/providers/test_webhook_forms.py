"""Test forms and lines whose sender escapes nothing, and arrays in the notation of PHP."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.providers.webhook_forms import BodyRules, nest_fields, parse_form, parse_lines

RULES = BodyRules(
    names=frozenset({"number", "message", "time", "attachments"}),
    texts=frozenset({"message"}),
    charset="windows-1252",
)
UNESCAPED = [
    "Tom & Jerry",
    "Tom&Jerry",
    "a && b",
    "1+1=2 & 2+2=4",
    "see http://x.example/?a=1&b=2",
    "see http://x.example/?a=1&number=3&b=2",
    "see http://x.example/?time=9&number=3",
    "at 5&time=5 pm",
    "50% & more",
    "what&&number",
    "one\ntwo=2\nthree",
    "trailing = ok",
]


def get(pairs: list[tuple[str, str]], name: str) -> str:
    """Return the first value of a name."""
    return next(value for found, value in pairs if found == name)


@pytest.mark.parametrize("text", UNESCAPED)
@pytest.mark.parametrize("time", ["time=2026-03-04 10:11:12", "time=2026-03-04%2010%3A11%3A12"])
def test_a_text_without_escapes_is_whole(text: str, time: str) -> None:
    for body in (
        f"message={text}&number=61491570156&{time}",
        f"number=61491570156&message={text}&{time}",
        f"number=61491570156&{time}&message={text}",
    ):
        pairs = parse_form(body.encode(), RULES)
        assert get(pairs, "message") == text
        assert get(pairs, "number") == "61491570156"
        assert get(pairs, "time").startswith("2026-03-04 10:11")


@pytest.mark.parametrize("text", ["Yes", "Tom & Jerry", "a=b&number=3", "1+1", "50%", "ü\n&", ""])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_field_that_the_provider_does_not_know_is_no_part_of_an_escaped_text(
    text: str, charset: str
) -> None:
    fields = {"message": text, "operator": "Optus", "number": "61", "time": "2026-03-04 10:11:12"}
    for pairs in (
        parse_form(urlencode(fields, encoding=charset).encode(), RULES),
        parse_form(urlencode(dict(reversed(fields.items())), encoding=charset).encode(), RULES),
    ):
        assert dict(pairs) == fields


def test_each_value_has_its_own_charset() -> None:
    body = b"message=Gr%F6%DFe&number=%E4%BB%8A&time=caf\xe9"
    assert dict(parse_form(body, RULES)) == {"message": "Größe", "number": "今", "time": "café"}


def test_a_form_may_name_its_charset() -> None:
    body = b"_charset_=windows-1251&message=%CF%F0%E8%E2%E5%F2"
    assert get(parse_form(body, RULES), "message") == "Привет"


@pytest.mark.parametrize("sign", ["=", ": ", ":", " = "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [*UNESCAPED[:11], "a\n\nb", "100%41 + 5", "time is up\nnumber 5"])
def test_only_a_line_that_begins_with_a_known_name_ends_a_text(
    sign: str, end: str, text: str
) -> None:
    text = text.replace("\n", end)
    lines = [f"number{sign}61491570156", f"message{sign}{text}", f"time{sign}10:11"]
    for order in ((0, 1, 2), (1, 0, 2), (0, 2, 1)):
        pairs = parse_lines(end.join(lines[i] for i in order).encode(), RULES)
        assert get(pairs, "message") == text
        assert get(pairs, "number") == "61491570156"


def test_a_blank_line_between_fields_is_no_part_of_a_text() -> None:
    pairs = parse_lines(b"message: Hello\n\nnumber: 61\n", RULES)
    assert pairs == [("message", "Hello"), ("number", "61")]


def test_a_form_under_the_type_of_plain_text_is_read() -> None:
    pairs = parse_lines(b"message=Yes%20please&number=61", RULES)
    assert pairs == [("message", "Yes please"), ("number", "61")]


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}),
        ([("a[b][c]", "1")], {"a": {"b": {"c": "1"}}}),
        (
            [("a[0][b]", "1"), ("a[1][b]", "2"), ("a[0][c]", "3")],
            {"a": [{"b": "1", "c": "3"}, {"b": "2"}]},
        ),
        ([("a[1][b]", "1"), ("a[2][b]", "2")], {"a": [{"b": "1"}, {"b": "2"}]}),
        (
            [("a[][b]", "1"), ("a[][c]", "2"), ("a[][b]", "3")],
            {"a": [{"b": "1", "c": "2"}, {"b": "3"}]},
        ),
        ([("a[1]", "y"), ("a[0]", "x")], {"a": ["x", "y"]}),
        ([("a[7]", "x")], {"a": {"7": "x"}}),
        ([("a", "1"), ("a[b]", "2")], {"a": "1", "a[b]": "2"}),
        ([("a[b]", "1"), ("a", "2")], {"a": {"b": "1"}}),
        ([("a[b", "1"), ("[c]", "2"), ("d]", "3")], {"a[b": "1", "[c]": "2", "d]": "3"}),
        ([("a", "1"), ("a", "2")], {"a": "1"}),
        ([("a" + "[b]" * 20, "1")], {"a" + "[b]" * 20: "1"}),
    ],
)
def test_arrays_of_php_are_lists_and_objects(
    pairs: list[tuple[str, str]], value: dict[str, object]
) -> None:
    assert nest_fields(pairs) == value


@given(st.lists(st.tuples(st.text("ab[]01", max_size=12), st.text(max_size=3)), max_size=12))
def test_any_names_become_an_object(pairs: list[tuple[str, str]]) -> None:
    assert isinstance(nest_fields(pairs), dict)


@given(st.binary(max_size=200))
def test_no_byte_of_a_body_is_lost(body: bytes) -> None:
    for parse in (parse_form, parse_lines):
        found = "".join(name + value for name, value in parse(b"message=" + body, RULES))
        assert (
            sum(c.isalnum() for c in found)
            >= sum(97 <= b <= 122 for b in body) - body.count(b"%") * 2
        )
