"""A bar on stderr that draws itself over, for work that takes a while."""

import sys

_BAR_WIDTH = 30
"""Cells of the progress bar."""


def show_progress(done: int, total: int, what: str) -> None:
    """Draw a progress bar on stderr, over the previous one.

    Args:
        done: Items finished so far.
        total: Items in all; the line ends when `done` reaches it.
        what: Plural name of the items.
    """
    fraction = min(1.0, done / total) if total else 1.0
    bar = ("#" * round(fraction * _BAR_WIDTH)).ljust(_BAR_WIDTH, ".")
    end = "\n" if done >= total else ""
    line = f"\r[{bar}] {fraction:4.0%}  {done:,} {what}{end}"
    print(line, end="", file=sys.stderr, flush=True)
