"""A provider that does as it is told, and a life that can end between any two steps."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.events import Balance, EventPage, Receipt
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


class Scripted:
    """A `Provider` whose every answer is a function of the test, and which notes each call."""

    def __init__(
        self, capabilities: Capabilities = PUSH_ONLY, **answers: Callable[..., Awaitable[Any]]
    ) -> None:
        """`answers` are by the method's name; without one, a call succeeds with nothing new."""
        self.capabilities = capabilities
        self.answers = answers
        self.calls: list[tuple[Any, ...]] = []

    async def _call(self, name: str, otherwise: T, *values: Any) -> T:
        """Note the call and answer."""
        self.calls.append((name, *values))
        answer = self.answers.get(name)
        return otherwise if answer is None else await answer(*values)

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """What that method was called with."""
        return [tuple(values) for called, *values in self.calls if called == name]

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Accept everything."""
        taken: list[SendOutcome] = [SendAccepted(f"id-{message.reference}") for message in messages]
        return await self._call("send", taken, messages)

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Nothing new."""
        nothing = Receipt(f"look-{provider_id}", None, "", None, "", provider_id)
        return await self._call("look_up", nothing, provider_id)

    async def cancel_message(self, provider_id: str) -> None:
        """Done."""
        await self._call("cancel", None, provider_id)

    async def fetch_replies(self, cursor: str) -> EventPage:
        """None."""
        return await self._call("replies", EventPage(cursor=cursor), cursor)

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Done."""
        await self._call("confirm_replies", None, list(event_ids))

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """None."""
        return await self._call("receipts", EventPage(cursor=cursor), cursor)

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Done."""
        await self._call("confirm_receipts", None, list(event_ids))

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """No news."""
        none: list[Receipt] = []
        return await self._call("ask_receipts", none, list(provider_ids))

    async def fetch_balance(self) -> Balance:
        """Five."""
        return await self._call("balance", Balance("5 credits"))

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """On."""
        return await self._call("ping_phone", SentPing(reference), to, reference)

    async def check_credentials(self) -> str:
        """Fine."""
        return await self._call("check", "fine")

    def read_push(self, push: Push) -> PushAnswer:
        """Nothing in it."""
        return PushAnswer()

    async def aclose(self) -> None:
        """Nothing to close."""


class Killed(BaseException):
    """The process is gone: not even its last words are heard."""


class Life:
    """Counts steps and ends before one of them; after the end every step raises."""

    def __init__(self, ends_at: int | None = None) -> None:
        """`ends_at` counts from 1; None: it never ends."""
        self._ends_at = ends_at
        self.steps = 0

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._ends_at is not None and self.steps >= self._ends_at

    def step(self) -> None:
        """Go on, or die."""
        self.steps += 1
        if self.over:
            raise Killed

    def mortal(self, act: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """`act` with a chance to die before it and after it."""

        async def acting(*values: Any) -> T:
            self.step()
            result = await act(*values)
            self.step()
            return result

        return acting


_CALLS = (
    "send_messages",
    "cancel_message",
    "fetch_replies",
    "confirm_replies",
    "fetch_receipts",
    "confirm_receipts",
)


def make_mortal(life: Life, store: Store, provider: Any) -> None:
    """Let every write and every call of this process be a place to die."""
    store.database.write = life.mortal(store.database.write)  # type: ignore[method-assign, assignment]
    for name in _CALLS:
        setattr(provider, name, life.mortal(getattr(provider, name)))
