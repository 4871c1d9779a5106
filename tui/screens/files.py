"""Viewer for the files of a message: pictures are shown, every file can be saved."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.downloads import save_new_file
from tui.desk.message_text import format_file
from tui.domain.message import AttachmentInfo
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store
from tui.terminal.picture_decoding import (
    MAX_FILE_BYTES,
    BadPicture,
    Drawer,
    decode_picture,
    find_drawer,
    to_half_blocks,
)

if TYPE_CHECKING:
    from PIL.Image import Image


class HalfBlocks(Widget):
    """Draw a picture as large as fits, in the middle, on any terminal with colours.

    A cell shows two pixels, one above the other.
    """

    def __init__(self, picture: "Image") -> None:
        """Create the widget of a picture.

        Args:
            picture: Picture in RGB.
        """
        super().__init__()
        self._picture = picture
        self._strips: list[Strip] = []

    def on_resize(self) -> None:
        """Draw the picture again for the new size."""
        width, height = self.size
        if not width or not height:
            return
        rows = to_half_blocks(self._picture, width, height)
        left = (width - len(rows[0])) // 2
        self._strips = [
            Strip(
                [Segment(" " * left, self.rich_style), *(_draw_cell(*pair) for pair in row)]
            ).simplify()
            for row in rows
        ]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        line = y - (self.size.height - len(self._strips)) // 2
        if 0 <= line < len(self._strips):
            return self._strips[line].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)


def _draw_cell(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Segment:
    """Draw two pixels, one above the other."""
    return Segment("▀", Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))


class FilesScreen(DialogScreen[None]):
    """Show one file at a time; Esc closes the viewer."""

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
    status_line = getters.query_one("#file-line", Static)

    def __init__(
        self, store: Store, files: Sequence[AttachmentInfo], folder: Path, *, colours: bool
    ) -> None:
        """Create the viewer.

        Args:
            store: Store that holds the contents.
            files: At least one file.
            folder: Folder that files are saved in.
            colours: Whether pictures can be drawn; False where NO_COLOR is set.
        """
        super().__init__()
        self._store = store
        self._files = files
        self._folder = folder
        self._colours = colours
        self._index = 0
        self._drawer: Drawer = HalfBlocks

    def compose(self) -> ComposeResult:
        """Yield the stage for a picture and a status line."""
        with Vertical(classes="dialog") as dialog:
            several = " · ← → others" if len(self._files) > 1 else ""
            dialog.border_title = "Files"
            dialog.border_subtitle = f"s saves{several} · Esc closes"
            yield Container(id="stage")
            yield Static(id="file-line")

    def on_mount(self) -> None:
        """Choose how pictures are drawn, and show the first file."""
        self._drawer = find_drawer(self.app, os.environ) or HalfBlocks
        self._show_file()

    @property
    def _current_file(self) -> AttachmentInfo:
        """Return the file that is shown."""
        return self._files[self._index]

    def show_status(self, text: str) -> None:
        """Show a text under the picture.

        Args:
            text: One line.
        """
        self.status_line.update(Content(text))

    @work(exclusive=True, exit_on_error=False)
    @report_store_errors
    async def _show_file(self) -> None:
        """Read and draw the file; showing another file cancels this."""
        file = self._current_file
        count = f"{self._index + 1} of {len(self._files)} · " if len(self._files) > 1 else ""
        self.show_status(count + format_file(file))
        # The new picture is ready before the old one is removed, so the stage is never empty.
        preview = await self._create_preview(file)
        await self.stage.remove_children()
        await self.stage.mount(preview)

    async def _create_preview(self, file: AttachmentInfo) -> Widget:
        """Return the picture, or a text that explains why there is none."""
        if not file.content_type.lower().startswith("image/"):
            return Static(Content("Not a picture. s saves it."))
        if not self._colours:
            return Static(Content("Pictures need colours, and NO_COLOR is set. s saves it."))
        if file.size > MAX_FILE_BYTES:
            return Static(Content("Too large to be shown here. s saves it."))
        data = await self._store.messages.get_attachment_data(file.id)
        try:
            picture = await asyncio.to_thread(decode_picture, data)
        except BadPicture as problem:
            return Static(Content(f"{one_line(file.name, 40)}: {problem}"))
        widget = self._drawer(picture)
        widget.set_class(not isinstance(widget, HalfBlocks), "real")
        return widget

    def action_step(self, step: int) -> None:
        """Show another file.

        Args:
            step: 1 for the next file, -1 for the previous one.
        """
        if len(self._files) > 1:
            self._index = (self._index + step) % len(self._files)
            self._show_file()

    @report_store_errors
    async def action_save(self) -> None:
        """Save the file that is shown; existing files are never overwritten."""
        file = self._current_file
        data = await self._store.messages.get_attachment_data(file.id)
        try:
            path = await asyncio.to_thread(
                save_new_file, self._folder, file.name, file.content_type, data
            )
        except OSError as error:
            self.show_status(f"Not saved: {error.strerror or error} ({self._folder})")
            return
        self.show_status(f"Saved as {path}")
