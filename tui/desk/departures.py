"""Say in a few words why a conversation is no longer in the list that an agent looks at.

Its row stays where it is until the agent moves on, so the agent has to be shown what happened.
"""

from collections.abc import Sequence
from datetime import tzinfo

from tui.domain.conversation import Conversation, State, View
from tui.domain.date_input import format_moment
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.domain.views import has_mixed_states, is_in_view
from tui.store.audit import AuditEntry
from tui.store.store import Store

_MAX_NAME = 16


async def describe_departure(
    store: Store, view: View, conversation: Conversation, agent: str, now: int, zone: tzinfo | None
) -> str:
    """Return why a conversation has left a view: "closed by tom", "no longer failed".

    Args:
        store: Store shared by all agents.
        view: View that it was in.
        conversation: Conversation as it is now.
        agent: Name of the agent who looks at it, called "you".
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    entries = await store.triage.get_audit_trail(conversation.id)
    if not has_mixed_states(view) and conversation.state is not view.state:
        return _describe_state(conversation, entries, agent, now, zone)
    if view.failed and not conversation.failed:
        is_sending = conversation.last_status in (Status.QUEUED, Status.SENDING)
        return "being sent now" if is_sending else "no longer failed"
    if view.starred and not conversation.starred:
        return f"star removed{_format_actor(entries, agent, 'unstar')}"
    if view.label and view.label not in conversation.labels:
        actor = _format_actor(entries, agent, f"unlabel {view.label}")
        return f"#{one_line(view.label, _MAX_NAME)} removed{actor}"
    if view.unread and not conversation.unread:
        return "read"
    if view.account and conversation.account != view.account:
        return f"answered through {one_line(conversation.account, _MAX_NAME)} now"
    if view.own and conversation.own != view.own:
        return f"wrote to {one_line(conversation.own, _MAX_NAME)}"
    is_listed = conversation.assignee in (view.assignee, *view.assigned)
    if (view.assignee is not None or view.team) and not is_listed:
        return _describe_assignment(conversation, entries, agent)
    if view.drafts_of:
        return "no draft left"
    if view.mentions_of:
        return "mention seen"
    return "no longer matches the filter" if not is_in_view(conversation, view) else "moved"


async def describe_end_of_wait(
    store: Store, conversation: Conversation, agent: str, now: int, zone: tzinfo | None
) -> str:
    """Return why a conversation shown in triage is not this agent's to answer; "" if it is.

    Args:
        store: Store shared by all agents.
        conversation: Conversation as it is now.
        agent: Name of the agent.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    if conversation.state is not State.OPEN:
        return await describe_departure(store, View(), conversation, agent, now, zone)
    if conversation.assignee in ("", agent, *await store.team.list_teams_of(agent)):
        return ""
    return _describe_assignment(conversation, (), agent)


async def describe_change_since(
    store: Store, before: Conversation, agent: str, now: int, zone: tzinfo | None
) -> str:
    """Return what was done to a conversation since it was read: "closed by tom"; "" for nothing.

    Args:
        store: Store shared by all agents.
        before: Conversation as the agent saw it.
        agent: Name of the agent, called "you".
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    after = await store.conversations.get(before.id)
    if after is None:
        return "erased"
    states = [(one.state, one.snoozed_until) for one in (before, after)]
    if states[0] == states[1] and before.assignee == after.assignee:
        return ""
    entries = await store.triage.get_audit_trail(before.id)
    if states[0] != states[1]:
        return _describe_state(after, entries, agent, now, zone)
    return _describe_assignment(after, entries, agent)


def _describe_state(
    conversation: Conversation,
    entries: Sequence[AuditEntry],
    agent: str,
    now: int,
    zone: tzinfo | None,
) -> str:
    """Return what the conversation is now, and who made it so."""
    match conversation.state:
        case State.CLOSED:
            return f"closed{_format_actor(entries, agent, 'close')}"
        case State.SNOOZED:
            end = format_moment(conversation.snoozed_until, now, zone).split(",")[0]
            until = end if conversation.snoozed_until is None else f"until {end}"
            return f"snoozed {until}{_format_actor(entries, agent, 'snooze')}"
        case State.OPEN:
            newest = entries[:1] if entries and entries[0].action == "reopen" else ()
            return f"open again{_format_actor(newest, agent, 'reopen')}"


def _describe_assignment(
    conversation: Conversation, entries: Sequence[AuditEntry], agent: str
) -> str:
    """Return to whom the conversation is assigned now."""
    if not conversation.assignee:
        return f"unassigned{_format_actor(entries, agent, 'assign')}"
    assignee = conversation.assignee
    return f"assigned to {'you' if assignee == agent else one_line(assignee, _MAX_NAME)}"


def _format_actor(entries: Sequence[AuditEntry], agent: str, action: str) -> str:
    """Return " by tom" for the agent who did this last, or "" if no agent did."""
    actor = next((entry.agent for entry in entries if entry.action == action), "")
    if not actor:
        return ""
    return f" by {'you' if actor == agent else one_line(actor, _MAX_NAME)}"
