"""Test `smsdesk sync` under a service manager: its reports, its unit, and when it stays stopped."""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.slow_cases import slow_case
from tests.test_docs import blocks_in

ROOT = Path(__file__).parents[2]
_SECONDS = 60.0
_NUMBERS = itertools.count()


@contextlib.contextmanager
def listen_for_reports(address: str) -> Iterator[socket.socket]:
    """Yield the socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0", 1))
        manager.settimeout(_SECONDS)
        yield manager


def read_reports(manager: socket.socket, is_last: Callable[[str], bool]) -> list[str]:
    """Return all reports up to one that a condition chooses."""
    reports: list[str] = []
    while not reports or not is_last(reports[-1]):
        reports.append(manager.recv(4096).decode())
    return reports


@pytest.mark.parametrize("kind", [slow_case("path"), "abstract", "path with a blank"])
def test_a_service_reports_when_it_serves_lives_and_stops(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    abstract = f"@smsdesk-test-{os.getpid()}-{next(_NUMBERS)}"
    address = abstract if kind == "abstract" else str(tmp_path / kind)
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = free.getsockname()
    desk.run("send", "--to", "+61491570156", "--text", "later", "--at", "2099-01-01T10:00")
    with listen_for_reports(address) as manager:
        listen = f"{place[0]}:{place[1]}"
        with desk.start("sync", "--listen", listen, NOTIFY_SOCKET=address) as service:
            before = read_reports(manager, lambda report: report == "READY=1")
            with socket.create_connection(place, timeout=_SECONDS):
                pass  # it accepts pushes from the moment on at which it is ready
            with contextlib.closing(sqlite3.connect(desk.database)) as connection:
                leases = connection.execute("select count(*) from leases").fetchone()
            alive = read_reports(manager, lambda report: report == "WATCHDOG=1")
            alive += read_reports(manager, lambda report: report == "WATCHDOG=1")
            service.send_signal(signal.SIGTERM)
            end = read_reports(manager, lambda report: report == "STOPPING=1")
            output, errors = service.communicate(timeout=_SECONDS)
    assert leases > (0,)
    assert [report for report in before if report.startswith("STATUS=1 account, ")]
    assert "STOPPING=1" not in before + alive
    assert end[-1] == "STOPPING=1"
    assert "stopping" in output
    assert (service.returncode, errors) == (143, "")


@pytest.mark.parametrize(
    "address", ["", "/nowhere/at/all", "relative", "vsock:2:1234", "@", "/" + "x" * 300, "@\udcff"]
)
def test_without_a_usable_socket_the_service_serves_all_the_same(desk: Desk, address: str) -> None:
    with desk.start("sync", NOTIFY_SOCKET=address) as service:
        assert service.stdout is not None
        lines = [service.stdout.readline(), service.stdout.readline()]
        service.terminate()
        _, errors = service.communicate(timeout=_SECONDS)
    assert lines == ["serving support_au; Ctrl+C stops\n", "support_au: ok\n"]
    assert errors == ""


def test_one_round_reports_nothing(desk: Desk, tmp_path: Path) -> None:
    address = str(tmp_path / "manager")
    with listen_for_reports(address) as manager:
        assert desk.run("sync", "--once", NOTIFY_SOCKET=address).returncode == 0
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            manager.recv(4096)


def write_newer_database(path: Path) -> None:
    """Write an inbox of a later version."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "create table t (x); pragma user_version = 9999; pragma application_id = 0x534D5344"
        )


def write_other_database(path: Path) -> None:
    """Write a database of another program."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("create table t (x)")


BAD_DATABASES: dict[str, Callable[[Path], object]] = {
    "a directory": Path.mkdir,
    "no database": lambda path: path.write_text("a text that is no database"),
    "of another program": write_other_database,
    "of a newer version": write_newer_database,
    "a named pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/null"),
    "a link to itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("name", BAD_DATABASES)
@pytest.mark.parametrize("arguments", [["sync"], ["sync", "--once"]], ids=" ".join)
def test_a_database_that_cannot_be_used_ends_with_2(
    desk: Desk, name: str, arguments: list[str]
) -> None:
    BAD_DATABASES[name](desk.database)
    ran = desk.run(*arguments)
    assert ran.returncode == 2, ran.stderr
    assert str(desk.database) in read_error_line(ran)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SMSDESK_CONFIG", "/nowhere/config.toml"),
        ("SMSDESK_CONFIG", "/"),
        ("SMSDESK_DATABASE", "/dev/null/inbox.db"),
        ("SMSDESK_POLL_MIN_SECONDS", "soon"),
        ("SMSDESK_LISTEN", "127.0.0.1"),
        ("SMSDESK_LISTEN", "203.0.113.7:8780"),
        ("SMSDESK_LISTEN", "no-such-host.invalid:8780"),
        ("SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET", ""),
        ("SMSDESK_ACCOUNTS__SUPPORT_AU__BASE_URL", "ftp://x"),
        ("SMSDESK_ACCOUNTS__SUPPORT_AU__PROVIDER", "unknown"),
    ],
)
def test_wrong_settings_end_with_2(desk: Desk, variable: str, value: str) -> None:
    ran = desk.run("sync", **{variable: value})
    assert ran.returncode == 2, ran.stderr
    read_error_line(ran)


def list_unprivileged() -> list[str]:
    """Return the command that runs another one as a user without rights; empty if we are one."""
    return (
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if not os.getuid() else []
    )


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_an_inbox_that_may_not_be_written_ends_with_2(
    desk: Desk, what: str, tmp_path: Path
) -> None:
    assert desk.run("sync", "--once").returncode == 0
    inbox = tmp_path / "closed" / "inbox.db"
    inbox.parent.mkdir()
    desk.database.rename(inbox)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    inbox.chmod(0o444 if what == "file" else 0o666)
    inbox.parent.chmod(0o777 if what == "file" else 0o555)
    if "No module named" in (ran := run_unprivileged(desk, inbox, tmp_path)).stderr:
        pytest.skip("a user without rights cannot read this copy of smsdesk")
    inbox.parent.chmod(0o755)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.count("\n") == 1


def run_unprivileged(desk: Desk, inbox: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run one round of sync as a user without rights."""
    return subprocess.run(
        [*list_unprivileged(), sys.executable, "-m", "tui", "sync", "--once"],
        env={**desk.environ, "SMSDESK_DATABASE": str(inbox), "XDG_STATE_HOME": str(home / "none")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


_GUIDE = ROOT / "tui/docs/service.md"
_SETTINGS = """\
database = "{database}"
group_access = {shared}
[accounts.support-au]
provider = "messagemedia"
api_key = "k"
api_secret_file = "/etc/smsdesk/secrets/support-au"
[accounts.lodz]
provider = "serwersms"
api_token = "file:/etc/smsdesk/lodz 100%"
"""
_MOST_EXPOSED = 3.0


def print_unit(desk: Desk, *arguments: str, database: str, shared: bool = True) -> str:
    """Return the unit for a settings file with these settings."""
    config = desk.home / "config.toml"
    config.write_text(_SETTINGS.format(database=database, shared=str(shared).lower()))
    config.chmod(0o600)
    environ = {name: text for name, text in desk.environ.items() if name != "SMSDESK_DATABASE"}
    ran = Desk(desk.home, environ).run("sync", "--print-unit", "--config", str(config), *arguments)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_the_unit_passes_on_the_secrets_of_a_server_and_of_alarms(desk: Desk) -> None:
    address = "postgresql://smsdesk@127.0.0.1/desk?schema=support"
    places = {
        "SMSDESK_DATABASE": address,
        "SMSDESK_DATABASE_PASSWORD_FILE": "/etc/smsdesk/secrets/database",
        "SMSDESK_METRICS_TOKEN_FILE": "/etc/smsdesk/secrets/metrics",
        "SMSDESK_NOTIFY_URL": "file:/etc/smsdesk/secrets/chat",
        "SMSDESK_DATABASE_PASSWORD": "not in the unit",
    }
    ran = desk.run("sync", "--print-unit", **places)
    assert ran.returncode == 0, ran.stderr
    assert {
        f"Environment=SMSDESK_DATABASE={address}",
        "LoadCredential=database-password:/etc/smsdesk/secrets/database",
        "Environment=SMSDESK_DATABASE_PASSWORD_FILE=%d/database-password",
        "LoadCredential=metrics-token:/etc/smsdesk/secrets/metrics",
        "Environment=SMSDESK_METRICS_TOKEN_FILE=%d/metrics-token",
        "LoadCredential=notify-url:/etc/smsdesk/secrets/chat",
        "Environment=SMSDESK_NOTIFY_URL=file:%d/notify-url",
    } <= set(ran.stdout.splitlines())
    assert "not in the unit" not in ran.stdout


def test_the_unit_names_what_the_settings_name(bare: Desk) -> None:
    lines = print_unit(
        bare, "--listen", "[::1]:8780", database="/srv/text messages/inbox.db"
    ).splitlines()
    assert {
        "Type=notify",
        "Group=support",
        "UMask=0007",
        "RestartPreventExitStatus=2",
        "Restart=on-failure",
        'ReadWritePaths="/srv/text messages"',
        f"Environment=SMSDESK_CONFIG={bare.home}/config.toml",
        "LoadCredential=support-au:/etc/smsdesk/secrets/support-au",
        "Environment=SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET_FILE=%d/support-au",
        "LoadCredential=lodz-api_token:/etc/smsdesk/lodz 100%%",
        "Environment=SMSDESK_ACCOUNTS__LODZ__API_TOKEN=file:%d/lodz-api_token",
    } <= set(lines)
    assert f"ExecStart={sys.executable} -m tui sync --listen [::1]:8780" in lines
    private = print_unit(bare, database="/var/lib/smsdesk/inbox.db", shared=False).splitlines()
    assert {"UMask=0077", "StateDirectoryMode=0700", "Group=smsdesk"} <= set(private)
    assert not [line for line in private if line.startswith("ReadWritePaths")]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("database", ["/var/lib/smsdesk/inbox.db", "/home/mia/inbox.db"])
def test_the_unit_is_hardened_and_valid(bare: Desk, database: str) -> None:
    unit = bare.home / "smsdesk-printed.service"
    unit.write_text(print_unit(bare, "--listen", "127.0.0.1:8780", database=database))
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    found = re.search(r"exposure level for \S+: ([\d.]+)", judged.stdout)
    assert found, judged.stdout + judged.stderr
    assert float(found[1]) <= _MOST_EXPOSED
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert "smsdesk-printed" not in verified.stderr


def test_the_guide_shows_the_unit_that_is_printed(bare: Desk) -> None:
    (shown,) = blocks_in(_GUIDE, "ini")
    printed = print_unit(bare, "--listen", "127.0.0.1:8780", database="/var/lib/smsdesk/inbox.db")
    hidden = ("Environment=SMSDESK_CONFIG=", "ExecStart=", "LoadCredential=lodz")
    kept = [
        line for line in printed.splitlines() if not line.startswith(hidden) and "LODZ" not in line
    ]
    assert [line for line in shown.text.splitlines() if not line.startswith(hidden)] == kept
