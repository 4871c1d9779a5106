"""Keys after a refusal: who wanted to write types on, and no letter of it may act as a command.

A reply that is refused leaves the keyboard to the list, where "The parcel…" would take over, open
the help and archive. So keys are passed over until the agent pauses, or presses Esc.
"""

PAUSE = 0.7
"""Seconds without a key in which the refusal can be read."""


class Hush:
    """Passes keys over for a while."""

    def __init__(self) -> None:
        """Every key acts."""
        self._until = 0.0
        self.words = ""
        """Why."""

    def begin(self, words: str, now: float) -> None:
        """Writing was refused at `now` (seconds of any steady clock), in these words."""
        self.words, self._until = words, now + PAUSE

    def lasts(self, now: float) -> bool:
        """Whether a key would be passed over."""
        return now < self._until

    def takes(self, key: str, now: float) -> bool:
        """Whether this key is passed over: it was typed on, or is the Esc that ends this."""
        if not self.lasts(now):
            return False
        self._until = 0.0 if key == "escape" else now + PAUSE
        return True

    @property
    def notice(self) -> str:
        """What is said when a key was passed over."""
        return f"Not typed, keys act again after a pause: {self.words}"
