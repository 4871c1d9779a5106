"""The files that came with a message: pictures are shown, everything can be saved."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui import present
from tui.desk.saving import save_new
from tui.domain.message import AttachmentInfo
from tui.domain.text import one_line
from tui.screens.said import said
from tui.store.store import Store
from tui.terminal.graphics import Drawer, drawer
from tui.terminal.pictures import LONGEST_FILE, BadPicture, decode
from tui.widgets.picture import HalfBlocks


class FilesScreen(ModalScreen[None]):
    """One file at a time; Esc closes it."""

    DEFAULT_CSS = """
    FilesScreen .dialog { width: 95%; height: 95%; max-height: 95%; padding: 0 1; }
    FilesScreen #stage { height: 1fr; align: center middle; background: $surface; }
    FilesScreen #stage > HalfBlocks { width: 1fr; height: 1fr; background: $surface; }
    FilesScreen #stage > .real { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    FilesScreen #stage > Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f", "dismiss", "Close"),
        Binding("right,down,j,space", "step(1)", "Next"),
        Binding("left,up,k", "step(-1)", "Previous"),
        Binding("s", "save", "Save"),
    ]
    stage = getters.query_one("#stage", Container)
    line = getters.query_one("#file-line", Static)

    def __init__(
        self, store: Store, files: Sequence[AttachmentInfo], folder: Path, *, colours: bool
    ) -> None:
        """At least one file; what is saved goes into `folder`."""
        super().__init__()
        self._store = store
        self._files = files
        self._folder = folder
        self._colours = colours
        self._place = 0
        self._draw: Drawer = HalfBlocks

    def compose(self) -> ComposeResult:
        """Room for a picture over a line of words."""
        with Vertical(classes="dialog") as dialog:
            several = " · ← → others" if len(self._files) > 1 else ""
            dialog.border_title = "Files"
            dialog.border_subtitle = f"s saves{several} · Esc closes"
            yield Container(id="stage")
            yield Static(id="file-line")

    def on_mount(self) -> None:
        """Show the first."""
        self._draw = drawer(self.app, os.environ) or HalfBlocks
        self._show()

    @property
    def _file(self) -> AttachmentInfo:
        """The one that is shown."""
        return self._files[self._place]

    def say(self, words: str) -> None:
        """Show words under the picture."""
        self.line.update(Content(words))

    @work(exclusive=True, exit_on_error=False)
    @said
    async def _show(self) -> None:
        """Read and draw; another file stops that."""
        file = self._file
        count = f"{self._place + 1} of {len(self._files)} · " if len(self._files) > 1 else ""
        self.say(count + present.file_lines([file], ascii=True)[0].removeprefix("+ "))
        shown = await self._widget(file)
        await self.stage.remove_children()
        await self.stage.mount(shown)

    async def _widget(self, file: AttachmentInfo) -> Widget:
        """A picture, or words in its place."""
        if not file.content_type.lower().startswith("image/"):
            return Static(Content("This is no picture. s saves it."))
        if not self._colours:
            return Static(Content("Pictures need colours, and NO_COLOR is set. s saves it."))
        if file.size > LONGEST_FILE:
            return Static(Content("Too large to be shown here. s saves it."))
        data = await self._store.messages.attachment_data(file.id)
        try:
            picture = await asyncio.to_thread(decode, data)
        except BadPicture as problem:
            return Static(Content(f"{one_line(file.name, 40)}: {problem}"))
        widget = self._draw(picture)
        widget.set_class(not isinstance(widget, HalfBlocks), "real")
        return widget

    def action_step(self, step: int) -> None:
        """Another file."""
        if len(self._files) > 1:
            self._place = (self._place + step) % len(self._files)
            self._show()

    @said
    async def action_save(self) -> None:
        """Save the file that is shown, beside whatever is there."""
        file = self._file
        data = await self._store.messages.attachment_data(file.id)
        try:
            path = await asyncio.to_thread(
                save_new, self._folder, file.name, file.content_type, data
            )
        except OSError as error:
            self.say(f"Not saved: {error.strerror or error} ({self._folder})")
            return
        self.say(f"Saved as {path}")
