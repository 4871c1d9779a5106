"""Test mentions of colleagues in a note."""

import pytest

from tui.domain.mentions import count_typed_characters, find_candidates, find_mentions

_AGENTS = ("bo", "bob", "Eva Lind", "mia", "")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bo call", ("bo",)),
        ("@BOB, call", ("bob",)),
        ("ask @Eva Lind!", ("Eva Lind",)),
        ("mail me@bo.example", ()),
        ("@bobby", ()),
        ("@ bo", ()),
        ("@mia and @bo", ("bo", "mia")),
    ],
)
def test_a_mention_is_the_at_sign_and_the_whole_name(text: str, names: tuple[str, ...]) -> None:
    assert find_mentions(text, _AGENTS) == names


@pytest.mark.parametrize(
    ("before", "names", "typed"),
    [
        ("ask @b", ("bo", "bob"), 1),
        ("ask @BO", ("bo", "bob"), 2),
        ("@", _AGENTS, 0),
        ("me@b", (), 0),
        ("@bo ", (), 0),
    ],
)
def test_a_prefix_finds_the_matching_names(before: str, names: tuple[str, ...], typed: int) -> None:
    assert find_candidates(before, _AGENTS) == names
    assert count_typed_characters(before) == typed
