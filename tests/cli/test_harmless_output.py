"""Test that no stored text reaches a terminal as a control code, or a spreadsheet as a formula."""

import csv
import io
import itertools
import json
import sqlite3
import unicodedata
from contextlib import closing

import pytest

from tests.cli.conftest import Desk
from tests.store.builders import MIA, get_conversation, make_reply
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.events import Cause
from tui.domain.json_fields import MESSAGE_FIELDS
from tui.domain.text import from_cell, to_cell, to_json_line, to_printable
from tui.log import close_log, log_event, open_log
from tui.store.store import Store

_CONTROLS = [*map(chr, range(1, 0x20)), *map(chr, range(0x7F, 0xA0))]
_SEQUENCES = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "\x90q\x9c",
    "\x1b_Gf=100;AAAA\x1b\\",
    "a\rb",
    "a\x08\x08b",
]
_FORMAT_MARKS = [
    *(f"a{chr(code)}b" for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F))),
    *(f"a{chr(code)}b" for code in (*range(0x2060, 0x2070), 0xFEFF, 0xFFF9, 0xE0001, 0xE0041)),
    "a\u2028b",
    "a\u2029b",
    "a\u0085b",
]
_FORMULAS = [
    before + formula
    for before, formula in itertools.product(
        (
            "",
            " ",
            "\t",
            "\r",
            "\n",
            "\u00a0",
            "\u3000",
            "\u200b",
            "\u200d",
            "\u2060",
            "'",
            '"',
            "“",
            "\x00",
        ),
        ("=1+1", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "＋1+1", "－2", "＠SUM(A1)", "−2", "﹢1+cmd"),
    )
]
FORBIDDEN = [*_CONTROLS, *_SEQUENCES, *_FORMAT_MARKS, *_FORMULAS]
_FORMULA_STARTS = "=+-@\t\r\u2212"

_WRITTEN_BY_THE_PROGRAM = {
    "messages": {"direction", "status", "format", "advice", "media", "options", "client_ref"},
    "conversations": {"state", "last_direction", "last_status", "party"},
    "arrivals": {"channel", "source", "method", "query", "headers", "state", "cause", "digest"},
}
"""Columns whose values only the program chooses, or that hold JSON of its own."""


def is_harmless(text: str) -> bool:
    """Return whether a terminal shows every character of a text and obeys none."""
    return all(
        char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        for char in text.replace("\u200c", "").replace("\u200d", "")
    )


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would take a cell for a formula, now or after a trim."""
    bare = unicodedata.normalize(
        "NFKC", cell.strip(" \t\r\n\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff")
    )
    return bare.startswith(tuple(_FORMULA_STARTS))


def fill_columns(desk: Desk, table: str, texts: list[str]) -> list[str]:
    """Write the next forbidden text into every text column of each row; return the columns."""
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        found = connection.execute(f"pragma table_info({table})").fetchall()
        names = [
            row[1]
            for row in found
            if row[2].lower() == "text" and row[1] not in _WRITTEN_BY_THE_PROGRAM[table]
        ]
        rows = [row[0] for row in connection.execute(f"select id from {table} order by id")]
        for row, text in zip(rows, itertools.cycle(texts)):
            for name in names:
                value = text.replace("\0", "") or "x"
                connection.execute(
                    f"update or ignore {table} set {name} = ? where id = ?", (value, row)
                )
    return names


@pytest.fixture
async def hostile(bare: Desk, store: Store) -> Desk:
    """Return an inbox in which every text column of many rows holds a forbidden text."""
    replies = [make_reply(f"text {place}", MIA) for place in range(len(FORBIDDEN))]
    await store.ingest.store_events("support", replies)
    reason = HeldReason(Cause.UNREADABLE, "x")
    for text in FORBIDDEN[:40]:
        arrival = Arrival(Channel.PUSH, text.encode(), method="POST", tail=text)
        await store.held_items.hold("support", arrival, reason)
    assert {"body", "sender", "agent", "word", "code", "reason"} <= set(
        fill_columns(bare, "messages", FORBIDDEN)
    )
    assert "name" in fill_columns(bare, "conversations", ["\x1b]0;t\x07=1+1"])
    assert "reason" in fill_columns(bare, "arrivals", FORBIDDEN)
    return bare


async def test_no_column_of_the_csv_holds_a_control_code_or_a_formula(hostile: Desk) -> None:
    ran = hostile.run("export", "--format", "csv")
    assert ran.returncode == 0, ran.stderr
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert len(rows) == len(FORBIDDEN)
    assert set(rows[0]) == {field.name for field in MESSAGE_FIELDS} - {"number", "arrived_at"}
    bad = [
        (name, cell)
        for row in rows
        for name, cell in row.items()
        if not is_harmless(cell) or (name != "party" and is_formula(cell))
    ]
    assert not bad
    assert rows[0]["party"] == MIA


@pytest.mark.parametrize(
    "command",
    [
        ("export",),
        ("messages", MIA, "--limit", "1000"),
        ("messages", MIA, "--limit", "1000", "--json"),
        ("threads",),
        ("threads", "--json"),
        ("search", "after:2020-01-01", "--limit", "1000"),
        ("held", "list"),
        ("held", "list", "--json"),
        ("held", "show", *map(str, range(1, 20))),
        ("doctor", "--offline"),
        ("doctor", "--offline", "--json"),
    ],
    ids=" ".join,
)
async def test_no_command_writes_a_control_code(hostile: Desk, command: tuple[str, ...]) -> None:
    ran = hostile.run(*command)
    assert ran.stdout or ran.stderr
    assert "Traceback" not in ran.stderr
    for line in (ran.stdout + ran.stderr).split("\n"):
        assert is_harmless(line), line
    if command == ("export",):
        for line in ran.stdout.splitlines():
            json.loads(line)


@pytest.mark.parametrize("text", FORBIDDEN)
def test_a_cell_is_harmless_and_can_be_read_back(text: str) -> None:
    cell = to_cell(text)
    assert is_harmless(cell)
    assert not is_formula(cell)
    assert from_cell(cell) == to_printable(text)


@pytest.mark.parametrize(
    "text",
    ["+48600700800", "+61491570156", "Żółw", "'t Hooft", '"hi" she said', "12.50", "a=b", "", "’s"],
)
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert to_cell(text) == from_cell(text) == text


@pytest.mark.parametrize(
    "text", ["+48600700800+1", "+48 600 700 800", "+0", "+4860070080012345", "-5", "+48600=1"]
)
def test_only_a_whole_number_in_e164_is_spared(text: str) -> None:
    assert to_cell(text) == f"'{text}"
    assert from_cell(to_cell(text)) == text


@pytest.mark.parametrize("ascii", [True, False])
@pytest.mark.parametrize("text", [*FORBIDDEN, "Żółw 🙂", "\ue000", "\U000e0001"])
def test_json_is_harmless_and_means_the_same(text: str, ascii: bool) -> None:
    line = to_json_line({text: [text]}, ascii=ascii)
    assert is_harmless(line)
    assert "\n" not in line
    assert json.loads(line) == {text: [text]}


def test_the_log_is_harmless_in_a_terminal(tmp_path: object) -> None:
    file = open_log(tmp_path / "a.log")  # type: ignore[operator]
    for text in FORBIDDEN:
        log_event("sync", "event", line=text, name="Żółw")
    close_log(file)
    content = file.path.read_text("utf-8")
    assert is_harmless(content)
    assert content.count("Żółw") == len(FORBIDDEN)


@pytest.mark.parametrize("name", ["=Mia", "@mia", "'-Mia", '"=1', "＋Mia", "Mia", "+48600700800"])
async def test_an_exported_file_can_be_imported_again(bare: Desk, store: Store, name: str) -> None:
    await store.ingest.store_events("support", [make_reply("Hi", MIA)])
    conversation = await get_conversation(store)
    await store.contacts.rename_contact(conversation.id, name, "", "ana")
    path = bare.home / "out.csv"
    assert bare.run("export", "--format", "csv", "--output", str(path)).returncode == 0
    columns = ("--number-column", "party", "--name-column", "name", "--no-fields")
    ran = bare.run("import", "contacts", str(path), *columns)
    assert ran.stdout == "1 contact imported, 0 conversations renamed\n"
    assert (await get_conversation(store, MIA)).name == name
