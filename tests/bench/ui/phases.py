"""Run a program and account the time of its main thread to phases: `-m …phases MODULE …`.

Functions of Textual and of ours are wrapped as soon as they are imported. The time of a phase
is without the phases that it calls. SIGUSR1 begins anew; SIGUSR2 writes what was found as JSON
to the file that `BENCH_PHASES` names.
"""

import builtins
import functools
import importlib
import json
import os
import runpy
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FILE = "BENCH_PHASES"
OTHER = "event loop, messages, handlers"
"""What is in no other phase."""
THREADS = "other threads (store, writer, service)"
_WRAPPED = (
    ("textual.css.stylesheet", "Stylesheet.read_all", "styles: read and parse"),
    ("textual.css.stylesheet", "Stylesheet.parse", "styles: read and parse"),
    ("textual.css.stylesheet", "Stylesheet.apply", "styles: apply"),
    ("textual.css.stylesheet", "Stylesheet.update", "styles: apply"),
    ("textual.css.stylesheet", "Stylesheet.update_nodes", "styles: apply"),
    ("tui.terminal.private_styles", "FastStylesheet.apply", "styles: apply"),
    ("textual.app", "App._register", "compose and mount"),
    ("textual.app", "compose", "compose and mount"),
    ("textual.widget", "compose", "compose and mount"),
    ("textual.screen", "Screen._refresh_layout", "layout"),
    ("textual._compositor", "Compositor.reflow", "layout"),
    ("textual._compositor", "Compositor.reflow_visible", "layout"),
    ("textual._compositor", "Compositor.render_full_update", "draw: put widgets together"),
    ("textual._compositor", "Compositor.render_partial_update", "draw: put widgets together"),
    ("textual.widget", "Widget.render_lines", "draw: lines of widgets"),
    ("textual._compositor", "LayoutUpdate.render_segments", "to escape codes"),
    ("textual._compositor", "ChopsUpdate.render_segments", "to escape codes"),
    ("tui.terminal.cell_diff", "TerminalCells.diff_update", "to escape codes"),
    ("tui.startup.first_paint", "show_first_paint", "first paint"),
    ("tui.startup.first_paint", "_show_list", "first paint"),
    ("textual.drivers.linux_driver", "LinuxDriver.write", "write"),
)
"""Module, function and phase."""


class PhaseClock:
    """Account the processor time of the main thread to the innermost phase."""

    def __init__(self) -> None:
        """Begin with nothing but the time since the process began."""
        self._main = threading.main_thread()
        self.begin_anew()
        self._began, self._began_all = 0.0, 0.0
        self.spent["python"] = time.thread_time()

    def begin_anew(self) -> None:
        """Forget what was found so far."""
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._stack: list[str] = []
        self._began, self._began_all = time.thread_time(), time.process_time()
        self._last = self._began

    def enter(self, phase: str) -> bool:
        """Begin a phase; return whether this is the main thread.

        Args:
            phase: Name of the phase.
        """
        if threading.current_thread() is not self._main:
            return False
        self._account()
        self._stack.append(phase)
        return True

    def leave(self) -> None:
        """End the innermost phase."""
        self._account()
        if self._stack:  # it is empty after a beginning within a phase
            self._stack.pop()

    def summarize(self) -> dict[str, float]:
        """Return the ms of each phase, of the rest, and of all other threads."""
        self._account()
        total = time.thread_time() - self._began
        found = dict(self.spent)
        found[OTHER] = found.get(OTHER, 0.0) + max(0.0, total - sum(self.spent.values()))
        found[THREADS] = time.process_time() - self._began_all - total
        return {name: seconds * 1_000 for name, seconds in found.items()}

    def _account(self) -> None:
        """Add the time since the last change to the phase that it was spent in."""
        now = time.thread_time()
        self.spent[self._stack[-1] if self._stack else OTHER] += now - self._last
        self._last = now


def wrap_function(clock: PhaseClock, function: Callable[..., Any], phase: str) -> Any:
    """Return the function, accounted to a phase.

    Args:
        clock: Where the time is kept.
        function: Function that is not a coroutine.
        phase: Name of the phase.
    """

    @functools.wraps(function)
    def run(*args: Any, **options: Any) -> Any:
        """Run it within the phase."""
        is_main = clock.enter(phase)
        try:
            return function(*args, **options)
        finally:
            if is_main:
                clock.leave()

    return run


class ImportHook:
    """Account imports, and wrap functions as soon as their module is there."""

    def __init__(self, clock: PhaseClock) -> None:
        """Take the place of the import statement."""
        self._clock, self._waiting = clock, list(_WRAPPED)
        self._import = builtins.__import__
        builtins.__import__ = self.import_module

    def import_module(
        self,
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        """Import as usual; count the time if the module is new."""
        full = f"{(globals or {}).get('__package__') or ''}.{name}" if level else name
        if full in sys.modules and all(f"{full}.{part}" in sys.modules for part in fromlist or ()):
            return self._import(name, globals, locals, fromlist, level)
        is_new = full not in sys.modules
        is_main = is_new and self._clock.enter(_name_import(full))
        try:
            return self._import(name, globals, locals, fromlist, level)
        finally:
            if is_main:
                self._clock.leave()
            if is_new:
                self._wrap_functions()

    def _wrap_functions(self) -> None:
        """Wrap what is imported by now."""
        for one in list(self._waiting):
            module, path, phase = one
            owner: Any = sys.modules.get(module)
            *classes, name = path.split(".")
            for part in classes:
                owner = getattr(owner, part, None)
            if owner is not None and name in vars(owner):
                setattr(owner, name, wrap_function(self._clock, vars(owner)[name], phase))
                self._waiting.remove(one)


def _name_import(module: str) -> str:
    """Return the phase of an import."""
    top = module.partition(".")[0]
    if top in {"tui", "tests", ""}:
        return "import of ours"
    return "import of Textual" if top in {"textual", "rich"} else "import of Python, other packages"


def main() -> None:
    """Run the module that the command line names."""
    clock = PhaseClock()
    ImportHook(clock)
    path = Path(os.environ[_FILE])

    def write_phases(*_: object) -> None:
        """Write what was found under its name at once."""
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(clock.summarize()))
        unfinished.rename(path)

    signal.signal(signal.SIGUSR1, lambda *_: clock.begin_anew())
    signal.signal(signal.SIGUSR2, write_phases)
    sys.argv = sys.argv[1:]
    importlib.invalidate_caches()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
