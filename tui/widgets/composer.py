"""Provide the text field in which an agent writes."""

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

from tui.desk.composer_hints import find_open_field_spans, find_unicode_characters
from tui.domain.draft_merge import find_edit
from tui.domain.mentions import count_typed_characters, find_candidates
from tui.domain.templates import find_open_fields
from tui.domain.typed_text import clean_typed_text, is_blank_text
from tui.terminal.app_terminal import AsciiFilter
from tui.widgets.text_editor import TextEditor


class Composer(TextEditor):
    """Edit the text for one conversation, and post every change of it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"composer--costly", "composer--blank"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False),
    ]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters but ASCII replacement: a text is shown as it will be sent."""
        return [one for one in super().get_line_filters() if not isinstance(one, AsciiFilter)]

    @dataclass
    class Sent(Message):
        """The agent submits this text; the composer is empty from now on."""

        conversation_id: int
        text: str
        close: bool
        note: bool = False
        to: str = ""
        """Address that was shown with the text."""
        pressed_at: float = 0.0
        """Time of the key in seconds of the steady clock; 0 for no key."""

    @dataclass
    class Typed(Message):
        """The agent has changed the text."""

        conversation_id: int
        text: str
        note: bool = False

    @dataclass
    class Pressed(Message):
        """A key was pressed for a command that is not about the text itself."""

        command_id: str

    class Left(Message):
        """The agent goes back to the list; the text stays."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """Create an empty composer.

        Args:
            keys: The command's id for each key that does not type.
        """
        super().__init__(
            id="composer",
            soft_wrap=True,
            show_line_numbers=False,
            compact=True,
            tab_behavior="focus",
        )
        self.command_keys = keys
        """The command's id for each key that does not type."""
        self._posted_text = ""
        self.conversation_id = 0
        """Conversation that the text is for."""
        self.recipient = ""
        """Address of the customer who is shown with the text."""
        self.note = False
        """Whether the text is a private note, for colleagues only."""
        self.is_submitting = False
        """Whether a text is being sent, which is put back here if that is refused."""
        self.agents: tuple[str, ...] = ()
        """Agents whom a note can mention."""
        self._canned_requested = False
        self.cursor_blink = False
        self.highlight_cursor_line = False

    def set_text(self, text: str, conversation_id: int, *, note: bool = False) -> None:
        """Show a text with the cursor after it.

        Args:
            text: A draft, or nothing.
            conversation_id: Conversation that the text is for.
            note: Whether it is a private note.
        """
        self._post_typed()
        self.note = note
        self.set_class(note, "-note")
        # The new text was not typed: it must not be saved as a draft of this conversation.
        with self.prevent(TextArea.Changed):
            self.load_text(clean_typed_text(text))
        self.move_cursor(self.document.end)
        self.conversation_id, self._posted_text = conversation_id, self.text

    @property
    def text_before_cursor(self) -> str:
        """Return the line up to the cursor."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    @property
    def mention_candidates(self) -> tuple[str, ...]:
        """Return the agents whom the note may be about to mention."""
        return find_candidates(self.text_before_cursor, self.agents) if self.note else ()

    def complete_mention(self) -> bool:
        """Complete the name that was begun; return whether there was one."""
        candidates_found = self.mention_candidates
        if candidates_found:
            self.insert(
                f"{candidates_found[0][count_typed_characters(self.text_before_cursor) :]} "
            )
        return bool(candidates_found)

    def insert_canned_reply(self, text: str) -> None:
        """Insert a canned reply at the cursor, in place of the colons that requested it.

        A blank separates it from a word before it, and its first open field is selected.
        """
        row, column = self.cursor_location
        before = self.text_before_cursor.removesuffix("::")
        text = clean_typed_text(text)
        text = f" {text}" if before and not before[-1].isspace() else text
        begin = len(before)
        start = self._to_index((row, begin))
        self.replace(text, (row, begin), (row, column), maintain_selection_offset=False)
        for blank in find_open_fields(self.text[start : start + len(text)])[:1]:
            self.select_span(start + blank.start, start + blank.end)

    def select_first_field(self) -> None:
        """Select the first open field, so that the next key types over it."""
        for blank in find_open_fields(self.text)[:1]:
            self.select_span(blank.start, blank.end)

    def select_span(self, start: int, end: int) -> None:
        """Select a part of the text.

        Args:
            start: Index of the first character in the whole text.
            end: Index after the last character.
        """
        self.selection = Selection(self._to_location(start), self._to_location(end))

    def _to_location(self, index: int) -> tuple[int, int]:
        """Return line and column of an index in the text."""
        before = self.text[:index].split("\n")
        return len(before) - 1, len(before[-1])

    def _to_index(self, location: tuple[int, int]) -> int:
        """Return the index in the text of a line and column."""
        row, column = location
        return sum(len(line) + 1 for line in self.text.split("\n")[:row]) + column

    def get_line(self, line_index: int) -> Text:
        """Return a line in which expensive characters and open fields are highlighted."""
        line = super().get_line(line_index)
        for name, spans in (
            ("composer--costly", find_unicode_characters),
            ("composer--blank", find_open_field_spans),
        ):
            style = self.get_component_rich_style(name, partial=True)
            for start, end in spans(line.plain):
                line.stylize(style, start, end)
        return line

    def replace_text(self, text: str) -> None:
        """Replace the whole text in one step that can be undone."""
        self.replace(text, self.document.start, self.document.end)

    def on_text_area_changed(self) -> None:
        """Post the new text; request a canned reply after two colons."""
        self._post_typed()
        if self._canned_requested:
            self._canned_requested = False
            self.post_message(self.Pressed("canned"))

    def _post_typed(self) -> None:
        """Post the newest text once, with the conversation it is for."""
        if self.text != self._posted_text:
            self._posted_text = self.text
            self.post_message(self.Typed(self.conversation_id, self.text, self.note))

    def on_key(self, event: events.Key) -> None:
        """Handle keys that do not type; every other key is typed."""
        command_id = self.command_keys.get(event.key)
        if event.key == "tab" and self.complete_mention():
            event.prevent_default()
            event.stop()
        if command_id is None:
            self._canned_requested = (
                event.character == ":" and self.text_before_cursor.endswith(":") and not self.note
            )
            return
        event.prevent_default()
        event.stop()
        match command_id:
            case "send" | "send_close":
                self.submit_text(close=command_id == "send_close", pressed_at=event.time)
            case "new_line":
                self.insert_line_break()
            case _:
                self.post_message(self.Pressed(command_id))

    def submit_text(self, *, close: bool, pressed_at: float = 0.0) -> None:
        """Empty the composer and post its text.

        Args:
            close: Whether to close the conversation after sending.
            pressed_at: Time of the key in seconds of the steady clock; 0 for no key.
        """
        self._post_typed()
        text = self.text
        if not is_blank_text(text):
            self.is_submitting = True
            # At once, so that a second Enter finds nothing to send.
            self.set_text("", self.conversation_id, note=self.note)
        sent = self.Sent(self.conversation_id, text, close, self.note, self.recipient, pressed_at)
        self.post_message(sent)

    def restore_text(self, text: str) -> None:
        """Show a text that could not be sent again, before anything typed since.

        Args:
            text: Text that was submitted.
        """
        self.set_text(text + self.text, self.conversation_id, note=self.note)

    def adopt_text(self, text: str) -> None:
        """Show a text that another window has changed, with the cursor at the same words.

        Args:
            text: Text to show; it counts as saved.
        """
        before, cursor = self.text, self._to_index(self.cursor_location)
        edit = find_edit(before, text)
        # The cursor stays before a new line below it, and follows what is typed on its own line.
        is_behind = cursor > edit.start or (cursor == len(before) and edit.text[:1] != "\n")
        if is_behind:
            cursor = max(cursor, edit.end) + len(edit.text) - (edit.end - edit.start)
        with self.prevent(TextArea.Changed):
            self.replace(edit.text, self._to_location(edit.start), self._to_location(edit.end))
        self.move_cursor(self._to_location(cursor))
        self._posted_text = self.text

    def insert_line_break(self) -> None:
        """Insert a line break at the cursor."""
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_leave(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())
