"""Create what queues texts to many people, behind an inbox or in a service."""

from typing import TYPE_CHECKING

from tui.clock import Clock

if TYPE_CHECKING:
    from tui.settings.models import Settings
    from tui.store.store import Store
    from tui.sync.worker import FeedOutbox


def create_feed(store: "Store", settings: "Settings", clock: Clock) -> "FeedOutbox":
    """Return what queues texts to many people through the accounts that are served.

    Args:
        store: Store shared by all agents.
        settings: Settings, with or without their secrets.
        clock: Source of the current time.
    """
    from tui.desk.bulk_feeder import BulkFeeder
    from tui.settings.load import to_public_accounts
    from tui.startup.wiring import know_capabilities

    known, quiet_hours = know_capabilities(to_public_accounts(settings)), settings.quiet_hours
    return BulkFeeder(store, clock, known, quiet_hours, settings.opt_out_sentence).run_round
