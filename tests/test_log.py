"""Test that the log keeps what helps, masks numbers and secrets, and never reaches the screen."""

import json
import logging
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.log import MAX_OLD_FILES, LogFile, close_log, log_event, mask_text, mask_value, open_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    """Yield an open log; logging is silent again afterwards."""
    file = open_log(tmp_path / "state" / "smsdesk.log")
    yield file
    close_log(file)


def read_entries(file: LogFile) -> list[dict[str, Any]]:
    """Return the entries of a log file."""
    return [json.loads(line) for line in file.path.read_text(encoding="utf-8").splitlines()]


def test_an_entry_is_one_line_of_json(log: LogFile) -> None:
    log_event("sync", "polled\nonce", account="au", replies=3, late=False)
    (entry,) = read_entries(log)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "polled\nonce",
        "level": "info",
        "part": "sync",
        "account": "au",
        "replies": 3,
        "late": False,
    }


def test_the_log_is_private(log: LogFile) -> None:
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_entries_below_the_level_are_left_out(tmp_path: Path) -> None:
    file = open_log(tmp_path / "a.log", "warning")
    log_event("x", "no")
    log_event("x", "yes", level=logging.WARNING)
    assert [entry["event"] for entry in read_entries(file)] == ["yes"]
    close_log(file)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to +61491570156", "to +6149157…56"),
        ("to +61 491 570 156.", "to +6149157…56."),
        ("tel:+61491570156,+48500600700", "tel:+6149157…56,+4850060…00"),
        ("61491570156", "6149157…56"),
        ("0491 570 156 called", "049157…56 called"),
        ("number=61491570156&x=1", "number=6149157…56&x=1"),
        ("at 2026-03-04 10:11:12", "at 2026-03-04 10:11:12"),
        ("took 0.12345678 s, 1234567 rows", "took 0.12345678 s, 1234567 rows"),
        ("id eba39e4fe1 and m1k2j3h4g5", "id eba39e4fe1 and m1k2j3h4g5"),
        ("api_secret=s3cret more", "api_secret=*** more"),
        ('{"password": "s3cret"}', '{"password": "***"}'),
        ("_login=a&_password=s3cret&b=1", "_login=a&_password=***&b=1"),
        ("Authorization: Basic aHVzaA==", "Authorization: Basic ***"),
        ("POST /hooks/au/s3cret?x=1", "POST /hooks/au/***?x=1"),
        (r"https:\/\/x\/hooks\/au\/s3.c~ret\/ref", r"https:\/\/x\/hooks\/au\/***\/ref"),
        ("a=https%3A%2F%2Fx%2Fhooks%2fau%2Fs3%21cret&b", "a=https%3A%2F%2Fx%2Fhooks%2fau%2F***&b"),
        ("x%252Fhooks%252Fau%252Fs3cret", "x%252Fhooks%252Fau%252F***"),
    ],
)
def test_numbers_and_secrets_in_text_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.text(max_size=5))
def test_an_international_number_is_masked_wherever_it_stands(number: str, around: str) -> None:
    assert number not in mask_text(f"{around} {number} {around}")


def test_values_under_secret_names_are_masked_at_any_depth() -> None:
    value = {"headers": {"Authorization": "x", "list": [{"api_key": 1}]}, "access_token": None}
    assert mask_value(value) == {
        "headers": {"Authorization": "***", "list": [{"api_key": "***"}]},
        "access_token": "***",
    }


def test_an_exceptions_traceback_is_kept_and_masked(log: LogFile) -> None:
    try:
        raise ValueError("cannot text +61491570156")
    except ValueError as error:
        log_event("cli", "unexpected", error=error)
    (entry,) = read_entries(log)
    assert "Traceback" in entry["exception"]
    assert "+6149157…56" in entry["exception"]
    assert "61491570156" not in log.path.read_text()


@pytest.mark.parametrize(
    "text",
    ["\udcff", "\0", "\x1b[2J", "a\nb", "x" * 100_000],
    ids=["surrogate", "null", "escape", "line end", "long"],
)
def test_hostile_text_stays_on_its_line(log: LogFile, text: str) -> None:
    log_event("x", text)
    log_event("x", "next")
    raw = log.path.read_bytes()
    assert raw.count(b"\n") == 2
    assert b"\x1b" not in raw


def test_log_messages_of_libraries_go_to_the_file(tmp_path: Path) -> None:
    code = (
        "import asyncio, logging, pathlib, sys, warnings\n"
        "from tui.log import open_log\n"
        "open_log(pathlib.Path(sys.argv[1]))\n"
        "logging.getLogger('uvicorn.error').warning('port %s', 1)\n"
        "warnings.warn('old', UserWarning)\n"
        "async def lost(): asyncio.create_task(fails()); await asyncio.sleep(0)\n"
        "async def fails(): raise ValueError('never looked at')\n"
        "asyncio.run(lost())\n"
    )
    path = tmp_path / "a.log"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout + ran.stderr == ""
    lines = path.read_text().splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["warning", "warning", "error"]
    assert "never looked at" in lines[2]


def test_nothing_is_logged_anywhere_before_the_log_is_open(tmp_path: Path) -> None:
    code = "from tui.log import log_event\nlog_event('x', 'lost', level=40)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout + ran.stderr == ""


def test_opening_another_log_writes_only_to_the_new_file(log: LogFile, tmp_path: Path) -> None:
    second = open_log(tmp_path / "second.log")
    logging.getLogger("library").warning("once")
    assert read_entries(log) == []
    assert len(read_entries(second)) == 1
    close_log(second)


def test_a_full_file_is_rotated_and_the_oldest_is_removed(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log", largest=10)
    for number in range(MAX_OLD_FILES + 3):
        file.write(f"line number {number}")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a.log", *(f"a.log.{number}" for number in range(1, MAX_OLD_FILES + 1))]
    assert (tmp_path / "a.log").read_text() == f"line number {MAX_OLD_FILES + 2}\n"
    assert (tmp_path / "a.log.1").read_text() == f"line number {MAX_OLD_FILES + 1}\n"
    file.close()


def test_a_file_moved_away_by_another_process_is_left_for_the_new_one(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log")
    file.write("one")
    (tmp_path / "a.log").rename(tmp_path / "a.log.1")
    file.write("two")
    assert (tmp_path / "a.log").read_text() == "two\n"
    file.close()


def _write_many(path: Path, name: str, count: int) -> None:
    """Write numbered lines, as another process."""
    file = LogFile(path, largest=4000)
    for number in range(count):
        file.write(f"{name} {number}")
    file.close()


def test_processes_that_share_a_log_lose_and_split_no_line(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    names = ("a", "b", "c")
    writers = [
        context.Process(target=_write_many, args=(tmp_path / "x.log", name, 400)) for name in names
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = [line for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    assert sorted(lines) == sorted(f"{name} {number}" for name in names for number in range(400))


def test_a_full_disk_does_not_raise_an_error() -> None:
    file = LogFile(Path("/dev/full"))
    file.write("lost")
    file.close()


def test_a_log_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        open_log(tmp_path / "file" / "smsdesk.log")
