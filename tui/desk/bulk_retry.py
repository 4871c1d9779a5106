"""Send the failed messages of many conversations again, each checked as if it were sent alone.

Most often an account was fixed or topped up, and everything that it refused is to be sent now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace

from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.routes import Route, choose_default_route
from tui.desk.same_text import SAME_TEXT, add_same_text
from tui.desk.send_attempt import RefusedError, SendAttempt, create_retry_intent
from tui.desk.send_checks import check_quiet_hours, find_refusal
from tui.domain.conversation import Conversation
from tui.domain.failure_advice import find_retry_problem
from tui.domain.message import Advice, Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import format_count, one_line
from tui.store.errors import OptedOut, StaleReply
from tui.store.store import Store

_OPTED_OUT = "opted out"
_MAYBE_SENT = "maybe sent"
_CUSTOMER_WAITS = "wrote since and waits for an answer"
_CHANGE_NEEDED = "needs another number or text"
_RESOLVED = "resolved meanwhile"
_NIGHT_BY_NOW = "in quiet hours by now"
_MAX_REASONS = 4
# The same text to the same number would only fail again.
_ADVICE_TO_CHANGE = frozenset({Advice.FIX_NUMBER, Advice.FIX_TEXT, Advice.STOP})

ReportProgress = Callable[[int, int], None]
"""Report how many messages are done, and how many there are."""


@record
class FailedMessage:
    """A failed message and its conversation."""

    conversation: Conversation
    message: Message


@record
class RetryBatch:
    """The messages to send again, and the number of those left out by reason."""

    to_retry: tuple[FailedMessage, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    asleep: frozenset[int] = frozenset()
    """Messages that would be sent in quiet hours, as the agent was shown."""
    uncertain: bool = False
    """Whether it holds those that are maybe sent."""

    @property
    def failed_count(self) -> int:
        """Return the number of failed messages, with those left out."""
        return len(self.to_retry) + sum(self.left_out.values())

    @property
    def conversation_count(self) -> int:
        """Return the number of conversations that the messages to send again are in."""
        return len({failure.conversation.id for failure in self.to_retry})


@record
class RetryResult:
    """The queued messages, and the number of those left out at the last moment by reason."""

    sent: tuple[Message, ...]
    left_out: Mapping[str, int]


async def collect_failed(
    store: Store,
    context: AppContext,
    conversations: Iterable[Conversation],
    *,
    uncertain: bool = False,
) -> RetryBatch:
    """Collect the failed messages of conversations, oldest first in each.

    Args:
        store: Store shared by all agents.
        context: Settings of the agent.
        conversations: Conversations to look through.
        uncertain: Whether to collect those that are maybe sent, and only them: the agent knows
            that none of them was.
    """
    to_retry: list[FailedMessage] = []
    left_out: Counter[str] = Counter()
    asleep: set[int] = set()
    for conversation in conversations:
        for message in reversed(await store.messages.list_failed(conversation.id)):
            if uncertain and message.status is not Status.UNCERTAIN:
                continue
            if check_quiet_hours(_create_attempt(conversation, message, context)):
                asleep.add(message.id)
            reason = find_retry_obstacle(conversation, message, context, uncertain=uncertain)
            if not reason:
                attempt = _create_attempt(conversation, message, context)
                reason = SAME_TEXT if (await add_same_text(store, attempt)).same_text else ""
            if reason:
                left_out[reason] += 1
            else:
                to_retry.append(FailedMessage(conversation, message))
    return RetryBatch(tuple(to_retry), left_out, frozenset(asleep), uncertain)


def find_retry_obstacle(
    conversation: Conversation, message: Message, context: AppContext, *, uncertain: bool = False
) -> str:
    """Return why a message is not sent again in a batch, or "" if it can be.

    Args:
        conversation: Conversation of the message.
        message: Message that failed.
        context: Settings of the agent.
        uncertain: Whether the agent knows that a message that is maybe sent was not.
    """
    refusal = find_refusal(_create_attempt(conversation, message, context))
    if refusal is not None:
        return refusal.summary
    if message.status is Status.UNCERTAIN and not uncertain:
        return _MAYBE_SENT
    if find_retry_problem(message):
        return _RESOLVED
    if message.advice in _ADVICE_TO_CHANGE:
        return _CHANGE_NEEDED
    # The customer has written since: an old text would be no reply to that.
    return _CUSTOMER_WAITS if conversation.waiting_since is not None else ""


async def retry_batch(
    store: Store,
    context: AppContext,
    actions: ConversationActions,
    batch: RetryBatch,
    report_progress: ReportProgress,
) -> RetryResult:
    """Queue the messages of a batch, without assigning their conversations to the agent.

    Args:
        store: Store shared by all agents.
        context: Settings of the agent.
        actions: Queues the messages.
        batch: Messages to send again.
        report_progress: Called before each message.

    Raises:
        StoreError: The store failed; what was queued before stays queued.
    """
    sent: list[Message] = []
    left_out: Counter[str] = Counter()
    queued_ids: dict[int, int] = {}
    for index, failure in enumerate(batch.to_retry):
        report_progress(index, len(batch.to_retry))
        # A colleague may have acted since the batch was collected: check each message again.
        current = await _reload_failed(store, failure)
        reason = (
            find_retry_obstacle(
                current.conversation, current.message, context, uncertain=batch.uncertain
            )
            if current
            else _RESOLVED
        )
        if current is None or reason:
            left_out[reason] += 1
            continue
        conversation_id = failure.conversation.id
        attempt = replace(
            _create_attempt(current.conversation, current.message, context),
            # Count the batch's own message as seen, or the next one of the conversation is stale.
            seen_upto=queued_ids.get(conversation_id) or _seen_upto(failure),
        )
        if failure.message.id not in batch.asleep and check_quiet_hours(attempt):
            left_out[_NIGHT_BY_NOW] += 1
            continue
        if (await add_same_text(store, attempt)).same_text:
            left_out[SAME_TEXT] += 1
            continue
        try:
            message = await actions.outgoing.queue_message(attempt, claim=False)
        except RefusedError as error:
            left_out[error.objection.summary] += 1
        except OptedOut:
            left_out[_OPTED_OUT] += 1
        except StaleReply:
            left_out[_RESOLVED] += 1
        else:
            sent.append(message)
            queued_ids[conversation_id] = message.id
    return RetryResult(tuple(sent), left_out)


async def _reload_failed(store: Store, failure: FailedMessage) -> FailedMessage | None:
    """Return the failed message and its conversation as they are now."""
    conversation = await store.conversations.get(failure.conversation.id)
    message = await store.messages.get(failure.message.id)
    return FailedMessage(conversation, message) if conversation and message else None


def _seen_upto(failure: FailedMessage) -> int:
    """Return the last arrival that was there when the batch was collected."""
    return failure.conversation.last_arrival


def _create_attempt(
    conversation: Conversation, message: Message, context: AppContext
) -> SendAttempt:
    """Return the attempt to send a failed message again now."""
    route, now = _choose_route(conversation, message, context), context.clock.now()
    attempt = SendAttempt(context.preferences, conversation.address, "", route, now, conversation)
    return attempt.with_intent(create_retry_intent(message, route, conversation.address, now))


def _choose_route(
    conversation: Conversation, message: Message, context: AppContext
) -> Route | None:
    """Return the route used before, or the default route if that account is gone."""
    account = context.find_account(message.account)
    if account is not None:
        return Route(account, message.sender)
    return choose_default_route(context.accounts, conversation)


def format_batch(batch: RetryBatch) -> str:
    """Return the size of a batch: "12 failed texts in 9 conversations"."""
    conversations = format_count(batch.conversation_count, "conversation")
    return f"{_format_failed_count(len(batch.to_retry))} in {conversations}"


def format_reasons(batch: RetryBatch) -> list[str]:
    """Return why the messages failed, most frequent first: "7 through au: no credit"."""
    counts = Counter(_format_failure(failure.message) for failure in batch.to_retry)
    lines = [f"{count} {reason}" for reason, count in counts.most_common(_MAX_REASONS)]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_MAX_REASONS))
    return [*lines, f"{rest} for other reasons"] if rest else lines


def _format_failure(message: Message) -> str:
    """Return through which account a message failed, and why."""
    status = message.status.value if message.status else ""
    reason = one_line(message.reason, 60).strip() or status
    return f"through {one_line(message.account, 16)}: {reason}"


def format_quiet_hours(batch: RetryBatch) -> str:
    """Return for how many customers it is in the quiet hours, or "" if there are none."""
    affected = len({o.conversation.id for o in batch.to_retry if o.message.id in batch.asleep})
    return f"It is night for {format_count(affected, 'customer')} of these" if affected else ""


def format_left_out(left_out: Mapping[str, int], resolve_key: str) -> str:
    """Return what is left out and why: "Left out: 2 opted out · 1 maybe sent (M resolves it)".

    Args:
        left_out: Number of messages by reason.
        resolve_key: Key or word of the agent's screen that resolves a message that is maybe sent.
    """
    hints = {_MAYBE_SENT: f" ({resolve_key} resolves it)"}
    parts = [f"{count} {reason}{hints.get(reason, '')}" for reason, count in left_out.items()]
    return f"Left out: {' · '.join(parts)}" if parts else ""


def format_result(outcome: RetryResult, resolve_key: str) -> str:
    """Return how many messages were sent again and what was left out.

    Args:
        outcome: Messages sent again, and the number of those left out.
        resolve_key: Key or word of the agent's screen that resolves a message that is maybe sent.
    """
    summary = f"Sent {format_count(len(outcome.sent), 'text')} again"
    left = format_left_out(outcome.left_out, resolve_key)
    return f"{summary} · {left[:1].lower()}{left[1:]}" if left else summary


def _format_failed_count(count: int) -> str:
    """Return a number of failed messages with the noun."""
    return format_count(count, "failed text")
