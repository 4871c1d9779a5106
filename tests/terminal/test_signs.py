"""Our own signs become ASCII in as many cells; what customers wrote stays as it was."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.desk.cells import fit_cells
from tui.domain.text import to_printable
from tui.terminal.ascii_fallback import protect_text, to_ascii

OURS = "·–—─━↑⊘→↗▌●★▣↓✓×✗│“”←○◐✎…⏎╭╮╰╯═║█░▀"


@given(st.text(st.sampled_from("ab zż界 " + OURS)))
def test_nothing_moves_and_no_sign_of_ours_is_left(text: str) -> None:
    found = to_ascii(text)
    assert cell_len(found) == cell_len(text)
    assert not set(found) & set(OURS)


@given(st.text() | st.text(st.sampled_from("ab zż界\ue000" + OURS)))
def test_what_customers_wrote_stays_as_it_was(text: str) -> None:
    shown = to_printable(text).replace("⏎", "")
    assert to_ascii(protect_text(shown)) == shown


def test_what_is_cut_by_us_is_cut_in_ascii_and_what_ends_with_dots_keeps_them() -> None:
    assert to_ascii(fit_cells(protect_text("I wonder… and wonder"), 12)) == "I wonder… .."
    assert to_ascii(fit_cells("Retry through …", 40)).rstrip() == "Retry through.."
