"""Do one thing to a conversation or message that a command names, unless it is done already.

Each is the action of a key, stored through the same functions; nothing is asked and nothing is
remembered for undo, as no agent is at a screen.
"""

from enum import StrEnum

from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.format import format_title
from tui.domain.conversation import Conversation, State
from tui.domain.date_input import format_moment
from tui.domain.mentions import find_mentions
from tui.domain.message import Direction, Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.store import Store


class Verb(StrEnum):
    """What is done; the names are those of the commands."""

    CLOSE = "close"
    REOPEN = "reopen"
    ASSIGN = "assign"
    LABEL = "label"
    NOTE = "note"
    SNOOZE = "snooze"
    READ = "read"
    RESOLVE = "resolve"
    CANCEL = "cancel"


MESSAGE_VERBS = frozenset({Verb.RESOLVE, Verb.CANCEL})
"""What is done to one message; all else is done to a conversation."""
_SENT = frozenset({Status.ACCEPTED, Status.SUBMITTED, Status.DELIVERED, Status.EXPIRED})
_NOT_SENT = frozenset({Status.FAILED, Status.REJECTED, Status.CANCELLED})
"""Statuses with which the answer to "was it sent?" is known."""


@record
class NamedAction:
    """What to do, with its value."""

    verb: Verb
    value: str = ""
    """Assignee (empty for none), label, or text of a note."""
    on: bool = True
    """False removes a label, or marks as unread; for `resolve`, that the message was not sent."""
    until: int | None = None
    """End of a snooze, ms UTC; None waits for a reply."""


@record
class ActionResult:
    """What became of an action."""

    line: str
    """What was done, or why nothing was."""
    is_changed: bool = True
    is_failed: bool = False
    """Whether it can not be done any more; False if it is done already."""


async def apply_to_conversation(
    store: Store, context: AppContext, action: NamedAction, row: Conversation
) -> ActionResult:
    """Do something to a conversation, unless it is so already.

    Args:
        store: Store shared by all agents.
        context: Settings of the agent.
        action: What to do.
        row: The conversation as it is now.
    """
    agent, triage, ids, title = context.agent, store.triage, [row.id], format_title(row)
    match action.verb:
        case Verb.CLOSE:
            if row.state is State.CLOSED:
                return ActionResult(f"already closed: {title}", is_changed=False)
            await triage.close_conversations(ids, agent)
            return ActionResult(f"closed {title}")
        case Verb.REOPEN:
            if row.state is State.OPEN:
                return ActionResult(f"already open: {title}", is_changed=False)
            await triage.reopen_conversations(ids, agent)
            return ActionResult(f"reopened {title}")
        case Verb.READ:
            word = "read" if action.on else "unread"
            if bool(row.unread) is not action.on:
                return ActionResult(f"already {word}: {title}", is_changed=False)
            await triage.set_unread(ids, agent, not action.on)
            return ActionResult(f"marked {title} {word}")
        case Verb.SNOOZE:
            return await _snooze(store, context, action, row)
        case Verb.ASSIGN:
            return await _assign(store, agent, action, row)
        case Verb.LABEL:
            return await _label(store, agent, action, row)
        case _:
            return await _add_note(store, agent, action, row)


async def _snooze(
    store: Store, context: AppContext, action: NamedAction, row: Conversation
) -> ActionResult:
    """Snooze a conversation until a time or a reply."""
    moment = format_moment(action.until, context.clock.now(), context.zone, with_distance=False)
    when = moment if action.until is None else f"until {moment}"
    if row.state is State.SNOOZED and row.snoozed_until == action.until:
        return ActionResult(f"already snoozed {when}: {format_title(row)}", is_changed=False)
    await store.triage.snooze_conversations([row.id], context.agent, action.until)
    return ActionResult(f"snoozed {format_title(row)} {when}")


async def _assign(store: Store, agent: str, action: NamedAction, row: Conversation) -> ActionResult:
    """Assign a conversation, or unassign it."""
    assignee, title = " ".join(action.value.split()), format_title(row)
    if row.assignee == assignee:
        state = f"assigned to {one_line(assignee, 40)}" if assignee else "unassigned"
        return ActionResult(f"already {state}: {title}", is_changed=False)
    await store.triage.assign_conversations([row.id], agent, assignee)
    done = f"assigned {title} to {one_line(assignee, 40)}" if assignee else f"unassigned {title}"
    return ActionResult(done)


async def _label(store: Store, agent: str, action: NamedAction, row: Conversation) -> ActionResult:
    """Add a label to a conversation, or remove it."""
    label, title = " ".join(action.value.split()), format_title(row)
    shown = f"#{one_line(label, 40)}"
    if (label in row.labels) is action.on:
        state = f"labelled {shown}" if action.on else f"without {shown}"
        return ActionResult(f"already {state}: {title}", is_changed=False)
    await store.triage.set_label([row.id], agent, label, action.on)
    return ActionResult(f"labelled {title} {shown}" if action.on else f"removed {shown}: {title}")


async def _add_note(
    store: Store, agent: str, action: NamedAction, row: Conversation
) -> ActionResult:
    """Write a note, unless it is the newest thing in the conversation already."""
    title = format_title(row)
    for newest in await store.messages.list_before(row.id, row.last_id + 1, 1):
        is_same = newest.body == action.value and newest.agent == agent
        if newest.direction is Direction.NOTE and is_same:
            return ActionResult(f"already noted: {title}", is_changed=False)
    names = await store.agents.list_names()
    mentions = [name for name in find_mentions(action.value, names) if name != agent]
    await store.messages.add_note(row.id, agent, action.value, mentions)
    seen = f"; {one_line(', '.join(mentions), 60)} will see it" if mentions else ""
    return ActionResult(f"noted in {title}{seen}")


async def apply_to_message(
    store: Store, context: AppContext, action: NamedAction, message: Message
) -> ActionResult:
    """Do something to a message, unless it is so already.

    Args:
        store: Store shared by all agents.
        context: Settings of the agent.
        action: What to do.
        message: The message as it is now.
    """
    if message.direction is not Direction.OUT or message.status is None:
        return _fail("it is no message to a customer")
    if action.verb is Verb.RESOLVE:
        return await _resolve(store, context.agent, message, was_sent=action.on)
    return await _cancel(store, context, message)


async def _resolve(store: Store, agent: str, message: Message, *, was_sent: bool) -> ActionResult:
    """Record whether an uncertain message was sent; what is known already can only be repeated."""
    if message.status is not Status.UNCERTAIN:
        state = f"nothing to resolve: it is {message.status}"
        is_known = message.status in (_SENT if was_sent else _NOT_SENT)
        return ActionResult(state, is_changed=False, is_failed=not is_known)
    if not await store.intents.resolve_uncertain(message.id, agent, went_out=was_sent):
        return ActionResult("the provider has reported meanwhile", is_changed=False)
    return ActionResult("resolved: it was sent" if was_sent else "resolved: it was not sent")


async def _cancel(store: Store, context: AppContext, message: Message) -> ActionResult:
    """Cancel a message that waits here or at the provider."""
    if message.status is Status.CANCELLED:
        return ActionResult("already cancelled", is_changed=False)
    if message.cancel_wanted:
        return ActionResult("the provider is asked already", is_changed=False)
    if message.status not in (Status.QUEUED, Status.SCHEDULED):
        return _fail(f"too late: it is {message.status}")
    line = await ConversationActions(store, context).outgoing.cancel_scheduled(message)
    now = await store.messages.get(message.id)
    if now is None or not (now.status is Status.CANCELLED or now.cancel_wanted):
        return _fail("too late: it has just been sent")
    return ActionResult(line[:1].lower() + line[1:])


def _fail(line: str) -> ActionResult:
    """Return that something can not be done."""
    return ActionResult(line, is_changed=False, is_failed=True)
