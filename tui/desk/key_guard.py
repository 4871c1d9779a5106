"""Ignore keys that were typed as text, so that they do not run as commands.

A reply that is refused leaves the keyboard to the list, where "The parcel…" would take over a
conversation, open the help and archive. The same happens when the text field of any other command
does not open, as the database is locked or no conversation is there.

An agent who types without looking pauses between two words and goes on. So keys that type, Enter,
Tab and Backspace are ignored until a pause that is longer than that, while a key that no text
contains (an arrow, F1, Ctrl+K) acts at once and ends it, as Esc does. A pause is one between two
presses: on a slow machine keys may be handled much later than that.
"""

PAUSE_SECONDS = 3.0
"""Seconds without a key press after which keys act again."""

OPENS_TEXT_FIELD = frozenset(
    {
        *("assign", "canned", "contact", "edit_contact", "filter", "help", "history"),
        *("import_contacts", "label", "merge", "new", "note", "palette", "pictures", "pipe"),
        *("reply", "retry_through", "schedule", "search", "show_label", "snooze", "take_over"),
        *("templates", "views"),
    }
)
"""Commands after which an agent types, or reads and types."""

_TEXT_KEYS = frozenset({"backspace", "delete", "enter", "space", "tab", "ctrl+j", "alt+enter"})
"""Keys of a text that do not type a character of their own."""

UNSEEN_ENTER = "Pasted in one piece: Enter was not pressed. Look at the text, then press Enter"
"""Status text after a paste whose last line break must not act."""


DROPPED_TEXT = "Nothing was done with the pasted text: open a reply, then paste it again"
"""Status text for a pasted text that had no text field to go to."""


EARLY_KEYS = "Keys pressed before this form was shown were dropped: type them again"
"""Notice in the first set-up, whose fields must not get what was typed for something else."""


class KeyGuard:
    """Ignore typed keys after a refused reply until the agent pauses or presses Esc."""

    def __init__(self) -> None:
        """Create a guard that is not active."""
        self._until = 0.0
        self.reason = ""
        """Why nothing can be typed."""

    def start(self, reason: str, now: float) -> None:
        """Start to ignore keys.

        Args:
            reason: Why nothing can be typed.
            now: Current time in seconds of any steady clock.
        """
        self.reason, self._until = reason, now + PAUSE_SECONDS

    def is_active(self, now: float) -> bool:
        """Return whether a typed key would be ignored.

        Args:
            now: Current time in seconds of the same clock.
        """
        return now < self._until

    def consume_key(self, key: str, now: float) -> bool:
        """Consume a key while the guard is active; return whether it is to be ignored.

        Esc is ignored too, and ends the guard. Any other key of a text prolongs it.

        Args:
            key: Key that was pressed; empty for a pasted text.
            now: Time of the press in seconds of the same clock.
        """
        if not self.is_active(now):
            return False
        if not _is_of_text(key):
            self._until = 0.0
            return key == "escape"
        # A key may have been pressed before the refusal was shown: it must not shorten the time.
        self._until = max(self._until, now + PAUSE_SECONDS)
        return True

    @property
    def notice(self) -> str:
        """Return the message that explains an ignored key."""
        return f"Not typed (Esc: keys act again): {self.reason}"


def _is_of_text(key: str) -> bool:
    """Return whether an agent who writes a text would press this key."""
    # Textual names signs in words ("full_stop"), and the keys that type nothing as well.
    return key in _TEXT_KEYS or not (
        "+" in key or key in _COMMAND_KEYS or (key[:1] == "f" and key[1:].isdigit())
    )


_COMMAND_KEYS = frozenset(
    {"down", "end", "escape", "home", "insert", "left", "pagedown", "pageup", "right", "up"}
)
"""Keys by name that no text contains."""
