"""Names of keys as people read them: "Ctrl+E" for Textual's "ctrl+e"."""

import unicodedata
from functools import cache

_KEY_LABELS = {
    "slash": "/",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "underscore": "_",
    "at": "@",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "Esc",
    "space": "Space",
    "enter": "Enter",
    "down": "↓",
    "up": "↑",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "left": "←",
    "right": "→",
    "tab": "Tab",
    "delete": "Delete",
    "backspace": "Backspace",
    "insert": "Insert",
}
"""Labels of the keys that are not named as Unicode names their sign."""


def format_key(key: str) -> str:
    """Return a key as people read it: "ctrl+e" as "Ctrl+E", "g slash" as "g /".

    Args:
        key: Key as Textual names it; a sequence is separated by blanks.
    """
    return " ".join(_format_key_press(part) for part in key.split(" "))


@cache  # each frame and each key names the keys of all commands
def _format_key_press(key: str) -> str:
    """Return one key press as people read it."""
    *modifiers, last = key.split("+")
    label = _KEY_LABELS.get(last) or _find_sign(last)
    is_function_key = label[:1] == "f" and label[1:].isdigit()
    if is_function_key or (modifiers and len(label) == 1):
        # "f5" becomes "F5" and "ctrl+e" "Ctrl+E"; longer names ("Tab") are labels already.
        label = label.upper()
    return "+".join([*(part.capitalize() for part in modifiers), label])


def _find_sign(name: str) -> str:
    """Return the sign of a key that is named as in Unicode ("equals_sign"), else the name."""
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name
    return sign if sign.isprintable() else name  # Unicode names control characters, too: "tab"
