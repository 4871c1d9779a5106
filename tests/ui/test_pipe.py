"""Test piping a conversation to a command: the input of the command and its result."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE
from tests.ui.terminal import open_terminal, strip_sequences
from tui.desk.transcript import read_transcript
from tui.store.errors import StoreError
from tui.terminal.external_programs import describe_exit, pipe_text

Size = tuple[int, int]


@pytest.fixture(autouse=True)
def suspended_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the suspension of the app, as a test has no terminal to hand over."""

    @contextlib.contextmanager
    def suspend(app: object) -> Iterator[None]:
        yield

    monkeypatch.setattr("textual.app.App.suspend", suspend)


async def _pipe_conversation(desk: Desk, command: str) -> None:
    """Pipe the conversation under the cursor to a command."""
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
        await desk.move_to(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.store.messages.add_note(chloe.id, COLLEAGUE, "regular\ncustomer")
        await desk.events.receive_texts(CHLOE, "\x1b[31mred\u202e")
        await _pipe_conversation(desk, f"cat > {got}; true")
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


async def test_the_prompt_has_the_last_command_or_the_one_of_the_settings(
    desk: Desk, tmp_path: Path
) -> None:
    got = tmp_path / "got"
    async with desk.open(WIDE, pipe=f"cat >> {got}"):
        await desk.move_to(CHLOE)
        await desk.command("pipe")
        await desk.shows("Pipe the conversation to")
        await desk.press("enter")
        await desk.shows("cat >> ", "done")
        once = got.read_text()
        assert "Friday afternoon?" in once
        await _pipe_conversation(desk, "false")
        await desk.shows("Exit status 1: false")
        await desk.command("pipe")
        await desk.shows("Pipe the conversation to")
        assert desk.app.screen.query_one(Input).value == "false"
        await desk.press("escape")
        assert got.read_text() == once


@BOTH_SIZES
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("exit 3", "Exit status 3: exit 3"),
        ("surely-no-such-command", "No such command: surely-no-such-command"),
        ("kill -9 $$", "Ended by signal 9: kill -9 $$"),
        ("head -c 1 > /dev/null", "head -c 1 > /dev/null: done"),
        ("true", "true: done"),
    ],
)
async def test_the_result_of_a_command_is_shown(
    desk: Desk, size: Size, command: str, expected: str
) -> None:
    async with desk.open(size):
        await _pipe_conversation(desk, command)
        await desk.shows(expected)


async def test_a_missing_shell_is_named(desk: Desk) -> None:
    async with desk.open(WIDE, shell="/nowhere/sh"):
        await _pipe_conversation(desk, "cat")
        await desk.shows("/nowhere/sh cannot be run: No such file or directory")


async def test_an_empty_line_is_explained_and_esc_runs_nothing(desk: Desk) -> None:
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


async def test_the_text_of_a_customer_is_never_part_of_the_command(
    desk: Desk, tmp_path: Path
) -> None:
    trap, got = tmp_path / "trap", tmp_path / "got"
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.events.receive_texts(CHLOE, f"'; touch {trap}; `touch {trap}` $(touch {trap}) #")
        await _pipe_conversation(desk, f"cat > {got}")
        await desk.shows("done")
    assert f"$(touch {trap})" in got.read_text()
    assert not trap.exists()


async def test_a_long_conversation_is_piped_completely_in_pages(desk: Desk) -> None:
    chloe = await desk.thread(CHLOE)
    for number in range(600):
        await desk.store.messages.add_note(chloe.id, AGENT, f"note {number}")
    pieces = [piece async for piece in read_transcript(desk.store, chloe, desk.app_context.zone)]
    assert len(pieces) == 3  # the heading and two pages
    numbers = [line.split()[-1] for line in "".join(pieces).splitlines() if ": note " in line]
    assert numbers == [str(number) for number in range(600)]


async def test_a_reply_shows_its_author_and_its_status(desk: Desk) -> None:
    ana = await desk.thread(ANA)
    text = "".join(
        [piece async for piece in read_transcript(desk.store, ana, desk.app_context.zone)]
    )
    assert "mia: Your appointment is at 16:00 [delivered 13:5" in text


async def test_a_store_error_is_raised_and_the_command_ends(desk: Desk) -> None:
    async def fail_after_one_line() -> AsyncIterator[str]:
        yield "one line\n"
        raise StoreError("The database is gone")

    async with desk.open(WIDE):
        with pytest.raises(StoreError, match="gone"):
            await pipe_text(desk.app, "cat > /dev/null", fail_after_one_line(), "/bin/sh")


def test_a_long_command_is_cut_before_its_result() -> None:
    assert describe_exit("x" * 100, 0) == f"{'x' * 59}…: done"


def test_on_a_real_terminal_ctrl_c_ends_only_the_command(
    tmp_path: Path,
) -> None:
    arguments = ("-m", "tests.ui.inbox_process", str(tmp_path / "desk.db"))
    (tmp_path / "shown").write_text("begun\n")
    with open_terminal(arguments, WIDE, tmp_path) as desk:
        desk.shows("Chloe Martin")
        desk.type(b"|")
        desk.shows("Pipe the conversation to")
        # What writes is also what is interrupted: a shell that is just forking would miss it.
        desk.type_line("grep -c Chloe; exec tail -f ~/shown")
        desk.shows("begun")
        os.killpg(desk.process.pid, signal.SIGINT)
        desk.shows("any key goes back to smsdesk")
        desk.type(b"x")
        desk.shows("Ended by signal 2")
        desk.type(b"?")
        desk.shows("Move down the list")
        desk.type(b"\x1b")
        desk.sees("Commands")
        desk.type(b"q")
        desk.type(b"q")
        assert desk.wait() == 0
        assert "Traceback" not in strip_sequences(desk.output)


def test_on_a_real_terminal_a_missing_editor_restores_the_screen(
    tmp_path: Path,
) -> None:
    arguments = ("-m", "tests.ui.inbox_process", str(tmp_path / "desk.db"))
    with open_terminal(arguments, WIDE, tmp_path) as desk:
        desk.shows("Chloe Martin")
        desk.type(b"r")
        desk.sees("Enter Send")
        desk.type(b"Hello")
        desk.sees("Hello")
        desk.type(b"\x0f")
        desk.shows("/nowhere/vi cannot be run")
        desk.type(b"\x03\x03")
        assert desk.wait() == 0
