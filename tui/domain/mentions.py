"""Colleagues who are named in a note: "@bo, can you call her?"."""

import re
from collections.abc import Iterable

_BEGUN = re.compile(r"(?:^|(?<=[\s(,;:]))@([\w.\-]*)$")


def mentioned(text: str, agents: Iterable[str]) -> tuple[str, ...]:
    """Return the agents whose names stand behind an @ in `text`, whatever their case."""
    return tuple(name for name in agents if name and _named(name).search(text))


def _named(name: str) -> re.Pattern[str]:
    """Return what finds one name: behind an @, and not as the beginning of a longer one."""
    return re.compile(rf"(?<!\w)@{re.escape(name)}(?!\w)", re.IGNORECASE)


def candidates(before: str, agents: Iterable[str]) -> tuple[str, ...]:
    """Return the agents that what stands before the cursor may be going to name."""
    begun = _BEGUN.search(before)
    if begun is None:
        return ()
    letters = begun[1].casefold()
    return tuple(name for name in agents if name.casefold().startswith(letters))


def begun_length(before: str) -> int:
    """Return how many letters of a name are typed already behind the @ before the cursor."""
    begun = _BEGUN.search(before)
    return len(begun[1]) if begun else 0
