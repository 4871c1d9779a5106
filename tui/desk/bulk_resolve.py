"""Resolve all messages that are maybe sent in one action, after a cut that left many of them.

The agent says that all were sent, or sends all again because none was, or has the provider asked.
"""

from collections import Counter
from collections.abc import Iterable

from tui.desk.bulk_retry import RetryBatch, format_quiet_hours
from tui.desk.context import AppContext
from tui.desk.undo_stack import RememberUndo
from tui.domain.capabilities import ReceiptChannel
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import format_count, one_line
from tui.store.store import Store

_MAX_REASONS = 4


@record
class UncertainBatch:
    """Messages that are maybe sent."""

    messages: tuple[Message, ...]
    conversations: tuple[Conversation, ...]
    """Conversations that hold them."""
    answerable: tuple[Message, ...] = ()
    """Those that their providers can be asked about."""


async def collect_uncertain(
    store: Store, context: AppContext, conversations: Iterable[Conversation]
) -> UncertainBatch:
    """Collect the messages of conversations that are maybe sent.

    Args:
        store: Store shared by all agents.
        context: Accounts of the agent.
        conversations: Conversations to look through.
    """
    messages: list[Message] = []
    holders: list[Conversation] = []
    for conversation in conversations:
        failed = await store.messages.list_failed(conversation.id)
        if found := [message for message in failed if message.status is Status.UNCERTAIN]:
            messages += found
            holders.append(conversation)
    answerable = tuple(message for message in messages if _can_ask_about(message, context))
    return UncertainBatch(tuple(messages), tuple(holders), answerable)


def _can_ask_about(message: Message, context: AppContext) -> bool:
    """Return whether the provider of a message can be asked about it."""
    account = context.find_account(message.account)
    can = account.capabilities if account else None
    if can is None:
        return False
    if message.provider_id:
        return can.can_look_up or can.receipts is ReceiptChannel.BY_ID
    return can.can_look_up and can.can_look_up_references


async def resolve_all_as_sent(
    store: Store, agent: str, batch: UncertainBatch, remember_undo: RememberUndo
) -> str:
    """Record that all were sent; return the confirmation.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        batch: Messages that are maybe sent.
        remember_undo: Remembers how to undo it.
    """
    ids = [message.id for message in batch.messages]
    resolved = await store.intents.resolve_all_uncertain(ids, agent, went_out=True)
    if not resolved:
        return "The providers have reported meanwhile: nothing to resolve"

    async def undo_resolution() -> str:
        reopened = await store.intents.reopen_resolved(resolved, agent)
        late = len(resolved) - len(reopened)
        rest = f"; about {late} the provider has reported meanwhile" if late else ""
        return f"Undone: {format_count(len(reopened), 'text')} maybe sent again{rest}"

    late = len(ids) - len(resolved)
    rest = f"; the provider has reported about {late} meanwhile" if late else ""
    return remember_undo(
        f"Resolved: {format_count(len(resolved), 'text')} counted as sent{rest}",
        undo_resolution,
        about={conversation.id for conversation in batch.conversations},
    )


async def look_up_all(store: Store, batch: UncertainBatch) -> str:
    """Have the providers asked about all messages now; return the confirmation.

    Args:
        store: Store shared by all agents.
        batch: Messages that are maybe sent.
    """
    if not batch.answerable:
        return "None of these can be looked up: their providers answer no such question"
    await store.receipt_schedule.save_schedule([(one.id, 1, 0) for one in batch.answerable])
    for account in {message.account for message in batch.answerable}:
        await store.accounts.request_retry(account)
    rest = len(batch.messages) - len(batch.answerable)
    left = f" · {rest} cannot be looked up" if rest else ""
    count = format_count(len(batch.answerable), "text")
    return f"Asking about {count}: the badges show the answers{left}"


def format_uncertain_batch(batch: UncertainBatch) -> str:
    """Return the size of a batch: "40 texts maybe sent in 38 conversations"."""
    conversations = format_count(len(batch.conversations), "conversation")
    return f"{format_count(len(batch.messages), 'text')} maybe sent in {conversations}"


def format_uncertain_reasons(batch: UncertainBatch) -> list[str]:
    """Return why the messages are maybe sent, most frequent first."""
    counts = Counter(
        f"through {one_line(message.account, 16)}:"
        f" {one_line(message.reason, 60).strip() or 'no answer'}"
        for message in batch.messages
    )
    lines = [f"{count} {reason}" for reason, count in counts.most_common(_MAX_REASONS)]
    rest = len(batch.messages) - sum(count for _, count in counts.most_common(_MAX_REASONS))
    return [*lines, f"{rest} for other reasons"] if rest else lines


def list_resolve_choices(batch: UncertainBatch, again: RetryBatch) -> dict[str, str]:
    """Return what can be done with a batch, with the numbers, as "Label. Meaning." by choice.

    Args:
        batch: Messages that are maybe sent.
        again: The same messages as they would be sent again.
    """
    count, retried = len(batch.messages), len(again.to_retry)
    left = "; ".join(f"{number} {reason}" for reason, number in again.left_out.items())
    rest = f" Left out: {left}." if left else ""
    if asleep := format_quiet_hours(again):
        rest = f"{rest} {asleep}."
    sent, unsent = f"All {count} were sent", f"None was sent: send {retried} again"
    if count == 1:
        sent, unsent = "It was sent", "It was not sent: send it again"
    choices = {
        "went out": f"{sent}. Nothing more is sent.",
        "again": f"{unsent}. Who has the first gets it twice.{rest}",
    }
    if not retried:
        del choices["again"]
    if asked := len(batch.answerable):
        missing = f" {count - asked} cannot be looked up." if asked < count else ""
        label = f"Look up {asked} at the provider"
        choices["look up"] = f"{label}. The badges show the answers.{missing}"
    return choices
