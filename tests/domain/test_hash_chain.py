"""Test that no byte of a chain can be changed, and no line removed, added or moved."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.domain.hash_chain import BrokenChainError, chain_records, verify_chain

RECORDS: list[dict[str, Any]] = [
    {"inbox": "i1", "made_at": "2026-03-04T08:00:00.000Z"},
    {"type": "message", "id": "1", "text": 'Zażółć "\n\u2028 🛑'},
    {"type": "message", "id": "2", "text": "", "files": [{"sha256": "00"}]},
    {"type": "audit", "action": "close", "n": 1},
]


def make_file(key: bytes = b"") -> bytes:
    """Return a chain as it is written."""
    return "".join(f"{line}\n" for line in chain_records(RECORDS, key)).encode()


def verify(content: bytes, key: bytes = b"") -> tuple[int, str]:
    """Return number of messages and final hash of a file, or raise `BrokenChainError`."""
    chain = verify_chain(content.splitlines(keepends=True), key)
    return chain.messages, chain.final_hash


@pytest.mark.parametrize("key", [b"", b"secret"])
def test_an_unchanged_chain_is_confirmed(key: bytes) -> None:
    count, final = verify(make_file(key), key)
    assert count == 2
    assert json.loads(make_file(key).splitlines()[-1])["hash"] == final


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(make_file()) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, change: int) -> None:
    content = bytearray(make_file())
    content[place] ^= change
    with pytest.raises(BrokenChainError):
        verify(bytes(content))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(make_file()) - 1))
def test_any_cut_is_found(length: int) -> None:
    with pytest.raises(BrokenChainError):
        verify(make_file()[:length])


@pytest.mark.parametrize("number", range(5))
def test_a_removed_doubled_or_moved_line_is_found(number: int) -> None:
    lines = make_file().splitlines(keepends=True)
    other = (number + 1) % len(lines)
    moved = list(lines)
    moved[number], moved[other] = moved[other], moved[number]
    doubled = [*lines[: number + 1], lines[number], *lines[number + 1 :]]
    for changed in (lines[:number] + lines[number + 1 :], doubled, moved):
        with pytest.raises(BrokenChainError):
            verify_chain(changed)


@pytest.mark.parametrize(
    "changed",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf" + make_file(),
        make_file() + b"\n",
        make_file() * 2,
        make_file().replace(b"\n", b"\r\n"),
        make_file().rstrip(b"\n"),
        b"[" * 100_000 + b"\n",
    ],
)
def test_other_forms_of_the_same_file_are_found(changed: bytes) -> None:
    with pytest.raises(BrokenChainError):
        verify(changed)


def test_the_first_wrong_line_is_named() -> None:
    changed = make_file().replace(b'"id":"2"', b'"id":"3"')
    with pytest.raises(BrokenChainError) as found:
        verify(changed)
    assert found.value.number == 3


def test_a_chain_with_a_key_cannot_be_made_again_without_it() -> None:
    with pytest.raises(BrokenChainError, match="--sign-key"):
        verify(make_file(b"secret"))
    with pytest.raises(BrokenChainError, match="wrong"):
        verify(make_file(b"secret"), b"other")
    with pytest.raises(BrokenChainError, match="leave out"):
        verify(make_file(), b"secret")
