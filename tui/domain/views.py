"""Which conversations a view shows, and what it is called, decided without asking the database."""

import re

from tui.domain.conversation import Conversation, State, View
from tui.domain.fold import fold
from tui.domain.text import one_line

_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]*")
_BETWEEN_DIGITS = re.compile(r"[^+0-9]+")


def belongs(conversation: Conversation, view: View) -> bool:
    """Whether a conversation is in the view as it is now.

    Drafts are not part of a conversation: a view of drafts keeps what it shows.
    """
    if view.failed:
        fits = conversation.failed > 0
    elif view.starred:
        fits = conversation.starred
    elif view.drafts_of or view.mentions_of:
        fits = True
    else:
        fits = view.state in (None, conversation.state)
    if view.label:
        fits = fits and view.label in conversation.labels
    if view.assignee is not None:
        fits = fits and conversation.assignee == view.assignee
    return fits and _contains(conversation, view.text)


def is_waiting(conversation: Conversation) -> bool:
    """Whether a conversation waits now: what is put off waits later."""
    return conversation.state is State.OPEN and conversation.waiting_since is not None


def waits_for(conversation: Conversation, agent: str) -> bool:
    """Whether a conversation waits for this agent, or for anybody."""
    return is_waiting(conversation) and conversation.assignee in ("", agent)


def mixes_states(view: View) -> bool:
    """Whether open, snoozed and closed conversations may stand in a view side by side."""
    by_kind = view.failed or view.starred or view.drafts_of or view.mentions_of
    return bool(by_kind) or view.state is None


def counters_of(view: View) -> tuple[str, ...]:
    """The names of the store's counters that add up to a view; none where none do."""
    if view.text or view.drafts_of or view.mentions_of or (view.label and not view.failed):
        return ()
    if view.failed:
        return ("failed",)
    if view.starred:
        return ("starred",)
    if view.assignee is not None:
        return (f"assignee:{view.assignee}",)
    return tuple(State) if view.state is None else (view.state.value,)


def name_of(view: View, agent: str, total: int = 0) -> str:
    """What this agent calls a list, with how many there are: "Open 1 204", "#billing"."""
    count = f" {total:,}".replace(",", " ") if total else ""
    text = f' containing "{one_line(view.text, 20)}"' if view.text else ""
    return f"{_kind(view, agent)}{count}{text}"


def _kind(view: View, agent: str) -> str:
    """The name without anything more."""
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


def looked_for(text: str) -> str:
    """What a filter looks for, folded; a number may be typed in groups, as it is shown."""
    wanted = fold(text.strip())
    return _BETWEEN_DIGITS.sub("", wanted) if _NUMBER.fullmatch(wanted) else wanted


def _contains(conversation: Conversation, text: str) -> bool:
    """Whether name or address contains what was typed, accents aside."""
    wanted = looked_for(text)
    return not wanted or wanted in fold(f"{conversation.name} {conversation.address}")


def empty_words(view: View) -> str:
    """What a view without conversations means, and which key comes next."""
    if view.text:
        return f'Nothing contains "{one_line(view.text, 30)}": Esc shows all'
    if view.failed:
        return "Nothing has failed: g o shows what is open"
    if view.drafts_of:
        return "No drafts: g o shows what is open"
    if view.label or view.starred or view.mentions_of or view.assignee is not None:
        return "Nothing here: g o shows all that is open"
    if view.state is State.OPEN:
        return "All clear: c writes the first message"
    if view.state is None:
        return "Nobody has written yet: c writes the first message"
    return "Nothing here: g o shows what is open"
