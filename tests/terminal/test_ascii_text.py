"""Test that the app's own symbols become ASCII of the same width, and texts of customers stay."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.desk.cells import fit_cells
from tui.domain.text import to_printable
from tui.terminal.ascii_text import protect_text, to_ascii

OURS = "·–—─━↑⊘→↗▌●★▣↓✓×✗│“”←○◐✎…⏎╭╮╰╯═║█░▀"


@given(st.text(st.sampled_from("ab zż界 " + OURS)))
def test_no_own_symbol_is_left_and_the_width_stays(text: str) -> None:
    found = to_ascii(text)
    assert cell_len(found) == cell_len(text)
    assert not set(found) & set(OURS)


@given(st.text() | st.text(st.sampled_from("ab zż界\ue000" + OURS)))
def test_texts_of_customers_stay_as_they_were(text: str) -> None:
    shown = to_printable(text).replace("⏎", "")
    assert to_ascii(protect_text(shown)) == shown


def test_only_ellipses_of_the_app_become_two_dots() -> None:
    assert to_ascii(fit_cells(protect_text("I wonder… and wonder"), 12)) == "I wonder… .."
    assert to_ascii(fit_cells("Retry through …", 40)).rstrip() == "Retry through.."
