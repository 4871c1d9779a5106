"""Test `smsdesk threads`, `messages` and `search`: safe on a terminal and easy to parse."""

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.cli.conftest import ROOT, Desk, read_error_line
from tests.conftest import OpenStore
from tests.store.builders import MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.clock import ManualClock
from tui.domain.answer_targets import AnswerTarget
from tui.domain.conversation import View
from tui.domain.message import Attachment
from tui.domain.phone import parse_address
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store

HOSTILE = "\x1b]0;owned\x07 \x1b[2J[red]bold[/red]\n2026-03-04 08:00  > forged [delivered]\u202e"


async def name_customer(store: Store, party: str, name: str) -> None:
    """Give the customer a name."""
    conversation = await store.conversations.get_or_create(parse_address(party), "support")
    await store.contacts.rename_contact(conversation.id, name, "", "ana")


async def test_threads_are_newest_first_and_complete_for_scripts(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await name_customer(store, MIA, "Mia Żak")
    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    clock.advance(3600)
    await store.intents.queue_message(make_outgoing("Your order has left", TOM))
    first, second = bare.read_objects("threads")
    assert (first["number"], first["last_status"], first["waiting_since"]) == (TOM, "queued", None)
    assert (second["number"], second["name"], second["unread"]) == (MIA, "Mia Żak", 1)
    assert second["waiting_since"] == "2026-03-04T08:00:00.000Z"
    assert first["last_at"] == "2026-03-04T09:00:00.000Z"
    assert first["id"] == str((await get_conversation(store, TOM)).id)
    assert second["preview"] == "Is it ready?"


async def test_threads_say_until_when_a_customer_has_to_be_answered(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    targets = [AnswerTarget("vip", View(), 30)]

    async def read_answer(party: str) -> tuple[object, object]:
        await store.answer_targets.judge_conversations(targets)
        found = next(one for one in bare.read_objects("threads") if one["number"] == party)
        return found["answer_due"], found["answer_overdue"]

    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    assert await read_answer(MIA) == ("2026-03-04T08:30:00.000Z", False)
    clock.advance(30 * 60)
    assert await read_answer(MIA) == ("2026-03-04T08:30:00.000Z", True)
    await store.intents.queue_message(make_outgoing("It is", MIA))
    assert await read_answer(MIA) == (None, False)


async def test_readable_threads_are_one_line_each(bare: Desk, store: Store) -> None:
    await name_customer(store, MIA, "Mia")
    await store.ingest.store_events(
        "support", [make_reply("Is it ready?", MIA), make_reply("Hi", TOM)]
    )
    heading, *lines = bare.run("threads").stdout.splitlines()
    assert heading.split() == ["waits", "unread", "customer", "number", "last", "message"]
    assert len(lines) == 2
    assert any("Mia" in line and MIA in line and "Is it ready?" in line for line in lines)


async def test_closed_conversations_are_listed_too(bare: Desk, store: Store) -> None:
    await store.ingest.store_events("support", [make_reply("done", MIA), make_reply("open", TOM)])
    await store.triage.close_conversations([(await get_conversation(store, MIA)).id], "ana")
    states = {thread["number"]: thread["state"] for thread in bare.read_objects("threads")}
    assert states == {MIA: "closed", TOM: "open"}


async def test_the_limit_is_respected(bare: Desk, store: Store) -> None:
    await store.ingest.store_events(
        "support", [make_reply(str(n), f"+614915700{n:02}") for n in range(10)]
    )
    assert len(bare.read_objects("threads", "--limit", "3")) == 3


@pytest.mark.parametrize(
    "customer", [MIA, "61491570006", "0491 570 006", "mia", "Mia Z", "zak", "+6149"]
)
async def test_a_conversation_is_found_by_number_or_name(
    bare: Desk, store: Store, customer: str
) -> None:
    await name_customer(store, MIA, "Mia Żak")
    await store.ingest.store_events("support", [make_reply("one", MIA)])
    await store.intents.queue_message(make_outgoing("two", MIA))
    ran = bare.run("messages", customer, "--json", SMSDESK_DEFAULT_REGION="AU")
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(line["direction"], line["text"]) for line in lines] == [("in", "one"), ("out", "two")]
    assert lines[1]["status"] == "queued"


@pytest.mark.parametrize(
    "typed", ["+525512345678", "+52 1 55 1234 5678", "5215512345678", "044 55 1234 5678"]
)
async def test_a_conversation_is_found_by_each_form_of_its_number(
    bare: Desk, store: Store, typed: str
) -> None:
    await store.ingest.store_events("support", [make_reply("uno", "+5215512345678")])
    await store.ingest.store_events("support", [make_reply("dos", "+525512345678")])
    ran = bare.run("messages", typed, "--json", SMSDESK_DEFAULT_REGION="MX")
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["text"] for line in lines] == ["uno", "dos"]
    assert {line["party"] for line in lines} == {"+525512345678"}


async def test_a_merged_conversation_is_found_by_either_number(bare: Desk, store: Store) -> None:
    await store.ingest.store_events("support", [make_reply("one", MIA)])
    await store.ingest.store_events("support", [make_reply("two", TOM)])
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    await store.merges.merge_conversations(mia.id, tom.id, "ana")
    (thread,) = bare.read_objects("threads")
    assert {thread["number"], *thread["other_numbers"]} == {MIA, TOM}
    for query in (MIA, TOM, str(mia.id), str(tom.id)):
        assert {line["text"] for line in bare.read_objects("messages", query)} == {"one", "two"}


async def test_ids_from_json_are_taken_back(bare: Desk, store: Store) -> None:
    await name_customer(store, MIA, "Mia")
    await store.ingest.store_events("support", [make_reply("one", MIA), make_reply("other", TOM)])
    await store.intents.queue_message(make_outgoing("two", MIA))
    lines = bare.read_objects("messages", MIA)
    for line in lines:
        assert bare.read_objects("messages", line["id"]) == [line]
        assert bare.read_objects("messages", line["conversation"]) == lines
    for conversation in bare.read_objects("threads"):
        of_id = bare.read_objects("messages", conversation["id"])
        assert of_id == bare.read_objects("messages", conversation["number"])
    assert bare.run("export", "--thread", lines[0]["id"]).stdout.count("\n") == len(lines)


@pytest.mark.parametrize("unknown", ["999", "1858000000000000000", "9" * 19, "9" * 30])
async def test_an_id_of_nothing_is_bad_use(bare: Desk, store: Store, unknown: str) -> None:
    await name_customer(store, MIA, "Mia")
    assert (
        read_error_line(bare.run("messages", unknown))
        == f'there is no conversation with "{unknown}"'
    )


async def test_a_short_code_comes_before_an_id(bare: Desk, store: Store) -> None:
    numbers = [f"+6149157{n:04}" for n in range(110)]
    await store.ingest.store_events("support", [make_reply("hi", number) for number in numbers])
    await store.ingest.store_events("support", [make_reply("code", "100")])
    (found,) = bare.read_objects("messages", "100")
    assert (found["number"], found["text"]) == ("100", "code")


async def test_an_ambiguous_name_lists_the_candidates(bare: Desk, store: Store) -> None:
    await name_customer(store, MIA, "Mia Berg")
    await name_customer(store, TOM, "Mia Costa")
    ran = bare.run("messages", "mia")
    assert ran.returncode == 2
    line = read_error_line(ran)
    assert f"Mia Berg {MIA}" in line
    assert f"Mia Costa {TOM}" in line


async def test_an_exact_name_wins_over_a_longer_one(bare: Desk, store: Store) -> None:
    await name_customer(store, MIA, "Mia")
    await name_customer(store, TOM, "Mia Costa")
    assert bare.run("messages", "mia").stdout.startswith(f"Mia  {MIA}")


async def test_an_unknown_name_is_a_usage_error(bare: Desk, store: Store) -> None:
    await name_customer(store, MIA, "Mia")
    ran = bare.run("messages", "Zoe")
    assert ran.returncode == 2
    assert read_error_line(ran) == 'there is no conversation with "Zoe"'


async def test_a_search_ignores_accents_and_names_the_customer(bare: Desk, store: Store) -> None:
    await store.ingest.store_events(
        "support", [make_reply("Dziękuję bardzo", MIA), make_reply("Thanks", TOM)]
    )
    (found,) = bare.read_objects("search", "dziekuje")
    assert (found["number"], found["text"]) == (MIA, "Dziękuję bardzo")
    assert f"({MIA}) Dziękuję bardzo" in bare.run("search", "BARDZO").stdout
    assert bare.read_objects("search", "nothing-like-this") == []


@pytest.mark.parametrize("command", [("threads",), ("messages", MIA), ("search", "forged")])
async def test_text_of_a_customer_cannot_control_the_terminal(
    bare: Desk, store: Store, command: tuple[str, ...]
) -> None:
    await name_customer(store, MIA, f"Mia{HOSTILE}")
    await store.ingest.store_events("support", [make_reply(HOSTILE, MIA)])
    shown = bare.run(*command).stdout
    assert "forged" in shown
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "[red]bold[/red]" in shown
    assert not any(line.startswith("2026-03-04 08:00  > forged") for line in shown.splitlines())
    assert bare.run(*command, "--json").stdout.isascii()


async def test_a_terminal_without_utf_8_gets_question_marks(bare: Desk, store: Store) -> None:
    await store.ingest.store_events("support", [make_reply("Żółw", MIA)])
    ran = bare.run("threads", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "????" not in ran.stdout
    assert "???w" in ran.stdout


@pytest.mark.parametrize(
    "command",
    [
        ("threads",),
        ("threads", "--json"),
        ("search", "x"),
        ("messages", MIA),
        ("export",),
        ("held", "list"),
        ("backup", "copy.db"),
    ],
)
def test_a_missing_inbox_file_is_an_error_and_none_is_created(
    bare: Desk, command: tuple[str, ...]
) -> None:
    ran = bare.run(*command)
    assert ran.returncode == 2
    line = read_error_line(ran)
    assert line.startswith(f"there is no inbox at {bare.database}: check `database`")
    assert list(bare.home.glob("*.db*")) == []


def test_a_mistyped_inbox_file_is_an_error(bare: Desk) -> None:
    mistyped = bare.home / "inbx.db"
    ran = bare.run("threads", SMSDESK_DATABASE=str(mistyped))
    assert ran.returncode == 2 and str(mistyped) in read_error_line(ran)
    assert not mistyped.exists()
    ran = bare.run("threads", SMSDESK_DATABASE=str(bare.home / "no folder" / "inbox.db"))
    assert ran.returncode == 2
    assert not (bare.home / "no folder").exists()


def test_an_inbox_file_that_is_still_empty_is_an_empty_inbox(bare: Desk) -> None:
    bare.database.touch()
    ran = bare.run("threads")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert read_error_line(ran) == f"nothing in {bare.database} yet"


@pytest.mark.parametrize("command", [("threads",), ("messages", MIA), ("search", "x")])
def test_a_file_that_is_no_inbox_is_one_error_line(bare: Desk, command: tuple[str, ...]) -> None:
    bare.database.write_bytes(b"this is not a database, " * 100)
    ran = bare.run(*command)
    assert ran.returncode == 2
    assert "is not a database" in read_error_line(ran)


def test_the_database_of_another_program_is_left_unchanged(bare: Desk) -> None:
    with closing(sqlite3.connect(bare.database, factory=FileConnection)) as connection:
        connection.execute("create table notes (body text)")
    ran = bare.run("threads")
    assert ran.returncode == 2
    assert "is not an inbox" in read_error_line(ran)


async def test_an_inbox_of_a_newer_version_is_one_error_line(
    bare: Desk, open_store: OpenStore
) -> None:
    await (await open_store()).database.close()
    with closing(sqlite3.connect(bare.database, factory=FileConnection)) as connection:
        connection.execute("pragma user_version = 9999")
    ran = bare.run("threads")
    assert ran.returncode == 2
    assert "written by a newer smsdesk" in read_error_line(ran)


async def test_an_older_inbox_is_migrated_first(bare: Desk) -> None:
    from tui.store.sqlite import migrations

    with closing(
        sqlite3.connect(bare.database, isolation_level=None, factory=FileConnection)
    ) as connection:
        migrations.apply_migrations(connection, upto=1)
    ran = bare.run("threads")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert read_error_line(ran) == "there is no conversation yet"
    with closing(sqlite3.connect(bare.database, factory=FileConnection)) as connection:
        assert migrations.read_version(connection) == migrations.list_migrations()[-1][0]


async def test_a_locked_inbox_can_still_be_read(bare: Desk, store: Store) -> None:
    await store.ingest.store_events("support", [make_reply("Hello", MIA)])
    with closing(
        sqlite3.connect(bare.database, isolation_level=None, factory=FileConnection)
    ) as other:
        other.execute("begin immediate")
        assert [thread["number"] for thread in bare.read_objects("threads")] == [MIA]


def test_a_directory_in_place_of_the_file_is_one_error_line(bare: Desk) -> None:
    bare.database.mkdir()
    ran = bare.run("threads")
    assert ran.returncode == 2
    assert f"{bare.database} is a directory: name a file" in read_error_line(ran)


@pytest.mark.parametrize("command", [["threads"], ["messages", MIA], ["search", "ready"]])
async def test_reading_imports_neither_event_loop_nor_network(
    bare: Desk, store: Store, command: list[str]
) -> None:
    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    assert bare.run(*command).returncode == 0  # from now on the settings are cached
    code = f"import sys\nfrom tui.cli import main\nmain({command!r})\nprint(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(bare.environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"asyncio", "aiosqlite", "aiosql", "httpx", "phonenumbers", "pydantic"}
    heavy |= {"rich"}  # measuring cells with it takes longer than the command
    assert "Is it ready?" in ran.stdout
    assert not heavy & set(ran.stdout.splitlines()[-1].split())


async def test_a_message_without_text_is_shown_as_the_names_of_its_files(
    bare: Desk, store: Store
) -> None:
    hostile = Attachment("=a\x1b[2J.jpg", "image/jpeg", b"x" * 2_000)
    await store.ingest.store_events(
        "support",
        [
            make_reply("", MIA, attachments=(hostile,)),
            make_reply("Look", TOM, attachments=(hostile, hostile)),
        ],
    )
    threads = bare.run("threads").stdout
    assert "=a␛[2J.jpg (image, 2 KB)" in threads
    assert "\x1b" not in threads
    assert "< =a␛[2J.jpg (image, 2 KB)" in bare.run("messages", MIA).stdout
    assert "< Look [2 files: =a␛[2J.jpg, =a␛[2J.jpg]" in bare.run("messages", TOM).stdout
    table = bare.run("export", "--thread", MIA, "--format", "csv").stdout
    (exported,) = csv.DictReader(table.splitlines())
    assert (exported["text"], exported["files"]) == ("", "'=a␛[2J.jpg (image, 2 KB)")
    fields = json.loads(bare.run("messages", MIA, "--json").stdout)
    assert fields["files"] == "=a\x1b[2J.jpg (image, 2 KB)"
