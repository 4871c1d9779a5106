"""What every part of sync works with."""

import random
from dataclasses import dataclass
from typing import Protocol

from tui.clock import Clock
from tui.store.store import Store


class Log(Protocol):
    """Where sync writes what it does: an event and its details by name."""

    def __call__(self, event: str, **details: object) -> object:
        """Write one line."""
        ...


def no_log(event: str, **details: object) -> None:
    """For those who keep no log."""


@dataclass(frozen=True, slots=True)
class Hands:
    """The store, the time, chance and the log."""

    store: Store
    clock: Clock
    rng: random.Random
    log: Log = no_log
