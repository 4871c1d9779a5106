"""Describe the notifications of the store: they say that something changed, not its new value."""

from enum import StrEnum

from tui.domain.record_type import record


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
    BULK_TEXT = "bulk text"
    OVERDUE = "overdue"
    """A conversation whose time for an answer is over; the id is that of the conversation."""
    ASSIGNMENT = "assignment"
    """A conversation that has a new assignee; the id is that of the conversation."""


class JournalKind(StrEnum):
    """What happened, for programs that follow."""

    REPLY = "reply"
    QUEUED = "queued"
    STATUS = "status"
    NOTE = "note"
    NOTE_WITHDRAWN = "note_withdrawn"
    CONVERSATION = "conversation"
    OPT_OUT = "opt_out"
    MERGED = "merged"
    SEPARATED = "separated"
    HELD = "held"
    ALARM = "alarm"
    HOOK = "hook"
    """A named hook is to run; only hooks of this name get it."""
    ERASED = "erased"
    """What is left of an event whose conversation was erased, so that no id is missing."""


NO_TARGETS = frozenset({JournalKind.HOOK, JournalKind.ERASED})
"""Kinds that no hook and no webhook can ask for."""
MESSAGE_EVENTS = {"in": JournalKind.REPLY, "out": JournalKind.QUEUED, "note": JournalKind.NOTE}
"""What a new message is, by its direction."""


@record
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

RULES_CHANGED = Change(Subject.RULE, 0)
"""Rules, or what they lack, are different; with an id one has only acted."""

VIEWS_CHANGED = Change(Subject.VIEW, 1)
"""Saved views, teams or the agents' levels are different."""
