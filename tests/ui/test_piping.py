"""A conversation handed to a command: what the command gets, and what becomes of it."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE
from tests.ui.terminal import plain, terminal
from tui.desk.transcript import read_transcript
from tui.store.errors import StoreError
from tui.terminal.external_programs import describe_exit, pipe_text

Size = tuple[int, int]


@pytest.fixture(autouse=True)
def lent_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test has no terminal to hand over."""

    @contextlib.contextmanager
    def suspend(app: object) -> Iterator[None]:
        yield

    monkeypatch.setattr("textual.app.App.suspend", suspend)


async def _pipe_to(desk: Desk, command: str) -> None:
    """Give the conversation under the cursor to a command."""
    await desk.command("pipe")
    await desk.shows("Pipe the conversation to")
    await desk.type(command)
    await desk.press("enter")


@presses("pipe")
async def test_a_command_gets_every_message_with_time_name_and_status(
    desk: Desk, size: Size, tmp_path: Path
) -> None:
    got = tmp_path / "got"
    async with desk.open(size):
        await desk.stand_on(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.store.messages.add_note(chloe.id, COLLEAGUE, "regular\ncustomer")
        await desk.world.writes(CHLOE, "\x1b[31mred\u202e")
        await _pipe_to(desk, f"cat > {got}; true")
        await desk.until(lambda: desk.inbox.keys.shown_status.endswith(": done"), "said")
    lines = got.read_text().splitlines()
    texts = [m.body for m in await desk.messages(CHLOE)]
    assert lines[:2] == ["Chloe Martin  +61 491 570 156", ""]
    assert lines[-3:] == [
        "2026-03-04 14:02  bo (private note): regular",
        f"{' ' * 18}customer",
        "2026-03-04 14:02  Chloe Martin: ␛[31mred",
    ]
    assert sum(line.startswith("2026-") for line in lines) == len(texts)


async def test_the_last_command_is_offered_again_and_the_settings_one_first(
    desk: Desk, tmp_path: Path
) -> None:
    got = tmp_path / "got"
    async with desk.open(WIDE, pipe=f"cat >> {got}"):
        await desk.stand_on(CHLOE)
        await desk.command("pipe")
        await desk.shows("Pipe the conversation to")
        await desk.press("enter")
        await desk.shows("cat >> ", "done")
        once = got.read_text()
        assert "Friday afternoon?" in once
        await _pipe_to(desk, "false")
        await desk.shows("Exit status 1: false")
        await desk.command("pipe")
        await desk.shows("Pipe the conversation to")
        assert desk.app.screen.query_one(Input).value == "false"
        await desk.press("escape")
        assert got.read_text() == once


@BOTH_SIZES
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("exit 3", "Exit status 3: exit 3"),
        ("surely-no-such-command", "No such command: surely-no-such-command"),
        ("kill -9 $$", "Ended by signal 9: kill -9 $$"),
        ("head -c 1 > /dev/null", "head -c 1 > /dev/null: done"),
        ("true", "true: done"),
    ],
)
async def test_what_became_of_a_command_is_said(
    desk: Desk, size: Size, command: str, words: str
) -> None:
    async with desk.open(size):
        await _pipe_to(desk, command)
        await desk.shows(words)


async def test_a_shell_that_is_not_there_is_named(desk: Desk) -> None:
    async with desk.open(WIDE, shell="/nowhere/sh"):
        await _pipe_to(desk, "cat")
        await desk.shows("/nowhere/sh cannot be run: No such file or directory")


async def test_an_empty_line_says_what_is_expected_and_esc_runs_nothing(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("pipe")
        await desk.shows("Your shell runs it")
        await desk.press("enter")
        await desk.shows("Type it first, for example grep -i order | less")
        await desk.press("x")
        await desk.shows("Your shell runs it")
        await desk.press("escape")
        await desk.hides("Pipe the conversation to")
        assert desk.inbox.keys.shown_status == ""


async def test_what_a_customer_wrote_is_never_part_of_the_command(
    desk: Desk, tmp_path: Path
) -> None:
    trap, got = tmp_path / "trap", tmp_path / "got"
    async with desk.open(WIDE):
        await desk.stand_on(CHLOE)
        await desk.world.writes(CHLOE, f"'; touch {trap}; `touch {trap}` $(touch {trap}) #")
        await _pipe_to(desk, f"cat > {got}")
        await desk.shows("done")
    assert f"$(touch {trap})" in got.read_text()
    assert not trap.exists()


async def test_a_long_conversation_comes_page_by_page_and_whole(desk: Desk) -> None:
    chloe = await desk.thread(CHLOE)
    for number in range(600):
        await desk.store.messages.add_note(chloe.id, AGENT, f"note {number}")
    pieces = [piece async for piece in read_transcript(desk.store, chloe, desk.seat.zone)]
    assert len(pieces) == 3  # the heading and two pages
    numbers = [line.split()[-1] for line in "".join(pieces).splitlines() if ": note " in line]
    assert numbers == [str(number) for number in range(600)]


async def test_an_answer_says_who_wrote_it_and_what_became_of_it(desk: Desk) -> None:
    ana = await desk.thread(ANA)
    text = "".join([piece async for piece in read_transcript(desk.store, ana, desk.seat.zone)])
    assert "mia: Your appointment is at 16:00 [delivered 13:5" in text


async def test_a_store_that_fails_meanwhile_is_told_and_the_command_ends(desk: Desk) -> None:
    async def broken() -> AsyncIterator[str]:
        yield "one line\n"
        raise StoreError("The database is gone")

    async with desk.open(WIDE):
        with pytest.raises(StoreError, match="gone"):
            await pipe_text(desk.app, "cat > /dev/null", broken(), "/bin/sh")


def test_a_long_command_is_cut_before_what_became_of_it() -> None:
    assert describe_exit("x" * 100, 0) == f"{'x' * 59}…: done"


def test_on_a_real_terminal_the_output_stays_until_a_key_and_ctrl_c_ends_only_the_command(
    tmp_path: Path,
) -> None:
    arguments = ("-m", "tests.ui.sitting", str(tmp_path / "desk.db"))
    with terminal(arguments, WIDE, tmp_path) as desk:
        desk.shows("Chloe Martin")
        desk.type(b"|")
        desk.shows("Pipe the conversation to")
        desk.type(b"grep -c Chloe; echo be''gun; sleep 60\r")
        desk.shows("begun")
        os.killpg(desk.process.pid, signal.SIGINT)
        desk.shows("any key goes back to smsdesk")
        desk.type(b"x")
        desk.shows("Ended by signal 2")
        desk.type(b"?")
        desk.shows("Move down the list")
        desk.type(b"q")
        desk.type(b"q")
        assert desk.wait() == 0
        assert "Traceback" not in plain(desk.output)


def test_on_a_real_terminal_an_editor_that_is_not_there_gives_the_screen_back(
    tmp_path: Path,
) -> None:
    arguments = ("-m", "tests.ui.sitting", str(tmp_path / "desk.db"))
    with terminal(arguments, WIDE, tmp_path) as desk:
        desk.shows("Chloe Martin")
        desk.type(b"\rrHello")
        desk.shows("Hello")
        desk.type(b"\x0f")
        desk.shows("/nowhere/vi cannot be run")
        desk.type(b"\x03\x03")
        assert desk.wait() == 0
