"""Drive line mode as an agent who types lines and reads the output, over the day's history."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contexts import make_context
from tests.ui.history import ACCOUNTS, EventWriter, copy_history, write_history
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
    """Type lines into line mode and collect its output."""

    def __init__(self, store: Store, clock: ManualClock, app_context: AppContext) -> None:
        """Create a typist; `start` begins the session.

        Args:
            store: Store that the session opens.
            clock: Clock of the session.
            app_context: Settings of the agent.
        """
        self.store = store
        self.clock = clock
        self.events = EventWriter(store, clock, "plain")
        """Texts of customers and receipts of providers."""
        self.output: list[str] = []
        self._typed_lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._prompt_count = 0
        self._answer_count = 0
        self._app = PlainApp(store, app_context, self._read_line, self.output.append)
        self._session: asyncio.Task[None] | None = None

    async def _read_line(self, prompt: str) -> str | None:
        """Show a prompt and return the next typed line."""
        self.output.append(prompt)
        self._prompt_count += 1
        return await self._typed_lines.get()

    def start(self) -> None:
        """Start the session."""
        self._session = asyncio.create_task(self._app.run())

    async def type(self, *lines: str) -> None:
        """Type lines, each at its prompt, and wait for the prompt after the last one."""
        for line in lines:
            await self.wait_for_prompt(f"a prompt for {line!r}")
            self._answer_count += 1
            self._typed_lines.put_nowait(line)
        await self.wait_for_prompt("the next prompt")

    async def wait_for_prompt(self, what: str) -> None:
        """Wait for a prompt; fail if the session has ended."""
        session = self._session
        await wait_until(
            lambda: (
                self._prompt_count > self._answer_count or (session is not None and session.done())
            ),
            what=what,
        )
        if session is not None and session.done():
            await session
            raise AssertionError("the session has ended")

    async def leave(self) -> None:
        """End the input and wait for the end of the session."""
        self._typed_lines.put_nowait(None)
        assert self._session is not None
        await self._session

    def has_shown(self, text: str) -> bool:
        """Return whether a line of the output contains a text."""
        return any(text in line for line in self.output)

    async def shows(self, text: str) -> None:
        """Wait until the output contains a text, and drop the lines before it."""
        try:
            await wait_until(lambda: self.has_shown(text))
        except AssertionError:
            raise AssertionError(f"{text!r} was not shown:\n" + "\n".join(self.output)) from None
        index = next(n for n, line in enumerate(self.output) if text in line)
        del self.output[:index]

    async def open_thread(self, number: str) -> None:
        """Open the conversation of a customer by its number."""
        name = (await self.events.conversation(number)).title
        await self.type("c " + number, *(["1"] if len(ACCOUNTS) > 1 else []))
        await self.shows(f"Conversation with {name}")

    async def conversation(self, number: str) -> Conversation:
        """Return a conversation as it is stored now."""
        return await self.events.conversation(number)

    async def messages(self, number: str) -> list[Message]:
        """Return the messages of a conversation, oldest first."""
        row = await self.events.conversation(number)
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
"""The account `au`, able to send pictures."""


async def start_session(
    store: Store, clock: ManualClock, history: Path | None = None, /, **changes: object
) -> Typist:
    """Start a session of Mia over the day's history.

    Args:
        store: Store to fill.
        clock: Clock of the history and of the session.
        history: File of the history to copy; without one it is written.
        **changes: Fields of her context to replace.
    """
    if history is None:
        await write_history(store, clock)
    else:
        await copy_history(history, store, clock)
    mia = Typist(store, clock, make_context(clock, **changes))
    mia.start()
    # What comes in from now on is news, and not a part of the first list.
    await mia.wait_for_prompt("the first prompt")
    return mia


@pytest.fixture
async def mia(store: Store, clock: ManualClock, history: Path) -> AsyncIterator[Typist]:
    """Yield Mia's session over the day's history, and end her input afterwards."""
    typist = await start_session(store, clock, history)
    yield typist
    await typist.leave()
    assert typist.output[-1] == "Goodbye."
