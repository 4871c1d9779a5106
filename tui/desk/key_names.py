"""Names of keys as people read them: "Ctrl+E" for Textual's "ctrl+e"."""

_KEY_LABELS = {
    "slash": "/",
    "full_stop": ".",
    "colon": ":",
    "question_mark": "?",
    "asterisk": "*",
    "exclamation_mark": "!",
    "tilde": "~",
    "escape": "Esc",
    "space": "Space",
    "enter": "Enter",
    "down": "↓",
    "up": "↑",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "backslash": "\\",
    "vertical_line": "|",
}


def format_key(key: str) -> str:
    """Return a key as people read it: "ctrl+e" as "Ctrl+E", "g slash" as "g /".

    Args:
        key: Key as Textual names it; a sequence is separated by blanks.
    """
    return " ".join(_format_key_press(part) for part in key.split(" "))


def _format_key_press(key: str) -> str:
    """Return one key press as people read it."""
    *modifiers, last = key.split("+")
    label = _KEY_LABELS.get(last, last)
    if modifiers or (len(label) > 1 and label[0] == "f" and label[1:].isdigit()):
        # "f5" becomes "F5" and "ctrl+e" "Ctrl+E"; longer names ("Space") are labels already.
        label = label.upper() if len(label) <= 3 else label
    return "+".join([*(part.capitalize() for part in modifiers), label])
