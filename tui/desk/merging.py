"""Merge two conversations of one customer: which ones can be chosen, and what will be joined."""

from collections.abc import Sequence

from tui.desk.format import format_title
from tui.desk.send_attempt import Objection, SendAttempt
from tui.domain.conversation import Conversation, Order, View
from tui.domain.phone import format_phone_number
from tui.domain.text import format_count, one_line
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store

MAX_CANDIDATES = 50
"""Conversations to choose from; typing a part of the name or number finds any other."""


async def list_merge_candidates(
    store: Store, conversation: Conversation, typed: str = ""
) -> list[Conversation]:
    """Return conversations to merge with this one, those of the same name first.

    Args:
        store: Store shared by all agents.
        conversation: Conversation that stays.
        typed: Part of the name or number; empty for the newest conversations.
    """
    texts = [typed] if typed.strip() else [*filter(None, [conversation.name]), ""]
    found: dict[int, Conversation] = {}
    for text in texts:
        view = View(state=None, text=text, order=Order.NEWEST)
        rows = await store.conversations.list_after(view, FIRST_POSITION, MAX_CANDIDATES)
        found.update({row.id: row for row in rows if row.id not in found})
    return [row for row in found.values() if row.id != conversation.id]


def format_candidate(row: Conversation) -> str:
    """Return the line of a conversation to choose: its name and number."""
    number = one_line(format_phone_number(row.address), 40)
    return f"{format_title(row)}  {number}" if row.name else number


async def describe_merge(store: Store, kept: Conversation, gone: Conversation) -> list[str]:
    """Return what a merge does, as sentences for the agent who has to confirm it.

    Args:
        store: Store shared by all agents.
        kept: Conversation that stays.
        gone: Conversation that becomes part of it.
    """
    details = await store.contact_details.get_details(gone)
    messages = details.stored_texts
    sentences = [
        f"{format_count(messages, 'message')} of {_name(gone)} move to {_name(kept)}"
        if messages != 1
        else f"1 message of {_name(gone)} moves to {_name(kept)}",
        "Notes, drafts, labels and history are joined",
        "Later messages from either number arrive there, and answers go to the number that wrote "
        "last",
    ]
    if kept.opted_out or gone.opted_out:
        who = " and ".join(_name(row) for row in (kept, gone) if row.opted_out)
        verb = "have" if kept.opted_out and gone.opted_out else "has"
        sentences.append(f"{who} {verb} opted out: neither number can be texted")
    return sentences


def format_recipient(conversation: Conversation) -> str:
    """Return the number that an answer goes to if the customer has several, else ""."""
    if not conversation.other_addresses:
        return ""
    return f"to {one_line(format_phone_number(conversation.address), 30)}"


def check_former_recipients(attempt: SendAttempt) -> list[Objection]:
    """Ask about a text that was begun for another number than it goes to since a merge."""
    others = attempt.former_recipients - {attempt.to}
    if attempt.conversation is None or not others:
        return []
    return [Objection(describe_merged(attempt.conversation), question=f"recipient {attempt.to}")]


def describe_merged(conversation: Conversation) -> str:
    """Return that what the agent had open is part of another conversation now."""
    return f"This conversation is part of the one with {_name(conversation)} now"


def describe_separation(kept: Conversation, other: Conversation, drafts_key: str = "") -> str:
    """Return whom the agent's text is for since a colleague has separated two conversations.

    Args:
        kept: Conversation that was shown.
        other: Conversation that has the text.
        drafts_key: Key that lists drafts if the text is no longer shown; empty if it is.
    """
    separated = f"{_name(kept)} and {_name(other)} are two conversations again"
    if drafts_key:
        return f"{separated} · your draft is with {_name(other)}: {drafts_key} lists drafts"
    return f"{separated} · your text is to {_name(other)}"


def list_names(rows: Sequence[Conversation]) -> str:
    """Return the names of conversations: "Ana and +48 500 600 700"."""
    return " and ".join(_name(row) for row in rows)


def _name(row: Conversation) -> str:
    """Return the name of a conversation, short enough for a sentence."""
    return one_line(format_title(row), 30)


def list_addresses(conversation: Conversation) -> frozenset[str]:
    """Return all addresses of a customer."""
    return frozenset({conversation.address, *conversation.other_addresses})


def is_same_customer(old: Conversation, new: Conversation) -> bool:
    """Return whether a conversation was neither merged nor separated.

    Args:
        old: Conversation before.
        new: Conversation now.
    """
    return new.id == old.id and list_addresses(new) == list_addresses(old)
