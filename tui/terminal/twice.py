"""Ctrl+C pressed twice in a row: the way out that works in every place and at every moment."""

_KEY = "ctrl+c"
_WITHIN = 1.5
"""Seconds in which the second one has to follow."""


class Twice:
    """Counts to two."""

    def __init__(self) -> None:
        """It was never pressed."""
        self._at: float | None = None

    def pressed(self, key: str, now: float) -> bool:
        """Whether this is the second one, `now` in seconds of any steady clock."""
        again = key == _KEY and self._at is not None and now - self._at <= _WITHIN
        self._at = now if key == _KEY else None
        return again
