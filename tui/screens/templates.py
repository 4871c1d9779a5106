"""The desk's canned replies: add, change, remove, import."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.domain.templates import BadTemplate, Template, read_templates
from tui.screens.canned import choices_of, filled_text
from tui.screens.pick import Choice
from tui.screens.prompt import PromptScreen
from tui.screens.said import said
from tui.screens.shelf import Shelf
from tui.screens.template import TemplateScreen
from tui.widgets.virtual_list import VirtualList

_LARGEST_FILE = 1_000_000


class TemplatesScreen(Shelf[Template]):
    """A list with the text under the cursor below it."""

    DEFAULT_CSS = """
    TemplatesScreen #text { height: auto; max-height: 7; border-top: solid $panel-lighten-2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "take_in", "Import"),
        Binding("v", "fields", "Own fields"),
    ]
    NAME = "Canned replies"
    KEYS = "a add · e edit · d delete · z undo · i import · v fields · Esc closes"
    NONE = "No canned replies"
    text = getters.query_one("#text", Static)

    async def read(self) -> dict[str, Template]:
        """Every canned reply by its name."""
        return {template.name: template for template in await self.store.templates.all()}

    def lines(self, items: Iterable[Template]) -> list[Choice]:
        """Name, beginning, parts."""
        return choices_of(items)

    async def keep(self, item: Template, replaces: str = "") -> None:
        """Store it."""
        await self.store.templates.save(item, self.seat.agent, replaces=replaces)

    async def drop(self, name: str) -> None:
        """Remove it."""
        await self.store.templates.drop(name)

    async def editor(self, item: Template | None) -> TemplateScreen:
        """Name and text."""
        return TemplateScreen(item, await self.store.templates.values())

    def called(self, item: Template) -> tuple[str, str]:
        """Its name, the one way and the other."""
        return item.name, item.name

    def below(self) -> Iterable[Widget]:
        """The whole text of the one under the cursor."""
        yield Static(id="text")

    @on(VirtualList.Moved)
    def shown(self) -> None:
        """Show the whole text of the one under the cursor."""
        template = self.current
        none = Content("None yet: a adds one, i imports a TOML file")
        self.text.update(filled_text(template.body) if template else none)

    def action_fields(self) -> None:
        """The desk's own fields."""
        from tui.screens.fields import FieldsScreen

        self.app.push_screen(FieldsScreen(self.store, self.seat))

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
        await self.store.templates.take_in(templates, values, self.seat.agent)
        await self.show()
        self.say(f"Imported {len(templates)} canned replies, {len(values)} own fields")


def _read(path: str) -> str:
    """The text of a file of sane size."""
    file = Path(path).expanduser()
    if file.stat().st_size > _LARGEST_FILE:
        raise BadTemplate("the file is larger than 1 MB")
    return file.read_text(encoding="utf-8")
