"""What an agent feels, measured from outside: each function is one measurement of one program."""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.terminal import Burst, Program

_SETTLED = 0.6
_MINUTE = 61.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A program to measure, and the word that says that it can be read."""

    module: str
    readable: str
    argument: str = ""
    environ: Mapping[str, str] | None = None

    def run(self) -> Program:
        """The program, to be used with `with`."""
        arguments = [self.argument] if self.argument else []
        return Program([sys.executable, "-m", self.module, *arguments], self.environ)


BARE = Kind("tests.bench.ui.bare", "readable")
PROTOTYPE = Kind("tests.bench.ui.prototype", "Customer 0000003")


def inbox(path: Path) -> Kind:
    """The desk on an inbox file, without settings and without anything behind it."""
    return Kind("tests.bench.ui.inbox", stores.first_title(path), str(path))


def command(path: Path) -> Kind:
    """The command `smsdesk` on an inbox file; its account's provider is not there."""
    environ = {
        "HOME": str(path.with_suffix("")),  # settings are remembered there, for one desk
        "SMSDESK_DATABASE": str(path),
        "SMSDESK_ACCOUNTS__DEMO__PROVIDER": "messagemedia",
        "SMSDESK_ACCOUNTS__DEMO__API_KEY": "sandbox",
        "SMSDESK_ACCOUNTS__DEMO__API_SECRET": "sandbox-secret",
        "SMSDESK_ACCOUNTS__DEMO__BASE_URL": "http://127.0.0.1:9/messagemedia",
    }
    return Kind("tui", stores.first_title(path), environ=environ)


def desk(path: Path) -> Kind:
    """The same, readable only when the whole desk is drawn and takes keys."""
    return replace(command(path), readable="waiting")


@dataclass(frozen=True, slots=True)
class Answers:
    """How a program answered a row of questions."""

    p50_ms: float
    p95_ms: float
    size: float
    """Median of the bytes written in answer."""


def summed_up(bursts: Sequence[Burst]) -> Answers:
    """Median and near-worst of some answers; there must be one to each question."""
    assert all(burst.data for burst in bursts), "a question without an answer"
    times = sorted(burst.milliseconds for burst in bursts)
    size = statistics.median(len(burst.data) for burst in bursts)
    return Answers(statistics.median(times), times[int(len(times) * 0.95)], size)


def start_up(kinds: Sequence[Kind], rounds: int = 9) -> list[float]:
    """Median ms from exec to readable, for each program; they take turns."""
    times: list[list[float]] = [[] for _ in kinds]
    for _ in range(rounds + 1):
        for place, kind in enumerate(kinds):
            with kind.run() as program:
                times[place].append(program.until_readable(kind.readable) * 1_000)
    return [statistics.median(found[1:]) for found in times]


def peak_mb(kind: Kind) -> float:
    """The most memory held by a program that was started and went through its list."""
    with kind.run() as program:
        _settle(program, kind)
        for _ in range(40):
            program.press("j", quiet=0.02, timeout=0.1)
        return program.peak_mb()


def next_row(kind: Kind) -> tuple[Answers, Answers]:
    """`j` inside the screen, and `j` that scrolls."""
    with kind.run() as program:
        _settle(program, kind)
        inside = [program.press("j") for _ in range(15)]
        for _ in range(10):
            program.press("j")
        scrolling = [program.press("j") for _ in range(60)]
        return summed_up(inside), summed_up(scrolling)


def open_thread(kind: Kind, threads: int) -> Answers:
    """Go down one row and open its conversation, each for the first time.

    That it has been read changes the list a moment later: the conversation's own picture counts.
    """
    with kind.run() as program:
        _settle(program, kind)
        found = []
        for _ in range(threads):
            burst = program.press("j\r", quiet=0.2)
            found.append(replace(burst, last=burst.largest))
        return summed_up(found)


def page(kind: Kind, pages: int = 20) -> Answers:
    """Page up through a long conversation."""
    with kind.run() as program:
        _settle(program, kind)
        program.press("\r")
        program.until_quiet(0.2)
        return summed_up([program.press("\x1b[5~") for _ in range(pages)])


def typing(kind: Kind, text: str, load: Sequence[str] = ()) -> tuple[Answers, float]:
    """Type into the composer, perhaps while another process writes; also the CPU's share."""
    with kind.run() as program:
        _settle(program, kind)
        program.press("r")
        program.until_quiet(_SETTLED)
        with ExitStack() as stack:
            if load:
                stack.enter_context(Program([sys.executable, "-m", *load]))
                program.watch(2.0)
            begun, cpu = time.perf_counter(), program.cpu()
            found = [_typed(program, key, bool(load)) for key in text]
            share = (program.cpu() - cpu) / (time.perf_counter() - begun)
        return summed_up(found), share


def _typed(program: Program, key: str, under_load: bool) -> Burst:
    """One character; under load only the write in which it appears counts, ten a second."""
    if under_load:
        begun = time.perf_counter()
        return program.press_until(key, key.encode(), rest=max(0.0, 0.11 - (begun % 0.03)))
    return program.press(key)


def others_change(path: Path, inboxes: int, times: int = 40) -> Answers:
    """A colleague renames a customer: from the commit to the new name on the screen."""
    kind = inbox(path)
    with ExitStack() as stack:
        program = stack.enter_context(kind.run())
        others = [stack.enter_context(kind.run()) for _ in range(inboxes - 1)]
        for other in others:
            threading.Thread(target=other.drain, daemon=True).start()
        program.until_readable(kind.readable)
        program.until_quiet(_SETTLED)
        return summed_up(asyncio.run(_rename_often(program, path, times)))


async def _rename_often(program: Program, path: Path, times: int) -> list[Burst]:
    """Rename the first conversation again and again."""
    first = stores.first_ids(path, 1)[0]
    found = []
    async with stores.opened(path) as store:
        for n in range(times):
            name = chr(ord("A") + n % 26) * 12  # no cell stays: only those that change are sent
            begun = await stores.rename(store, first, name)
            found.append(program.until_written(begun, name.encode()))
            program.until_quiet(0.1)
    return found


def one_badge(path: Path, times: int = 20) -> Answers:
    """A message of the open conversation changes its badge."""
    kind = inbox(path)
    with kind.run() as program:
        _settle(program, kind)
        return summed_up(asyncio.run(_change_badge_often(program, path, times)))


async def _change_badge_often(program: Program, path: Path, times: int) -> list[Burst]:
    """Change the badge of the newest answer on the screen."""
    first = stores.first_ids(path, 1)[0]
    messages = stores.newest_sent(path, first, 1)
    found = []
    async with stores.opened(path) as store:
        for _ in range(times):
            begun = await stores.change_badges(store, first, messages)
            found.append(program.answer(begun, quiet=0.1))
    return found


@dataclass(frozen=True, slots=True)
class Rest:
    """What a program does while nobody does anything."""

    cpu_percent: float
    wakeups: float
    """A second."""
    quiet_bytes: int
    """Written in the time without the minute's turn."""
    tick_bytes: int
    """Written as the minute turns."""


def idle(kind: Kind) -> Rest:
    """Watch for a minute, the turn of the clock among it."""
    with kind.run() as program:
        _settle(program, kind)
        program.watch(2.0)
        cpu, wakeups, begun = program.cpu(), program.wakeups(), time.time()
        quiet = ticked = 0
        while (now := time.time()) < begun + _MINUTE:
            written = len(program.watch(0.5))
            turned = int(now // 60) != int(time.time() // 60) or now % 60 < 1.5
            quiet, ticked = quiet + written * (not turned), ticked + written * turned
        share = (program.cpu() - cpu) / _MINUTE * 100
        return Rest(share, (program.wakeups() - wakeups) / _MINUTE, quiet, ticked)


def _settle(program: Program, kind: Kind) -> None:
    """Wait until it has started and rests."""
    program.until_readable(kind.readable)
    program.until_quiet(_SETTLED)
