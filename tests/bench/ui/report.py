"""Hold the measured figures with their goals; print them, and keep them as JSON."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

OURS = "smsdesk"
NOT_INSTALLED = "not installed"


class Verdict(StrEnum):
    """Whether a figure reached its goal."""

    MET = "met"
    MISSED = "missed"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value of one program."""

    part: str
    """Part of the benchmark that measured it."""
    name: str
    """What was measured; programs are compared by figures with the same name and unit."""
    program: str
    value: float | None
    """None if it was not measured; the note says why."""
    unit: str
    goal: float | None = None
    """The value may be at most this."""
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return whether the goal was met; there is no verdict without a goal or a value."""
        if self.goal is None or self.value is None:
            return Verdict.NONE
        return Verdict.MET if self.value <= self.goal else Verdict.MISSED


def format_value(value: float) -> str:
    """Return a value with as many digits as matter."""
    digits = 0 if value >= 100 or value == 0 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def format_figure(figure: Figure) -> str:
    """Return the line of the report for a figure."""
    value = "-" if figure.value is None else f"{format_value(figure.value)} {figure.unit}"
    goal = "" if figure.goal is None else f"at most {format_value(figure.goal)}"
    line = f"  {figure.name:34} {figure.program:14} {value:>18}   {goal:18} {figure.verdict:6}"
    return f"{line} {figure.note}".rstrip()


def compare_programs(
    part: str, name: str, found: dict[str, float], base: str, goal: float | None
) -> list[Figure]:
    """Return a ratio to the base for every other program; the goal is for ours.

    Args:
        part: Part of the benchmark.
        name: What was measured.
        found: Values by program.
        base: Program whose value is 1.
        goal: Largest ratio for ours, or None.
    """
    return [
        Figure(
            part,
            name,
            program,
            value / found[base],
            f"x {base}",
            goal if program == OURS else None,
        )
        for program, value in found.items()
        if program != base
    ]


def describe_machine() -> dict[str, Any]:
    """Return what has to be known about the machine to compare figures."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(": ")[2] for line in text.splitlines() if "model name" in line]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def write_json(path: Path, figures: Sequence[Figure], machine: dict[str, Any]) -> None:
    """Write the figures of a run, the verdicts with them.

    Args:
        path: File to write.
        figures: All figures of the run.
        machine: The machine as it was when the run began.
    """
    rows = [asdict(figure) | {"verdict": figure.verdict} for figure in figures]
    text = json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> tuple[list[Figure], dict[str, Any]]:
    """Return the figures of an earlier run, and its machine.

    Args:
        path: File that `write_json` wrote.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    for row in found["figures"]:
        del row["verdict"]
    return [Figure(**row) for row in found["figures"]], found["machine"]
