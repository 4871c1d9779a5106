"""Test the key hints in the last line of the screen."""

import pytest
from rich.cells import cell_len

from tui.commands import COMMANDS, remap_keys
from tui.desk import key_hints
from tui.widgets.key_bar import select_fitting


def measure_width(pairs: list[key_hints.KeyHint]) -> int:
    """Return the number of cells that the hints need."""
    return sum(cell_len(key) + cell_len(label) + 3 for key, label in pairs)


def test_the_hints_fit_into_eighty_columns() -> None:
    for pairs in (
        key_hints.get_reading_hints(COMMANDS),
        key_hints.get_selection_hints(COMMANDS, 100),
        key_hints.get_triage_hints(COMMANDS),
        key_hints.get_triage_end_hints(COMMANDS),
        key_hints.get_filter_hints(),
    ):
        assert measure_width(pairs) <= 80


@pytest.mark.parametrize(
    ("state", "first", "last"),
    [
        (key_hints.HintState(is_open=True), ["Enter Open", "r Reply"], "? Help"),
        (
            key_hints.HintState(is_open=True, is_reading=True),
            ["r Reply", "e Close"],
            "Esc Back",
        ),
        (key_hints.HintState(is_writing=True), ["Enter Send"], "Esc Back"),
        (key_hints.HintState(is_writing=True, is_note=True), ["Enter Save the note"], "Esc Back"),
        (key_hints.HintState(is_filtering=True), ["Enter Keep the filter"], "Esc Show all"),
        (key_hints.HintState(is_triage=True, is_open=True), ["1-9 Canned", "r Reply"], "Esc End"),
        (key_hints.HintState(is_triage=True), ["z Undo"], "Esc To the list"),
        (key_hints.HintState(selected=3), ["3 selected", "r Write"], "Esc Clear"),
        (key_hints.HintState(is_failed=True), ["R Send again", "M Resolve"], "? Help"),
        (
            key_hints.HintState(is_failed=True, is_open=True, is_reading=True),
            ["R Send again", "M Resolve"],
            "Esc Back",
        ),
    ],
)
@pytest.mark.parametrize("width", [80, 100, 40])
def test_the_keys_that_matter_are_in_the_line_and_whole(
    state: key_hints.HintState, first: list[str], last: str, width: int
) -> None:
    pairs = select_fitting(key_hints.choose_hints(COMMANDS, state), width)
    shown = [" ".join(pair) for pair in pairs]
    assert shown[: len(first)] == first and shown[-1] == last
    assert measure_width(pairs) <= width


def test_remapped_keys_are_shown_in_the_hints() -> None:
    commands = remap_keys({"close": ("f12",), "skip": ("N",)})
    assert ("F12", "Close") in key_hints.get_browsing_hints(commands)
    assert ("F12", "Close") in key_hints.get_selection_hints(commands, 2)
    assert ("N", "Later") in key_hints.get_triage_hints(commands)


def test_a_command_without_a_key_has_no_hint() -> None:
    labels = [label for _, label in key_hints.get_browsing_hints(remap_keys({"close": ()}))]
    assert "Close" not in labels and "Reply" in labels
    ends = key_hints.get_triage_end_hints(remap_keys({"skip": (), "undo": ("f12",)}))
    assert ends == [("F12", "Undo"), ("Esc", "To the list")]


def test_a_narrow_line_keeps_the_hint_for_esc() -> None:
    for pairs in (key_hints.get_compose_hints(COMMANDS), key_hints.get_note_hints(COMMANDS)):
        shown = select_fitting(pairs, 80)
        assert measure_width(shown) <= 80 < measure_width(pairs)
        assert (shown[0], shown[-1]) == (pairs[0], ("Esc", "Back"))


def test_the_hints_for_a_note_save_it_and_name_no_account() -> None:
    assert key_hints.get_note_hints(COMMANDS)[0] == ("Enter", "Save the note")
    labels = [label for _, label in key_hints.get_note_hints(COMMANDS)]
    assert not {"Send", "Send and close", "Account", "Sender"} & set(labels)


def test_the_last_hint_while_writing_is_esc() -> None:
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
        (
            key_hints.HintState(is_open=True, is_reading=True),
            key_hints.get_reading_hints(COMMANDS),
        ),
    ],
)
def test_the_hints_fit_what_the_agent_is_doing(
    state: key_hints.HintState, expected: list[key_hints.KeyHint]
) -> None:
    assert key_hints.choose_hints(COMMANDS, state) == expected
