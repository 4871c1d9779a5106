"""Set up what every process that serves accounts needs: the pace of polling and the log."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.settings.models import Settings
    from tui.sync.backoff import PollPace
    from tui.sync.context import SyncLog


def get_polling_pace(preferences: "Preferences | Settings") -> "PollPace":
    """Return how often accounts are polled."""
    from tui.sync.backoff import PollPace

    return PollPace(preferences.poll_min_seconds, preferences.poll_max_seconds)


@contextlib.contextmanager
def open_sync_log(environ: Mapping[str, str], level: str) -> Iterator["SyncLog"]:
    """Open the log file during the block and yield the log of the sync.

    Args:
        environ: Environment variables.
        level: Lowest level that is logged.
    """
    from tui.log import close_log, get_logger, open_log
    from tui.settings.paths import find_log_file

    try:
        file = open_log(find_log_file(environ), level)
    except OSError:
        from tui.sync.context import discard_log

        # A log file that cannot be written must not stop the inbox.
        yield discard_log
        return
    try:
        yield get_logger("sync").info
    finally:
        close_log(file)
