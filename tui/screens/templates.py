"""The desk's canned replies: add, change, remove, import."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.templates import BadTemplate, Template, read_templates
from tui.domain.text import one_line
from tui.screens.canned import choices_of, filled_text
from tui.screens.pick import Choices
from tui.screens.prompt import PromptScreen
from tui.screens.said import said
from tui.screens.template import TemplateScreen
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_LARGEST_FILE = 1_000_000


class TemplatesScreen(ModalScreen[None]):
    """A list with the text under the cursor below it."""

    DEFAULT_CSS = """
    TemplatesScreen .dialog { width: 76; height: 90%; padding: 0 1; }
    TemplatesScreen Choices { height: 1fr; background: $surface; }
    TemplatesScreen Choices > .choice--detail { color: $text-muted; }
    TemplatesScreen #text { height: auto; max-height: 7; border-top: solid $panel-lighten-2; }
    TemplatesScreen #said { height: 1; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("a", "add", "Add"),
        Binding("enter,e", "change", "Change"),
        Binding("d", "drop", "Delete"),
        Binding("z", "undo", "Undo"),
        Binding("i", "take_in", "Import"),
        Binding("v", "fields", "Own fields"),
    ]
    choices = getters.query_one(Choices)
    text = getters.query_one("#text", Static)
    words = getters.query_one("#said", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads and writes canned replies."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._templates: dict[str, Template] = {}
        self._dropped: list[Template] = []

    def compose(self) -> ComposeResult:
        """The list, a text, a line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Canned replies"
            dialog.border_subtitle = (
                "a add · e edit · d delete · z undo · i import · v fields · Esc closes"
            )
            yield Choices("No canned replies", ascii=self._seat.ascii)
            yield Static(id="text")
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Show what there is."""
        await self._show()

    def say(self, words: str) -> None:
        """One line at the bottom."""
        self.words.update(Content(one_line(words, 72)))

    async def _show(self) -> None:
        """Read everything again."""
        templates = await self._store.templates.all()
        self._templates = {template.name: template for template in templates}
        await self.choices.offer(choices_of(templates))
        self._preview()

    @property
    def _current(self) -> Template | None:
        """The one under the cursor."""
        row = self.choices.current
        return self._templates.get(row.value) if row is not None else None

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Another one is under the cursor."""
        self._preview()

    def _preview(self) -> None:
        """Show the whole text of it."""
        template = self._current
        none = Content("None yet: a adds one, i imports a TOML file")
        self.text.update(filled_text(template.body) if template else none)

    async def action_move(self, rows: int) -> None:
        """Choose another one."""
        await self.choices.move(rows)

    async def action_add(self) -> None:
        """Write a new one."""
        await self._edit(None)

    async def action_change(self) -> None:
        """Change the one under the cursor."""
        if self._current is not None:
            await self._edit(self._current)

    @said
    async def _edit(self, template: Template | None) -> None:
        """Open the editor, and keep what comes of it."""
        own = await self._store.templates.values()

        @said
        async def keep(screen: TemplatesScreen, edited: Template | None) -> None:
            if edited is not None:
                replaces = template.name if template else ""
                await self._store.templates.save(edited, self._seat.agent, replaces=replaces)
                await self._show()
                self.say(f"Kept {edited.name}")

        async def done(edited: Template | None) -> None:
            await keep(self, edited)

        self.app.push_screen(TemplateScreen(template, own), done)

    @said
    async def action_drop(self) -> None:
        """Remove the one under the cursor; z brings it back."""
        template = self._current
        if template is not None:
            await self._store.templates.drop(template.name)
            self._dropped.append(template)
            await self._show()
            self.say(f"Deleted {template.name} · z brings it back")

    @said
    async def action_undo(self) -> None:
        """Bring back what was removed last."""
        if not self._dropped:
            self.say("Nothing to undo")
            return
        template = self._dropped.pop()
        await self._store.templates.save(template, self._seat.agent)
        await self._show()
        self.say(f"{template.name} is back")

    def action_fields(self) -> None:
        """The desk's own fields."""
        from tui.screens.fields import FieldsScreen

        self.app.push_screen(FieldsScreen(self._store, self._seat))

    def action_take_in(self) -> None:
        """Ask for a file."""
        hint = '[templates] with name = "text", [values] with own fields; same names are replaced'
        prompt = PromptScreen("Import canned replies", hint, "~/replies.toml")
        self.app.push_screen(prompt, self._take_in)

    @said
    async def _take_in(self, path: str | None) -> None:
        """Read the file, all of it or nothing."""
        if path is None:
            return
        try:
            templates, values = read_templates(await asyncio.to_thread(_read, path))
        except (OSError, BadTemplate, UnicodeDecodeError) as problem:
            self.say(f"Nothing imported: {problem}")
            return
        await self._store.templates.take_in(templates, values, self._seat.agent)
        await self._show()
        self.say(f"Imported {len(templates)} canned replies, {len(values)} own fields")


def _read(path: str) -> str:
    """The text of a file of sane size."""
    file = Path(path).expanduser()
    if file.stat().st_size > _LARGEST_FILE:
        raise BadTemplate("the file is larger than 1 MB")
    return file.read_text(encoding="utf-8")
