"""Our own signs become ASCII in as many cells; what customers wrote stays as it was."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.domain.text import printable
from tui.present import fit
from tui.terminal.signs import plain, spared

OURS = "·–—─━↑⊘→↗▌●★▣↓✓×✗│“”←○◐✎…⏎╭╮╰╯═║█░▀"


@given(st.text(st.sampled_from("ab zż界 " + OURS)))
def test_nothing_moves_and_no_sign_of_ours_is_left(text: str) -> None:
    found = plain(text)
    assert cell_len(found) == cell_len(text)
    assert not set(found) & set(OURS)


@given(st.text() | st.text(st.sampled_from("ab zż界\ue000" + OURS)))
def test_what_customers_wrote_stays_as_it_was(text: str) -> None:
    shown = printable(text).replace("⏎", "")
    assert plain(spared(shown)) == shown


def test_what_is_cut_by_us_is_cut_in_ascii_and_what_ends_with_dots_keeps_them() -> None:
    assert plain(fit(spared("I wonder… and wonder"), 12)) == "I wonder… .."
    assert plain(fit("Retry through …", 40)).rstrip() == "Retry through.."
