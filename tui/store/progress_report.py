"""Show the progress of long work on a database."""

from collections.abc import Callable

ReportProgress = Callable[[str, int, int], None]
"""Function that shows the progress of a long step: what is done, the number done, the total.

"{}" in the text stands for the numbers; without it they follow a colon. A total of 0 shows none.
"""


def ignore_progress(task: str, done: int, total: int) -> None:
    """Show no progress.

    Args:
        task: What is being done.
        done: Number of things that are done.
        total: Number of things to do.
    """
