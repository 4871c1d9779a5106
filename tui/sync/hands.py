"""What every part of sync works with."""

import random
from dataclasses import dataclass
from typing import Protocol

from tui.clock import Clock
from tui.store.store import Store


class SyncLog(Protocol):
    """Write what sync does: an event and its details by name."""

    def __call__(self, event: str, **details: object) -> object:
        """Write one line."""
        ...


def discard_log(event: str, **details: object) -> None:
    """Discard a line, for callers without a log.

    Args:
        event: What happened.
        details: Values by name.
    """


@dataclass(frozen=True, slots=True)
class SyncContext:
    """The store, the clock, the source of randomness and the log, shared by all parts of sync."""

    store: Store
    clock: Clock
    rng: random.Random
    log: SyncLog = discard_log
