"""Start commands as forks of one Python that has imported what commands import.

Nearly all the time of a short command goes into imports, and into freeing what was imported. A
command that is started here has its own process, environment, streams and exit code, and ends in
the order of the interpreter, which only does not free the modules; that it imports what it needs,
and no more, is what `test_imports.py` proves.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INTERPRETER_ENVIRON = {"LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}
"""Variables that Python reads as it starts; a command with others is started anew."""
_SET_LATE = ("SMSDESK_", "XDG_", "HOME", "LOGNAME", "TZ")
"""What variables begin with that can be set after the start."""
_IMPORTED = (
    *("asyncio", "uvicorn", "starlette.applications", "httpx", "zoneinfo", "pydantic_settings"),
    *("phonenumbers", "phonenumbers.data.region_AU", "phonenumbers.data.region_PL"),
    *("uvicorn.loops.auto", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on"),
    *("anyio._backends._asyncio", "httpcore", "encodings.utf_16_le"),
    *("tui.log", "tui.startup.panel_addresses"),
)
"""Modules that commands import late, besides those of `_PACKAGES`."""
_PACKAGES = (
    *("tui.cli", "tui.demo", "tui.desk", "tui.doctor", "tui.domain", "tui.plain"),
    *("tui.providers", "tui.sandbox", "tui.settings", "tui.store", "tui.sync"),
)
"""Packages of which every module is imported: all that a command without a screen can need."""


def can_fork(environ: Mapping[str, str]) -> bool:
    """Return whether a command with this environment can be started as a fork."""
    fixed = {name: value for name, value in environ.items() if not name.startswith(_SET_LATE)}
    return fixed == INTERPRETER_ENVIRON


class ForkedCommand:
    """Command that runs as a fork, with pipes to it."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int, status: int) -> None:
        """Open the pipes.

        Args:
            pid: Number of the process.
            stdin: File descriptor of its input.
            stdout: File descriptor of its output.
            stderr: File descriptor of its errors.
            status: File descriptor from which its exit code is read.
        """
        self.pid = pid
        self.stdin = os.fdopen(stdin, "w", encoding="utf-8", newline="")
        self.stdout = os.fdopen(stdout, encoding="utf-8")
        self.stderr = os.fdopen(stderr, encoding="utf-8")
        self._status = os.fdopen(status)

    def communicate(self, input: str, timeout: float) -> tuple[int, str, str]:
        """Write the input, and return exit code, output and errors.

        Args:
            input: Text of the input.
            timeout: Seconds after which the command is killed.
        """
        with ThreadPoolExecutor(3) as threads, selectors.DefaultSelector() as ended:
            written = threads.submit(self._write, input)
            output, errors = threads.submit(self.stdout.read), threads.submit(self.stderr.read)
            ended.register(self._status, selectors.EVENT_READ)
            if is_late := not ended.select(timeout):
                self.kill()
            written.result()
            texts = output.result(), errors.result()
        code = self.wait()
        if is_late:
            raise subprocess.TimeoutExpired("smsdesk", timeout, *texts)
        return (code, *texts)

    def _write(self, text: str) -> None:
        """Write the input; a command need not read it."""
        with contextlib.suppress(BrokenPipeError), self.stdin:
            self.stdin.write(text)

    def kill(self) -> None:
        """Kill the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until the process has ended, close the pipes, and return its exit code."""
        status = int(self._status.read())
        for file in (self.stdin, self.stdout, self.stderr, self._status):
            with contextlib.suppress(BrokenPipeError):
                file.close()
        return os.waitstatus_to_exitcode(status)


class CommandStarter:
    """The process that imports and forks, seen from the tests."""

    def __init__(self, root: Path) -> None:
        """Start it in the directory that holds the package."""
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.forked_commands", str(theirs.fileno())],
                env=INTERPRETER_ENVIRON | {"PATH": os.environ["PATH"]},
                cwd=root,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None,
            )

    def start(self, arguments: Sequence[str], environ: Mapping[str, str]) -> ForkedCommand:
        """Start a command.

        Args:
            arguments: Its arguments.
            environ: Its environment.
        """
        pipes = [os.pipe() for _ in range(4)]
        theirs = [pipes[0][0], *(pipe[1] for pipe in pipes[1:])]
        ours = [pipes[0][1], *(pipe[0] for pipe in pipes[1:])]
        request = json.dumps([list(arguments), dict(environ)]).encode()
        socket.send_fds(self._socket, [len(request).to_bytes(4, "big")], theirs)
        self._socket.sendall(request)
        for descriptor in theirs:
            os.close(descriptor)
        return ForkedCommand(int.from_bytes(_read(self._socket, 4), "big"), *ours)

    def run(
        self, arguments: Sequence[str], environ: Mapping[str, str], input: str, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command until it ends.

        Args:
            arguments: Its arguments.
            environ: Its environment.
            input: Text of its input.
            timeout: Seconds after which it is killed.
        """
        code, output, errors = self.start(arguments, environ).communicate(input, timeout)
        return subprocess.CompletedProcess(arguments, code, output, errors)

    def close(self) -> None:
        """End the process, and all commands that still run."""
        self._socket.close()
        self._process.communicate(timeout=60)


def _read(connection: socket.socket, size: int) -> bytes:
    """Return this many bytes; fewer if the other end is closed."""
    data = b""
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


class _Server:
    """Take requests, fork for each, and report how the forks end."""

    def __init__(self, connection: socket.socket) -> None:
        """Keep the connection to the tests."""
        self._connection = connection
        self._running = dict[int, int]()  # by process: where its exit code is written

    def serve(self) -> tuple[list[str], dict[str, str]] | None:
        """Serve until the tests are over.

        Returns:
            In a fork: arguments and environment of its command. None at the end.
        """
        ended, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ)
            selector.register(self._connection, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj == ended:
                        os.read(ended, 1_024)
                        self._report_ended()
                    elif (size := self._receive()) is None:
                        return None
                    elif (command := self._fork(*size)) is not None:
                        os.close(ended)
                        os.close(wakes)
                        return command

    def _receive(self) -> tuple[int, list[int]] | None:
        """Return the size of a request and the streams of its command; None at the end."""
        data, descriptors, _, _ = socket.recv_fds(self._connection, 4, 4)
        if data:
            return int.from_bytes(data, "big"), descriptors
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        for pid in self._running:
            os.waitpid(pid, 0)
        return None

    def _fork(self, size: int, streams: list[int]) -> tuple[list[str], dict[str, str]] | None:
        """Fork, and return the command in the fork; None in the process that forks."""
        arguments, environ = json.loads(_read(self._connection, size))
        pid = os.fork()
        if pid:
            self._running[pid] = streams.pop()
            for descriptor in streams:
                os.close(descriptor)
            self._connection.sendall(pid.to_bytes(4, "big"))
            return None
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(streams[:3]):
            os.dup2(descriptor, number)
        for descriptor in (*streams, *self._running.values()):
            os.close(descriptor)
        self._connection.close()
        return arguments, environ

    def _report_ended(self) -> None:
        """Write the exit codes of the forks that have ended."""
        for pid in list(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with open(self._running.pop(pid), "w") as file, contextlib.suppress(OSError):
                    file.write(str(status))


def _import_all() -> None:
    """Import what commands import, so that no fork has to."""
    for name in _IMPORTED:
        importlib.import_module(name)
    for name in _PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}."):
            importlib.import_module(module.name)


def _serve(descriptor: int) -> None:
    """Import, serve, and be the command in every fork.

    Args:
        descriptor: File descriptor of the connection to the tests.
    """
    _import_all()
    gc.freeze()
    command = _Server(socket.socket(fileno=descriptor)).serve()
    if command is None:
        return
    arguments, environ = command
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = ["tui", *arguments]
    try:
        runpy.run_module("tui", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, int):
            _end(end.code)
        raise


def _end(code: int) -> None:
    """End the process as the interpreter does, but leave the modules to the system.

    Freeing them would copy every page that a fork shares: that takes four times as long as a short
    command. Returns only if the interpreter has to report that the output cannot be written.

    Args:
        code: Exit code.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # warns of what the command has left open
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
