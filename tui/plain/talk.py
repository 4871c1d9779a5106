"""Saying and asking: lines out, lines in, numbered choices, and news that can wait."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence

Ask = Callable[[str], Awaitable[str | None]]
"""Shows a prompt and returns the line that was typed; None at the end of the input."""
Say = Callable[[str], None]
"""Adds a line."""
Wanted = Callable[[], bool]
"""Whether news that was kept back is still worth saying."""

_YES = frozenset({"y", "yes"})
_LEAVE = frozenset({"0", "!", "n", "no", ""})


class Left(Exception):
    """The input has ended: the agent is gone."""


class Talk:
    """One agent's ear and voice."""

    def __init__(self, ask: Ask, say: Say) -> None:
        """Both are given: a terminal, a pipe, a test."""
        self._ask = ask
        self._say = say
        self._held: list[tuple[str, Wanted]] | None = None
        """News kept back while the agent writes."""

    def say(self, line: str) -> None:
        """Add a line."""
        self._say(line)

    async def ask(self, prompt: str) -> str:
        """The next line that is typed; raises `Left` at the end of the input."""
        typed = await self._ask(prompt)
        if typed is None:
            raise Left
        return typed

    async def agreed(self, question: str) -> bool:
        """Whether the agent says yes; everything else is no."""
        return (await self.ask(f"{question} y or n: ")).strip().lower() in _YES

    async def choose(self, title: str, choices: Sequence[str], typed: str = "") -> int | None:
        """The place of one of these, by its number or its first letters; None for none.

        `typed` is the answer when the agent has given it with the command.
        """
        place = _meant(typed.strip(), choices) if typed else None
        if place is not None:
            return place
        self.say(f"{title}:")
        for number, choice in enumerate(choices, 1):
            self.say(f"{number}. {choice}")
        while True:
            answer = (await self.ask("Number, or 0 for none: ")).strip()
            if answer.lower() in _LEAVE:
                self.say("Nothing was chosen.")
                return None
            place = _meant(answer, choices)
            if place is not None:
                return place
            self.say(f"That is none of the {len(choices)}: type a number from 1, or 0 for none.")

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Keep news back for the time of the block."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for line, wanted in held:
                if wanted():
                    self.say(line)

    @property
    def holding(self) -> bool:
        """Whether news is kept back."""
        return self._held is not None

    def announce(self, line: str, wanted: Wanted = lambda: True) -> None:
        """Say news now, or when the agent has finished; then only if it is still `wanted`."""
        if self._held is None:
            self.say(line)
        else:
            self._held.append((line, wanted))


def _meant(answer: str, choices: Sequence[str]) -> int | None:
    """The one choice that a number or first letters name; None when there is not exactly one."""
    if answer.isdecimal():
        return int(answer) - 1 if 1 <= int(answer) <= len(choices) else None
    wanted = answer.casefold()
    same = [n for n, choice in enumerate(choices) if choice.casefold() == wanted]
    begun = [n for n, choice in enumerate(choices) if choice.casefold().startswith(wanted)]
    found = same or begun
    return found[0] if len(found) == 1 else None
