"""Ignore keys that were typed as text, so that they do not run as commands.

A reply that is refused leaves the keyboard to the list, where "The parcel…" would take over a
conversation, open the help and archive. The same happens when the text field of any other command
does not open, as the database is locked or no conversation is there.

An agent who types without looking pauses between two words and goes on. So keys that type, Enter,
Tab and Backspace are ignored until a pause that is longer than that, while a key that no text
contains (an arrow, F1, Ctrl+K) acts at once and ends it, as Esc does. A pause is one between two
presses: on a slow machine keys may be handled much later than that.

A key that the refusal names ("T takes over") acts as soon as an agent can have read it, unless
other keys of a text have been pressed since: then it is a part of that text.
"""

from collections.abc import Collection, Iterable, Mapping

from tui.command_types import Scope
from tui.commands import COMMANDS

PAUSE_SECONDS = 3.0
"""Seconds without a key press after which keys act again."""

READING_SECONDS = 0.4
"""Seconds after which a key can be an answer to a refusal; a text is typed faster."""

OPENS_TEXT_FIELD = frozenset(
    {
        *("assign", "canned", "contact", "edit_contact", "filter", "help", "history"),
        *(
            "import_contacts",
            "label",
            "macro",
            "merge",
            "new",
            "note",
            "palette",
            "pictures",
            "pipe",
        ),
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
        self._until = self._last_at = 0.0
        self._named_keys: Collection[str] = ()
        self._is_text_typed = False
        self.reason = ""
        """Why nothing can be typed."""

    def start(self, reason: str, now: float, named_keys: Iterable[str] = ()) -> None:
        """Start to ignore keys.

        Args:
            reason: Why nothing can be typed.
            now: Current time in seconds of any steady clock.
            named_keys: Keys that the reason names, as Textual names them.
        """
        self.reason, self._until, self._last_at = reason, now + PAUSE_SECONDS, now
        self._named_keys, self._is_text_typed = frozenset(named_keys), False

    def stop(self) -> None:
        """Stop to ignore keys."""
        self._until = 0.0

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
            self.stop()
            return key == "escape"
        is_alone = not self._is_text_typed and now - self._last_at >= READING_SECONDS
        is_named, self._last_at = key in self._named_keys, max(self._last_at, now)
        if is_named and is_alone:
            self.stop()
            return False
        self._is_text_typed = self._is_text_typed or not is_named
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


_REMEDIES = {
    "consent": "has more",
    "new": "writes to a number",
    "note": "writes a private note",
    "take_over": "takes over",
}
"""What a refusal says about a key that helps, by command id."""


def find_named_commands(reason: str, keys: Mapping[str, str]) -> list[str]:
    """Return the ids of the commands whose keys a refusal names.

    Args:
        reason: Text of the refusal.
        keys: First key of each command, as people read it.
    """
    return [one for one, does in _REMEDIES.items() if keys[one] and f"{keys[one]} {does}" in reason]


_WRITING_COMMANDS = frozenset(
    {"assist", "schedule", *(c.id for c in COMMANDS if c.scope is Scope.COMPOSE)}
)
"""Commands about the text in the composer: sending asks, and the others only change the text."""

_READING_COMMANDS = frozenset(
    {
        *("contact", "copy_number", "copy_text", "files", "history", "next_message"),
        *("page_down", "page_up", "previous_message", "timeline"),
    }
)

_ACTING_COMMANDS = (
    frozenset(c.id for c in COMMANDS if c.scope.is_about_conversation)
    | {f"canned_{n}" for n in range(1, 10)}
) - (_READING_COMMANDS | {"undo", "unsend"})
"""Commands that change the conversation, or begin a text to its customer."""


class MergeGuard:
    """Refuse one command after a colleague has merged the conversation on the screen.

    The key was perhaps pressed before the agent could see that, and would act on both
    conversations. Pressed again, it acts.
    """

    def __init__(self) -> None:
        """Create a guard that is not active."""
        self._conversation_id = 0
        self._refused_at: float | None = None
        self.notice = ""
        """What the conversation is part of now."""

    def start(self, conversation_id: int, notice: str) -> None:
        """Refuse the next command.

        Args:
            conversation_id: Conversation that is shown in place of the one that is gone.
            notice: What the conversation is part of now.
        """
        self._conversation_id, self._refused_at, self.notice = conversation_id, None, notice

    def refuse_command(
        self, command_id: str, shown_id: int, pressed_at: float, now: float, *, is_writing: bool
    ) -> bool:
        """Return whether a command is refused, which ends the guard for keys pressed from now on.

        Args:
            command_id: Id of the command.
            shown_id: Conversation that is shown.
            pressed_at: Time of its key in seconds of the steady clock.
            now: Current time in seconds of the same clock.
            is_writing: Whether the composer has the focus.
        """
        if not self._conversation_id or command_id not in _ACTING_COMMANDS:
            return False
        if is_writing and command_id in _WRITING_COMMANDS:
            return False
        is_answer = self._refused_at is not None and pressed_at >= self._refused_at
        if is_answer or shown_id != self._conversation_id:
            self._conversation_id = 0
            return False
        self._refused_at = now
        return True


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
