"""A bar on stderr that draws itself over, for work that takes a while."""

import sys

_WIDTH = 30


def show_progress(done: int, total: int, what: str) -> None:
    """Draw the bar; the line is ended with the last of it."""
    part = min(1.0, done / total) if total else 1.0
    bar = ("#" * round(part * _WIDTH)).ljust(_WIDTH, ".")
    end = "\n" if done >= total else ""
    line = f"\r[{bar}] {part:4.0%}  {done:,} {what}{end}"
    print(line, end="", file=sys.stderr, flush=True)
