"""Hold how a run measures: rounds, inbox, duration, peers."""

from functools import cached_property
from pathlib import Path

from tests.bench.ui import peers, stores
from tests.bench.ui.idle import MINUTE
from tests.bench.ui.programs import MeasuredProgram


class Setting:
    """How to measure."""

    def __init__(
        self,
        rounds: int = 3,
        *,
        small: bool = False,
        seconds: float = MINUTE,
        sizes: tuple[Path, ...] = (),
        with_peers: bool = True,
    ) -> None:
        """Keep the choices.

        Args:
            rounds: How often each program has its turn.
            small: Whether an inbox of 100 conversations is used in place of 100,000.
            seconds: How long idle programs are watched.
            sizes: Further inboxes to search, such as one with 10,000,000 messages.
            with_peers: Whether installed peers are measured.
        """
        self.rounds = rounds
        self.size = stores.SMALL if small else stores.BIG
        self.seconds = seconds
        self.sizes = sizes
        self._with_peers = with_peers

    def prepare_inbox(self) -> Path:
        """Return the inbox of this run."""
        return stores.prepare_inbox_file(self.size)

    @cached_property
    def _peers(self) -> dict[str, MeasuredProgram | None]:
        """Return the peers, which takes a maildir if one is installed."""
        return peers.list_peers() if self._with_peers else {}

    def list_installed_peers(self) -> dict[str, MeasuredProgram]:
        """Return the peers that can be measured."""
        return {name: kind for name, kind in self._peers.items() if kind is not None}
