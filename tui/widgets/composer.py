"""Where an agent writes."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.domain.text import printable


class Composer(TextArea):
    """The text of a reply. Enter sends; what is typed is told with every change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
    ]

    @dataclass
    class Sent(Message):
        """The agent wants this text to go out."""

        text: str
        close: bool

    @dataclass
    class Typed(Message):
        """The text has changed."""

        text: str
        by_agent: bool
        """False for a draft that was put there."""

    class Left(Message):
        """The agent goes back to the list; the text stays."""

    def __init__(self, *, enter_sends: bool = True) -> None:
        """`enter_sends`: Enter sends and Alt+Enter breaks the line; otherwise the other way."""
        super().__init__(
            id="composer",
            soft_wrap=True,
            show_line_numbers=False,
            compact=True,
            tab_behavior="focus",
        )
        self._enter_sends = enter_sends
        self._quiet = False
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def put(self, text: str) -> None:
        """Show a text (a draft, say) with the cursor behind it, without calling it typed."""
        self._quiet = True
        self.load_text(printable(text))
        self.move_cursor(self.document.end)

    def replace_all(self, text: str) -> None:
        """Put another text in the place of this one, as one step that can be undone."""
        self.replace(text, self.document.start, self.document.end)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what was typed; what the desk itself put there is not."""
        self.post_message(self.Typed(self.text, by_agent=not self._quiet))
        self._quiet = False

    async def _on_key(self, event: events.Key) -> None:
        """Enter and its companions; every other key is typed."""
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            self._enter(sends=self._enter_sends)
        elif event.key in ("alt+enter", "ctrl+j"):
            event.prevent_default()
            event.stop()
            self._enter(sends=not self._enter_sends)
        elif event.key == "ctrl+e":
            event.prevent_default()
            event.stop()
            self.submit(close=True)

    def submit(self, *, close: bool) -> None:
        """Hand the text over."""
        self.post_message(self.Sent(self.text, close))

    def _enter(self, *, sends: bool) -> None:
        """Send, or break the line."""
        if sends:
            self.submit(close=False)
        else:
            self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        """Pasted text is outside text: what drives terminals is made visible before it goes in."""
        event.prevent_default()
        event.stop()
        self.insert(printable(event.text))

    def action_leave(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())
