"""Where an agent writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from tui.desk.ribbon import costly, open_fields
from tui.domain.mentions import begun_length, candidates
from tui.domain.templates import blanks
from tui.domain.text import printable
from tui.widgets.plain_signs import PlainSigns


class Composer(TextArea):
    """The text of a reply to one conversation; what is typed is told with every change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"composer--costly", "composer--blank"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
    ]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is written stands here as it will go out."""
        return [one for one in super().get_line_filters() if not isinstance(one, PlainSigns)]

    @dataclass
    class Sent(Message):
        """The agent wants this text to go out; the composer is empty from now on."""

        conversation_id: int
        text: str
        close: bool
        note: bool = False

    @dataclass
    class Typed(Message):
        """The agent has changed the text."""

        conversation_id: int
        text: str
        note: bool = False

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
        self.note = False
        """Whether it is a private note, for colleagues only."""
        self.agents: tuple[str, ...] = ()
        """Whom a note can name."""
        self._colons = False
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def put(self, text: str, conversation_id: int, *, note: bool = False) -> None:
        """Show a text for a conversation (a draft, say) with the cursor behind it."""
        self._tell()
        self.note = note
        self.set_class(note, "-note")
        with self.prevent(TextArea.Changed):
            self.load_text(printable(text))
        self.move_cursor(self.document.end)
        self.conversation_id, self._told = conversation_id, self.text

    @property
    def before(self) -> str:
        """The line up to the cursor."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    @property
    def names(self) -> tuple[str, ...]:
        """Whom the note may be going to name."""
        return candidates(self.before, self.agents) if self.note else ()

    def complete(self) -> bool:
        """Finish the name that was begun; whether there was one."""
        names = self.names
        if names:
            self.insert(f"{names[0][begun_length(self.before) :]} ")
        return bool(names)

    def take_canned(self, text: str) -> None:
        """Put a canned reply at the cursor, in the place of the colons that asked for it.

        A blank parts it from a word before it.
        """
        row, column = self.cursor_location
        before = self.before.removesuffix("::")
        text = f" {text}" if before and not before[-1].isspace() else text
        begin = len(before)
        start = sum(len(line) + 1 for line in self.text.split("\n")[:row]) + begin
        self.replace(printable(text), (row, begin), (row, column), maintain_selection_offset=False)
        for blank in blanks(self.text[start : start + len(text)])[:1]:
            self.select_span(start + blank.start, start + blank.end)

    def stand_on_blank(self) -> None:
        """Select the first field that is not filled: the next key types over it."""
        for blank in blanks(self.text)[:1]:
            self.select_span(blank.start, blank.end)

    def select_span(self, start: int, end: int) -> None:
        """Select a part of the text, given as places in the whole of it."""
        self.selection = Selection(self._place(start), self._place(end))

    def _place(self, index: int) -> tuple[int, int]:
        """Line and column of a place in the text."""
        before = self.text[:index].split("\n")
        return len(before) - 1, len(before[-1])

    def get_line(self, line_index: int) -> Text:
        """A line with what costs and what is not filled made visible."""
        line = super().get_line(line_index)
        for name, spans in (("composer--costly", costly), ("composer--blank", open_fields)):
            style = self.get_component_rich_style(name, partial=True)
            for start, end in spans(line.plain):
                line.stylize(style, start, end)
        return line

    def replace_all(self, text: str) -> None:
        """Put another text in the place of this one, as one step that can be undone."""
        self.replace(text, self.document.start, self.document.end)

    def on_text_area_changed(self) -> None:
        """Tell what was typed; two colons ask for a canned reply."""
        self._tell()
        if self._colons:
            self._colons = False
            self.post_message(self.Pressed("canned"))

    def _tell(self) -> None:
        """Tell the newest text once, with whom it is for."""
        if self.text != self._told:
            self._told = self.text
            self.post_message(self.Typed(self.conversation_id, self.text, self.note))

    async def _on_key(self, event: events.Key) -> None:
        """Keys that do not type; every other key is typed."""
        command_id = self._keys.get(event.key)
        if event.key == "tab" and self.complete():
            event.prevent_default()
            event.stop()
        if command_id is None:
            self._colons = event.character == ":" and self.before.endswith(":") and not self.note
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
            self.put("", self.conversation_id, note=self.note)
        self.post_message(self.Sent(self.conversation_id, text, close, self.note))

    def give_back(self, text: str) -> None:
        """Show a text again that could not be sent, before what was typed since."""
        self.put(text + self.text, self.conversation_id, note=self.note)

    def break_line(self) -> None:
        """Go on below."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_leave(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())
