"""Test importing contacts from a file while the app is open."""

from pathlib import Path

from tests.ui.desk import WIDE, Desk, presses
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
        await desk.shows("contacts imported", "renamed")
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
