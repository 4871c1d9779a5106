"""Ignore typed keys after a refused reply, so that they do not run as commands.

A reply that is refused leaves the keyboard to the list, where "The parcel…" would take over a
conversation, open the help and archive. Keys are ignored until the agent pauses or presses Esc.
A pause is one between two presses: on a slow machine keys may be handled much later than that.
"""

PAUSE_SECONDS = 0.7
"""Seconds without a key press after which keys act again."""


class KeyGuard:
    """Ignore typed keys after a refused reply until the agent pauses or presses Esc."""

    def __init__(self) -> None:
        """Create a guard that is not active."""
        self._until = 0.0
        self.reason = ""
        """Why the reply was refused."""

    def start(self, reason: str, now: float) -> None:
        """Start to ignore keys.

        Args:
            reason: Why the reply was refused.
            now: Current time in seconds of any steady clock.
        """
        self.reason, self._until = reason, now + PAUSE_SECONDS

    def is_active(self, now: float) -> bool:
        """Return whether a key would be ignored.

        Args:
            now: Current time in seconds of the same clock.
        """
        return now < self._until

    def consume_key(self, key: str, now: float) -> bool:
        """Consume a key while the guard is active; return whether it is to be ignored.

        Esc is ignored too, and ends the guard; any other key prolongs it.

        Args:
            key: Key that was pressed.
            now: Time of the press in seconds of the same clock.
        """
        if not self.is_active(now):
            return False
        self._until = 0.0 if key == "escape" else now + PAUSE_SECONDS
        return True

    @property
    def notice(self) -> str:
        """Return the message that explains an ignored key."""
        return f"Not typed, keys act again after a pause: {self.reason}"
