"""The Markdown of the documentation becomes readable text."""

import re
from pathlib import Path

import pytest

from screenshots.docs import ROOT
from tui.cli.markdown import render_markdown
from tui.cli.show import count_cells

PAGES = sorted((ROOT / "tui/docs").glob("*.md"))


def plain(text: str, width: int = 60) -> str:
    """Render without styles."""
    return render_markdown(text, width, styled=False)


def test_a_paragraph_is_wrapped_to_the_width() -> None:
    assert plain("one two three\nfour five\n", 10) == "one two\nthree four\nfive\n"


def test_blocks_are_parted_by_one_empty_line() -> None:
    page = "# `Title`\nFirst.\n\n\n<!-- not run: no -->\n## Part\n\n- a\n- b\n\nLast.\n"
    assert plain(page) == "Title\n\nFirst.\n\nPart\n\n- a\n- b\n\nLast.\n"


def test_an_item_of_a_list_is_indented_below_its_marker() -> None:
    assert plain("10. one two\n    three\n", 12) == "10. one two\n    three\n"


def test_code_is_indented_and_never_wrapped() -> None:
    line = "smsdesk send --to +61491570156   --text a"
    assert plain(f"```sh\n{line}\n```\nend\n", 10) == f"    {line}\n\nend\n"


def test_a_link_is_its_text_and_code_keeps_its_marks() -> None:
    assert plain("See **the** [Keys](keys.md#all), `a b`.") == "See the Keys, `a b`.\n"


def test_headings_bold_text_and_code_are_bold_on_a_terminal() -> None:
    shown = render_markdown("# A b\n\nx **y** `z`,\n", 60, styled=True)
    bold = "\x1b[1m{}\x1b[22m".format
    assert shown == f"{bold('A')} {bold('b')}\n\nx {bold('y')} {bold('z')},\n"


def test_escapes_take_no_place_in_a_line() -> None:
    assert render_markdown("`aaaa` `bbbb` cc", 9, styled=True).count("\n") == 2


TABLE = "| key | does |\n| --- | --- |\n| `\\|` | pipes |\n| é | more |\n"


def test_a_table_stands_in_columns() -> None:
    assert plain(TABLE) == "key  does\n---  -----\n`|`  pipes\né    more\n"


def test_a_long_cell_is_wrapped_within_its_column() -> None:
    table = "| key | does |\n| --- | --- |\n| a | one two three four five six seven |\n"
    assert plain(table, 25).splitlines()[2:] == ["a    one two three four", "     five six seven"]


def test_the_rows_of_a_table_that_is_too_wide_become_a_list() -> None:
    name = "a_setting_with_a_very_long_name"
    table = f"| name | type | | meaning |\n| --- | --- | --- | --- |\n| {name} | text | x | y |\n"
    assert plain(table, 40) == f"{name}\n    type: text; x\n    meaning: y\n"


NOT_SHOWN = re.compile(r"<!--.*?-->|\]\([^)]*\)|^```\w*|^\| \w+(?=.*\n\| ---)", re.MULTILINE)
"""Comments, targets of links, languages, and the heading of a table's first column."""


@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_fits_the_terminal_and_loses_no_word(page: Path, width: int) -> None:
    text = page.read_text(encoding="utf-8")
    shown = plain(text, width)
    too_long = [line for line in shown.splitlines() if count_cells(line) > width]
    unbreakable = re.compile(r"    .*|\s*\S+")
    assert [line for line in too_long if not unbreakable.fullmatch(line)] == []
    words = re.findall(r"\w{5,}", NOT_SHOWN.sub("", text))
    assert set(words) <= set(re.findall(r"\w{5,}", shown))
