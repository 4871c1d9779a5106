"""Keep until when each waiting customer has to be answered, as conversations and targets change.

One process does this, the one that maintains the database.
"""

from collections.abc import Iterable

from tui.domain.change import Change, Subject
from tui.store.store import Store

_MAX_IDS = 5_000
"""Changed conversations from which it is cheaper to judge all that wait."""


class AnswerKeeper:
    """Judges conversations again after each change."""

    def __init__(self, store: Store) -> None:
        """Create a keeper that judges every waiting conversation first.

        Args:
            store: Store of this process.
        """
        self._store = store
        self._changed: set[int] | None = None
        """Conversations to judge; None for all that wait."""
        self._has_targets = True
        """Whether there was a target in the last round, so that due times may be stored."""

    def judge_all(self) -> None:
        """Judge all conversations in the next round."""
        self._changed = None

    def note_changes(self, changes: Iterable[Change]) -> None:
        """Remember which conversations have changed.

        Args:
            changes: What changed, in the order of the store.
        """
        for change in changes:
            if change.subject is Subject.VIEW:
                self._changed = None
            elif self._changed is not None and change.subject is Subject.CONVERSATION:
                self._changed.add(change.id)
        if self._changed is not None and len(self._changed) > _MAX_IDS:
            self._changed = None

    async def run_round(self) -> None:
        """Judge what has changed, and mark the conversations whose time is over."""
        changed, self._changed = self._changed, set()
        try:
            targets = await self._store.answer_targets.list_targets()
            if targets or self._has_targets:
                await self._store.answer_targets.judge_conversations(targets, changed)
            self._has_targets = bool(targets)
        except BaseException:
            self._changed = None
            raise
