"""Find colleagues who are mentioned in a note: "@bo, can you call her?"."""

import re
from collections.abc import Iterable

_TYPED_MENTION = re.compile(r"(?:^|(?<=[\s(,;:]))@([\w.\-]*)$")


def find_mentions(text: str, agents: Iterable[str]) -> tuple[str, ...]:
    """Return the agents whose names follow an @ in `text`, in any case.

    Args:
        text: Text of the note.
        agents: Names of all agents.
    """
    return tuple(name for name in agents if name and _compile_mention(name).search(text))


def _compile_mention(name: str) -> re.Pattern[str]:
    """Return a pattern for one name: after an @, and not as the beginning of a longer name."""
    return re.compile(rf"(?<!\w)@{re.escape(name)}(?!\w)", re.IGNORECASE)


def find_candidates(before: str, agents: Iterable[str]) -> tuple[str, ...]:
    """Return the agents whose names complete the mention before the cursor.

    Args:
        before: Text before the cursor.
        agents: Names of all agents.
    """
    begun = _TYPED_MENTION.search(before)
    if begun is None:
        return ()
    prefix = begun[1].casefold()
    return tuple(name for name in agents if name.casefold().startswith(prefix))


def count_typed_characters(before: str) -> int:
    """Return how many characters of a name are already typed after the @.

    Args:
        before: Text before the cursor.
    """
    begun = _TYPED_MENTION.search(before)
    return len(begun[1]) if begun else 0
