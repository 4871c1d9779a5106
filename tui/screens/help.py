"""Help page: all keys and what they do, grouped by scope."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands import Command, Scope
from tui.desk.format import MUTED_STYLE
from tui.desk.key_names import format_key


class HelpScreen(ModalScreen[None]):
    """Scrollable page; Esc or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        """Create the page.

        Args:
            commands: Registry with the keys that the user has configured.
        """
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Yield one table."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Keys"
            page.border_subtitle = "Esc closes"
            yield Static(format_help(self._commands))


def format_help(commands: Sequence[Command]) -> Content:
    """Return every command with its keys, label and one sentence, grouped by scope.

    Args:
        commands: Registry with the keys that the user has configured.
    """
    parts = []
    for scope in Scope:
        parts.append(Content.styled(f"{scope.value}\n", "bold $text-accent"))
        for command in (c for c in commands if c.scope is scope):
            keys = "  ".join(format_key(key) for key in command.keys)
            line = Content.assemble(
                (f"{keys:<18}", "bold"),
                f"{command.title:<22}",
                (f" {command.description}\n", MUTED_STYLE),
            )
            parts.append(line)
        parts.append(Content("\n"))
    return Content("").join(parts)
