"""Write lines, read lines, show numbered choices, and delay announcements."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence

from tui.domain.text import one_line

LineReader = Callable[[str], Awaitable[str | None]]
"""Shows a prompt and returns the typed line; None at the end of the input."""
LineWriter = Callable[[str], None]
"""Adds a line."""
RelevanceCheck = Callable[[], bool]
"""Returns whether a delayed announcement is still relevant."""

_YES = frozenset({"y", "yes"})
_NO_CHOICE = frozenset({"0", "!", "n", "no", ""})


class InputEndedError(Exception):
    """The input has ended: the session is over."""


class Dialog:
    """Questions and answers between the program and one agent."""

    def __init__(self, read_line: LineReader, write_line: LineWriter) -> None:
        """Create a dialog over a terminal, a pipe, or a test.

        Args:
            read_line: Reads a line.
            write_line: Writes a line.
        """
        self._read_line = read_line
        self._write_line = write_line
        self._delayed: list[tuple[str, RelevanceCheck]] | None = None
        """Announcements delayed while the agent writes."""

    def write_line(self, line: str) -> None:
        """Write a line."""
        self._write_line(line)

    async def ask_line(self, prompt: str) -> str:
        """Return the next typed line; raise `InputEndedError` at the end of the input."""
        typed = await self._read_line(prompt)
        if typed is None:
            raise InputEndedError
        return typed

    async def ask_yes_no(self, question: str) -> bool:
        """Return whether the agent answers yes; any other answer is no."""
        return (await self.ask_line(f"{question} y or n: ")).strip().lower() in _YES

    async def choose_item(self, title: str, choices: Sequence[str], typed: str = "") -> int | None:
        """Return the index of a choice by its number or first characters; None for none.

        Args:
            title: Heading of the list.
            choices: Texts to choose from.
            typed: Answer that the agent gave together with the command.
        """
        place = _match_choice(typed.strip(), choices) if typed else None
        if place is not None:
            return place
        if typed.strip():
            self.write_line(_explain_no_match(typed.strip(), len(choices)))
        self.write_line(f"{title}:")
        for number, choice in enumerate(choices, 1):
            self.write_line(f"{number}. {choice}")
        while True:
            answer = (await self.ask_line("Number, or 0 for none: ")).strip()
            if answer.lower() in _NO_CHOICE:
                self.write_line("Nothing chosen.")
                return None
            place = _match_choice(answer, choices)
            if place is not None:
                return place
            self.write_line(_explain_no_match(answer, len(choices)))

    @contextlib.contextmanager
    def delay_announcements(self) -> Iterator[None]:
        """Delay announcements within the block."""
        # An announcement must not interrupt the text that the agent is typing.
        self._delayed = []
        try:
            yield
        finally:
            delayed, self._delayed = self._delayed, None
            for line, is_relevant in delayed:
                if is_relevant():
                    self.write_line(line)

    @property
    def is_delaying(self) -> bool:
        """Return whether announcements are delayed."""
        return self._delayed is not None

    def announce_line(self, line: str, is_relevant: RelevanceCheck = lambda: True) -> None:
        """Write an announcement now, or later if announcements are delayed.

        Args:
            line: Text of the announcement.
            is_relevant: Checked before a delayed announcement is written.
        """
        if self._delayed is None:
            self.write_line(line)
        else:
            self._delayed.append((line, is_relevant))


def _explain_no_match(answer: str, count: int) -> str:
    """Return why an answer chooses nothing, and what to type.

    Args:
        answer: What was typed.
        count: Number of choices.
    """
    if answer.isdecimal():
        problem = f"There {'is' if count == 1 else 'are'} only {count}"
    else:
        problem = f'Nothing here, or more than one, is "{one_line(answer, 30)}"'
    return f"{problem}: type a number from 1, or 0 for none."


def _match_choice(answer: str, choices: Sequence[str]) -> int | None:
    """Return the index of the one choice that matches; None if there is not exactly one."""
    if answer.isdecimal():
        return int(answer) - 1 if 1 <= int(answer) <= len(choices) else None
    wanted = answer.casefold()
    same = [n for n, choice in enumerate(choices) if choice.casefold() == wanted]
    starting = [n for n, choice in enumerate(choices) if choice.casefold().startswith(wanted)]
    found = same or starting
    return found[0] if len(found) == 1 else None
