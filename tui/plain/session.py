"""The talk from its first line to its last: a question, and what follows from the answer."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from tui.desk.in_flight import in_flight_words
from tui.domain.text import one_line
from tui.plain import listing
from tui.plain.commands import LIST_HINT, OPEN_HINT, parse
from tui.plain.desk import Desk
from tui.plain.news import News
from tui.plain.talk import Ask, Left, Say, Talk
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store

_NO_ACCOUNT = (
    "No account is set up yet: smsdesk doctor says how; smsdesk demo --plain has made-up customers."
)


class PlainDesk:
    """One agent's talk with the desk."""

    def __init__(self, store: Store, seat: Seat, ask: Ask, say: Say) -> None:
        """`store` is open."""
        self._talk = Talk(ask, say)
        self._desk = Desk(store, seat, self._talk)
        self._hint = ""
        """The choices that were said last: they are said again only when they change."""

    async def run(self) -> None:
        """Talk until the agent quits, or the input ends."""
        after = None
        with contextlib.suppress(StoreError):
            after = await self._desk.store.feed.last()
        news = News(self._desk, after)
        tasks = [asyncio.create_task(work) for work in (news.follow(), news.stay())]
        try:
            with contextlib.suppress(Left):
                if not self._desk.seat.accounts:
                    self._talk.say(_NO_ACCOUNT)
                await self._safely(listing.first(self._desk))
                while await self._turn():
                    pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._desk.sheet.flush()
            await self._desk.company.leave()
        self._talk.say("Goodbye.")

    async def _turn(self) -> bool:
        """One question and what follows from it; False to leave."""
        hint = OPEN_HINT if self._desk.open is not None else LIST_HINT
        if hint != self._hint:
            self._talk.say(hint)
            self._hint = hint
        typed = (await self._talk.ask(f"{self._desk.place}? ")).strip()
        if typed.lower() in ("q", "quit"):
            return not await self._may_leave()
        await self._safely(self._do(typed))
        return True

    async def _may_leave(self) -> bool:
        """Whether the agent goes; asked when a text has not left yet."""
        try:
            sending = in_flight_words(await self._desk.actions.in_flight.count())
        except StoreError:
            return True
        return not sending or await self._talk.agreed(f"{sending}. Leave all the same?")

    async def _safely(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; what the store cannot do is said."""
        try:
            await work
        except StoreError as error:
            self._talk.say(f"{one_line(str(error), 300)}.")

    async def _do(self, typed: str) -> None:
        """Do what was typed."""
        if typed.isdecimal():
            await listing.open_number(self._desk, int(typed))
            return
        command, rest = parse(typed)
        if command is None:
            if typed:
                self._talk.say(f'"{one_line(typed, 30)}" means nothing here: ? says what does.')
        elif command.needs_open and self._desk.open is None:
            if command.word == "failed":
                await listing.failed(self._desk, rest)
            else:
                self._talk.say("Open a conversation first: type its number.")
        else:
            await command.run(self._desk, rest)
