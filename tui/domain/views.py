"""Which conversations a view shows, decided without asking the database."""

from tui.domain.conversation import Conversation, State, View
from tui.domain.fold import fold


def belongs(conversation: Conversation, view: View) -> bool:
    """Whether a conversation is in the view as it is now.

    Drafts are not part of a conversation: a view of drafts keeps what it shows.
    """
    if view.failed:
        fits = conversation.failed > 0
    elif view.starred:
        fits = conversation.starred
    elif view.drafts_of:
        fits = True
    else:
        fits = conversation.state is (view.state or State.OPEN)
    if view.label:
        fits = fits and view.label in conversation.labels
    if view.assignee is not None:
        fits = fits and conversation.assignee == view.assignee
    return fits and _contains(conversation, view.text)


def _contains(conversation: Conversation, text: str) -> bool:
    """Whether name or address contains what was typed, accents aside."""
    wanted = fold(text.strip())
    return not wanted or wanted in fold(f"{conversation.name} {conversation.address}")
