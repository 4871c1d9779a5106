"""Test that any response of a SmartSwitch gives a result per message or one typed error."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tui.providers.answer import Answer
from tui.providers.errors import ProviderError
from tui.providers.masking import SecretMask
from tui.providers.protocol import Outgoing
from tui.providers.smartswitch.parse import parse_outcomes

SECRET = "pass w0rd&+"
ANN = Outgoing(reference="desk-42", to="+12025550143", text="test one")
BOB = Outgoing(reference="desk-43", to="+12025550144", text="test & two")


def make_data(*entries: object) -> bytes:
    """Return a response with these entries, as an array."""
    return json.dumps({"data": entries}).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("ok"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["data", "errors", "code", "attributes", "status", "id", "meta", "segments"]
            )
            | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
STATUS = st.sampled_from([200, 301, 400, 401, 414, 429, 500, 503])


def parse_any(status: int, content: bytes) -> None:
    """Parse any content, which gives a result per message or raises a typed error."""
    try:
        found = parse_outcomes(Answer(status, {}, content, now=0), [ANN, BOB], SecretMask(SECRET))
    except ProviderError as error:
        assert error.message
    else:
        assert len(found) == 2


@given(status=STATUS, content=st.binary(max_size=200))
def test_any_bytes_are_parsed_or_raise_a_typed_error(status: int, content: bytes) -> None:
    parse_any(status, content)


@given(status=STATUS, value=JSON)
def test_any_json_is_parsed_or_raises_a_typed_error(status: int, value: object) -> None:
    parse_any(status, json.dumps(value).encode())


@given(entries=st.lists(JSON, max_size=4))
def test_any_entry_is_parsed_or_raises_a_typed_error(entries: list[object]) -> None:
    parse_any(200, make_data(*entries))
