"""List of every command, to be found by typing part of its name or of what it does."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.command_types import Command
from tui.desk.key_hints import Place, sort_commands
from tui.desk.key_names import format_key
from tui.screens.pick import Choice, PickScreen


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

    def __init__(self, commands: Sequence[Command], place: Place, *, ascii: bool = False) -> None:
        """Create the list.

        Args:
            commands: Registry with the keys that the user has configured.
            place: Where the agent is.
            ascii: Whether to draw with ASCII characters only.
        """
        choices = [_make_choice(command) for command in sort_commands(commands, place)]
        super().__init__(f"Commands · {place.name}", choices, verb="runs it", ascii=ascii)


def _make_choice(command: Command) -> Choice:
    """Return the line of a command: its title, what it does, and its keys at the right."""
    keys = "  ".join(format_key(key) for key in command.keys)
    return Choice(command.id, f"{command.title} · {command.description}", keys)
