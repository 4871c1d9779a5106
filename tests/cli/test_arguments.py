"""Test the arguments of `smsdesk` and the messages about wrong ones."""

import re
import subprocess
import sys
import time
from datetime import datetime
from itertools import chain
from pathlib import Path

import pytest

from tui.cli import main
from tui.cli.arguments import COMMANDS
from tui.cli.command_line import NO_ARGUMENTS
from tui.cli.errors import CommandError
from tui.cli.help_entry import COMMAND_GROUPS
from tui.cli.help_texts import HELP_TEXTS
from tui.cli.parse_arguments import parse_arguments


def read_usage_error(*arguments: str) -> str:
    """Return the error line for arguments that cannot be used."""
    with pytest.raises(CommandError) as caught:
        parse_arguments(arguments)
    assert caught.value.exit_code == 2
    return caught.value.line


def test_without_a_command_the_inbox_is_opened() -> None:
    arguments = parse_arguments([])
    assert (arguments.command, arguments.module) == ("inbox", "inbox")
    assert arguments.ascii is None
    assert arguments.config is None


def test_the_settings_file_may_come_before_or_after_the_command() -> None:
    before = parse_arguments(["--config", "a.toml", "backup", "b.db"])
    behind = parse_arguments(["backup", "b.db", "--config=a.toml"])
    assert before == behind
    assert before.config == Path("a.toml")


def test_a_demo_can_be_filled_and_kept() -> None:
    line = "demo --keep a.db --threads 10 --messages 100 --no-open --ascii"
    arguments = parse_arguments(line.split())
    assert arguments.keep == Path("a.db")
    assert (arguments.threads, arguments.messages) == (10, 100)
    assert arguments.no_open is True
    assert arguments.ascii is True


def test_the_sandbox_listens_on_the_documented_address() -> None:
    arguments = parse_arguments(["sandbox", "--push-to", "http://127.0.0.1:8080/"])
    assert (arguments.host, arguments.port) == ("127.0.0.1", 8765)
    assert arguments.push_to == "http://127.0.0.1:8080"


def test_a_message_can_be_sent_later() -> None:
    line = "send --to +61491570156 --text -5° --account au --wait --at 2026-03-04T08:00+00:00"
    arguments = parse_arguments(
        ["send", "--text=-5°", *line.replace("--text -5° ", "").split()[1:]]
    )
    assert arguments.text == "-5°"
    assert arguments.at == 1_772_611_200_000
    assert arguments.wait is True


@pytest.mark.parametrize(
    ("typed", "expected", "note"),
    [
        ("2026-03-29T02:30", "2026-03-29T03:30", "02:30 does not exist that day: 03:30"),
        ("2027-03-28 02:00", "2027-03-28T03:00", "02:00 does not exist that day: 03:00"),
        (
            "2099-10-25T02:30",
            "2099-10-25T02:30",
            "02:30 comes twice that day: the first is taken",
        ),
        ("2026-03-09", "2026-03-09T09:00", "no time given: 09:00 is taken"),
        ("20260309", "2026-03-09T09:00", "no time given: 09:00 is taken"),
        ("2026-03-29T02:30+00:00", "2026-03-29T04:30", ""),
        ("2026-03-29T12:30", "2026-03-29T12:30", ""),
    ],
)
def test_what_is_assumed_about_a_time_is_kept(
    monkeypatch: pytest.MonkeyPatch, typed: str, expected: str, note: str
) -> None:
    monkeypatch.setenv("TZ", "Europe/Warsaw")
    time.tzset()
    try:
        arguments = parse_arguments(["send", "--to", "1", "--text", "x", "--at", typed])
        shown = datetime.fromtimestamp(arguments.at / 1_000).isoformat("T", "minutes")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (shown, arguments.at_note) == (expected, note)


def test_the_text_can_come_from_standard_input() -> None:
    assert parse_arguments(["send", "--to", "+61491570156", "--text", "-"]).text == "-"


def test_sync_accepts_an_address_to_listen_on() -> None:
    assert parse_arguments(["sync", "--listen", "[::1]:8080"]).listen == ("::1", 8080)
    assert parse_arguments(["sync", "--once"]).once is True


def test_contacts_are_imported_from_a_file() -> None:
    arguments = parse_arguments(["import", "contacts", "a.csv"])
    assert (arguments.module, arguments.file) == ("import_contacts", Path("a.csv"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("threds", 'there is no command "threds"; did you mean threads?; see smsdesk --help'),
        ("xyz", 'there is no command "xyz"; see smsdesk --help'),
        ("--verson", "there is no --verson; did you mean --version?; see smsdesk --help"),
        ("threads --jsn", "there is no --jsn; did you mean --json?; see smsdesk threads --help"),
        ("threads --js", "there is no --js; did you mean --json?; see smsdesk threads --help"),
        ("send --too 1", "there is no --too; did you mean --to?; see smsdesk send --help"),
        ("send", "the following arguments are required: --to, --text; see smsdesk send --help"),
        ("messages", "the following arguments are required: N; see smsdesk messages --help"),
        ("threads more", "unrecognized arguments: more; see smsdesk threads --help"),
        ("threads --limit 0", "argument --limit: 0 is not a whole number from 1; see"),
        ("sandbox --port 70000", "argument --port: 70000 is not a port, 0 to 65535; see"),
        ("sandbox --push-to desk", "argument --push-to: desk is not an address like http"),
        ("sync --listen 8080", "argument --listen: 8080 is not HOST:PORT, like 127.0.0.1:8080"),
        ("send --to 1 --text a --at soon", "argument --at: soon is not a time like 2026-03-04T1"),
        ("import people a.csv", '"people" is not contacts: write smsdesk import contacts FILE'),
        (
            "contacts",
            "the following arguments are required: {list,find,show,add,set,remove,export};",
        ),
        ("held", "the following arguments are required: {list,show,retry,dismiss}; see"),
        ("teams", "the following arguments are required: {list,save,rename,remove}; see"),
        ("resolve", "the following arguments are required: MESSAGE, {sent,not-sent}; see"),
        ("bulk stop", '"stop" is not one of list, show, pause, resume, cancel; see'),
        ("agents set --level x", 'argument --level: "x" is not one of agent, lead; see'),
        ("statistics --since 2026-01-01", "there is no --since; see smsdesk statistics --help"),
        ("resolve 1 --sent", "there is no --sent; see smsdesk resolve --help"),
        ("--config", "argument --config: expected one argument; see smsdesk --help"),
    ],
)
def test_bad_use_is_one_line_with_the_fix(line: str, expected: str) -> None:
    assert read_usage_error(*line.split()).startswith(expected)


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_fits_a_terminal_of_80_columns(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_every_command_has_help_texts() -> None:
    assert list(COMMANDS) == list(HELP_TEXTS)


def test_the_help_lists_every_command_once() -> None:
    assert sorted(chain(*COMMAND_GROUPS.values())) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_in_the_help_of_a_command_work(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    examples = re.findall(rf"^  (?:\w+ \| )?smsdesk ({command}\b.*)$", text, re.MULTILINE)
    assert examples
    for example in examples:
        words = re.findall(r'"[^"]*"|[^\s"]+', example.partition(" > ")[0])
        assert parse_arguments([word.strip('"') for word in words]).command == command


def test_the_top_help_lists_commands_codes_and_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", text, re.MULTILINE)
    for word in ("examples:", "exit codes:", "SMSDESK_CONFIG", "SMSDESK_DATABASE", "--version"):
        assert word in text


def test_no_arguments_mean_what_the_parser_makes_of_none() -> None:
    assert vars(parse_arguments([])) == NO_ARGUMENTS


def test_the_inbox_starts_without_the_parser(tmp_path: Path) -> None:
    code = "import sys; from tui.cli import main; main([]); print(*sys.modules)"
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    for _ in range(2):  # the second time the settings are known to be valid
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        assert "no terminal here" in ran.stderr
    imported = set(ran.stdout.split())
    assert "tui.cli.inbox" in imported
    assert not {"argparse", "tui.cli.arguments"} & imported
