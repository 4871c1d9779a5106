"""An agent who types lines and hears what is said, before the day's history."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.contexts import make_context
from tests.ui.history import ACCOUNTS, Scribe, write_history
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import Conversation
from tui.domain.message import Format, Message
from tui.plain import PlainApp
from tui.store.messages import NEWEST
from tui.store.store import Store


class Typist:
    """Types lines, and hears what is said."""

    def __init__(self, store: Store, clock: ManualClock, seat: AppContext) -> None:
        """Nothing was said yet."""
        self.store = store
        self.clock = clock
        self.world = Scribe(store, clock, "plain")
        self.said: list[str] = []
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = 0
        self._answered = 0
        self._desk = PlainApp(store, seat, self._ask, self.said.append)
        self._talk: asyncio.Task[None] | None = None

    async def _ask(self, prompt: str) -> str | None:
        self.said.append(prompt)
        self._asked += 1
        return await self._typed.get()

    def begin(self) -> None:
        """Sit down."""
        self._talk = asyncio.create_task(self._desk.run())

    async def type(self, *lines: str) -> None:
        """Type lines, each when it is asked for, and wait for the question after the last."""
        for line in lines:
            await self._is_asked(f"a prompt for {line!r}")
            self._answered += 1
            self._typed.put_nowait(line)
        await self._is_asked("the next prompt")

    async def _is_asked(self, what: str) -> None:
        talk = self._talk
        await wait_until(
            lambda: self._asked > self._answered or (talk is not None and talk.done()), what=what
        )
        if talk is not None and talk.done():
            await talk
            raise AssertionError("the talk has ended")

    async def leave(self) -> None:
        """The input ends."""
        self._typed.put_nowait(None)
        assert self._talk is not None
        await self._talk

    def heard(self, words: str) -> bool:
        """Whether that was said."""
        return any(words in line for line in self.said)

    async def hears(self, words: str) -> None:
        """Wait until that was said, and begin to listen anew behind it."""
        try:
            await wait_until(lambda: self.heard(words))
        except AssertionError:
            raise AssertionError(f"{words!r} was not said:\n" + "\n".join(self.said)) from None
        place = next(n for n, line in enumerate(self.said) if words in line)
        del self.said[:place]

    async def opens(self, number: str) -> None:
        """Open a customer's conversation by its number."""
        name = (await self.world.conversation(number)).title
        await self.type("c " + number, *(["1"] if len(ACCOUNTS) > 1 else []))
        await self.hears(f"Conversation with {name}")

    async def conversation(self, number: str) -> Conversation:
        """How it is stored now."""
        return await self.world.conversation(number)

    async def messages(self, number: str) -> list[Message]:
        """The newest messages, the newest last."""
        row = await self.world.conversation(number)
        return await self.store.messages.list_before(row.id, NEWEST, 100)


WITH_PICTURES = replace(
    ACCOUNTS[0],
    capabilities=Capabilities(
        "MessageMedia",
        ReplyChannel.BOTH,
        ReceiptChannel.PAGE,
        formats=frozenset({Format.SMS, Format.MMS}),
    ),
)
"""The account `au`, which sends pictures too."""


async def sit_down(store: Store, clock: ManualClock, **seat: object) -> Typist:
    """Mia at a seat of her own."""
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock, **seat))
    mia.begin()
    return mia


@pytest.fixture
async def mia(store: Store, clock: ManualClock) -> AsyncIterator[Typist]:
    """Mia before the day's history; in the end her input ends."""
    typist = await sit_down(store, clock)
    yield typist
    await typist.leave()
    assert typist.said[-1] == "Goodbye."
