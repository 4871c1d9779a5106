"""A list to choose from by typing a few letters of a name; what is not there yet can be typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from tui import present
from tui.domain.text import one_line
from tui.widgets.styled import over
from tui.widgets.virtual_list import VirtualList

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    value: str
    """What the answer gives back; names and labels are outside text."""
    words: str
    detail: str = ""
    on: bool = False
    """Whether it is ticked."""
    new: bool = False
    """Whether it was typed and is not there yet."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The answer."""

    value: str
    new: bool = False
    drop: bool = False
    """Whether it is to be removed rather than taken."""
    toggled: tuple[str, ...] = ()
    """What was ticked or unticked beside it, where several can be."""


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Return the choices that match what was typed, the best first; all of them for nothing."""
    query = typed.strip()
    if not query:
        return list(choices)
    matcher, begin = Matcher(query), query.casefold()
    scores = {choice: matcher.match(choice.words) for choice in choices}

    def order(choice: Choice) -> tuple[bool, float]:
        return not choice.value.casefold().startswith(begin), -scores[choice]

    return sorted((choice for choice in choices if scores[choice] > 0), key=order)


class Choices(VirtualList[Choice]):
    """What matches."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "choice--detail",
        "choice--none",
        "choice--tick",
    }
    can_focus = False

    def __init__(self, none: str = "Nothing matches", *, ascii: bool = False) -> None:
        """Empty before `offer`; `none` is what an empty list says."""
        super().__init__(id="choices")
        self._none = none
        self._tick = "x" if ascii else "✓"
        self._offered: list[Choice] = []

    async def offer(self, choices: list[Choice]) -> None:
        """Show these."""
        self._offered = choices
        await self.start()

    def render_line(self, y: int) -> Strip:
        """One line; when there is nothing to choose, what to do instead."""
        if self.rows or y:
            return super().render_line(y)
        style = self.style_of("choice--none")
        return Strip([Segment(present.fit(f"   {self._none}", self.size.width), style)])

    async def load_after(self, row: Choice | None, limit: int) -> list[Choice]:
        """All of them at once: the list is short."""
        return list(self._offered) if row is None else []

    async def load_before(self, row: Choice | None, limit: int) -> list[Choice]:
        """All of them at once: the list is short."""
        return list(self._offered) if row is None else []

    async def load_again(self, row: Choice) -> Choice | None:
        """Nothing changes while the list is shown."""
        return row

    def identity(self, row: Choice) -> object:
        """What it stands for."""
        return row.value, row.new

    def draw(self, row: Choice, *, current: bool, width: int) -> list[Strip]:
        """Tick, words, detail at the right."""
        base = self.style_of("list--cursor") if current else self.style_of()
        detail = present.fit(one_line(row.detail, 40), min(len(row.detail) + 1, width // 2))
        words = present.fit(one_line(row.words, 80), width - 3 - len(detail))
        tick = self.style_of("choice--tick").color
        dim = self.style_of("choice--detail").color
        return [
            Strip(
                [
                    Segment(f" {self._tick if row.on else ' '} ", over(base, Style(color=tick))),
                    Segment(words, base),
                    Segment(detail, over(base, Style(color=dim))),
                ]
            ).adjust_cell_length(width, base)
        ]


class PickScreen(ModalScreen[Picked | None]):
    """Dismissed with what was chosen, or with nothing when it was called off."""

    DEFAULT_CSS = """
    PickScreen .dialog { padding: 0 1; }
    PickScreen Choices { height: 10; margin-top: 1; background: $surface; }
    PickScreen Choices > .choice--none { color: $text-muted; }
    PickScreen Choices > .choice--detail { color: $text-muted; }
    PickScreen Choices > .choice--tick { color: $text-accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
        Binding("f8", "drop", "Remove", priority=True),
    ]
    FIELD: ClassVar[type[Input]] = Input
    """What is typed into."""
    field = getters.query_one("#pick", Input)
    choices = getters.query_one(Choices)
    dialog = getters.query_one(".dialog", Vertical)

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        verb: str,
        new: str = "",
        replaces: bool = False,
        droppable: bool = False,
        ascii: bool = False,
    ) -> None:
        """`verb` is what Enter does; `new` says what a name that is typed becomes, "" for nothing.

        `replaces` offers that for names which are there already, too; `droppable` lets F8 remove.
        """
        super().__init__()
        self._title = title
        self._choices = choices
        self._verb = verb
        self._new = new
        self._replaces = replaces
        self._droppable = droppable
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        """A field over the list."""
        drops = " · F8 removes" if self._droppable else ""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._title, 50))
            dialog.border_subtitle = f"Enter {self._verb}{drops} · Esc closes"
            yield self.FIELD(placeholder=self._placeholder, id="pick", compact=True)
            none = "Nothing yet: type a name" if self._new else "Nothing matches"
            yield Choices(none, ascii=self._ascii)

    @property
    def _placeholder(self) -> str:
        """What to type."""
        return "a few letters, or a new name" if self._new else "a few letters"

    async def on_mount(self) -> None:
        """Show all."""
        await self.narrow()

    @on(Input.Changed)
    async def _typed(self) -> None:
        """Narrow the list with every key."""
        await self.narrow()

    async def narrow(self) -> None:
        """Show what matches, and what could be new."""
        typed = " ".join(self.field.value.split())[:_LONGEST_NAME]
        found = matching(self._choices, typed)
        known = any(typed.casefold() == choice.value.casefold() for choice in self._choices)
        if typed and self._new and (self._replaces or not known):
            words = f"{self._new} {one_line(typed, _LONGEST_NAME)}"
            found.append(Choice(typed, words, new=True))
        await self.choices.offer(found)

    @on(Input.Submitted)
    def _take(self) -> None:
        """Take it."""
        answer = self.answer()
        if answer is not None:
            self.dismiss(answer)

    def answer(self) -> Picked | None:
        """What is under the cursor."""
        row = self.choices.current
        return Picked(row.value, new=row.new) if row is not None else None

    async def action_move(self, rows: int) -> None:
        """Choose another one."""
        await self.choices.move(rows)

    def action_drop(self) -> None:
        """Remove what is under the cursor."""
        row = self.choices.current
        if self._droppable and row is not None and not row.new:
            self.dismiss(Picked(row.value, drop=True))
