"""Where an agent writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.domain.text import printable


class Composer(TextArea):
    """The text of a reply to one conversation; what is typed is told with every change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
    ]

    @dataclass
    class Sent(Message):
        """The agent wants this text to go out; the composer is empty from now on."""

        conversation_id: int
        text: str
        close: bool

    @dataclass
    class Typed(Message):
        """The agent has changed the text."""

        conversation_id: int
        text: str

    @dataclass
    class Pressed(Message):
        """A key that stands for a command which is not about the text itself."""

        command_id: str

    class Left(Message):
        """The agent goes back to the list; the text stays."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """`keys` gives the command's id for each key that does not type."""
        super().__init__(
            id="composer",
            soft_wrap=True,
            show_line_numbers=False,
            compact=True,
            tab_behavior="focus",
        )
        self._keys = keys
        self._told = ""
        self.conversation_id = 0
        """Whom the text is for."""
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def put(self, text: str, conversation_id: int) -> None:
        """Show a text for a conversation (a draft, say) with the cursor behind it."""
        self._tell()
        with self.prevent(TextArea.Changed):
            self.load_text(printable(text))
        self.move_cursor(self.document.end)
        self.conversation_id, self._told = conversation_id, self.text

    def replace_all(self, text: str) -> None:
        """Put another text in the place of this one, as one step that can be undone."""
        self.replace(text, self.document.start, self.document.end)

    def on_text_area_changed(self) -> None:
        """Tell what was typed."""
        self._tell()

    def _tell(self) -> None:
        """Tell the newest text once, with whom it is for."""
        if self.text != self._told:
            self._told = self.text
            self.post_message(self.Typed(self.conversation_id, self.text))

    async def _on_key(self, event: events.Key) -> None:
        """Keys that do not type; every other key is typed."""
        command_id = self._keys.get(event.key)
        if command_id is None:
            return
        event.prevent_default()
        event.stop()
        match command_id:
            case "send" | "send_close":
                self.submit(close=command_id == "send_close")
            case "new_line":
                self.break_line()
            case _:
                self.post_message(self.Pressed(command_id))

    def submit(self, *, close: bool) -> None:
        """Hand the text over, once: a second Enter finds nothing to send."""
        self._tell()
        text = self.text
        if text.strip():
            self.put("", self.conversation_id)
        self.post_message(self.Sent(self.conversation_id, text, close))

    def give_back(self, text: str) -> None:
        """Show a text again that could not be sent, before what was typed since."""
        self.put(text + self.text, self.conversation_id)

    def break_line(self) -> None:
        """Go on below."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_leave(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())
