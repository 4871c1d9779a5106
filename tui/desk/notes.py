"""Private notes: what stands around the composer while one is written, and who is told."""

from collections.abc import Iterable, Sequence

from tui.domain.change import Change, Subject
from tui.domain.text import one_line
from tui.store.store import Store

NOTE_LABEL = "private note · colleagues only, never sent · @name tells them"
_MAX_NAMES = 4


def format_mention_choices(names: Sequence[str]) -> str:
    """Return the colleagues that Tab completes, first one first, or "" if there are none."""
    if not names:
        return ""
    shown = "  ".join(f"@{one_line(name, 16)}" for name in names[:_MAX_NAMES])
    return f"Tab names {shown}"


async def format_mention_notice(store: Store, agent: str, changes: Iterable[Change]) -> str:
    """Return the message about the newest note that mentions this agent, or "" if there is none.

    Args:
        store: Store shared by all agents.
        agent: Name of this agent; the agent's own notes are skipped.
        changes: What has changed in the store.
    """
    notice = ""
    for change in changes:
        if change.subject is not Subject.MENTION:
            continue
        if not await store.messages.has_mention(change.id, agent):
            continue
        note = await store.messages.get(change.id)
        conversation = await store.conversations.get(change.conversation_id)
        if note is not None and conversation is not None and note.agent != agent:
            author, title = one_line(note.agent, 20), one_line(conversation.title, 30)
            notice = f"{author} names you in a note on {title} · g m shows it"
    return notice
