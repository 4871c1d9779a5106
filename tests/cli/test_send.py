"""Test `smsdesk send`: it sends once, waits for the result and reports it."""

import signal
import sqlite3
from base64 import b64encode
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Desk, Sandbox, read_error_line
from tests.waiting import wait_until

DELIVERS = "+61491570156"
FAILS = "+61491570193"
IS_SILENT = "+61491570196"


def read_status(desk: Desk) -> str:
    """Return the status of the newest message in the file."""
    with closing(sqlite3.connect(desk.database)) as connection:
        return str(connection.execute("select status from messages order by id desc").fetchone()[0])


def test_a_delivered_message_ends_with_code_0_and_shows_each_status(
    desk: Desk, sandbox: Sandbox
) -> None:
    ran = desk.run("send", "--to", DELIVERS, "--text", "Your order is ready", "--wait")
    assert (ran.returncode, ran.stderr) == (0, "")
    words = [line.split()[0] for line in ran.stdout.splitlines()]
    assert words[0] == "queued"
    assert words[-1] == "delivered"
    assert read_status(desk) == "delivered"
    assert [message["text"] for message in sandbox.accepted] == ["Your order is ready"]


def test_a_failed_delivery_ends_with_code_1_and_the_reason(desk: Desk) -> None:
    ran = desk.run("send", "--to", FAILS, "--text", "hello", "--wait")
    assert ran.returncode == 1
    last = ran.stdout.splitlines()[-1]
    assert last.startswith("failed")
    assert "cannot be delivered" in last
    assert read_status(desk) == "failed"


def test_without_waiting_the_message_is_queued_and_a_missing_sender_is_reported(
    desk: Desk, sandbox: Sandbox
) -> None:
    ran = desk.run("send", "--to", DELIVERS, "--text", "hello")
    assert ran.returncode == 0
    assert ran.stdout == f"queued     {DELIVERS} through support_au\n"
    assert "no process is sending now" in ran.stderr
    assert read_status(desk) == "queued"
    assert sandbox.accepted == []


def test_a_mobile_of_eight_digits_is_no_short_code_in_its_country(desk: Desk) -> None:
    ran = desk.run("send", "--to", "51990011", "--text", "hi", SMSDESK_DEFAULT_REGION="EE")
    assert (ran.returncode, ran.stdout.split()[:2]) == (0, ["queued", "+37251990011"])


def test_the_text_is_read_from_stdin(desk: Desk, sandbox: Sandbox) -> None:
    ran = desk.run("send", "--to", DELIVERS, "--text", "-", "--wait", input="Zażółć\nline two\n")
    assert ran.returncode == 0
    assert sandbox.accepted[0]["text"] == "Zażółć\nline two"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("a\rb\r", "a\nb"),
        ("\ufeffHello\n", "Hello"),
        ("\ufeffa\r\n\r\nb", "a\n\nb"),
        ("Cafe\u0301 Zoe\u0308", "Caf\u00e9 Zo\u00eb"),
        ("10\u00a0z\u0142 \u0645\u06cc\u200c\u062e", "10\u00a0z\u0142 \u0645\u06cc\u200c\u062e"),
    ],
)
def test_a_text_from_a_file_is_sent_as_it_reads(
    desk: Desk, sandbox: Sandbox, typed: str, sent: str
) -> None:
    ran = desk.run("send", "--to", DELIVERS, "--text", "-", "--wait", input=typed)
    assert (ran.returncode, sandbox.accepted[0]["text"]) == (0, sent)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--to", DELIVERS, "--text", "\u200b\u2800"), "nothing to see in the text"),
        (("--to", DELIVERS, "--text", "\ufeff"), "the text is empty"),
        (("--to", "12", "--text", "x"), "country"),
        (("--to", "+6149157015", "--text", "x"), "Not a valid number"),
        (("--to", "hello", "--text", "x"), "Not a phone number"),
        (("--to", DELIVERS, "--text", "  "), "the text is empty"),
        (("--to", DELIVERS, "--text", "x", "--account", "nope"), "known: support_au"),
        (("--to", DELIVERS, "--text", "x", "--at", "2020-01-01T10:00"), "passed already"),
        (("--to", DELIVERS, "--text", "x", "--at", "9999-01-01T10:00"), "more than a year ahead"),
        (("--to", DELIVERS, "--text", "Dear {name}"), "{name} is not filled in"),
        (
            ("--to", DELIVERS, "--text", "x" * 5001),
            "5001 characters, support_au takes at most 5000",
        ),
    ],
)
def test_an_unsendable_message_is_a_usage_error_and_is_not_queued(
    desk: Desk, arguments: tuple[str, ...], expected: str
) -> None:
    ran = desk.run("send", *arguments)
    assert ran.returncode == 2
    assert expected in read_error_line(ran)
    assert desk.run("threads", "--json").stdout == ""


def test_an_opted_out_number_is_not_texted(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.post_control("inbound", provider="messagemedia", **{"from": DELIVERS}, text="STOP")
    assert desk.run("sync", "--once").returncode == 0
    ran = desk.run("send", "--to", DELIVERS, "--text", "but wait", "--wait")
    assert ran.returncode == 2
    assert "has opted out" in read_error_line(ran)
    assert sandbox.accepted == []


@pytest.mark.parametrize("name", ["PARCELS", "parcels", "Parcels"])
def test_a_sender_that_is_a_name_takes_no_replies(desk: Desk, sandbox: Sandbox, name: str) -> None:
    sandbox.post_control("inbound", provider="messagemedia", **{"from": "PARCELS"}, text="Hello")
    assert desk.run("sync", "--once").returncode == 0
    ran = desk.run("send", "--to", name, "--text", "but when")
    assert ran.returncode == 2
    assert "takes no replies: it is a name" in read_error_line(ran)
    assert "nothing was queued" in read_error_line(ran)
    assert sandbox.accepted == []


def test_without_accounts_a_send_is_refused(bare: Desk) -> None:
    ran = bare.run("send", "--to", DELIVERS, "--text", "x")
    assert ran.returncode == 2
    assert "no account" in read_error_line(ran)


def test_refused_credentials_end_the_wait_and_the_message_stays_queued(desk: Desk) -> None:
    secret = {"SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET": "wrong"}
    ran = desk.run("send", "--to", DELIVERS, "--text", "x", "--wait", **secret)
    assert ran.returncode == 1
    assert "correct the account's key and secret" in ran.stderr
    assert "stays queued" in ran.stderr
    assert "wrong" not in ran.stderr + ran.stdout
    assert read_status(desk) == "queued"


async def test_ctrl_c_while_waiting_reports_the_state_of_the_message(desk: Desk) -> None:
    process = desk.start("send", "--to", IS_SILENT, "--text", "anyone?", "--wait")
    with process:
        await wait_until(lambda: desk.database.exists() and has_status(desk, "submitted"))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == (
        "smsdesk: it has gone to the provider and takes its course; "
        f'look with: smsdesk messages "{IS_SILENT}"\n'
    )


async def test_an_uncertain_message_is_left_to_the_inbox_after_the_wait(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.post_control("faults", provider="messagemedia", fault="malformed_json", count=50)
    process = desk.start("send", "--to", IS_SILENT, "--text", "anyone?", "--wait")
    with process:
        await wait_until(lambda: desk.database.exists() and has_status(desk, "uncertain"))
        assert process.stderr is not None
        assert "waiting for the provider to confirm" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "may or may not have been sent: an open inbox resolves it" in errors


def has_status(desk: Desk, status: str) -> bool:
    """Return whether the newest message has this status."""
    try:
        return read_status(desk) == status
    except (sqlite3.Error, TypeError):
        return False


async def test_a_live_service_sends_and_the_command_only_follows(
    desk: Desk, sandbox: Sandbox
) -> None:
    service = desk.start("sync")
    with service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith("serving support_au")
        ran = desk.run("send", "--to", DELIVERS, "--text", "once", "--wait")
        service.terminate()
        service.communicate(timeout=60)
    assert ran.returncode == 0
    assert [message["text"] for message in sandbox.accepted] == ["once"]


def test_a_locked_inbox_queues_nothing_and_reports_it(desk: Desk) -> None:
    assert desk.run("sync", "--once").returncode == 0
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        ran = desk.run("send", "--to", DELIVERS, "--text", "x")
    assert ran.returncode == 1
    assert "is locked by another program: nothing was written" in read_error_line(ran)
    assert desk.read_objects("threads") == []


def test_a_file_that_is_no_inbox_is_left_unchanged(desk: Desk) -> None:
    desk.database.write_bytes(b"Dear all, " * 1000)
    ran = desk.run("send", "--to", DELIVERS, "--text", "x")
    assert ran.returncode == 2
    assert "is not a database" in read_error_line(ran)
    assert desk.database.read_bytes() == b"Dear all, " * 1000


def test_a_reply_is_sent_from_the_number_the_customer_wrote_to(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.post_control(
        "inbound", provider="messagemedia", **{"from": DELIVERS}, to="+61491570157", text="?"
    )
    desk.run("sync", "--once")
    assert desk.run("send", "--to", DELIVERS, "--text", "!", "--wait").returncode == 0
    assert sandbox.accepted[0]["from"] == "+61491570157"


def test_format_validity_and_metadata_reach_the_provider(desk: Desk, sandbox: Sandbox) -> None:
    ran = desk.run(
        *("send", "--to", DELIVERS, "--text", "Your code is 7 4 2", "--format", "tts", "--wait"),
        *("--valid-for", "2h", "--metadata", "ticket=1042", "--metadata", "note=a=b"),
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    key = b64encode(b"sandbox:sandbox-secret").decode()
    sent = sandbox.read_json(
        f"/messagemedia/v1/messages/{sandbox.accepted[0]['id']}", Authorization=f"Basic {key}"
    )
    assert sent["format"] == "TTS"
    assert sent["metadata"]["ticket"] == "1042" and sent["metadata"]["note"] == "a=b"
    assert sent["message_expiry_timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--format", "tts"), "cannot read a text out in a call"),
        (("--valid-for", "2h"), "cannot limit the time for delivery"),
        (("--metadata", "a=b"), "cannot carry metadata"),
        (("--valid-for", "soon"), "not a duration"),
        (("--metadata", "a"), "is not NAME=VALUE"),
        (("--metadata", "reference=x"), "is taken"),
        (("--format", "fax"), "fax"),
    ],
)
def test_what_the_account_cannot_do_is_refused(
    desk: Desk, arguments: tuple[str, ...], expected: str
) -> None:
    environ = {"SMSDESK_ACCOUNTS__SUPPORT_AU__PROVIDER": "messageport"}
    ran = desk.run("send", "--to", DELIVERS, "--text", "x", *arguments, **environ)
    assert ran.returncode == 2
    assert expected in ran.stderr
    assert not desk.database.exists() or "queued" not in ran.stdout


def test_a_wait_ends_after_its_time_with_a_code_of_its_own(desk: Desk, sandbox: Sandbox) -> None:
    ran = desk.run("send", "--to", IS_SILENT, "--text", "hello", "--wait", "--timeout", "4")
    assert ran.returncode == 3
    line = ran.stderr.splitlines()[-1]
    assert line.startswith("smsdesk: no result after 4 s: it has gone to the provider")
    assert f'look with: smsdesk messages "{IS_SILENT}"' in line
    assert len(sandbox.accepted) == 1


def test_a_wait_for_a_scheduled_message_ends_after_its_time(desk: Desk) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    send = ("send", "--to", DELIVERS, "--text", "x", "--at", tomorrow, "--anyway")
    ran = desk.run(*send, "--wait", "--timeout", "2")
    assert ran.returncode == 3, ran.stderr
    assert "no result after 2 s" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--timeout", "5"), "--timeout needs --wait"),
        (("--wait", "--timeout", "0"), "0 is not a number of seconds above 0"),
        (("--wait", "--timeout", "-3"), "is not a number of seconds above 0"),
        (("--wait", "--timeout", "soon"), "soon is not a number of seconds above 0"),
        (("--wait", "--timeout", "nan"), "nan is not a number of seconds above 0"),
    ],
)
def test_a_wrong_timeout_queues_nothing(
    desk: Desk, arguments: tuple[str, ...], expected: str
) -> None:
    ran = desk.run("send", "--to", DELIVERS, "--text", "x", *arguments)
    assert ran.returncode == 2
    assert expected in read_error_line(ran)
    assert not desk.database.exists()


def _tomorrow_at(hour: int) -> str:
    """Return tomorrow at an hour in Warsaw, whose customers are in one time zone."""
    day = datetime.now(ZoneInfo("Europe/Warsaw")).date() + timedelta(days=1)
    return datetime.combine(day, time(hour), ZoneInfo("Europe/Warsaw")).isoformat()


@pytest.mark.parametrize("hour", [0, 3, 7, 20, 23])
def test_a_time_in_the_quiet_hours_is_refused_unless_it_is_wanted(desk: Desk, hour: int) -> None:
    send = ("send", "--to", "+48500600700", "--text", "hello", "--at", _tomorrow_at(hour))
    ran = desk.run(*send)
    assert ran.returncode == 2
    assert f"it will be {hour:02}:00 there then, in the quiet hours" in read_error_line(ran)
    assert "--anyway" in ran.stderr
    assert desk.run("threads", "--json").stdout == ""
    assert desk.run(*send, "--anyway").returncode == 0


def test_a_time_by_day_and_a_desk_without_quiet_hours_need_no_option(desk: Desk) -> None:
    send = ("send", "--to", "+48500600700", "--at")
    assert desk.run(*send, _tomorrow_at(12), "--text", "at noon").returncode == 0
    at_night = (*send, _tomorrow_at(3), "--text", "at night")
    assert desk.run(*at_night, SMSDESK_QUIET_HOURS="off").returncode == 0


def test_a_date_alone_is_said_to_mean_nine(desk: Desk) -> None:
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    send = ("send", "--to", "+48500600700", "--text", "hello", "--at", day)
    ran = desk.run(*send, TZ="Europe/Warsaw")
    assert ran.returncode == 0, ran.stderr
    assert "smsdesk: no time given: 09:00 is taken\n" in ran.stderr
