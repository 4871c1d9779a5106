"""Show which keys there are: on the help page, or those that can follow a prefix.

The help is about where the agent is: its commands come first, and in a dialog its keys alone.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.command_types import Command
from tui.commands import PREFIX_KEY, SEARCH_WORDS
from tui.desk.format import MUTED_STYLE
from tui.desk.key_hints import KeyHint, Place, sort_commands
from tui.desk.key_names import format_key
from tui.domain.text import one_line
from tui.screens.base import DialogScreen
from tui.widgets.key_bar import KeyBar

_LONGEST_LABEL = 24
_PADDING = 3
"""Blanks around a key and behind its label."""

_KEYS_WIDTH = 17
_MOST_KEYS_WIDTH = 28
"""Cells of the column with the keys; own keys can need more, which then move their line."""

KeyLabel = tuple[str, str]
LabelLoader = Callable[[], Awaitable[Mapping[str, str]]]


class ChordScreen(DialogScreen[str]):
    """Return the next key, which can arrive before anything is shown."""

    DEFAULT_CSS = """
    ChordScreen { align: left bottom; background: transparent; }
    ChordScreen Vertical { height: auto; dock: bottom; background: $panel; }
    ChordScreen KeyBar { height: 1; background: $panel; }
    """

    def __init__(self, labels: Mapping[str, str], load_more: LabelLoader) -> None:
        """Create the overlay.

        Args:
            labels: Labels by second key, known at once.
            load_more: Reads further labels from the store; they are untrusted text.
        """
        super().__init__()
        self._labels = labels
        self._load_more = load_more

    def compose(self) -> ComposeResult:
        """Yield the keys that can follow, in as many lines as they need."""
        yield Vertical(*self._create_bars(self._labels))

    async def on_mount(self) -> None:
        """Add the labels that have to be read from the store."""
        more = await self._load_more()
        if more:
            box = self.query_one(Vertical)
            await box.remove_children()
            self._labels = {**more, **self._labels}
            await box.mount(*self._create_bars(self._labels))

    def _create_bars(self, labels: Mapping[str, str]) -> list[KeyBar]:
        """Return one key bar for each line of labels."""
        pairs = [
            (format_key(key), one_line(label, _LONGEST_LABEL)) for key, label in labels.items()
        ]
        bars = []
        for line, row in enumerate(wrap_key_labels(pairs, self.app.size.width)):
            bars.append(KeyBar(id=f"chord-{line}"))
            bars[-1].show_keys(row)
        return bars

    def describe_place(self) -> str:
        """Return what the keys belong to."""
        return f"after {PREFIX_KEY}"

    def describe_keys(self) -> list[KeyHint]:
        """Return the keys that can follow, and what they do."""
        return [(format_key(key), label) for key, label in self._labels.items()]

    def show_dropped_text(self, notice: str) -> None:
        """Close without a key, so that the notice below can be read.

        Args:
            notice: Not used: the last line of the inbox shows it.
        """
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Close with the pressed key, whichever it is; F1 and an unused ? show the help."""
        if event.key == "f1" or (event.key == "question_mark" and event.key not in self._labels):
            return
        # The key must not also act on the screen below.
        event.stop()
        event.prevent_default()
        self.dismiss(event.key)


def wrap_key_labels(pairs: Sequence[KeyLabel], width: int) -> list[list[KeyLabel]]:
    """Return the pairs in lines that are not wider than the screen.

    Args:
        pairs: Keys and their labels.
        width: Width of the screen in cells.
    """
    lines: list[list[KeyLabel]] = [[]]
    used = 0
    for key, label in pairs:
        cells = cell_len(key) + cell_len(label) + _PADDING
        if used + cells > width and lines[-1]:
            lines.append([])
            used = 0
        lines[-1].append((key, label))
        used += cells
    return lines


class HelpLine(NamedTuple):
    """What one command or key of a dialog does."""

    keys: str
    title: str
    description: str = ""
    also: str = ""
    """Further words by which the filter finds the line; not shown."""

    def contains(self, words: Iterable[str]) -> bool:
        """Return whether every word stands in the line; the case does not matter.

        Args:
            words: Typed words, in lower case.
        """
        return all(word in " ".join(self).casefold() for word in words)


class HelpSection(NamedTuple):
    """Lines of the help below one heading."""

    heading: str
    lines: Sequence[HelpLine]


def list_sections(commands: Sequence[Command], place: Place) -> list[HelpSection]:
    """Return every command, with those first that matter where the agent is.

    Args:
        commands: Registry with the keys that the user has configured.
        place: Where the agent is.
    """
    sections = []
    for scope, found in itertools.groupby(sort_commands(commands, place), lambda c: c.scope):
        is_near = scope in place.scopes
        after_esc = place.must_leave and not is_near
        heading = f"{scope.value}{' (press Esc first)' if after_esc else ''}"
        lines = [_make_line(command) for command in found]
        sections.append(HelpSection(heading, lines))
    return sections


def _make_line(command: Command) -> HelpLine:
    """Return the line of a command."""
    keys = "  ".join(format_key(key) for key in command.keys)
    return HelpLine(keys, command.title, command.description, SEARCH_WORDS.get(command.id, ""))


_FIELD_LINES = (
    HelpLine("Home  End", "Beginning and end", "Ctrl+← and Ctrl+→ jump over a word"),
    HelpLine("Ctrl+W", "Delete the word", "Before the cursor"),
    HelpLine("Ctrl+U  Ctrl+K", "Delete the rest", "To the beginning, to the end"),
)


def list_dialog_sections(dialog: DialogScreen[Any]) -> list[HelpSection]:
    """Return the keys of a dialog, and those of a text field if it has one.

    Args:
        dialog: Dialog that is open.
    """
    found = dialog.describe_keys()
    lines = [HelpLine(keys, f"{text[:1].upper()}{text[1:]}") for keys, text in found]
    if isinstance(dialog.focused, VerticalScroll):
        lines.insert(0, HelpLine("↑  ↓  PgUp  PgDn", "Scroll"))
    sections = [HelpSection("This dialog", lines)]
    if dialog.query(Input):
        sections.append(HelpSection("Text fields (F1 is the help, ? is typed)", _FIELD_LINES))
    return sections


class HelpFilter(Input):
    """Filter of the help; a ? before anything is typed closes the page, as it opened it."""

    def on_key(self, event: events.Key) -> None:
        """Close the page with ? while the filter is empty."""
        if event.key == "question_mark" and not self.value:
            event.stop()
            event.prevent_default()
            self.screen.dismiss(None)


class HelpScreen(DialogScreen[None]):
    """Scrollable page with a filter; Esc, F1 or ? closes it, back to where the agent was."""

    DEFAULT_CSS = """
    HelpScreen VerticalScroll { height: 1fr; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1", "dismiss", "Close"),
        Binding("down", "scroll_lines(1)", "Down", priority=True),
        Binding("up", "scroll_lines(-1)", "Up", priority=True),
        Binding("pagedown", "scroll_lines(12)", "Page down", priority=True),
        Binding("pageup", "scroll_lines(-12)", "Page up", priority=True),
    ]
    field = getters.query_one(HelpFilter)
    text = getters.query_one("#help-text", Static)
    page = getters.query_one(VerticalScroll)

    def __init__(self, sections: Sequence[HelpSection], place: str) -> None:
        """Create the page.

        Args:
            sections: What the page shows, the nearest first.
            place: Where the agent is, for the title; untrusted text.
        """
        super().__init__()
        self._sections = sections
        self._place = place

    def compose(self) -> ComposeResult:
        """Yield the filter and one table."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Keys · {one_line(self._place, 50)}")
            dialog.border_subtitle = "type to filter · ↑ ↓ scroll · Esc closes"
            yield HelpFilter(placeholder="type to filter: reply, snooze, Ctrl …", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(format_help(self._sections), id="help-text")

    @on(Input.Changed)
    def _filter_lines(self) -> None:
        """Show the lines that contain what is typed."""
        self.text.update(format_help(self._sections, self.field.value))
        self.page.scroll_home(animate=False)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll the page.

        Args:
            lines: Lines to scroll; negative scrolls up.
        """
        self.page.scroll_relative(y=lines, animate=False)


def format_help(sections: Sequence[HelpSection], typed: str = "") -> Content:
    """Return the lines that contain every typed word, below their headings.

    Args:
        sections: Lines with their headings.
        typed: Words to look for; empty for everything.
    """
    parts = []
    all_lines = [line for section in sections for line in section.lines]
    width = max((cell_len(line.keys) for line in all_lines), default=0)
    width = max(_KEYS_WIDTH, min(width + 1, _MOST_KEYS_WIDTH))
    for section in sections:
        lines = [line for line in section.lines if line.contains(typed.casefold().split())]
        if not lines:
            continue
        parts.append(Content.styled(f"{section.heading}\n", "bold $text-accent"))
        for line in lines:
            shown = Content.assemble(
                (f"{line.keys:<{width}} ", "bold"),
                f"{line.title:<22}",
                (f" {line.description}".rstrip() + "\n", MUTED_STYLE),
            )
            parts.append(shown)
        parts.append(Content("\n"))
    nothing = f'Nothing contains "{one_line(typed, 30)}". Backspace shows more.'
    return Content("").join(parts) if parts else Content(nothing)
