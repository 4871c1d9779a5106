"""A list to choose several from in one opening: each is ticked or not, and Enter takes them all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.screens.pick import Choice, Picked, PickScreen


class _Field(Input):
    """Leaves a blank that begins nothing to the list; within a name it is part of that."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed."""
        begins = key == "space" and not self.value
        return not begins and super().check_consume_key(key, character)


class PickSeveralScreen(PickScreen):
    """Dismissed with what was chosen beside what was toggled; Esc changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,space", "tick", "Tick", priority=True),
    ]
    FIELD = _Field

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        new: str,
        sign: str = "",
        ascii: bool = False,
    ) -> None:
        """`new` says what a typed name becomes; `sign` may stand before a name, as in its words."""
        super().__init__(title, choices, verb="toggles", new=new, ascii=ascii)
        self._sign = sign
        self._toggled: dict[str, None] = {}
        """Names in the order in which they were toggled."""

    async def on_mount(self) -> None:
        """Say which keys there are."""
        self._tell()

    async def action_tick(self) -> None:
        """Tick what is under the cursor, or no longer, and stay for the next."""
        row = self.choices.current
        name = self._name_of(row) if row is not None else ""
        if row is None or not name:
            return
        if row.new:
            self._choices = [*self._choices, Choice(name, f"{self._sign}{name}", "new", on=True)]
        else:
            turned = replace(row, on=not row.on)
            self._choices = [turned if c.value == name else c for c in self._choices]
        self._note(name)
        with self.prevent(self.field.Changed):
            self.field.value = ""
        await self.narrow()
        await self.choices.go_to(next(c for c in self._choices if c.value == name))
        self._tell()

    def answer(self) -> Picked | None:
        """What is ticked now; and what is under the cursor, while a name of it is typed."""
        toggled = tuple(self._toggled)
        if toggled and not self.field.value.strip():
            return Picked("", toggled=toggled)
        row = self.choices.current
        if row is None:
            return Picked("", toggled=toggled) if toggled else None
        return Picked(self._name_of(row), new=row.new, toggled=toggled)

    def _name_of(self, row: Choice) -> str:
        """The name that a line stands for, whether or not its sign was typed."""
        return row.value.removeprefix(self._sign).strip() if row.new else row.value

    def _note(self, name: str) -> None:
        """Twice toggled is as it was."""
        if name in self._toggled:
            del self._toggled[name]
        else:
            self._toggled[name] = None

    def _tell(self) -> None:
        """Which keys do what."""
        several = len(self._toggled)
        ends = (
            f"Enter stores {several} · Esc calls off" if several else "Enter takes one · Esc closes"
        )
        self.dialog.border_subtitle = f"Space or Tab ticks several · {ends}"
