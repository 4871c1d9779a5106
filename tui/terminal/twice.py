"""Ctrl+C pressed twice in a row: the way out that works in every place and at every moment."""

_INTERRUPT_KEY = "ctrl+c"
_INTERRUPT_SECONDS = 1.5
"""Seconds within which the second Ctrl+C has to follow."""


class DoubleInterrupt:
    """Recognise Ctrl+C pressed twice in a row."""

    def __init__(self) -> None:
        """Create a counter that has seen no Ctrl+C."""
        self._pressed_at: float | None = None

    def record_key(self, key: str, now: float) -> bool:
        """Record a key; return whether it is the second Ctrl+C in a row.

        Args:
            key: Name of the key.
            now: Current time in seconds of a steady clock.
        """
        again = (
            key == _INTERRUPT_KEY
            and self._pressed_at is not None
            and now - self._pressed_at <= _INTERRUPT_SECONDS
        )
        self._pressed_at = now if key == _INTERRUPT_KEY else None
        return again
