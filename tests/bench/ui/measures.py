"""Measure from outside what an agent experiences: one measurement per function."""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.terminal import Burst, Program
from tui.domain.record_type import record

_SETTLED = 0.6
_MINUTE = 61.0


@record
class MeasuredProgram:
    """Describe a program to measure and the text that shows that it is ready."""

    module: str
    readable: str
    argument: str = ""
    environ: Mapping[str, str] | None = None

    def create_program(self) -> Program:
        """Return the program for use with `with`."""
        arguments = [self.argument] if self.argument else []
        return Program([sys.executable, "-m", self.module, *arguments], self.environ)


BARE = MeasuredProgram("tests.bench.ui.bare", "readable")
PROTOTYPE = MeasuredProgram("tests.bench.ui.prototype", "Customer 0000003")


def inbox_program(path: Path) -> MeasuredProgram:
    """Return the inbox screen on a file, without settings, sync or provider."""
    return MeasuredProgram("tests.bench.ui.inbox", stores.read_first_title(path), str(path))


def command_program(path: Path) -> MeasuredProgram:
    """Return the command `smsdesk` on a file whose account has no reachable provider."""
    environ = {
        "HOME": str(path.with_suffix("")),  # the settings are cached there, for one inbox
        "SMSDESK_DATABASE": str(path),
        "SMSDESK_ACCOUNTS__DEMO__PROVIDER": "messagemedia",
        "SMSDESK_ACCOUNTS__DEMO__API_KEY": "sandbox",
        "SMSDESK_ACCOUNTS__DEMO__API_SECRET": "sandbox-secret",
        "SMSDESK_ACCOUNTS__DEMO__BASE_URL": "http://127.0.0.1:9/messagemedia",
    }
    return MeasuredProgram("tui", stores.read_first_title(path), environ=environ)


def desk_program(path: Path) -> MeasuredProgram:
    """Return the same command, ready only when the screen is drawn and accepts keys."""
    return replace(command_program(path), readable="waiting")


@record
class ResponseTimes:
    """Summarize how a program responded to a series of keys."""

    p50_ms: float
    p95_ms: float
    size: float
    """Median of the bytes written per response."""


def summarize_bursts(bursts: Sequence[Burst]) -> ResponseTimes:
    """Return median and 95th percentile; every key must have a response."""
    assert all(burst.data for burst in bursts), "a question without an answer"
    times = sorted(burst.milliseconds for burst in bursts)
    size = statistics.median(len(burst.data) for burst in bursts)
    return ResponseTimes(statistics.median(times), times[int(len(times) * 0.95)], size)


def measure_start_up(kinds: Sequence[MeasuredProgram], rounds: int = 9) -> list[float]:
    """Return the median ms from exec to ready per program; the programs take turns."""
    times: list[list[float]] = [[] for _ in kinds]
    for _ in range(rounds + 1):
        for place, kind in enumerate(kinds):
            with kind.create_program() as program:
                times[place].append(program.wait_until_readable(kind.readable) * 1_000)
    return [statistics.median(found[1:]) for found in times]


def measure_peak_memory(kind: MeasuredProgram) -> float:
    """Return the peak memory, in MB, of a program that scrolled through its list."""
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        for _ in range(40):
            program.press("j", quiet=0.02, timeout=0.1)
        return program.read_peak_memory()


def measure_next_row(kind: MeasuredProgram) -> tuple[ResponseTimes, ResponseTimes]:
    """Measure `j` inside the screen and `j` that scrolls."""
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        inside = [program.press("j") for _ in range(15)]
        for _ in range(10):
            program.press("j")
        scrolling = [program.press("j") for _ in range(60)]
        return summarize_bursts(inside), summarize_bursts(scrolling)


def measure_opening(kind: MeasuredProgram, threads: int) -> ResponseTimes:
    """Go down one row and open its conversation, each for the first time.

    Opening marks the conversation as read, which changes the list a moment later; only
    the drawing of the conversation itself counts.
    """
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        found = []
        for _ in range(threads):
            burst = program.press("j\r", quiet=0.2)
            found.append(replace(burst, last=burst.largest))
        return summarize_bursts(found)


def measure_paging(kind: MeasuredProgram, pages: int = 20) -> ResponseTimes:
    """Page up through a long conversation."""
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        program.press("\r")
        program.wait_until_quiet(0.2)
        return summarize_bursts([program.press("\x1b[5~") for _ in range(pages)])


def measure_typing(
    kind: MeasuredProgram, text: str, load: Sequence[str] = ()
) -> tuple[ResponseTimes, float]:
    """Type into the composer, optionally under load; return the CPU share too."""
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        program.press("r")
        program.wait_until_quiet(_SETTLED)
        with ExitStack() as stack:
            if load:
                stack.enter_context(Program([sys.executable, "-m", *load]))
                program.watch(2.0)
            begun, cpu = time.perf_counter(), program.read_cpu_seconds()
            found = [_type_character(program, key, bool(load)) for key in text]
            share = (program.read_cpu_seconds() - cpu) / (time.perf_counter() - begun)
        return summarize_bursts(found), share


def _type_character(program: Program, key: str, under_load: bool) -> Burst:
    """Type one character; under load count only the write that shows it."""
    if under_load:
        begun = time.perf_counter()
        return program.press_until(key, key.encode(), rest=max(0.0, 0.11 - (begun % 0.03)))
    return program.press(key)


def measure_changes_by_colleague(path: Path, inboxes: int, times: int = 40) -> ResponseTimes:
    """Measure from the commit of a colleague's rename to the new name on screen."""
    kind = inbox_program(path)
    with ExitStack() as stack:
        program = stack.enter_context(kind.create_program())
        others = [stack.enter_context(kind.create_program()) for _ in range(inboxes - 1)]
        for other in others:
            threading.Thread(target=other.drain, daemon=True).start()
        program.wait_until_readable(kind.readable)
        program.wait_until_quiet(_SETTLED)
        return summarize_bursts(asyncio.run(_rename_repeatedly(program, path, times)))


async def _rename_repeatedly(program: Program, path: Path, times: int) -> list[Burst]:
    """Rename the first conversation repeatedly."""
    first = stores.read_first_ids(path, 1)[0]
    found = []
    async with stores.open_store(path) as store:
        for n in range(times):
            name = chr(ord("A") + n % 26) * 12  # every cell changes: only changed cells are sent
            begun = await stores.rename_customer(store, first, name)
            found.append(program.read_until(begun, name.encode()))
            program.wait_until_quiet(0.1)
    return found


def measure_badge_change(path: Path, times: int = 20) -> ResponseTimes:
    """Measure one status change of a message in the open conversation."""
    kind = inbox_program(path)
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        return summarize_bursts(asyncio.run(_change_badge_repeatedly(program, path, times)))


async def _change_badge_repeatedly(program: Program, path: Path, times: int) -> list[Burst]:
    """Change the badge of the newest reply on the screen repeatedly."""
    first = stores.read_first_ids(path, 1)[0]
    messages = stores.read_newest_sent(path, first, 1)
    found = []
    async with stores.open_store(path) as store:
        for _ in range(times):
            begun = await stores.change_badges(store, first, messages)
            found.append(program.read_response(begun, quiet=0.1))
    return found


@record
class IdleResult:
    """Describe what a program does while it is idle."""

    cpu_percent: float
    wakeups: float
    """Wake-ups per second."""
    quiet_bytes: int
    """Bytes written outside the change of the minute."""
    tick_bytes: int
    """Bytes written when the minute changes."""


def measure_idle(kind: MeasuredProgram) -> IdleResult:
    """Watch the program for a minute that includes one change of the minute."""
    with kind.create_program() as program:
        _wait_until_settled(program, kind)
        program.watch(2.0)
        cpu, wakeups, begun = program.read_cpu_seconds(), program.count_wakeups(), time.time()
        quiet = ticked = 0
        while (now := time.time()) < begun + _MINUTE:
            written = len(program.watch(0.5))
            turned = int(now // 60) != int(time.time() // 60) or now % 60 < 1.5
            quiet, ticked = quiet + written * (not turned), ticked + written * turned
        share = (program.read_cpu_seconds() - cpu) / _MINUTE * 100
        return IdleResult(share, (program.count_wakeups() - wakeups) / _MINUTE, quiet, ticked)


def _wait_until_settled(program: Program, kind: MeasuredProgram) -> None:
    """Wait until the program has started and is idle."""
    program.wait_until_readable(kind.readable)
    program.wait_until_quiet(_SETTLED)
