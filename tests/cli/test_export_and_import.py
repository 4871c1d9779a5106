"""Test export, backup and import: exports are complete and harmless, imports are checked."""

import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.store.builders import MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.clock import ManualClock
from tui.store.store import Store

FORMULA = '=HYPERLINK("http://x","y")'


async def fill_store(store: Store, clock: ManualClock) -> None:
    """Store messages of two customers, one with hostile text."""
    await store.ingest.store_events("support", [make_reply('Żółw, "hi"\nthere', MIA)])
    clock.advance(1)
    await store.intents.queue_message(make_outgoing("Hello", MIA))
    clock.advance(1)
    await store.ingest.store_events("support", [make_reply(f"{FORMULA}\x1b[2J", TOM)])


async def test_everything_is_exported_as_json_lines(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    ran = bare.run("export")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.isascii()
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["text"] for line in lines] == [
        'Żółw, "hi"\nthere',
        "Hello",
        f"{FORMULA}\x1b[2J",
    ]
    assert [line["party"] for line in lines] == [MIA, MIA, TOM]


async def test_export_and_messages_write_the_same_json(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    await store.messages.add_note((await get_conversation(store, MIA)).id, "ana", "call back")
    exported = [
        json.loads(line) for line in bare.run("export", "--thread", MIA).stdout.splitlines()
    ]
    assert exported == bare.read_objects("messages", MIA)
    assert exported[1:2] == bare.read_objects("search", "Hello")
    assert [line["status"] for line in exported] == ["received", "queued", None]


async def test_one_conversation_is_exported_by_name_or_number(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    lines = bare.run("export", "--thread", TOM).stdout.splitlines()
    assert [json.loads(line)["party"] for line in lines] == [TOM]
    assert bare.run("export", "--thread", "Zoe").returncode == 2


async def test_csv_is_harmless_to_spreadsheets_and_terminals(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    ran = bare.run("export", "--format", "csv", PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [row["text"] for row in rows] == ['Żółw, "hi"\nthere', "Hello", f"'{FORMULA}␛[2J"]
    assert "\x1b" not in ran.stdout
    assert ran.stdout.splitlines()[0] == (
        "id,conversation,party,name,direction,at,text,status,account,sender,agent,subject,word,"
        "code,reason,status_at,scheduled_at,provider_id,parts,price,format,attachments,files,rule"
    )
    assert rows[0]["at"] == "2026-03-04T08:00:00.000Z"
    assert rows[0]["status_at"] == ""


async def test_a_file_is_new_private_and_whole(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    path = bare.home / "out.jsonl"
    ran = bare.run("export", "--output", str(path))
    assert ran.stdout == f"3 messages in {path}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().splitlines()) == 3
    again = bare.run("export", "--output", str(path))
    assert again.returncode == 2
    assert "File exists" in read_error_line(again)


def test_without_an_inbox_nothing_is_exported_and_none_is_made(bare: Desk) -> None:
    for command in (["export"], ["backup", str(bare.home / "copy.db")]):
        ran = bare.run(*command)
        assert ran.returncode == 2
        assert "there is no inbox at" in read_error_line(ran)
    assert not list(bare.home.glob("*.db"))


async def test_a_backup_is_an_intact_inbox(bare: Desk, store: Store, clock: ManualClock) -> None:
    await fill_store(store, clock)
    copy = bare.home / "copy.db"
    ran = bare.run("backup", str(copy))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert str(copy) in ran.stdout
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    numbers = bare.run("threads", SMSDESK_DATABASE=str(copy)).stdout
    assert MIA in numbers
    assert TOM in numbers
    again = bare.run("backup", str(copy))
    assert again.returncode == 2
    assert "exists" in read_error_line(again)


async def test_contacts_name_existing_and_later_conversations(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    path = bare.home / "contacts.csv"
    path.write_text(
        "Name;Mobile;Note\nMia Żak;0491 570 006;VIP\nTom;+61 491 570 156;\nZoe;;\n",
        encoding="utf-8-sig",
    )
    ran = bare.run("import", "contacts", str(path), SMSDESK_DEFAULT_REGION="AU")
    assert ran.returncode == 0
    skipped = "1 row skipped (line 4: no number)"
    assert ran.stdout == f"2 contacts imported, 2 conversations renamed, {skipped}\n"
    assert ran.stderr == "smsdesk: line 4: no number: Zoe\n"
    assert (await get_conversation(store, MIA)).name == "Mia Żak"
    again = bare.run("import", "contacts", str(path), SMSDESK_DEFAULT_REGION="AU")
    assert again.stdout == f"2 contacts imported, 0 conversations renamed, {skipped}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{MIA},Mia Żak,VIP\n",
        f"phone,first name,last name\n{MIA},Mia,Żak\n",
        f'Full Name\tTelephone\n"Mia Żak"\t{MIA}\n',
        f'number,name\r\n"{MIA}","Mia Żak"\r\n\r\n',
    ],
)
async def test_csv_dialects_of_address_books_are_read(
    bare: Desk, store: Store, clock: ManualClock, text: str
) -> None:
    await fill_store(store, clock)
    path = bare.home / "contacts.csv"
    path.write_bytes(text.encode())
    assert bare.run("import", "contacts", str(path)).returncode == 0
    assert (await get_conversation(store, MIA)).name == "Mia Żak"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "no contact with a valid number"),
        (b"name,phone\nMia,\n", "no contact with a valid number"),
        (b'number,name\n"+61491570006,Mia\n', "line 2: a quotation mark in the wrong place"),
        (
            b"Kund,Kontaktweg\nMia,+61491570006\n",
            '(not understood: "Kontaktweg"); known headings are',
        ),
        (b"Kund,Kontaktweg\nMia,+61491570006\n", "--number-column COLUMN --name-column COLUMN"),
        (b"PK\x03\x04", "export it as CSV (UTF-8) or vCard"),
    ],
)
def test_a_file_without_contacts_is_a_usage_error(
    bare: Desk, content: bytes, expected: str
) -> None:
    path = bare.home / "contacts.csv"
    path.write_bytes(content)
    ran = bare.run("import", "contacts", str(path))
    assert ran.returncode == 2
    assert expected in read_error_line(ran)
    assert not bare.database.exists()


def test_a_missing_file_is_a_usage_error(bare: Desk) -> None:
    ran = bare.run("import", "contacts", str(bare.home / "nowhere.csv"))
    assert ran.returncode == 2
    assert "No such file" in read_error_line(ran)


VCARD = """\
BEGIN:VCARD
VERSION:3.0
FN:Mia Żak
TEL;TYPE=CELL:+61 491 570 006
NOTE:VIP
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Tom
TEL:+61491570156
TEL:+61491570157
END:VCARD
"""


async def test_a_vcard_file_names_every_number_of_a_card(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    path = bare.home / "team.vcf"
    path.write_text(VCARD, encoding="utf-8")
    ran = bare.run("import", "contacts", str(path), PYTHONWARNINGS="default")
    assert ran.stdout == "2 contacts with 3 numbers imported, 2 conversations renamed\n"
    assert (await get_conversation(store, TOM)).name == "Tom"


async def test_columns_are_named_by_heading_or_position(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    path = bare.home / "list.csv"
    path.write_text(f"Weg;Ana;Wer\n{MIA};x;Mia Żak\n", encoding="utf-8")
    command = ("import", "contacts", str(path), "--number-column")
    assert bare.run(*command, "weg", "--name-column", "3").returncode == 0
    assert (await get_conversation(store, MIA)).name == "Mia Żak"
    assert bare.run(*command, "1", "--name-column", "WER", "--name-column", "2").returncode == 0
    assert (await get_conversation(store, MIA)).name == "Mia Żak x"
    assert 'No column "Tel": the columns 1 to 3' in read_error_line(bare.run(*command, "Tel"))


def test_a_dry_run_lists_the_contacts_and_stores_nothing(bare: Desk) -> None:
    path = bare.home / "old.csv"
    path.write_bytes(f"Name;Phone\nJürgen;{MIA}\nBo\x1b[2J;12\n".encode("cp1252"))
    ran = bare.run("import", "contacts", str(path), "--dry-run")
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert lines[0] == f"{MIA}  Jürgen"
    assert lines[1].startswith(
        "1 contact would be imported, 1 row skipped (line 3: no valid number)"
    )
    assert lines[1].endswith(", read as Windows-1252 (Western European)")
    assert ran.stderr.startswith('smsdesk: line 3: no valid number: "12"')
    assert "\x1b" not in ran.stdout + ran.stderr
    assert not bare.database.exists()
