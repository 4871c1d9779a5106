"""Test `smsdesk send` to many, `smsdesk bulk`, and the same text twice."""

import json

import pytest

from tests.cli.conftest import Desk, Sandbox

FIRST, SECOND, THIRD = "+61491570156", "+61491570157", "+61491570158"
QUIET_OFF = {"SMSDESK_QUIET_HOURS": "off"}


def test_the_same_text_within_a_day_is_refused_unless_it_is_wanted(desk: Desk) -> None:
    send = ("send", "--to", FIRST, "--text")
    assert desk.run(*send, "Your order is ready").returncode == 0
    ran = desk.run(*send, "your order  is READY")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "the same text went to this number" in ran.stderr
    assert "nothing was queued; --again sends it once more" in ran.stderr
    assert desk.run(*send, "Your order is ready", "--again").returncode == 0
    assert desk.run(*send, "Your order is late").returncode == 0


def test_a_plan_shows_who_gets_what_and_sends_nothing(desk: Desk) -> None:
    numbers = desk.home / "late.txt"
    numbers.write_text(f"\ufeff{FIRST}\n\n# friends\n{SECOND}  # Bob\n{FIRST}\n")
    send = ("send", "--to-file", str(numbers), "--text", "Late, {number}", "--dry-run")
    ran = desk.run(*send, **QUIET_OFF)
    assert ran.returncode == 0, ran.stderr
    assert "Late, +61 491 570 156" in ran.stdout
    assert "Without --dry-run it sends 2 texts (2 parts) through support_au" in ran.stdout
    assert "left out: 1 listed twice" in ran.stderr
    plan = json.loads(desk.run(*send, "--json", **QUIET_OFF).stdout)
    assert (plan["texts"], plan["parts"], plan["left_out"]) == (
        *(2, {"support_au": 2}),
        {"listed twice": 1},
    )
    assert desk.run("bulk", "list").stdout == ""


def test_a_plan_for_no_one_says_that_nothing_would_be_sent(desk: Desk) -> None:
    for number in (FIRST, SECOND):
        assert desk.run("send", "--to", number, "--text", "Late", **QUIET_OFF).returncode == 0
    many = ("--to", FIRST, "--to", SECOND, "--text", "Late", "--dry-run")
    ran = desk.run("send", *many, **QUIET_OFF)
    assert (ran.returncode, ran.stdout) == (0, "Nothing would be sent\n")
    assert "left out: 2 " in ran.stderr


def test_it_is_sent_followed_and_listed(desk: Desk, sandbox: Sandbox) -> None:
    many = ("--to", FIRST, "--to", SECOND, "--to", THIRD)
    send = ("send", *many, "--text", "We are closed", "--wait", "--timeout", "60")
    ran = desk.run(*send, SMSDESK_BULK_PER_MINUTE="6000", **QUIET_OFF)
    assert ran.returncode == 0, ran.stderr
    assert "done: 3 sent" in ran.stdout
    assert sorted(message["to"] for message in sandbox.accepted) == [FIRST, SECOND, THIRD]
    (listed,) = [
        json.loads(line) for line in desk.run("bulk", "list", "--json").stdout.split("\n")[:1]
    ]
    assert (listed["id"], listed["state"], listed["sent"]) == (1, "done", 3)
    shown = [
        json.loads(line) for line in desk.run("bulk", "show", "1", "--json").stdout.splitlines()
    ]
    assert [one["to"] for one in shown] == [FIRST, SECOND, THIRD]
    again = desk.run(*send, **QUIET_OFF)
    assert again.returncode == 2
    assert "no one would get it" in again.stderr


def test_it_is_paused_resumed_and_cancelled(desk: Desk) -> None:
    send = ("send", "--to", FIRST, "--to", SECOND, "--text", "We are closed")
    ran = desk.run(*send, **QUIET_OFF)
    assert (ran.returncode, "no process is sending now" in ran.stderr) == (0, True)
    for action, code, shown in (
        ("pause", 0, "paused: 2 waiting"),
        ("pause", 0, "paused: 2 waiting"),
        ("resume", 0, "running: 2 waiting"),
        ("cancel", 0, "cancelled: 2 cancelled"),
        ("cancel", 0, "cancelled: 2 cancelled"),
        ("resume", 1, "cancelled: 2 cancelled"),
    ):
        ran = desk.run("bulk", action, "1")
        assert (ran.returncode, ran.stdout.strip()) == (code, shown)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("send", "--text", "x"), "the following arguments are required: --to"),
        (("send", "--to", FIRST, "--text", "x", "--dry-run"), "--dry-run needs several numbers"),
        (
            ("send", "--to", FIRST, "--to", SECOND, "--text", "x", "--valid-for", "2h"),
            "--valid-for is for a single number",
        ),
        (("send", "--to-file", "/no/such", "--text", "x"), "cannot read /no/such"),
        (("send", "--to-view", "vip", "--text", "x"), 'there is no view "vip"'),
        (("bulk", "pause"), "say which: smsdesk bulk pause ID"),
        (("bulk", "show", "7"), "there is no text to many 7"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_queued(
    desk: Desk, arguments: tuple[str, ...], expected: str
) -> None:
    ran = desk.run(*arguments)
    assert ran.returncode == 2
    assert expected in ran.stderr


def test_a_line_of_a_file_that_is_no_number_is_named(desk: Desk) -> None:
    numbers = desk.home / "numbers.txt"
    numbers.write_text(f"{FIRST}\nAna\n")
    ran = desk.run("send", "--to-file", str(numbers), "--text", "x")
    assert ran.returncode == 2
    assert "line 2: " in ran.stderr
