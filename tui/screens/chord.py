"""The second key of two: shows which there are, and waits for one."""

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen

from tui.commands import Command, shown
from tui.widgets.key_bar import KeyBar


class ChordScreen(ModalScreen[Command | None]):
    """Dismissed by the next key, with the command it means or with none."""

    DEFAULT_CSS = """
    ChordScreen { align: left bottom; background: transparent; }
    ChordScreen KeyBar { height: 1; dock: bottom; background: $panel; }
    """

    def __init__(self, commands: Mapping[str, Command]) -> None:
        """`commands` by second key."""
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """The keys that may follow."""
        yield KeyBar(id="chord")

    def on_mount(self) -> None:
        """Show them."""
        pairs = [(shown(key), c.words.removeprefix("Show ")) for key, c in self._commands.items()]
        self.query_one(KeyBar).pairs(pairs)

    def on_key(self, event: events.Key) -> None:
        """Any key ends the wait."""
        event.stop()
        event.prevent_default()
        self.dismiss(self._commands.get(event.key))
