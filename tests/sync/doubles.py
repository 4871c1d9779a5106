"""Provide a scripted provider, and a process life that can end between any two steps."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt, Unreadable
from tui.providers.protocol import Outgoing, Push, PushAnswer, SendAccepted, SendOutcome, SentPing
from tui.store.store import Store

T = TypeVar("T")

PUSH_ONLY = Capabilities("Scripted", replies=ReplyChannel.PUSH, receipts=ReceiptChannel.NONE)
PAGES = Capabilities(
    "Scripted",
    replies=ReplyChannel.POLL,
    receipts=ReceiptChannel.PAGE,
    must_confirm=True,
    batch=100,
)
ASKED = Capabilities(
    "Scripted",
    replies=ReplyChannel.NONE,
    receipts=ReceiptChannel.BY_ID,
    receipt_batch=2,
    can_look_up=True,
    can_look_up_references=True,
)


class ScriptedProvider:
    """Answer every call of a `Provider` with a function of the test and record the call."""

    def __init__(
        self, capabilities: Capabilities = PUSH_ONLY, **answers: Callable[..., Awaitable[Any]]
    ) -> None:
        """Keep `answers` by method name; a call without one succeeds and returns nothing new."""
        self.capabilities = capabilities
        self.answers = answers
        self.calls: list[tuple[Any, ...]] = []

    async def _call(self, name: str, otherwise: T, *values: Any) -> T:
        """Record the call and answer it."""
        self.calls.append((name, *values))
        answer = self.answers.get(name)
        return otherwise if answer is None else await answer(*values)

    def list_calls(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of the calls of that method."""
        return [tuple(values) for called, *values in self.calls if called == name]

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Accept all messages."""
        taken: list[SendOutcome] = [SendAccepted(f"id-{message.reference}") for message in messages]
        return await self._call("send", taken, messages)

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Return no event."""
        nothing = Receipt(f"look-{provider_id}", None, "", None, "", provider_id)
        return await self._call("look_up", nothing, provider_id)

    async def cancel_message(self, provider_id: str) -> None:
        """Report success."""
        await self._call("cancel", None, provider_id)

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Return no replies."""
        return await self._call("replies", EventPage(cursor=cursor), cursor)

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Report success."""
        await self._call("confirm_replies", None, list(event_ids))

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Return no receipts."""
        return await self._call("receipts", EventPage(cursor=cursor), cursor)

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Report success."""
        await self._call("confirm_receipts", None, list(event_ids))

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Return no receipts."""
        none: list[Receipt] = []
        return await self._call("ask_receipts", none, list(provider_ids))

    async def fetch_balance(self) -> Balance:
        """Return five credits."""
        return await self._call("balance", Balance("5 credits"))

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Report a phone that is on."""
        return await self._call("ping_phone", SentPing(reference), to, reference)

    async def check_credentials(self) -> str:
        """Report valid credentials."""
        return await self._call("check", "fine")

    def read_push(self, push: Push) -> PushAnswer:
        """Return no events."""
        return PushAnswer()

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Return the item unreadable again."""
        return Unreadable("again", "still unreadable", item, can_confirm=False, source=kind)

    async def aclose(self) -> None:
        """Close nothing."""


class Killed(BaseException):
    """Signal that the process is killed; nothing may run afterwards."""


class Life:
    """Count steps and end before one of them; after the end every step raises."""

    def __init__(self, ends_at: int | None = None) -> None:
        """Create a life that ends before step `ends_at`, counted from 1; None: never."""
        self._ends_at = ends_at
        self.steps = 0

    @property
    def is_over(self) -> bool:
        """Return whether the life has ended."""
        return self._ends_at is not None and self.steps >= self._ends_at

    def take_step(self) -> None:
        """Count a step, or raise if the life ends here."""
        self.steps += 1
        if self.is_over:
            raise Killed

    def make_mortal(self, act: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """Return `act` with a possible end before it and after it."""

        async def run_mortal(*values: Any, **options: Any) -> T:
            self.take_step()
            result = await act(*values, **options)
            self.take_step()
            return result

        return run_mortal


_CALLS = (
    "send_messages",
    "cancel_message",
    "fetch_replies",
    "confirm_replies",
    "fetch_receipts",
    "confirm_receipts",
)


def make_process_mortal(life: Life, store: Store, provider: Any) -> None:
    """Make every write and every provider call of this process a possible end."""
    store.database.write = life.make_mortal(store.database.write)  # type: ignore[method-assign, assignment]
    for name in _CALLS:
        setattr(provider, name, life.make_mortal(getattr(provider, name)))
