"""Set up what every process that serves accounts needs: the pace, texts to many and the log."""

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.domain.account import Account
    from tui.settings.models import Settings
    from tui.store.store import Store
    from tui.sync.backoff import PollPace
    from tui.sync.context import SyncLog
    from tui.sync.worker import FeedOutbox


def get_polling_pace(preferences: "Preferences | Settings") -> "PollPace":
    """Return how often accounts are polled."""
    from tui.sync.backoff import PollPace

    return PollPace(preferences.poll_min_seconds, preferences.poll_max_seconds)


def create_feed(
    store: "Store",
    settings: "Preferences | Settings",
    accounts: "Sequence[Account]",
    clock: Clock,
) -> "FeedOutbox":
    """Return what queues texts to many people through the accounts that are served.

    Args:
        store: Store shared by all agents.
        settings: Quiet hours, and the sentence of how to opt out.
        accounts: Accounts of the settings, without their secrets.
        clock: Source of the current time.
    """
    from tui.desk.bulk_feeder import BulkFeeder
    from tui.startup.wiring import know_capabilities

    known, quiet_hours = know_capabilities(accounts), settings.quiet_hours
    return BulkFeeder(store, clock, known, quiet_hours, settings.opt_out_sentence).run_round


@contextlib.contextmanager
def open_sync_log(environ: Mapping[str, str], level: str) -> Iterator["SyncLog"]:
    """Open the log file during the block and yield the log of the sync.

    Args:
        environ: Environment variables.
        level: Lowest level that is logged.
    """
    from tui.log import close_log, log_event, open_log
    from tui.settings.paths import find_log_file

    try:
        file = open_log(find_log_file(environ), level)
    except OSError:
        from tui.sync.context import discard_log

        # A log file that cannot be written must not stop the inbox.
        yield discard_log
        return
    try:
        yield functools.partial(log_event, "sync")
    finally:
        close_log(file)
