"""Dialog with a list to pick several from: lines are ticked, and Enter applies all of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.screens.pick import Choice, Picked, PickScreen


class _FilterInput(Input):
    """Filter field that leaves a leading blank to the list; within a name a blank is typed."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is typed into the field.

        Args:
            key: Name of the key.
            character: Printable character of the key, if it has one.
        """
        begins = key == "space" and not self.value
        return not begins and super().check_consume_key(key, character)


class PickSeveralScreen(PickScreen):
    """Return the picked line together with all toggled ones; Esc changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,space", "tick", "Tick", priority=True),
    ]
    FIELD = _FilterInput

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        new: str,
        picks_current: bool = True,
        prefix: str = "",
        ascii: bool = False,
    ) -> None:
        """Create the dialog.

        Args:
            title: Heading; untrusted text.
            choices: All lines of the list.
            new: What happens to a typed name, for its line.
            picks_current: Whether Enter toggles the line under the cursor if nothing else was
                toggled and no name is typed; otherwise it confirms the lines as they are.
            prefix: Character that is shown before a name and can be typed before it, such
                as "#".
            ascii: Whether to draw with ASCII characters only.
        """
        super().__init__(title, choices, verb="toggles", new=new, ascii=ascii)
        self._picks_current = picks_current
        self._prefix = prefix
        self._toggled: dict[str, None] = {}
        """Toggled names in the order in which they were toggled."""

    async def on_mount(self) -> None:
        """Show the key hints."""
        self._update_key_hints()

    async def action_tick(self) -> None:
        """Toggle the line under the cursor and stay open for the next one."""
        row = self.choices.current_row
        name = self._get_name(row) if row is not None else ""
        if row is None or not name:
            return
        if row.new:
            self._choices = [*self._choices, Choice(name, f"{self._prefix}{name}", "new", on=True)]
        else:
            toggled = replace(row, on=not row.on)
            self._choices = [toggled if c.value == name else c for c in self._choices]
        self._record_toggle(name)
        # The list is filtered just below; the event would do it again and move the cursor.
        with self.prevent(self.field.Changed):
            self.field.value = ""
        await self.filter_choices()
        await self.choices.go_to_row(next(c for c in self._choices if c.value == name))
        self._update_key_hints()

    def get_answer(self) -> Picked | None:
        """Return everything that was toggled, and the line under the cursor where it counts.

        The line under the cursor counts while a name is typed, and where `picks_current` says so
        if nothing was toggled.
        """
        toggled = tuple(self._toggled)
        if not self.field.value.strip() and (toggled or not self._picks_current):
            return Picked("", toggled=toggled)
        row = self.choices.current_row
        if row is None:
            return Picked("", toggled=toggled) if toggled else None
        return Picked(self._get_name(row), new=row.new, toggled=toggled)

    def _get_name(self, row: Choice) -> str:
        """Return the name of a line, whether or not its prefix was typed."""
        return row.value.removeprefix(self._prefix).strip() if row.new else row.value

    def _record_toggle(self, name: str) -> None:
        """Record a toggle; a name that is toggled twice is unchanged."""
        if name in self._toggled:
            del self._toggled[name]
        else:
            self._toggled[name] = None

    def _update_key_hints(self) -> None:
        """Show which keys do what."""
        count = len(self._toggled)
        close_hint = (
            f"Enter applies {count} · Esc cancels" if count else "Enter applies · Esc closes"
        )
        self.dialog.border_subtitle = f"Space or Tab ticks · {close_hint}"
