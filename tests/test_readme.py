"""What the README says is what there is."""

import re
from pathlib import Path

from tui.commands import format_key_table
from tui.plain.commands import COMMANDS
from tui.providers.provider_table import format_provider_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def find_marked(name: str) -> str:
    """Return the part of the README between the markers of this name."""
    return README.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip()


def test_the_table_of_keys_is_the_registry() -> None:
    assert find_marked("keys") == format_key_table()


def test_the_table_of_providers_is_the_catalogue() -> None:
    assert find_marked("providers") == format_provider_table()


def test_every_picture_it_shows_is_there() -> None:
    shown = re.findall(r"\]\((screenshots/[^)]+)\)", README)
    assert shown
    assert [name for name in shown if not (ROOT / name).is_file()] == []


def test_every_letter_it_tells_for_the_desk_in_lines_can_be_typed() -> None:
    told = README.partition("`?` says everything")[2].partition("## Keys")[0]
    letters = re.findall(r"`(.)`", told)
    assert letters
    assert set(letters) <= {command.key for command in COMMANDS}
