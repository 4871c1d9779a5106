"""Measure keys: the next row, a held key, the end, an opening, typing, colleagues."""

import functools
import statistics
from collections.abc import Mapping, Sequence

from tests.bench.ui import colleagues, held_key, measures, stores
from tests.bench.ui.measures import (
    ResponseTimes,
    measure_in_turns,
    summarize_bursts,
    summarize_times,
)
from tests.bench.ui.peers import AERC, NEOMUTT
from tests.bench.ui.programs import PROTOTYPE, MeasuredProgram, inbox_program
from tests.bench.ui.report import NOT_INSTALLED, OURS, Figure, compare_programs
from tests.bench.ui.setting import Setting
from tests.bench.ui.terminal import LINES

FLOOR = "prototype"
_SENTENCE = "the quick brown fox jumps over the lazy dog "
_LOAD = 1_000
"""Status changes per second."""


def list_programs(setting: Setting) -> dict[str, MeasuredProgram]:
    """Return all programs with a list: the prototype, ours, and installed peers.

    Args:
        setting: How to measure.
    """
    return {
        FLOOR: PROTOTYPE,
        OURS: inbox_program(setting.prepare_inbox()),
        **setting.list_installed_peers(),
    }


def list_missing(setting: Setting, part: str, name: str, unit: str) -> list[Figure]:
    """Return a figure without a value for each peer that is not installed.

    Args:
        setting: How to measure.
        part: Part of the benchmark.
        name: What would have been measured.
        unit: Unit of the value.
    """
    return [
        Figure(part, name, peer, None, unit, note=NOT_INSTALLED)
        for peer in (AERC, NEOMUTT)
        if peer not in setting.list_installed_peers()
    ]


def next_row(setting: Setting) -> list[Figure]:
    """Press `j` within the screen, and where the list scrolls."""
    part = next_row.__name__
    rounds = measure_in_turns(list_programs(setting), measures.measure_next_row, setting.rounds)
    found = {name: measures.join_row_keys(runs) for name, runs in rounds.items()}
    inside = {name: summarize_bursts(keys.inside) for name, keys in found.items()}
    scrolling = {name: summarize_bursts(keys.scrolling) for name, keys in found.items()}
    medians = {name: times.p50_ms for name, times in inside.items()}
    figures = [
        *_list_times(part, "j", inside, p95_goal=12.0),
        *compare_programs(part, "j, p50", medians, FLOOR, 1.3),
        *list_missing(setting, part, "j, p50", "ms"),
        *_list_times(part, "j that scrolls", scrolling, size_goal=2_400),
    ]
    for name, keys in found.items():
        written = sum(len(burst.data) for burst in keys.scrolling)
        per_cell = written / max(1, sum(keys.changed))
        goal = 1.4 if name == OURS else None
        figures.append(Figure(part, "j that scrolls, for each cell", name, per_cell, "bytes", goal))
    return figures


def _list_times(
    part: str,
    name: str,
    found: Mapping[str, ResponseTimes],
    *,
    p95_goal: float | None = None,
    size_goal: float | None = None,
) -> list[Figure]:
    """Return median, 95th percentile and bytes of each program; the goals are for ours."""
    figures = []
    for program, times in found.items():
        goals = (None, p95_goal, size_goal) if program == OURS else (None, None, None)
        for what, value, unit, goal in (
            ("p50", times.p50_ms, "ms", goals[0]),
            ("p95", times.p95_ms, "ms", goals[1]),
            ("size", times.size, "bytes", goals[2]),
        ):
            figures.append(Figure(part, f"{name}, {what}", program, value, unit, goal))
    return figures


def held(setting: Setting) -> list[Figure]:
    """Hold `j` at 30 keys a second: how far the list is behind, and what a key costs."""
    part, figures = held.__name__, []
    programs = list_programs(setting)
    keys = min(90, setting.size[0] - LINES - 2)  # a small list ends
    measure = functools.partial(held_key.measure_held_key, keys=keys)
    rounds = measure_in_turns(programs, measure, setting.rounds)
    for name, runs in rounds.items():
        middle, late = summarize_times([lag for run in runs for lag in run.lags])
        rows: Sequence[tuple[str, float, str, float | None]] = (
            ("lag of the list, p50", middle / held_key.FRAME_MS, "frames", 1.0),
            ("lag of the list, p95", late / held_key.FRAME_MS, "frames", None),
            ("keys not shown at the next", max(run.most_behind for run in runs), "keys", 1),
            ("cpu for each key", statistics.median(run.cpu_ms for run in runs), "ms", 14.0),
        )
        for what, value, unit, goal in rows:
            figures.append(Figure(part, what, name, value, unit, goal if name == OURS else None))
    return figures


def end(setting: Setting) -> list[Figure]:
    """Go to the end of the list with `G`; the goal is the time of aerc."""
    part, name = end.__name__, "G, p50"
    programs = list_programs(setting)
    del programs[FLOOR]
    rounds = measure_in_turns(programs, measures.measure_end, setting.rounds)
    medians = {
        program: statistics.median(time for run in runs for time in run)
        for program, runs in rounds.items()
    }
    missing = list_missing(setting, part, name, "ms")
    return [
        *(
            Figure(part, name, program, value, "ms", medians.get(AERC) if program == OURS else None)
            for program, value in medians.items()
        ),
        *missing,
    ]


def opening(setting: Setting) -> list[Figure]:
    """Open a conversation of 10,000 messages for the first time, and page in it."""
    part = opening.__name__
    ours = inbox_program(stores.prepare_inbox_file(stores.LONG))
    figures: list[Figure] = []
    found = measure_in_turns({OURS: ours}, measures.measure_opening, setting.rounds)
    peers = setting.list_installed_peers()
    found |= measure_in_turns(peers, measures.measure_opening_of_peer, setting.rounds)
    for name, runs in found.items():
        middle, late = summarize_times([time for run in runs for time in run])
        figures += [
            Figure(part, "open, p50", name, middle, "ms"),
            Figure(part, "open, p95", name, late, "ms", 20.0 if name == OURS else None),
        ]
    figures += list_missing(setting, part, "open, p95", "ms")
    pages = summarize_bursts(measures.measure_paging(ours))
    return [*figures, *_list_times(part, "page up", {OURS: pages}, p95_goal=16.0)]


def typing(setting: Setting) -> list[Figure]:
    """Type into the composer, also while 1,000 statuses a second change."""
    part, path = typing.__name__, setting.prepare_inbox()
    kind = inbox_program(path)
    bursts, _ = measures.measure_typing(kind, _SENTENCE * setting.rounds)
    times = {OURS: summarize_bursts(bursts)}
    load = ("tests.bench.ui.load", str(path), str(_LOAD), "1")
    bursts, share = measures.measure_typing(kind, "qzx" * 10, load)
    loaded = {OURS: summarize_bursts(bursts)}
    return [
        *_list_times(part, "a character", times, p95_goal=8.0, size_goal=60),
        *_list_times(part, "under load", loaded, p95_goal=16.0),
        Figure(part, "under load, cpu", OURS, share * 100, "%", 20.0),
    ]


def changes(setting: Setting) -> list[Figure]:
    """See changes of colleagues and statuses."""
    part, path = changes.__name__, setting.prepare_inbox()
    one = {OURS: colleagues.measure_changes_by_colleague(path, 1)}
    eight = {OURS: colleagues.measure_changes_by_colleague(path, 8)}
    badge = {OURS: colleagues.measure_badge_change(path)}
    return [
        *_list_times(part, "renamed, 1 inbox", one, p95_goal=60.0),
        *_list_times(part, "renamed, 8 inboxes", eight, p95_goal=60.0),
        *_list_times(part, "one badge", badge, p95_goal=100.0, size_goal=300),
    ]
