"""Decide which conversations belong to a view and what it is called, without the database."""

import re
from collections.abc import Collection
from dataclasses import replace

from tui.domain.conversation import Conversation, Order, State, View
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
    c = conversation
    return (
        (has_every_state(view) or c.state is view.state)
        and (not view.failed or c.failed > 0)
        and (not view.starred or c.starred)
        and (not view.unread or c.unread > 0)
        and (not view.overdue or c.overdue)
        and (not view.label or view.label in c.labels)
        and (not view.account or c.account == view.account)
        and (not view.own or c.own == view.own)
        and (not view.team or c.assignee in view.assigned)
        and (view.assignee is None or c.assignee in (view.assignee, *view.assigned))
        and _has_filter_text(conversation, view.text)
    )


def is_waiting(conversation: Conversation) -> bool:
    """Return whether a conversation waits now; a snoozed one does not."""
    return conversation.state is State.OPEN and conversation.waiting_since is not None


def is_waiting_for(conversation: Conversation, agent: str, teams: Collection[str] = ()) -> bool:
    """Return whether a conversation waits for this agent or for any agent.

    Args:
        conversation: Conversation to check.
        agent: Name of the agent.
        teams: Teams of the agent, as assignees.
    """
    return is_waiting(conversation) and conversation.assignee in ("", agent, *teams)


def has_mixed_states(view: View) -> bool:
    """Return whether a view can contain open, snoozed and closed conversations together."""
    return bool(view.drafts_of or view.mentions_of) or has_every_state(view)


def has_every_state(view: View) -> bool:
    """Return whether a conversation belongs to the view whatever its state."""
    if view.state is None or view.drafts_of or view.mentions_of:
        return True
    return (view.failed or view.starred or view.unread or view.overdue) and not view.only_state


def list_counters(view: View) -> tuple[str, ...]:
    """Return the names of the store's counters that add up to a view, or none."""
    base = replace(view, assigned=(), order=Order.WAITING)
    if base == View(failed=True):
        return ("failed",)
    if base == View(starred=True):
        return ("starred",)
    if base == View(unread=True):
        return ("unread",)
    if base == View(overdue=True):
        return ("overdue",)
    if base == View(assignee=view.assignee) and view.assignee is not None:
        return tuple(f"assignee:{name}" for name in (view.assignee, *view.assigned))
    if base != View(state=view.state):
        return ()
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
    """Return the title without size and filter: "Failed", "Mine · #vip · of au"."""
    parts = []
    if view.failed:
        parts.append("Failed")
    if view.starred:
        parts.append("Starred")
    if view.unread:
        parts.append("Unread")
    if view.overdue:
        parts.append("Overdue")
    if view.drafts_of:
        parts.append("Drafts")
    if view.mentions_of:
        parts.append("Mentions")
    if view.label:
        parts.append(f"#{one_line(view.label, 20)}")
    if view.assignee is not None:
        parts.append(_format_assignee(view.assignee, agent))
    if view.team:
        parts.append(f"Team {one_line(view.team, 20)}")
    if view.account or view.own:
        parts.append(" ".join(one_line(part, 20) for part in (view.account, view.own) if part))
    if not has_every_state(view) and (not parts or view.only_state or view.state is not State.OPEN):
        parts.append(view.state.value.capitalize() if view.state is not None else "All")
    return " · ".join(parts) or "All"


def _format_assignee(assignee: str, agent: str) -> str:
    """Return how the title of a list names an assignee."""
    if not assignee:
        return "Unassigned"
    return "Mine" if assignee == agent else f"@{one_line(assignee.removeprefix('@'), 20)}"


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
        return f'Nothing here contains "{one_line(view.text, 30)}": g / searches all'
    if replace(view, order=Order.WAITING, assigned=()) == View(unread=True):
        return "Everything is read: g o shows what is open"
    if replace(view, order=Order.WAITING, assigned=()) == View(overdue=True):
        return "No answer is late: g o shows what is open"
    if replace(view, order=Order.WAITING) == View(failed=True):
        return "Nothing has failed: g o shows what is open"
    if view.drafts_of:
        return "No drafts: g o shows what is open"
    if replace(view, order=Order.WAITING) == View():
        return "All clear: c writes a message"
    if replace(view, order=Order.WAITING) == View(state=None):
        return "No messages yet: c writes the first one"
    if view.state is State.OPEN:
        return "Nothing here: g o shows all that is open"
    return "Nothing here: g o shows what is open"
