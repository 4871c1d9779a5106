"""What the README says is what there is."""

import re
from pathlib import Path

from tui.commands import LINE_COMMANDS, format_key_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_keys_is_the_registry() -> None:
    table = README.partition("<!-- keys -->")[2].partition("<!-- /keys -->")[0]
    assert table.strip() == format_key_table()


def test_every_picture_it_shows_is_there() -> None:
    shown = re.findall(r"\]\((screenshots/[^)]+)\)", README)
    assert shown
    assert [name for name in shown if not (ROOT / name).is_file()] == []


def test_every_letter_it_tells_for_the_desk_in_lines_can_be_typed() -> None:
    told = README.partition("`?` says everything")[2].partition("## Keys")[0]
    letters = re.findall(r"`(.)`", told)
    assert letters
    assert set(letters) <= {command.words[0] for command in LINE_COMMANDS}
