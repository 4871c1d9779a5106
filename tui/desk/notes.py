"""Private notes: what stands around the composer while one is written, and who is told."""

from collections.abc import Iterable, Sequence

from tui.domain.change import Change, Subject
from tui.domain.text import one_line
from tui.store.store import Store

NOTE_WORDS = "private note · colleagues only, never sent · @name tells them"
_MOST_NAMES = 4


def naming_words(names: Sequence[str]) -> str:
    """Whom Tab would name, first one first; empty for nobody."""
    if not names:
        return ""
    shown = "  ".join(f"@{one_line(name, 16)}" for name in names[:_MOST_NAMES])
    return f"Tab names {shown}"


async def naming(store: Store, agent: str, changes: Iterable[Change]) -> str:
    """The words about a colleague's newest note that names this agent; empty for none."""
    words = ""
    for change in changes:
        if change.subject is not Subject.MENTION:
            continue
        if not await store.messages.mentions(change.id, agent):
            continue
        note = await store.messages.get(change.id)
        about = await store.conversations.get(change.conversation_id)
        if note is not None and about is not None and note.agent != agent:
            who, title = one_line(note.agent, 20), one_line(about.title, 30)
            words = f"{who} names you in a note on {title} · g m shows it"
    return words
