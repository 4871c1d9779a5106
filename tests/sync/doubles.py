"""A provider that does as it is told, and a life that can end between any two steps."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tui.domain.capabilities import Capabilities, Channel, ReceiptChannel
from tui.domain.events import Balance, Page, Receipt
from tui.providers.protocol import Accepted, Outcome, Outgoing, Presence, Push, PushAnswer
from tui.store.store import Store

T = TypeVar("T")

PUSH_ONLY = Capabilities("Scripted", replies=Channel.PUSH, receipts=ReceiptChannel.NONE)
PAGES = Capabilities(
    "Scripted", replies=Channel.POLL, receipts=ReceiptChannel.PAGE, confirm=True, batch=100
)
ASKED = Capabilities(
    "Scripted",
    replies=Channel.NONE,
    receipts=ReceiptChannel.ASK,
    ask_batch=2,
    look_up=True,
    finds_references=True,
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

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Accept everything."""
        taken: list[Outcome] = [Accepted(f"id-{message.reference}") for message in messages]
        return await self._call("send", taken, messages)

    async def look_up(self, provider_id: str) -> Receipt:
        """Nothing new."""
        nothing = Receipt(f"look-{provider_id}", None, "", None, "", provider_id)
        return await self._call("look_up", nothing, provider_id)

    async def cancel(self, provider_id: str) -> None:
        """Done."""
        await self._call("cancel", None, provider_id)

    async def replies(self, cursor: str) -> Page:
        """None."""
        return await self._call("replies", Page(cursor=cursor), cursor)

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Done."""
        await self._call("confirm_replies", None, list(event_ids))

    async def receipts(self, cursor: str) -> Page:
        """None."""
        return await self._call("receipts", Page(cursor=cursor), cursor)

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Done."""
        await self._call("confirm_receipts", None, list(event_ids))

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """No news."""
        none: list[Receipt] = []
        return await self._call("ask_receipts", none, list(provider_ids))

    async def balance(self) -> Balance:
        """Five."""
        return await self._call("balance", Balance("5 credits"))

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """On."""
        return await self._call("ping_phone", Presence(reference), to, reference)

    async def check(self) -> str:
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


_CALLS = ("send", "cancel", "replies", "confirm_replies", "receipts", "confirm_receipts")


def make_mortal(life: Life, store: Store, provider: Any) -> None:
    """Let every write and every call of this process be a place to die."""
    store.database.write = life.mortal(store.database.write)  # type: ignore[method-assign, assignment]
    for name in _CALLS:
        setattr(provider, name, life.mortal(getattr(provider, name)))
