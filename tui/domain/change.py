"""Describe the notifications of the store: they say that something changed, not its new value."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """Kind of thing that changed."""

    CONVERSATION = "conversation"
    MESSAGE = "message"
    ACCOUNT = "account"
    PRESENCE = "presence"
    DRAFT = "draft"
    CANNED_REPLY = "template"
    MENTION = "mention"
    """A note that mentions an agent; the id is that of the note."""
    RULE = "rule"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed; read it again to get its current value."""

    subject: Subject
    id: int
    """Id of the conversation or message; 0 where the subject has none."""
    conversation_id: int = 0
    is_new: bool = False
    """Whether it did not exist before, for example a received message."""


RELOAD = Change(Subject.VIEW, 0)
"""Too many changes since the last read: read everything again."""
