"""List of every command, to be found by typing part of its name or of what it does."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.command_types import Command
from tui.commands import SEARCH_WORDS
from tui.desk.address_book import format_hit
from tui.desk.key_hints import Place, sort_commands
from tui.desk.key_names import format_key
from tui.screens.pick import Choice, Picked, PickScreen, filter_matching
from tui.store.contacts import Contacts

PERSON_PREFIX = "person:"
"""Begin of the value of a person; the conversation key of the number follows."""
_SHORTEST_NAME = 2
_MOST_PEOPLE = 5
_NAME_LENGTH = 34
"""Characters of a name that leave room for the number on a screen of 80 columns."""


class Palette(PickScreen):
    """Return the id of the chosen command.

    The commands of the place where the agent is come first. The list is never empty without a
    word: if nothing matches, a line says so.
    """

    DEFAULT_CSS = """
    Palette .dialog { width: 78; max-width: 100%; }
    Palette Choices { height: 14; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "move(12)", "Page down", priority=True),
        Binding("pageup", "move(-12)", "Page up", priority=True),
    ]
    EMPTY_TEXT = "No command matches: Backspace shows more"

    def __init__(
        self,
        commands: Sequence[Command],
        place: Place,
        contacts: Contacts | None = None,
        *,
        ascii: bool = False,
    ) -> None:
        """Create the list.

        Args:
            commands: Registry with the keys that the user has configured.
            place: Where the agent is.
            contacts: Address book whose people are found below the commands; None for none.
            ascii: Whether to draw with ASCII characters only.
        """
        choices = [_make_choice(command) for command in sort_commands(commands, place)]
        super().__init__(f"Commands · {place.name}", choices, verb="runs it", ascii=ascii)
        self._contacts = contacts
        self._shown_for = ""

    async def filter_choices(self) -> None:
        """Show the commands that match, and the people with every typed word below them."""
        typed = self.field.value
        found = self._find_commands(typed)
        if self._contacts is not None and len(typed.strip()) >= _SHORTEST_NAME:
            people = await self._contacts.find_numbers(typed, _MOST_PEOPLE)
            # More was typed while the store was asked: a later call shows the list.
            if typed != self.field.value:
                return
            found += [
                Choice(
                    f"{PERSON_PREFIX}{one.party}",
                    f"Write to {format_hit(one, _NAME_LENGTH)}",
                    "person",
                )
                for one in people
            ]
        self._shown_for = typed
        await self.choices.show_choices(found)

    def _find_commands(self, typed: str) -> list[Choice]:
        """Return the commands with every typed word, in what is shown or in what they also are.

        Only if there is none, the typed characters can stand apart, as in the other lists.

        Args:
            typed: Text of the filter field.
        """
        words = typed.casefold().split()
        shown, hidden = [], []
        for choice in self._choices:
            text = choice.text.casefold()
            words_of_both = f"{text} {SEARCH_WORDS.get(choice.value, '')}"
            if all(word in text for word in words):
                shown.append(choice)
            elif all(word in words_of_both for word in words):
                hidden.append(choice)
        return [*filter_matching(shown, typed), *hidden] or filter_matching(self._choices, typed)

    def get_answer(self) -> Picked | None:
        """Return what is under the cursor; None while the list is of an older text."""
        return super().get_answer() if self._shown_for == self.field.value else None


def _make_choice(command: Command) -> Choice:
    """Return the line of a command: its title, what it does, and its keys at the right."""
    keys = "  ".join(format_key(key) for key in command.keys)
    return Choice(command.id, f"{command.title} · {command.description}", keys)
