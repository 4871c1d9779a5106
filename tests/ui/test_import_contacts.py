"""Test importing contacts from a file while the app is open."""

from pathlib import Path

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import UNNAMED


@presses("import_contacts")
async def test_imported_contacts_name_conversations(
    desk: Desk, size: tuple[int, int], tmp_path: Path
) -> None:
    file = tmp_path / "c.csv"
    rows = "".join(f"Person {n},+6149158{n:04}\n" for n in range(1_200))
    file.write_text(f"name,number\n[b]Noor,{UNNAMED}\n{rows}Without number,none\n")
    async with desk.open(size):
        await desk.command("import_contacts")
        await desk.shows("A CSV file with columns for name and number")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("contacts imported", "renamed", "1 row skipped")
        await desk.shows('line 1203: no valid number: "none"')
        await desk.press("escape")
        assert (await desk.thread(UNNAMED)).name == "[b]Noor"
        await desk.shows("[b]Noor")


async def test_a_missing_file_is_reported(desk: Desk, tmp_path: Path) -> None:
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(tmp_path / "no.csv"))
        await desk.press("enter")
        await desk.shows("no.csv")
        await desk.hides("Reading …")
        await desk.press("enter")
        await desk.hides("Reading …")


async def test_a_file_without_numbers_is_reported(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("name,number\nAna,unknown\n")
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("has a valid number")


async def test_an_unknown_home_directory_is_reported(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type("~unknown-user/c.csv")
        await desk.press("enter")
        await desk.shows("there is no such home directory")


UNCLEAR = f"Kunde X;Kontaktweg;Sonst\nNoor;{UNNAMED};old\nBo;+61491580001;new\n"


@BOTH_SIZES
async def test_an_unclear_column_is_asked_for(
    desk: Desk, size: tuple[int, int], tmp_path: Path
) -> None:
    file = tmp_path / "c.csv"
    file.write_text(UNCLEAR, encoding="utf-8")
    async with desk.open(size):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("Which column is what?", "Kontaktweg", f"{UNNAMED} · +61491580001")
        await desk.press("enter")
        await desk.shows("2 contacts imported")
        assert (await desk.thread(UNNAMED)).name == "Noor"


async def test_the_meaning_of_a_column_is_changed_by_keys(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(UNCLEAR, encoding="utf-8")
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("Which column is what?")
        await desk.press("down", "left")
        await desk.shows("Choose the column with the number")
        await desk.press("enter")
        await desk.shows("Which column is what?", "Choose the column with the number")
        await desk.press("right", "home", "left", "left", "end", "left", "enter")
        await desk.shows("2 contacts imported")
        assert (await desk.thread(UNNAMED)).name == "old"


async def test_nothing_is_imported_when_the_question_is_cancelled(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "c.csv"
    file.write_text(UNCLEAR, encoding="utf-8")
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("Which column is what?")
        await desk.press("escape")
        await desk.shows("Nothing was imported")
        assert (await desk.thread(UNNAMED)).name == ""


async def test_columns_that_are_understood_can_be_changed_too(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"Name,Nickname,Phone\n[b]Noor,Nono,{UNNAMED}\n")
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("f2")
        await desk.shows("Which column is what?", "[b]Noor")
        await desk.press("left", "left", "down", "left", "left", "enter")
        await desk.shows("1 contact imported")
        assert (await desk.thread(UNNAMED)).name == "Nono"


async def test_the_code_page_of_an_old_file_is_named(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(f"Name;Phone\nJürgen;{UNNAMED}\n".encode("cp1252"))
    async with desk.open(WIDE):
        await desk.command("import_contacts")
        await desk.type(str(file))
        await desk.press("enter")
        await desk.shows("1 contact imported", "read as Windows-1252")
        assert (await desk.thread(UNNAMED)).name == "Jürgen"
