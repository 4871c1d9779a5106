"""The desk in lines: an agent types, lines are added, the store has what was meant."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC

import pytest

from tests.ui.history import ACCOUNTS, AGENT, ANA, CHLOE, DAWIT, INES, Scribe, write_history
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.conversation import State
from tui.domain.message import Message
from tui.domain.status import Status
from tui.plain import PlainDesk
from tui.seat import Seat
from tui.store.messages import NEWEST
from tui.store.store import Store


class Agent:
    """Types lines, and hears what is said."""

    def __init__(self, store: Store, clock: ManualClock, seat: Seat) -> None:
        self.store = store
        self.world = Scribe(store, clock, "plain")
        self.said: list[str] = []
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = 0
        self._answered = 0
        self.desk = PlainDesk(store, seat, self._ask, self.said.append)

    async def _ask(self, prompt: str) -> str | None:
        self.said.append(prompt)
        self._asked += 1
        return await self._typed.get()

    async def type(self, *lines: str) -> None:
        """Type lines, each when it is asked for."""
        for line in lines:
            await wait_until(lambda: self._asked > self._answered, what=f"a prompt for {line}")
            self._answered += 1
            self._typed.put_nowait(line)
        await wait_until(lambda: self._asked > self._answered, what="the next prompt")

    def leave(self) -> None:
        self._typed.put_nowait(None)

    async def hears(self, words: str) -> None:
        try:
            await wait_until(lambda: any(words in line for line in self.said))
        except AssertionError:
            raise AssertionError(f"{words!r} was not said:\n" + "\n".join(self.said)) from None

    async def messages(self, number: str) -> list[Message]:
        row = await self.world.conversation(number)
        return await self.store.messages.before(row.id, NEWEST, 100)


Sits = Callable[[Seat], Agent]


@pytest.fixture
async def agent(store: Store, clock: ManualClock) -> AsyncIterator[Agent]:
    """Mia before the day's history."""
    await write_history(store, clock)
    mia = Agent(store, clock, Seat(AGENT, clock, ACCOUNTS, region="AU", zone=UTC))
    talk = asyncio.create_task(mia.desk.run())
    yield mia
    mia.leave()
    await talk
    assert mia.said[-1] == "Goodbye."


async def test_who_waits_longest_is_number_one(agent: Agent) -> None:
    await agent.hears("1. Chloe Martin, waits 3h, 2 unread")
    await agent.hears("a number opens it")


async def test_a_number_opens_and_reads_aloud(agent: Agent) -> None:
    await agent.type("1")
    await agent.hears("Conversation with Chloe Martin")
    await agent.hears("Chloe Martin: Can I move my appointment to Friday?")
    assert (await agent.world.conversation(CHLOE)).unread == 0


async def test_a_reply_of_several_lines_goes_out_and_is_followed(agent: Agent) -> None:
    await agent.type("1", "r", "Of course.", "See you Friday", ".")
    await agent.hears("To Chloe Martin through au MessageMedia")
    await agent.hears("25 characters, 1 part. Send?")
    assert (await agent.messages(CHLOE))[-1].body != "Of course.\nSee you Friday"
    await agent.type("y")
    await agent.hears("Queued")
    sent = (await agent.messages(CHLOE))[-1]
    assert (sent.body, sent.agent) == ("Of course.\nSee you Friday", AGENT)
    await agent.store.outbox.claim("sync", "au", 5)
    await agent.world.provider_says(sent, Status.DELIVERED)
    await agent.hears("* Your message: delivered")


@pytest.mark.parametrize("typed", [("text", "!"), ("text", ".", "n"), (".",)])
async def test_what_is_called_off_is_not_sent(agent: Agent, typed: tuple[str, ...]) -> None:
    before = await agent.messages(CHLOE)
    await agent.type("1", "r", *typed)
    assert await agent.messages(CHLOE) == before


async def test_news_is_announced_but_not_into_a_reply(agent: Agent) -> None:
    await agent.world.writes(DAWIT, "Hello \x1b[2J?")
    await agent.hears("* New from Dawit Bekele: Hello")
    assert not any("\x1b" in line for line in agent.said)
    await agent.type("1", "r")
    await agent.world.writes(DAWIT, "Second")
    await agent.type("words")
    assert not any("Second" in line for line in agent.said)
    await agent.type("!")
    await agent.hears("* New from Dawit Bekele: Second")


async def test_a_text_that_crosses_the_reply_is_read_first(agent: Agent) -> None:
    await agent.type("1", "r", "Friday it is")
    await agent.world.writes(CHLOE, "No, Monday please")
    await agent.type(".", "y")
    await agent.hears("Chloe Martin: No, Monday please")
    assert (await agent.messages(CHLOE))[-1].body == "No, Monday please"
    await agent.type("y")
    await wait_until(lambda: any(line.startswith("Queued") for line in agent.said))
    assert (await agent.messages(CHLOE))[-1].body == "Friday it is"


async def test_closing_goes_back_to_the_list(agent: Agent) -> None:
    await agent.type("1", "e")
    await agent.hears("Closed Chloe Martin")
    assert (await agent.world.conversation(CHLOE)).state is State.CLOSED


async def test_the_next_waiting_one_is_a_letter_away(agent: Agent) -> None:
    await agent.type("n", "n")
    await agent.hears("Conversation with Chloe Martin")
    await agent.hears("Conversation with Dawit Bekele")


async def test_who_has_opted_out_is_not_written_to(agent: Agent) -> None:
    ines = await agent.world.conversation(INES)
    await agent.store.triage.reopen([ines.id], AGENT)
    await agent.type("l")
    number = next(line.split(".")[0] for line in agent.said if "Inês Costa, opted out" in line)
    await agent.type(number, "r")
    await agent.hears("This customer has opted out: nothing can be sent.")


async def test_an_empty_field_is_not_sent(agent: Agent) -> None:
    before = await agent.messages(CHLOE)
    await agent.type("1", "r", "Hello {name}", ".")
    await agent.hears("{name}")
    assert await agent.messages(CHLOE) == before


async def test_what_is_not_understood_gets_the_help(agent: Agent) -> None:
    await agent.type("sing", "99", "r", "o", "e", "m", "m", "m")
    await agent.hears("Type a letter or a number and Enter.")
    await agent.hears("There is no such number")
    await agent.hears("Open a conversation first")
    await agent.hears("No more open conversations.")


async def test_without_an_account_nothing_is_sent(store: Store, clock: ManualClock) -> None:
    await write_history(store, clock)
    seat = replace(Seat(AGENT, clock, ACCOUNTS, zone=UTC), accounts=())
    mia = Agent(store, clock, seat)
    talk = asyncio.create_task(mia.desk.run())
    await mia.type("1", "r")
    await mia.hears("No account is configured")
    mia.leave()
    await talk
    assert (await mia.messages(ANA))[-1].direction.value == "in"


def test_lines_need_no_screen_library() -> None:
    code = "import sys, tui.plain, tui.cli.plain; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
