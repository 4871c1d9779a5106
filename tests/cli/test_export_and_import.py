"""Test export, backup and import: exports are complete and harmless, imports are checked."""

import csv
import importlib.util
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
        "code,reason,status_at,scheduled_at,provider_id,parts,price,format,attachments,files"
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


def test_an_empty_inbox_exports_nothing(bare: Desk) -> None:
    for command in (["export"], ["backup", str(bare.home / "copy.db")]):
        ran = bare.run(*command)
        assert ran.returncode == 2
        assert "there is nothing to" in ran.stderr


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
    assert ran.stdout == "2 contacts imported, 2 conversations renamed\n"
    assert ran.stderr == 'smsdesk: 1 skipped, no valid number: "Zoe"\n'
    assert (await get_conversation(store, MIA)).name == "Mia Żak"
    again = bare.run("import", "contacts", str(path), SMSDESK_DEFAULT_REGION="AU")
    assert again.stdout == "2 contacts imported, 0 conversations renamed\n"


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
        (b"\xff\xfe\x00", "not in UTF-8"),
        (b'number,name\n"+61491570006,Mia\n', "is not CSV"),
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


@pytest.mark.skipif(importlib.util.find_spec("vobject") is None, reason="an extra: vcard")
async def test_a_vcard_file_names_every_number_of_a_card(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    path = bare.home / "team.vcf"
    path.write_text(VCARD, encoding="utf-8")
    ran = bare.run("import", "contacts", str(path), PYTHONWARNINGS="default")
    assert ran.stdout == "3 contacts imported, 2 conversations renamed\n"
    assert (await get_conversation(store, TOM)).name == "Tom"


def test_a_vcard_file_without_the_extra_names_the_missing_package(bare: Desk) -> None:
    path = bare.home / "team.vcf"
    path.write_text(VCARD, encoding="utf-8")
    hidden = bare.home / "hidden"
    hidden.mkdir()
    (hidden / "vobject.py").write_text("raise ModuleNotFoundError(name='vobject')\n")
    ran = bare.run("import", "contacts", str(path), PYTHONPATH=str(hidden))
    assert ran.returncode == 2
    assert "smsdesk[vcard]" in read_error_line(ran)
