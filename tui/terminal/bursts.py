"""Decide what text means that arrives at once, without the marks of a paste.

GNU screen, serial lines and old terminals paste a text as if it was typed, line breaks as Enter.
A slow connection joins keys that were typed one after the other. Both arrive as a burst: text
that was read at once, or with less than `GAP_SECONDS` between two characters, which is faster than
a person and than the repetition of a key. What a burst means depends on where its turn comes:

In a text field
- Up to `TYPED_CHARACTERS` characters without a line break among them were typed. An Enter at the
  end is the key; what follows it in the same burst is dropped, as the agent has not seen yet what
  that Enter did.
- Anything longer, or with a line break among its characters, is pasted as one text. Its last
  Enter is not the key: the text was not on the screen when it arrived. A text shows that Enter
  has to be pressed. The same holds for what follows a long text, or one with line breaks, within
  `PASTE_SECONDS`, as one paste can arrive in several pieces: line breaks there are line breaks.
- Behind a command of the same burst ("rok" and Enter) Enter is not the key either: neither the
  field nor the text was on the screen.
- Keys at the beginning of a packet that only edit the field (`EDITING_KEYS`, where the field has
  them) act as keys, and the text follows: Ctrl+U and "New text" replace what was there. Behind a
  character, or in a later piece of a paste, they are part of the text. So is, everywhere, a key
  that sends, closes or leaves.

Outside a text field
- Up to `TYPED_COMMANDS` keys act one after the other; a key that was repeated counts once. Keys
  typed before the first picture of the inbox arrive at once, so that more of them act.
- Anything longer is a pasted text and never runs as commands: it is dropped, and a text shows it.
  The same holds for a paste with marks.

An Esc within a pasted text is no key, anywhere: it would leave the field, and the rest of the text
would be commands. Of joined keys ("see you", Esc, z) only a few follow Esc.
"""

import itertools
import re
from collections.abc import Callable, Sequence

from textual.events import Key, Paste

GAP_SECONDS = 0.008
"""Seconds of silence that end a burst."""
PASTE_SECONDS = 0.5
"""Seconds within which the next piece of a paste arrives."""
TYPED_CHARACTERS = 3
"""Characters in a text field that may have been typed although they arrived at once."""
TYPED_COMMANDS = 5
"""Different keys outside a text field that may have been typed although they arrived at once."""
TYPED_AHEAD = 12
"""The same for keys that were typed before the inbox could read them."""

EDITING_KEYS = frozenset({"ctrl+a", "ctrl+d", "ctrl+k", "ctrl+u", "ctrl+w"})
"""Keys that do nothing but move or delete in a text field that has them."""

_BREAKS = "\r\n"
_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
_BLANK_WITHIN = re.compile(r"[^\s][ \t]+[^\s]")
_TEXT_WITH_ESCAPES = re.compile(
    r"(?P<before>[^\x1b\x03]+)(?:\x1b[^\x1b\x03\[O][^\x1b\x03]*)*"
    r"\x1b(?P<after>[^\x1b\x03\[O][^\x1b\x03]*)"
)
_CONTROL_END = re.compile(r"[\x00-\x1f]*\Z")


class EscapedKey(Key):
    """Esc and a key in one packet, which terminals send for Alt and the key, too."""

    def __init__(self, typed: Key) -> None:
        """Create the event.

        Args:
            typed: Key that was pressed after Esc, or with Alt.
        """
        name = f"shift+{typed.key.lower()}" if typed.key.isupper() else typed.key
        super().__init__(f"alt+{name}", None)
        self.typed = typed


def split_escaped(key: Key) -> tuple[Key, ...]:
    """Return Esc and the key after it for a key with Alt; return any other key alone.

    Args:
        key: Key from the terminal that is not bound to anything.
    """
    *modifiers, name = key.key.split("+")
    if isinstance(key, EscapedKey):
        typed = key.typed
    elif modifiers in (["alt"], ["alt", "shift"]) and len(name) == 1:
        char = name.upper() if "shift" in modifiers else name
        typed = Key(char, char)
    else:
        return (key,)
    escape = Key("escape", "\x1b")
    escape.time = typed.time = key.time
    return escape, typed


class Burst(Paste):
    """Text that arrived at once without the marks of a paste."""

    def __init__(
        self,
        text: str,
        parse: Callable[[str], Sequence[Key]],
        *,
        follows_paste: bool = False,
        break_before: bool = False,
        is_first: bool = False,
        is_behind_command: bool = False,
        begins_packet: bool = False,
    ) -> None:
        """Create the event.

        Args:
            text: Characters as they arrived, with CR for Enter.
            parse: Returns the keys of some characters.
            follows_paste: Whether a paste arrived just before.
            break_before: Whether that paste ended with a line break, which is not inserted yet.
            is_first: Whether it was typed before the app could read it.
            is_behind_command: Whether an earlier key of the same burst has acted.
            begins_packet: Whether no text is before it in what was read at once.
        """
        super().__init__(text)
        self._parse = parse
        self.follows_paste = follows_paste
        self.break_before = break_before
        self.is_first = is_first
        self.is_behind_command = is_behind_command
        self.begins_packet = begins_packet

    def list_keys(self) -> list[Key]:
        """Return the characters as keys."""
        keys = list(self._parse(self.text))
        for key in keys:
            key.time = self.time
        return keys

    def list_typed_keys(self) -> list[Key]:
        """Return the keys that act in a text field: the text, and the first Enter among them."""
        body = self.text.strip(_BREAKS)
        leading = self.text[: len(self.text) - len(self.text.lstrip(_BREAKS))]
        trailing = "" if leading else self.text[len(body) :]
        burst = Burst(f"{leading[:1]}{body}{trailing[:1]}", self._parse)
        burst.time = self.time
        return burst.list_keys()

    @property
    def is_pasted_text(self) -> bool:
        """Return whether it is pasted if a text field has the focus."""
        if self.follows_paste or is_paste(self.text):
            return True
        return self.is_behind_command and self.ends_with_enter

    @property
    def ends_with_enter(self) -> bool:
        """Return whether its last key is one that could submit the text."""
        return bool(self.text) and self.text[-1] < " " and self.text[-1] != "\t"

    @property
    def pasted_text(self) -> str:
        """Return what is inserted in a text field: the text without the keys at its end."""
        body = _CONTROL_END.sub("", self.text, count=1)
        return f"\n{body}" if self.break_before and body else body

    @property
    def is_text_for_no_field(self) -> bool:
        """Return whether it is a pasted text if no text field has the focus."""
        if self.is_behind_command:
            return False
        different = len(_REPEATED.sub(r"\1", self.text))
        if self.is_first:
            return different > TYPED_AHEAD or bool(_BLANK_WITHIN.search(self.text))
        return self.follows_paste or different > TYPED_COMMANDS

    def split_command(self) -> tuple[Key, "Burst | None"]:
        """Return the first key, and what follows it."""
        first, *_ = self.list_keys()
        return first, self._make_rest(1)

    def split_editing_keys(
        self, is_editing_key: Callable[[str], bool]
    ) -> tuple[list[Key], "Burst | None"]:
        """Return the keys at the beginning that edit the field, and what follows them.

        Args:
            is_editing_key: Returns whether a key, by its name, only edits the focused field.
        """
        if not self.begins_packet or self.follows_paste:
            return [], self
        keys = [*itertools.takewhile(lambda key: is_editing_key(key.key), self.list_keys())]
        return keys, self._make_rest(len(keys)) if keys else self

    def _make_rest(self, start: int) -> "Burst | None":
        """Return what follows some keys that act; None for nothing.

        Args:
            start: Number of those keys, each of one character.
        """
        if start == len(self.text):
            return None
        text = self.text[start:]
        rest = Burst(text, self._parse, is_first=self.is_first, is_behind_command=True)
        rest.time = self.time
        return rest


def is_paste(text: str) -> bool:
    """Return whether a text that arrived at once cannot have been typed into a text field.

    Args:
        text: Characters as they arrived.
    """
    body = _CONTROL_END.sub("", text, count=1)
    visible = body.lstrip(_BREAKS)
    return len(visible) > TYPED_CHARACTERS or any(char < " " for char in visible)


def is_long_paste(text: str) -> bool:
    """Return whether more pieces of the same paste may follow a text.

    Args:
        text: Characters as they arrived.
    """
    return is_paste(text) and ("\r" in text or text.endswith("\n") or len(text) > TYPED_AHEAD)


def has_pasted_escape(data: str) -> bool:
    """Return whether some input is one pasted text that contains Esc.

    Args:
        data: Characters as they arrived.
    """
    match = _TEXT_WITH_ESCAPES.fullmatch(data)
    return match is not None and is_paste(match["before"]) and len(match["after"]) > TYPED_COMMANDS
