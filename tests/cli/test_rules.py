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
    assert (
        'thanks: there is no canned reply "thanks" (smsdesk canned import adds one)'
        in imported.stderr
    )
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
    assert bare.run("rules", "remove", "orders").stdout == "Deleted orders\n"
    wrong = bare.run("rules", "show", "orers")
    assert (wrong.returncode, wrong.stdout) == (BAD_USE, "")


def test_wrong_files_and_names_are_refused_in_a_line(bare: Desk, file: Path) -> None:
    file.write_text(RULES.replace("arrives", "arives"))
    refused = bare.run("rules", "import", str(file))
    assert refused.returncode == BAD_USE
    expected = 'thanks: "arives" is no condition: did you mean arrives?: nothing was changed'
    assert read_error_line(refused) == expected
    unnamed = bare.run("rules", "import")
    assert unnamed.returncode == BAD_USE and unnamed.stderr.startswith("smsdesk: name the file; ")
    assert bare.run("rules", "import", str(file.with_name("none.toml"))).returncode == BAD_USE


HOOKS = {"SMSDESK_HOOKS": '{"ticket": ["true"]}'}
HOOK_RULE = '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["hook NAME", "star"]\n'


def test_a_hook_is_looked_up_in_the_settings_at_every_step(bare: Desk, file: Path) -> None:
    expected = (
        'there is no hook "tickt", did you mean ticket? '
        "([hooks] in the settings adds one, see smsdesk help events)"
    )
    file.write_text(HOOK_RULE.replace("NAME", "tickt"))
    imported = bare.run("rules", "import", str(file), **HOOKS)
    assert (imported.returncode, imported.stderr) == (DONE, f"smsdesk: x: {expected}\n")
    tried = bare.run("rules", "test", "x", **HOOKS)
    assert (tried.returncode, tried.stderr) == (DONE, f"smsdesk: x: {expected}\n")
    refused = bare.run("rules", "on", "help", "x", **HOOKS)
    assert refused.returncode == BAD_USE and refused.stdout == ""
    file.write_text(HOOK_RULE.replace("NAME", "ticket"))
    assert bare.run("rules", "import", str(file), **HOOKS).stderr == ""
    assert bare.run("rules", "on", "x", **HOOKS).stdout == "x is on\n"
    checked = bare.run("doctor", "--offline", **HOOKS)
    assert "1 rule on; what they name is there" in checked.stdout
    checked = bare.run("doctor", "--offline", "--json")
    found = [line for line in map(json.loads, checked.stdout.splitlines())]
    (result,) = [line for line in found if line["subject"] == "rules"]
    assert result["verdict"] == "bad" and 'x: there is no hook "ticket"' in result["line"]


def test_an_import_does_not_make_a_rule_incomplete_that_is_on(bare: Desk, file: Path) -> None:
    file.write_text(HOOK_RULE.replace("NAME", "ticket"))
    bare.run("rules", "import", str(file), **HOOKS)
    bare.run("rules", "on", "x", **HOOKS)
    before = bare.run("rules", "export").stdout
    file.write_text(HOOK_RULE.replace("NAME", "gone"))
    refused = bare.run("rules", "import", str(file), **HOOKS)
    assert refused.returncode == BAD_USE
    line = read_error_line(refused)
    assert line.startswith('x is on: there is no hook "gone"')
    assert line.endswith("nothing was changed")
    assert bare.run("rules", "export").stdout == before


def test_of_several_rules_none_is_switched_on_if_one_lacks_something(
    bare: Desk, file: Path
) -> None:
    bare.run("rules", "import", str(file))
    refused = bare.run("rules", "on", "orders", "thanks")
    assert read_error_line(refused).endswith("nothing was changed")
    listed = bare.read_objects("rules", "list")
    assert not any(rule["enabled"] for rule in listed)


def test_a_rule_that_is_built_in_stays(bare: Desk, file: Path) -> None:
    bare.run("rules", "import", str(file))
    refused = bare.run("rules", "remove", "orders", "help")
    assert refused.returncode == BAD_USE
    expected = "help is built in and off: it cannot be deleted: nothing was changed"
    assert read_error_line(refused) == expected
    assert bare.run("rules", "show", "orders").returncode == DONE
    changed = '[[rule]]\nname = "help"\nwhen = ["words aid"]\nthen = ["star"]\n'
    file.write_text(changed)
    bare.run("rules", "import", str(file))
    assert bare.run("rules", "on", "help").returncode == DONE
    removed = bare.run("rules", "remove", "help")
    assert removed.stdout == "help is built in: it is off and as it was at first\n"
    (shown,) = bare.read_objects("rules", "show", "help")
    assert (shown["enabled"], shown["when"]) == (False, ["help"])
