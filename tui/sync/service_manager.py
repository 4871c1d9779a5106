"""Report to the service manager that started this process, as systemd's `Type=notify` expects it.

The manager names a datagram socket in `NOTIFY_SOCKET`. Without it, as in a shell, nothing is sent.
A report never waits and never fails: a service must not stop because nothing reads its reports.
"""

import contextlib
import socket
from collections.abc import Iterable, Mapping

from tui.domain.account import AccountState, Health
from tui.domain.text import one_line

_LONGEST_STATUS = 200


class ServiceManager:
    """The service manager of this process, if it has one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Find the socket; nothing is sent yet.

        Args:
            environ: Environment variables; `NOTIFY_SOCKET` is a path, or "@" and an abstract name.
        """
        name = environ.get("NOTIFY_SOCKET", "")
        # Other kinds of addresses (vsock) belong to virtual machines.
        self._address = name.replace("@", "\0", 1) if name.startswith("@") else name
        self._is_used = name[:1] in ("/", "@") and len(name) > 1
        self._status = ""

    @property
    def is_present(self) -> bool:
        """Return whether a service manager listens to reports."""
        return self._is_used

    def report_ready(self) -> None:
        """Report that the service serves now."""
        self._send("READY=1")

    def report_alive(self) -> None:
        """Report that the work goes on, which a watchdog waits for."""
        self._send("WATCHDOG=1")

    def report_stopping(self) -> None:
        """Report that the service ends in good order."""
        self._send("STOPPING=1")

    def report_status(self, line: str) -> None:
        """Report what the service does, for a person; nothing if the line is the last one.

        Args:
            line: Line that `systemctl status` shows.
        """
        if line != self._status:
            self._status = line
            self._send(f"STATUS={one_line(line, _LONGEST_STATUS)}")

    def _send(self, report: str) -> None:
        """Send one report, or drop it if the socket is gone or full."""
        if not self._is_used:
            return
        # A name that is too long or not encodable is a ValueError.
        with (
            contextlib.suppress(OSError, ValueError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel,
        ):
            channel.setblocking(False)
            channel.sendto(report.encode(errors="replace"), self._address)


def describe_service(number: int, states: Iterable[AccountState], waiting: int) -> str:
    """Return the status line of a service: its accounts, its queue, and what is wrong.

    Args:
        number: Number of accounts in the settings.
        states: States of these accounts, as far as they are known.
        waiting: Number of messages that wait to be sent.
    """
    accounts = f"{number} account{'' if number == 1 else 's'}"
    problems = [
        f"{state.name}: {state.line or state.health.value}"
        for state in states
        if state.health not in (Health.OK, Health.UNKNOWN)
    ]
    return "; ".join([f"{accounts}, {waiting} in the queue", *problems])
