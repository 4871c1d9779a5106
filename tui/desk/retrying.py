"""Failed texts of many conversations sent once more, each one guarded as if it were alone.

Most often an account was mended or topped up, and everything that it refused is to go out now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tui.desk.replying import Route, default_route
from tui.desk.thread_actions import ThreadActions, retryable
from tui.domain.advice import Advice
from tui.domain.conversation import Conversation
from tui.domain.local_time import Hours, quiet_clocks, zones_for
from tui.domain.message import Enclosed, Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.errors import OptedOut, StaleReply
from tui.store.store import Store

_OPTED_OUT = "opted out"
_MAYBE_SENT = "maybe sent (M settles it)"
_WAITS = "wrote since and waits for an answer"
_CHANGE = "needs another number or text"
_NO_ACCOUNT = "without an account"
_SETTLED = "settled meanwhile"
_MOST_REASONS = 4
_NEEDS_CHANGE = frozenset({Advice.FIX_NUMBER, Advice.FIX_TEXT, Advice.STOP})

Progress = Callable[[int, int], None]
"""How many of how many have been gone through."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A text in trouble, and whose it is."""

    conversation: Conversation
    message: Message


@dataclass(frozen=True, slots=True)
class Batch:
    """What can be sent again, and what is left out for which reason."""

    again: tuple[Failure, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def found(self) -> int:
        """How many texts there are in trouble."""
        return len(self.again) + sum(self.left_out.values())

    @property
    def conversations(self) -> int:
        """In how many conversations the texts are."""
        return len({failure.conversation.id for failure in self.again})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was queued, and what was left out at the last moment."""

    sent: tuple[Message, ...]
    left_out: Mapping[str, int]


async def batch_of(store: Store, seat: Seat, rows: Iterable[Conversation]) -> Batch:
    """Look through the failures of these conversations, oldest first in each."""
    again: list[Failure] = []
    left_out: Counter[str] = Counter()
    for row in rows:
        for message in reversed(await store.messages.trouble(row.id)):
            reason = against(row, message, seat)
            if reason:
                left_out[reason] += 1
            else:
                again.append(Failure(row, message))
    return Batch(tuple(again), left_out)


def against(conversation: Conversation, message: Message, seat: Seat) -> str:
    """Why a text is not sent again together with others; empty when it can be."""
    if conversation.opted_out:
        return _OPTED_OUT
    if message.status is Status.UNCERTAIN:
        return _MAYBE_SENT
    if retryable(message):
        return _SETTLED
    if message.advice in _NEEDS_CHANGE:
        return _CHANGE
    if conversation.waiting_since is not None:
        return _WAITS
    return "" if _way(conversation, message, seat) else _NO_ACCOUNT


async def send_again(
    store: Store, seat: Seat, actions: ThreadActions, batch: Batch, progress: Progress
) -> Outcome:
    """Queue them, one after the other; nobody's conversation becomes the agent's by that.

    Raises `StoreError` when the store fails; what was queued before stays.
    """
    sent: list[Message] = []
    left_out: Counter[str] = Counter()
    own: dict[int, int] = {}
    for place, failure in enumerate(batch.again):
        progress(place, len(batch.again))
        fresh = await _fresh(store, failure)
        reason = against(fresh.conversation, fresh.message, seat) if fresh else _SETTLED
        if fresh is None or reason:
            left_out[reason] += 1
            continue
        thread = failure.conversation.id
        try:
            message = await _queue(seat, actions, fresh, own.get(thread) or _seen(failure))
        except OptedOut:
            left_out[_OPTED_OUT] += 1
        except StaleReply:
            left_out[_SETTLED] += 1
        else:
            sent.append(message)
            own[thread] = message.id
    return Outcome(tuple(sent), left_out)


async def _fresh(store: Store, failure: Failure) -> Failure | None:
    """The failure as it is now."""
    conversation = await store.conversations.get(failure.conversation.id)
    message = await store.messages.get(failure.message.id)
    return Failure(conversation, message) if conversation and message else None


def _seen(failure: Failure) -> int:
    """The newest message that was there when the batch was put together."""
    return failure.conversation.last_id


async def _queue(seat: Seat, actions: ThreadActions, failure: Failure, seen_upto: int) -> Message:
    """One of them, as a new message."""
    message = failure.message
    way = _way(failure.conversation, message, seat)
    assert way is not None
    return await actions.send(
        failure.conversation,
        message.body,
        way,
        seen_upto=seen_upto,
        retry_of=message.id,
        enclosed=Enclosed(message.media, message.subject),
        claims=False,
    )


def _way(conversation: Conversation, message: Message, seat: Seat) -> Route | None:
    """The way it went before; as replies go where that account is gone."""
    account = seat.account(message.account)
    if account is not None:
        return Route(account, message.sender)
    return default_route(seat.accounts, conversation)


def batch_words(batch: Batch) -> str:
    """How many texts in how many conversations: "12 failed texts in 9 conversations"."""
    return f"{_texts(len(batch.again))} in {_number(batch.conversations, 'conversation')}"


def reason_lines(batch: Batch) -> list[str]:
    """Why they failed, most first: "7 through au: no credit"; the rest as one line."""
    found = Counter(_failed_words(failure.message) for failure in batch.again)
    lines = [f"{count} {words}" for words, count in found.most_common(_MOST_REASONS)]
    rest = sum(found.values()) - sum(count for _, count in found.most_common(_MOST_REASONS))
    return [*lines, f"{rest} for other reasons"] if rest else lines


def _failed_words(message: Message) -> str:
    """Through which account a text failed, and why."""
    status = message.status.value if message.status else ""
    reason = one_line(message.reason, 60).strip() or status
    return f"through {one_line(message.account, 16)}: {reason}"


def asleep_words(batch: Batch, now: int, hours: Hours | None) -> str:
    """For how many customers it is night now (ms UTC); empty where it is day for all."""
    if hours is None:
        return ""
    numbers = {failure.conversation.address for failure in batch.again}
    asleep = sum(bool(quiet_clocks(zones_for(number), now, hours)) for number in numbers)
    return f"It is night for {_number(asleep, 'customer')} of these" if asleep else ""


def left_out_words(left_out: Mapping[str, int]) -> str:
    """What is left out, and why: "Left out: 2 opted out · 1 maybe sent (M settles it)"."""
    parts = [f"{count} {reason}" for reason, count in left_out.items() if count]
    return f"Left out: {' · '.join(parts)}" if parts else ""


def outcome_words(outcome: Outcome) -> str:
    """What came of it."""
    words = f"Sent {_number(len(outcome.sent), 'text')} again"
    left = left_out_words(outcome.left_out)
    return f"{words} · {left[:1].lower()}{left[1:]}" if left else words


def _texts(count: int) -> str:
    """Failed texts, counted."""
    return _number(count, "failed text")


def _number(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
