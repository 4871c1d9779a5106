"""Test `smsdesk prune`, `forget`, `evidence` and `verify` on an inbox with a few conversations."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, read_error_line

NUMBER = "+61491570156"


@pytest.fixture
def filled(bare: Desk) -> Desk:
    """Return a desk whose inbox has some made-up conversations."""
    made = bare.run(
        "demo", "--keep", str(bare.database), "--threads", "5", "--messages", "50", "--no-open"
    )
    assert made.returncode == 0, made.stderr
    return Desk(bare.home, {**bare.environ, "SMSDESK_DATABASE": str(bare.database)})


def find_number(desk: Desk) -> str:
    """Return the number of the newest conversation."""
    listed = desk.run("threads", "--limit", "1", "--json")
    return str(json.loads(listed.stdout)["number"])


def test_evidence_is_verified_and_a_change_is_found(filled: Desk, tmp_path: Path) -> None:
    number, file, key = find_number(filled), tmp_path / "e.jsonl", tmp_path / "key"
    made = filled.run("evidence", number, "--output", str(file))
    assert made.returncode == 0, made.stderr
    checked = filled.run("verify", str(file))
    assert checked.returncode == 0
    assert "unchanged since" in checked.stdout
    result = json.loads(filled.run("verify", str(file), "--json").stdout)
    header = json.loads(file.read_text().splitlines()[0])["record"]
    assert (result["messages"], result["inbox"]) == (header["messages"], header["inbox"])
    assert result["final_hash"] in checked.stdout and result["final_hash"] in made.stdout
    content = file.read_bytes()
    file.write_bytes(content.replace(b'"direction":"', b'"direction": "', 1))
    changed = filled.run("verify", str(file))
    assert (changed.returncode, "CHANGED" in changed.stderr) == (1, True)
    assert filled.run("evidence", number, "--output", str(file)).returncode == 2
    key.write_text("secret\n")
    signed = tmp_path / "signed.jsonl"
    filled.run("evidence", number, "--output", str(signed), "--sign-key", str(key))
    assert filled.run("verify", str(signed), "--sign-key", str(key)).returncode == 0
    assert "--sign-key" in read_error_line(filled.run("verify", str(signed)))


def test_a_customer_is_forgotten_and_the_backups_are_named(filled: Desk) -> None:
    number, backup = find_number(filled), filled.home / "inbox-monday.db"
    filled.run("backup", str(backup))
    tried = filled.run("forget", number, "--dry-run")
    assert tried.returncode == 0
    assert "It cannot be undone" in tried.stdout and str(backup) in tried.stdout
    assert "no terminal" in read_error_line(filled.run("forget", number))
    done = filled.run("forget", number, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    erased = json.loads(done.stdout)
    assert erased["erased"] and erased["messages"] > 0
    left = b"".join(p.read_bytes() for p in filled.home.glob("inbox.db*"))
    assert number[1:].encode() not in left
    assert number[1:].encode() in backup.read_bytes()
    again = filled.run("forget", number, "--yes")
    assert (again.returncode, "nothing is stored" in again.stderr) == (2, True)


def test_old_messages_are_counted_and_deleted(filled: Desk) -> None:
    assert "--days" in read_error_line(filled.run("prune", "--dry-run"))
    tried = filled.run("prune", "--dry-run", "--json", SMSDESK_KEEP_DAYS="1")
    plan = json.loads(tried.stdout)
    assert plan["days"] == 1 and plan["deleted"] is None
    assert plan["messages"] == sum(month["messages"] for month in plan["months"].values()) > 0
    assert "no terminal" in read_error_line(filled.run("prune", "--days", "1"))
    done = filled.run("prune", "--days", "1", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"deleted {plan['messages']} messages" in done.stdout
    assert (
        json.loads(filled.run("prune", "--dry-run", "--days", "1", "--json").stdout)["messages"]
        == 0
    )
