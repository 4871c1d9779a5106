"""Test that a forgotten customer is overwritten in the log, and kept lists are deleted."""

import json
from pathlib import Path

from tests.store.builders import ACCOUNT, TOM, get_conversation, make_reply
from tui.clock import ManualClock
from tui.desk.erased_copies import forget_customer
from tui.domain.phone import parse_address
from tui.log import LogFile, mask_text
from tui.store.store import Store

NUMBER = "+61491570006"
LINES = (
    f"refused {NUMBER}",
    "refused 0491 570 006 twice",
    "Quillon Aardwolf is missing",
    f"refused {TOM}",
)


def write_log(path: Path) -> LogFile:
    """Write lines as the program does, and one as an earlier version wrote it."""
    file = LogFile(path)
    for line in LINES:
        file.write(json.dumps({"event": mask_text(line)}, ensure_ascii=False))
    file.write(json.dumps({"event": LINES[0]}))
    return file


async def test_the_log_and_its_older_files_have_nothing_of_the_customer(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello", NUMBER)])
    row = await get_conversation(store, NUMBER)
    await store.contacts.rename_contact(row.id, "Quillon Aardwolf", "", "ana")
    log = tmp_path / "state" / "smsdesk.log"
    files = [write_log(log.with_name(name)) for name in (log.name, f"{log.name}.2")]
    size = log.stat().st_size
    runtime = tmp_path / "run"
    kept = runtime / "smsdesk" / "a.list"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    plan = await store.forgetting.measure(parse_address(NUMBER))
    await forget_customer(store, plan, "ana", log, {"XDG_RUNTIME_DIR": str(runtime)})
    assert not kept.exists()
    files[0].write("later")
    for path in (log, log.with_name(f"{log.name}.2")):
        text = path.read_text(encoding="utf-8")
        assert "570006" not in text.replace(" ", "") and "Quillon" not in text
        assert mask_text(NUMBER)[1:] not in text and mask_text("0491570006") not in text
        assert mask_text(TOM) in text
        assert all(json.loads(line) for line in text.splitlines() if line != "later")
    assert log.stat().st_size == size + len("later\n")


async def test_a_machine_without_a_log_is_no_obstacle(store: Store, tmp_path: Path) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello", NUMBER)])
    plan = await store.forgetting.measure(parse_address(NUMBER))
    done = await forget_customer(store, plan, "ana", tmp_path / "no.log", {})
    assert done.messages == 1
