"""What the README says is what there is."""

import re
from pathlib import Path

from tui.commands import key_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_keys_is_the_registry() -> None:
    table = README.partition("<!-- keys -->")[2].partition("<!-- /keys -->")[0]
    assert table.strip() == key_table()


def test_every_picture_it_shows_is_there() -> None:
    shown = re.findall(r"\]\((screenshots/[^)]+)\)", README)
    assert shown
    assert [name for name in shown if not (ROOT / name).is_file()] == []
