"""The keys and what they do, by where they act."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands import Command, Scope, shown
from tui.present import MUTED


class HelpScreen(ModalScreen[None]):
    """A page to scroll; Esc or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        """The registry as the user has it."""
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """One table."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Keys"
            page.border_subtitle = "Esc closes"
            yield Static(help_text(self._commands))


def help_text(commands: Sequence[Command]) -> Content:
    """Every command with its keys, its words and one sentence, by scope."""
    parts = []
    for scope in Scope:
        parts.append(Content.styled(f"{scope.value}\n", "bold $text-accent"))
        for command in (c for c in commands if c.scope is scope):
            keys = "  ".join(shown(key) for key in command.keys)
            line = Content.assemble(
                (f"{keys:<18}", "bold"),
                f"{command.words:<22}",
                (f" {command.hint}\n", MUTED),
            )
            parts.append(line)
        parts.append(Content("\n"))
    return Content("").join(parts)
