"""Measure a move to a server and back: `python -m tests.bench.store.measure_moving 100000 1000000`.

It makes an inbox with so many conversations and messages, moves each way in a process of its own
on a server of its own, and prints the time, the processor time and the largest memory.
"""

import asyncio
import contextlib
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.database_server import DatabaseServer, make_home
from tui.clock import SystemClock
from tui.store.sample_data import write_sample_data
from tui.store.store import Store

_DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB", "autovacuum": "on"}
"""Settings of a server that keeps its data."""


async def write_inbox(path: Path, threads: int, messages: int) -> None:
    """Write an inbox with made-up conversations.

    Args:
        path: File to create.
        threads: Number of conversations.
        messages: Number of messages.
    """
    clock, rng = SystemClock(), random.Random(1)
    async with Store(path, clock=clock, rng=rng, owner="bench") as store:
        await write_sample_data(store, threads=threads, messages=messages, now=clock.now(), rng=rng)


def measure_move(what: str, source: str, target: str, home: Path) -> None:
    """Move an inbox with the command, and print what it took.

    Args:
        what: Name of the direction.
        source: File or address.
        target: File or address.
        home: Home directory of the command.
    """
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "import", source, "--into", target],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    shown = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, shown
    print_usage(what, time.monotonic() - began, usage)


def print_usage(what: str, seconds: float, usage: resource.struct_rusage) -> None:
    """Print what a process took.

    Args:
        what: What it did.
        seconds: How long it ran.
        usage: What the system has counted.
    """
    memory = usage.ru_maxrss / 1024
    used = usage.ru_utime + usage.ru_stime
    print(f"{what:<16} {seconds:6.0f} s  {used:6.0f} s of processor  {memory:5.0f} MB", flush=True)


def main() -> None:
    """Make an inbox and move it to a server and back."""
    threads, messages = (int(text) for text in sys.argv[1:3])
    server = DatabaseServer(make_home())
    server.initialize()
    server.start(**_DURABLE)
    folder = Path(tempfile.mkdtemp(prefix="smsdesk-moving-"))
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, server.folder.parent)
        ending.callback(server.stop)
        ending.callback(shutil.rmtree, folder)
        path, back = folder / "inbox.db", folder / "back.db"
        asyncio.run(write_inbox(path, threads, messages))
        server.run_sql("create database desk")
        address = server.get_address("desk")
        measure_move("file to server", str(path), address, folder)
        measure_move("server to file", address, str(back), folder)


if __name__ == "__main__":
    main()
