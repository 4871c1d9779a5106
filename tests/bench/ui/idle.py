"""Measure what programs cost while no key is pressed, and their memory."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.ui.programs import MeasuredProgram
from tests.bench.ui.terminal import Program

MINUTE = 61.0
_WARM_UP = 12.0
"""Seconds until the service has started and polled its accounts for the first time."""


@dataclass(frozen=True, slots=True)
class IdleResult:
    """Describe what a program does while it is idle."""

    cpu_percent: float
    wakeups: float
    """Wake-ups per second."""
    quiet_bytes: int
    """Bytes written outside the change of the minute."""
    tick_bytes: int
    """Bytes written when the minute changes."""
    seconds: float
    """How long it was watched."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Counters of a program when the watch began."""

    cpu: float
    wakeups: int
    moment: float


def measure_idle(
    kinds: Mapping[str, MeasuredProgram], seconds: float = MINUTE
) -> dict[str, IdleResult]:
    """Watch all programs in the same minute, which includes one change of the minute.

    Args:
        kinds: Programs by name.
        seconds: How long to watch.
    """
    with ExitStack() as stack:
        programs = {name: stack.enter_context(kind.run_settled()) for name, kind in kinds.items()}
        _watch_all(programs, _WARM_UP)
        starts = {
            name: _Start(program.read_cpu_seconds(), program.count_wakeups(), time.perf_counter())
            for name, program in programs.items()
        }
        written = _watch_all(programs, seconds)
        return {
            name: _summarize(program, starts[name], *written[name])
            for name, program in programs.items()
        }


def _watch_all(programs: Mapping[str, Program], seconds: float) -> dict[str, tuple[int, int]]:
    """Return how many bytes each program wrote: in quiet, and as the minute changed."""
    written = {name: (0, 0) for name in programs}
    end = time.time() + seconds
    while (now := time.time()) < end:
        time.sleep(0.5)
        turned = int(now // 60) != int(time.time() // 60) or now % 60 < 1.5
        for name, program in programs.items():
            count = len(program.watch(0.001))
            quiet, ticked = written[name]
            written[name] = (quiet + count * (not turned), ticked + count * turned)
    return written


def _summarize(program: Program, start: _Start, quiet: int, ticked: int) -> IdleResult:
    """Return what a program did since the watch began."""
    seconds = time.perf_counter() - start.moment
    cpu = (program.read_cpu_seconds() - start.cpu) / seconds * 100
    wakeups = (program.count_wakeups() - start.wakeups) / seconds
    return IdleResult(cpu, wakeups, quiet, ticked, seconds)


def measure_peak_memory(kind: MeasuredProgram, rest: float = 0.0) -> float:
    """Return the peak memory, in MB, of a program that scrolled through its list.

    Args:
        kind: Program.
        rest: Seconds until its service has started.
    """
    with kind.run_settled() as program:
        program.watch(rest)
        for _ in range(40):
            program.press(kind.get_key("down", "j"), quiet=0.02, timeout=0.1)
        return program.read_peak_memory()
