"""Decide which conversations belong to a view and what it is called, without the database."""

import re

from tui.domain.conversation import Conversation, State, View
from tui.domain.phone import find_common_digits
from tui.domain.text import fold_text, one_line

_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]*")
_BETWEEN_DIGITS = re.compile(r"[^+0-9]+")


def is_in_view(conversation: Conversation, view: View) -> bool:
    """Return whether a conversation is in the view at present.

    Drafts are not part of a conversation, so a view of drafts does not drop conversations here.

    Args:
        conversation: Conversation to check.
        view: View to check against.
    """
    if view.failed:
        is_included = conversation.failed > 0
    elif view.starred:
        is_included = conversation.starred
    elif view.drafts_of or view.mentions_of:
        is_included = True
    else:
        is_included = view.state in (None, conversation.state)
    if view.label:
        is_included = is_included and view.label in conversation.labels
    if view.assignee is not None:
        is_included = is_included and conversation.assignee == view.assignee
    return is_included and _has_filter_text(conversation, view.text)


def is_waiting(conversation: Conversation) -> bool:
    """Return whether a conversation waits now; a snoozed one does not."""
    return conversation.state is State.OPEN and conversation.waiting_since is not None


def is_waiting_for(conversation: Conversation, agent: str) -> bool:
    """Return whether a conversation waits for this agent or for any agent.

    Args:
        conversation: Conversation to check.
        agent: Name of the agent.
    """
    return is_waiting(conversation) and conversation.assignee in ("", agent)


def has_mixed_states(view: View) -> bool:
    """Return whether a view can contain open, snoozed and closed conversations together."""
    by_kind = view.failed or view.starred or view.drafts_of or view.mentions_of
    return bool(by_kind) or view.state is None


def list_counters(view: View) -> tuple[str, ...]:
    """Return the names of the store's counters that add up to a view, or none."""
    if view.text or view.drafts_of or view.mentions_of or (view.label and not view.failed):
        return ()
    if view.failed:
        return ("failed",)
    if view.starred:
        return ("starred",)
    if view.assignee is not None:
        return (f"assignee:{view.assignee}",)
    return tuple(State) if view.state is None else (view.state.value,)


def format_view_name(view: View, agent: str, total: int = 0) -> str:
    """Return the title of a list with its size: "Open 1 204", "#billing".

    Args:
        view: View shown.
        agent: Name of the agent who looks at it.
        total: Number of conversations; 0 is not shown.
    """
    count = f" {total:,}".replace(",", " ") if total else ""
    text = f' containing "{one_line(view.text, 20)}"' if view.text else ""
    return f"{_format_view_kind(view, agent)}{count}{text}"


def _format_view_kind(view: View, agent: str) -> str:
    """Return the title without size and filter."""
    if view.failed:
        return "Failed"
    if view.starred:
        return "Starred"
    if view.drafts_of:
        return "Drafts"
    if view.mentions_of:
        return "Mentions"
    if view.label:
        return f"#{one_line(view.label, 20)}"
    if view.assignee:
        return "Mine" if view.assignee == agent else f"@{one_line(view.assignee, 20)}"
    if view.assignee is not None:
        return "Unassigned"
    return view.state.value.capitalize() if view.state is not None else "All"


def normalize_filter(text: str) -> str:
    """Return the folded text of a filter; a number may be typed in groups, as it is shown.

    It may also be typed with the zeros that stand for a country code: 0491 finds +61 491.
    """
    folded = fold_text(text.strip())
    if not _NUMBER.fullmatch(folded):
        return folded
    return find_common_digits(_BETWEEN_DIGITS.sub("", folded))


def _has_filter_text(conversation: Conversation, text: str) -> bool:
    """Return whether the name or address contains the typed text, ignoring accents."""
    wanted = normalize_filter(text)
    searched = (conversation.name, conversation.address, *conversation.other_addresses)
    return not wanted or wanted in fold_text(" ".join(searched))


def describe_empty_view(view: View) -> str:
    """Return the message for a view without conversations, with the next useful key."""
    if view.text:
        return f'Nothing contains "{one_line(view.text, 30)}": Esc shows all'
    if view.failed:
        return "Nothing has failed: g o shows what is open"
    if view.drafts_of:
        return "No drafts: g o shows what is open"
    if view.label or view.starred or view.mentions_of or view.assignee is not None:
        return "Nothing here: g o shows all that is open"
    if view.state is State.OPEN:
        return "All clear: c writes a message"
    if view.state is None:
        return "No messages yet: c writes the first one"
    return "Nothing here: g o shows what is open"
