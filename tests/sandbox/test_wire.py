"""Urlencoded forms as clients write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.wire import nest_pairs, parse_byte_pairs, parse_text_pairs


@pytest.mark.parametrize(
    ("raw", "unfolded"),
    [
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a=", {"a": ""}),
        (b"", {}),
        (b"phone[]=%2B48500600700&phone[]=2", {"phone": ["+48500600700", "2"]}),
        (b"phone%5B%5D=1", {"phone": ["1"]}),
        (b"phone[0]=x&phone[1]=y", {"phone": ["x", "y"]}),
        (
            b"m[0][phone]=1&m[0][text]=a&m[1][phone]=2",
            {"m": [{"phone": "1", "text": "a"}, {"phone": "2"}]},
        ),
        (b"a[b]=1", {"a": {"b": "1"}}),
        (b"a=1&a[b]=2", {"a": {"b": "2"}}),
        (b"a[=1&[b]=2&]=3", {"a[": "1", "[b]": "2", "]": "3"}),
    ],
)
def test_names_with_brackets_are_unfolded(raw: bytes, unfolded: dict[str, Any]) -> None:
    assert nest_pairs(parse_text_pairs(raw)) == unfolded


def test_values_stay_bytes_until_their_charset_is_known() -> None:
    assert parse_byte_pairs(b"text=%F5un&raw=\xf5") == [("text", b"\xf5un"), ("raw", b"\xf5")]


@given(st.binary())
def test_any_bytes_are_read_as_something(raw: bytes) -> None:
    assert isinstance(nest_pairs(parse_text_pairs(raw)), dict)


@given(st.lists(st.tuples(st.text(alphabet="ab[]0", max_size=60), st.just("x"))))
def test_any_brackets_are_unfolded_somehow(pairs: list[tuple[str, str]]) -> None:
    names = {name for name, _ in pairs if name}
    assert set(nest_pairs(pairs)) <= names | {name.partition("[")[0] for name in names}
