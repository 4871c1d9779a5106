"""Test `smsdesk rules`: imported, tried, switched on, exported, deleted, with clear refusals."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, read_error_line
from tui.cli.errors import BAD_USE, DONE

RULES = """
[[rule]]
name = "orders"
when = ["words order"]
then = ["label orders"]

[[rule]]
name = "thanks"
when = ["arrives"]
then = ["answer thanks"]
"""


@pytest.fixture
def file(bare: Desk) -> Path:
    """Return a file of rules."""
    path = bare.home / "rules.toml"
    path.write_text(RULES)
    return path


def test_rules_are_imported_switched_exported_and_deleted(bare: Desk, file: Path) -> None:
    imported = bare.run("rules", "import", str(file))
    assert imported.stdout.startswith("2 rules imported")
    assert 'thanks: there is no canned reply "thanks" (g t adds one)' in imported.stderr
    refused = bare.run("rules", "on", "thanks")
    assert refused.returncode == BAD_USE
    assert read_error_line(refused).startswith(
        'thanks stays off: there is no canned reply "thanks"'
    )
    on = bare.run("rules", "on", "orders")
    assert (on.stdout, on.returncode) == ("orders is on\n", DONE)
    again = json.loads(bare.run("rules", "on", "orders", "--json").stdout)
    assert again == {"name": "orders", "enabled": True, "changed": False}
    listed = [json.loads(line) for line in bare.run("rules", "list", "--json").stdout.splitlines()]
    assert [(rule["name"], rule["enabled"]) for rule in listed] == [
        ("orders", True),
        ("thanks", False),
        ("help", False),
        ("stop", False),
    ]
    exported = bare.run("rules", "export").stdout
    copy = bare.home / "copy.toml"
    copy.write_text(exported)
    assert bare.run("rules", "import", str(copy)).returncode == DONE
    assert bare.run("rules", "export").stdout == exported
    tried = bare.run("rules", "test", str(file), "--days", "3")
    assert "Last 3 days: would have matched 0 conversations, answered 0" in tried.stdout
    assert bare.run("rules", "delete", "orders").stdout == "orders is deleted\n"
    wrong = bare.run("rules", "show", "orers")
    assert (wrong.returncode, wrong.stdout) == (BAD_USE, "")


def test_wrong_files_and_names_are_refused_in_a_line(bare: Desk, file: Path) -> None:
    file.write_text(RULES.replace("arrives", "arives"))
    refused = bare.run("rules", "import", str(file))
    assert refused.returncode == BAD_USE
    expected = 'thanks: "arives" is no condition: did you mean arrives?: nothing was changed'
    assert read_error_line(refused) == expected
    assert bare.run("rules", "import").returncode == BAD_USE
    assert bare.run("rules", "import", str(file.with_name("none.toml"))).returncode == BAD_USE
