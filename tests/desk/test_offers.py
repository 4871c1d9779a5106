"""The keys of the last line."""

import pytest
from rich.cells import cell_len

from tui.commands import COMMANDS, remap_keys
from tui.desk import key_hints
from tui.widgets.key_bar import select_fitting


def width(pairs: list[key_hints.KeyHint]) -> int:
    """The cells that the line needs."""
    return sum(cell_len(key) + cell_len(word) + 3 for key, word in pairs)


def test_what_matters_first_fits_into_eighty_columns() -> None:
    for pairs in (
        key_hints.get_browsing_hints(COMMANDS),
        key_hints.get_selection_hints(COMMANDS, 1_000),
        key_hints.get_triage_hints(COMMANDS),
        key_hints.get_triage_end_hints(COMMANDS),
        key_hints.get_filter_hints(),
    ):
        assert width(pairs) <= 80


def test_the_users_own_keys_are_offered() -> None:
    mine = remap_keys({"close": ("f12",), "skip": ("N",)})
    assert ("F12", "Close") in key_hints.get_browsing_hints(mine)
    assert ("F12", "Close") in key_hints.get_selection_hints(mine, 2)
    assert ("N", "Later") in key_hints.get_triage_hints(mine)


def test_a_command_without_a_key_is_not_offered() -> None:
    words = [word for _, word in key_hints.get_browsing_hints(remap_keys({"close": ()}))]
    assert "Close" not in words and "Reply" in words
    ends = key_hints.get_triage_end_hints(remap_keys({"skip": (), "undo": ("f12",)}))
    assert ends == [("F12", "Undo"), ("Esc", "To the list")]


def test_in_a_narrow_line_the_way_back_is_not_what_falls_off() -> None:
    for pairs in (key_hints.get_compose_hints(COMMANDS), key_hints.get_note_hints(COMMANDS)):
        shown = select_fitting(pairs, 80)
        assert width(shown) <= 80 < width(pairs)
        assert (shown[0], shown[-1]) == (pairs[0], ("Esc", "Back"))


def test_a_note_is_saved_and_goes_through_no_account() -> None:
    assert key_hints.get_note_hints(COMMANDS)[0] == ("Enter", "Save the note")
    words = [word for _, word in key_hints.get_note_hints(COMMANDS)]
    assert not {"Send", "Send and close", "Account", "Sender"} & set(words)


def test_writing_ends_with_the_way_back() -> None:
    assert key_hints.get_compose_hints(COMMANDS)[-1] == ("Esc", "Back")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (key_hints.HintState(is_writing=True, is_note=True), key_hints.get_note_hints(COMMANDS)),
        (
            key_hints.HintState(is_writing=True, is_triage=True, is_open=True),
            key_hints.get_compose_hints(COMMANDS),
        ),
        (key_hints.HintState(is_filtering=True, selected=2), key_hints.get_filter_hints()),
        (key_hints.HintState(is_triage=True, is_open=True), key_hints.get_triage_hints(COMMANDS)),
        (key_hints.HintState(is_triage=True), key_hints.get_triage_end_hints(COMMANDS)),
        (key_hints.HintState(is_open=True, selected=2), key_hints.get_selection_hints(COMMANDS, 2)),
        (key_hints.HintState(is_open=True), key_hints.get_browsing_hints(COMMANDS)),
    ],
)
def test_the_hints_fit_what_the_agent_is_doing(
    state: key_hints.HintState, expected: list[key_hints.KeyHint]
) -> None:
    assert key_hints.choose_hints(COMMANDS, state) == expected
