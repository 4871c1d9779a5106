"""What the store tells everyone who watches it: that something has changed, not what it is now."""

from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What kind of thing changed."""

    CONVERSATION = "conversation"
    MESSAGE = "message"
    ACCOUNT = "account"
    PRESENCE = "presence"
    DRAFT = "draft"
    TEMPLATE = "template"
    MENTION = "mention"
    """A note that names an agent; the id is the note's."""
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed; read it again to know how it is now."""

    subject: Subject
    id: int
    """Of the conversation or message; 0 where the subject has no number."""
    conversation_id: int = 0
    new: bool = False
    """Whether it was not there before (a text that came in, for one)."""


RELOAD = Change(Subject.VIEW, 0)
"""Too much has changed since the watcher last looked: read everything again."""
