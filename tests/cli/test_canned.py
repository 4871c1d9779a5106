"""Test `smsdesk canned`: what is imported is listed, shown, exported and removed."""

import json
from pathlib import Path

from tests.cli.conftest import Desk, read_error_line

REPLIES = """
[templates]
hours = "9 to 6"
[templates.thanks]
text = "Thanks,\\n{first_name}!"
actions = ["label done", "close"]
personal = true
[values]
shop = "Main St"
"""


def test_canned_replies_are_imported_exported_and_removed(bare: Desk, tmp_path: Path) -> None:
    file, copy = tmp_path / "replies.toml", tmp_path / "copy.toml"
    file.write_text(REPLIES)
    assert bare.run("canned", "import", str(file)).stdout == (
        "Imported 2 canned replies, 1 own field\n"
    )
    listed = bare.run("canned", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["1", "hours"], ["2", "thanks"]]
    assert "(then label done; then close; yours)" in listed[1]
    shown = json.loads(bare.run("canned", "show", "thanks", "--json").stdout)
    assert shown == {
        "name": "thanks",
        "text": "Thanks,\n{first_name}!",
        "actions": ["label done", "close"],
        "personal": True,
        "uses": 0,
    }
    assert bare.run("canned", "export", "--output", str(copy)).returncode == 0
    assert bare.run("canned", "export").stdout == copy.read_text()
    assert bare.run("canned", "remove", "thanks", "--personal").returncode == 0
    assert bare.run("canned", "import", str(copy)).returncode == 0
    assert bare.run("canned", "export").stdout == copy.read_text()


def test_wrong_uses_of_canned_are_refused_with_a_reason(bare: Desk, tmp_path: Path) -> None:
    file = tmp_path / "replies.toml"
    file.write_text("[templates]\na = {actions = ['shut']}\n")
    for arguments, expected in (
        (("show",), "canned show needs a name"),
        (("list", "x"), "canned list takes no name"),
        (("remove", "x"), "there is no canned reply x"),
        (("import", str(file)), '"shut" is no action here'),
        (("import", str(tmp_path / "none")), "cannot be read"),
        (("export", "--output", str(file)), "cannot be written: File exists"),
    ):
        ran = bare.run("canned", *arguments)
        assert (ran.returncode, expected in read_error_line(ran)) == (2, True), ran.stderr
