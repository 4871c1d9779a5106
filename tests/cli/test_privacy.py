"""Test `smsdesk prune`, `forget`, `evidence` and `verify` on an inbox with a few conversations."""

import asyncio
import json
import random
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.store.full_inbox import FORGOTTEN, HOME, fill_inbox, find_marks
from tui.clock import ManualClock
from tui.log import mask_text
from tui.settings.paths import find_log_file
from tui.startup.wiring import create_consent_judge
from tui.store.store import Store

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
    settings = filled.home / "inbox.toml"
    settings.write_text("[accounts]\n")
    tried = filled.run("forget", number, "--dry-run")
    assert tried.returncode == 0 and str(settings) not in tried.stdout
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


def test_only_leads_erase_and_agents_are_refused_before_anything_is_asked(filled: Desk) -> None:
    number = find_number(filled)
    assert filled.run("agents", "set", "ada", "--level", "lead").returncode == 2
    assert filled.run("agents", "add", "ada").returncode == 0
    assert filled.run("agents", "set", "ada", "--level", "lead").returncode == 0
    for command in (("forget", number), ("prune", "--days", "1")):
        assert filled.run(*command, "--dry-run").returncode == 0
        refused = filled.run(*command, "--yes")
        assert refused.returncode == 1
        assert "Only leads change what is kept of customers" in refused.stderr
        assert "ask ada" in refused.stderr and "Traceback" not in refused.stderr
    assert number in filled.run("threads", "--json").stdout


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


async def _fill(path: Path) -> None:
    """Fill the inbox at a path so that a customer stands nearly everywhere."""
    clock = ManualClock()
    judge = create_consent_judge({})
    store = Store(path, clock=clock, rng=random.Random(1), owner="a", classify=judge)
    async with store:
        await fill_inbox(store, clock)


def test_nothing_of_a_forgotten_customer_is_left_in_the_folders_of_the_program(
    bare: Desk,
) -> None:
    asyncio.run(_fill(bare.database))
    desk = Desk(bare.home, {**bare.environ, "SMSDESK_DATABASE": str(bare.database)})
    for command in (("threads",), ("search", "zqxfish"), ("messages", FORGOTTEN), ("doctor",)):
        desk.run(*command)
    log = find_log_file(desk.environ)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(json.dumps({"event": mask_text(f"refused {FORGOTTEN}: Zqxname")}) + "\n")
    tried = desk.run("forget", FORGOTTEN, "--dry-run")
    named = "canned reply for-zqxname, own field vip, view Zqxname, rule zqxname"
    assert f"which stays until you change it: {named}." in tried.stdout
    for change in (
        ("canned", "remove", "for-zqxname"),
        ("rules", "remove", "zqxname"),
        ("views", "remove", "Zqxname"),
    ):
        assert desk.run(*change).returncode == 0, change
    done = desk.run("forget", FORGOTTEN, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["named_in"] == ["own field vip"]
    left = {
        path.name: marks
        for path in bare.home.rglob("*")
        if path.is_file() and (marks := find_marks(path.read_bytes()))
    }
    # The opt-out of another number of the contact, and what agents share.
    assert left == {"inbox.db": {HOME[3:], "zqxname"}}
    assert mask_text(FORGOTTEN)[1:] not in log.read_text(encoding="utf-8")
