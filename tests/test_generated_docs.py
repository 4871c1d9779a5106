"""The generated parts of the documentation are what the code makes, and its pictures exist."""

import re
import shutil
import subprocess

import pytest

from screenshots.docs import (
    GENERATORS,
    MANUAL,
    ROOT,
    fill_page,
    generate_docs,
    list_pages,
    list_shown_pictures,
)
from tui.commands import LINE_COMMANDS

FILES = [path.relative_to(ROOT).as_posix() for path, _ in generate_docs()]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_the_generators_make_of_it(name: str) -> None:
    """Run `python screenshots/make.py --docs` after a change of what the parts come from."""
    made = {path: text for path, text in generate_docs()}
    assert (ROOT / name).read_text(encoding="utf-8") == made[ROOT / name]


@pytest.mark.parametrize("part", GENERATORS)
def test_every_generated_part_stands_in_a_page(part: str) -> None:
    pages = [page.read_text(encoding="utf-8") for page in list_pages()]
    assert any(f"<!-- {part} -->\n" in page for page in pages)


def test_a_page_has_no_part_that_nothing_generates() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in list_pages())
    assert set(re.findall(r"^<!-- /(\w+) -->$", pages, re.MULTILINE)) == set(GENERATORS)


def test_a_part_is_replaced_and_the_rest_of_the_page_is_kept() -> None:
    page = "before\n<!-- keys -->\nold\n<!-- /keys -->\nafter\n"
    filled = fill_page(page)
    assert filled.startswith("before\n<!-- keys -->\n| key |")
    assert filled.endswith("`quit` |\n<!-- /keys -->\nafter\n")
    assert fill_page(filled) == filled


def test_a_part_without_an_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="the part keys has no end"):
        fill_page("<!-- keys -->\nold\n")


def test_the_pictures_that_are_shown_are_the_pictures_that_are_kept() -> None:
    kept = {path.stem for path in (ROOT / "screenshots").iterdir() if path.suffix == ".svg"}
    assert kept == list_shown_pictures()
    assert kept


def test_the_keys_that_the_documentation_gives_for_line_mode_can_be_typed() -> None:
    text = (ROOT / "tui/docs/keys.md").read_text(encoding="utf-8")
    section = text.partition("## Line mode")[2].partition("\n## ")[0]
    keys = re.findall(r"`(.)`", section)
    assert keys
    assert set(keys) <= {command.words[0] for command in LINE_COMMANDS} | {"?", "q"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_the_manual_page_is_correct_roff() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", str(MANUAL)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "smsdesk completion" in re.sub(r"\x1b\[\d*m|.\x08", "", done.stdout)


def test_the_manual_page_names_every_command_and_option() -> None:
    from tui.cli.parse_arguments import build_full_parser

    page = MANUAL.read_text(encoding="utf-8").replace("\\-", "-")
    names = {
        name
        for parser in build_full_parser().list_parsers()
        for action in parser.list_arguments()
        for name in action.option_strings
    }
    assert [name for name in sorted(names) if f"\\fB{name}\\fR" not in page] == []
