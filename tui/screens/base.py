"""Base of the screens: store errors become status texts, frames follow a faster timer.

A store that refuses an action is reported on the screen; it never ends the program. The main
screen paints everything that one key changed in a single frame.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.desk.key_hints import KeyHint
from tui.desk.key_names import format_key
from tui.desk.outages import explain_failure
from tui.domain.change import Change
from tui.domain.text import one_line
from tui.store.errors import StoreError
from tui.terminal.private_screens import AnnouncingScreen, HookedScreen
from tui.widgets.key_bar import STATUS_SECONDS


class StatusDisplay(Protocol):
    """Screen that can show a status text."""

    def show_status(self, text: str) -> None:
        """Show a status text.

        Args:
            text: One line.
        """


S = TypeVar("S", bound=StatusDisplay)
P = ParamSpec("P")


def report_store_errors(
    method: Callable[Concatenate[S, P], Awaitable[None]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, None]]:
    """Return the method with store errors shown as status text instead of raised.

    Args:
        method: Coroutine of a screen, or a function whose first parameter is a screen.
    """

    @wraps(method)
    # Textual ends the app when a handler raises.
    async def run_and_report(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run the method and show a store error."""
        try:
            await method(self, *args, **kwargs)
        except StoreError as error:
            self.show_status(explain_failure(error))

    return run_and_report


def _split_hints(box: Widget) -> list[str]:
    """Return the key hints on the lower border of a dialog."""
    return to_plain_text(box.border_subtitle).split("·")


def to_plain_text(title: str | None) -> str:
    """Return the text on a border without its markup."""
    return Content.from_markup(title).plain if title else ""


_FRAME_SECONDS = 1 / 120
"""Seconds between two frames; opening a conversation takes less than Textual's 1/60 s."""
_LOOP_TURNS = 4
"""Turns of the event loop to wait, so that all effects of one key get into one frame."""


class PacedScreen(HookedScreen[ScreenResultType], Generic[ScreenResultType]):
    """Screen with its own frame rate; replaces the timer with which Textual paints."""

    def make_paint_timer(self) -> Timer:
        """Return a timer with our frame rate."""
        return self.set_interval(_FRAME_SECONDS, self._paint_frame, pause=True)

    async def _paint_frame(self) -> None:
        """Paint everything that has changed in one frame."""
        # Widgets react to one another in later turns; waiting for them avoids half-updated frames.
        for _ in range(_LOOP_TURNS):
            await asyncio.sleep(0)
        self.paint_changes()


_TEXTUAL_LABELS = frozenset(b.description for b in Screen.BINDINGS if isinstance(b, Binding))
"""Labels of the keys that Textual binds on every screen."""


# Textual takes the style rules of the first base only.
class DialogScreen(ModalScreen[ScreenResultType], AnnouncingScreen[ScreenResultType]):
    """Dialog over the inbox, closed with a result.

    F1 shows its keys, and so does ? outside text fields.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "app.explain_dialog", "Help", show=False),
        Binding("ctrl+l", "app.redraw", "Draw again", show=False),
    ]

    _answer: tuple[str, str] | None = None
    """Text on the lower border, and the key hints (markup) that it stands for; None for none."""
    _answer_timer: Timer | None = None

    def show_answer(self, text: str) -> None:
        """Show a text in place of the key hints on the lower border, for a while.

        Args:
            text: One line; it may contain outside text.
        """
        self.restore_key_hints()
        box = self.query_one(".dialog")
        hints = box.border_subtitle or ""
        box.border_subtitle = Content(one_line(text, 80))
        self._answer = box.border_subtitle or "", hints
        self._answer_timer = self.set_timer(STATUS_SECONDS, self.restore_key_hints)

    def show_dropped_text(self, notice: str) -> None:
        """Show that a pasted text was dropped, as the dialog may cover the last line.

        Args:
            notice: One line.
        """
        if self.query(".dialog"):
            self.show_answer(notice)

    def restore_key_hints(self) -> None:
        """Show the key hints again, unless something else has taken the place of the text."""
        if self._answer_timer is not None:
            self._answer_timer.stop()
        shown, self._answer = self._answer, None
        for box in self.query(".dialog"):
            if shown is not None and box.border_subtitle == shown[0]:
                box.border_subtitle = shown[1]

    def describe_place(self) -> str:
        """Return the name of the dialog, for the title of its help."""
        titles = [to_plain_text(box.border_title) for box in self.query(".dialog, .question")]
        return next(filter(None, titles), "this question")

    def describe_keys(self) -> list[KeyHint]:
        """Return the dialog's keys with what they do, as the dialog itself names them first."""
        self.restore_key_hints()
        # Enter is a message of the field or the list, and stands in no binding.
        found = [("Enter", hint[6:]) for hint in self.list_hints() if hint[:6] == "Enter "]
        labels: dict[tuple[str, str], list[str]] = {}
        for key, active in self.active_bindings.items():
            is_own = active.node is self and active.binding.description not in _TEXTUAL_LABELS
            if is_own and active.enabled and active.binding.description:
                label = active.binding.description, active.binding.action
                labels.setdefault(label, []).append(format_key(key))
        return [
            *([] if any("Enter" in keys for keys in labels.values()) else found),
            *(
                ("  ".join(keys), text)
                # What every dialog has comes last.
                for (text, _), keys in sorted(
                    labels.items(), key=lambda item: item[0][1].startswith("app.")
                )
            ),
        ]

    def list_hints(self) -> list[str]:
        """Return the hints that the dialog shows, each a key and what it does."""
        return [part.strip() for box in self.query(".dialog") for part in _split_hints(box)]

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Follow changes in the store; a dialog that shows what can change overrides it.

        Args:
            changes: What changed, in the order of the store.
        """


class FormScreen(DialogScreen[ScreenResultType]):
    """Dialog with fields: Enter saves, and Esc does not discard what is typed without a word."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel", priority=True)]
    UNSAVED_HINT = "Not saved yet · Enter saves · Esc again discards it"
    """Hint after the first Esc."""

    store_result: Callable[[Any], Awaitable[str]] | None = None
    """Stores the result of the dialog, and returns why it was not stored; "" if it was."""
    _texts_before: tuple[str, ...] | None = None
    _hint_before: Content | None = None
    """Key hints to restore; None while Esc has not been pressed."""

    def on_mount(self) -> None:
        """Remember what the fields hold."""
        self.mark_saved()

    def mark_saved(self) -> None:
        """Take what the fields hold now for what is stored."""
        self._texts_before = self._collect_texts()

    def has_changes(self) -> bool:
        """Return whether something is typed that is not stored."""
        return self._texts_before not in (None, self._collect_texts())

    def _collect_texts(self) -> tuple[str, ...]:
        """Return the text of every field."""
        return tuple(
            field.value if isinstance(field, Input) else field.text
            for field in self.query("*")
            if isinstance(field, Input | TextArea)
        )

    def action_leave(self) -> None:
        """Close the dialog; with changed fields, say first that they are not saved."""
        if self._hint_before is not None or not self.has_changes():
            self.dismiss(None)
            return
        self.restore_key_hints()
        box = self.query_one(".dialog")
        self._hint_before = Content.from_markup(box.border_subtitle or "")
        box.border_subtitle = self.UNSAVED_HINT

    async def submit(self, result: ScreenResultType) -> None:
        """Store the result and close the dialog; after a refusal it stays as it was typed.

        Args:
            result: What was typed; it is valid.
        """
        problem = await self.store_result(result) if self.store_result is not None else ""
        if not problem:
            self.dismiss(result)
            return
        verdict = self.query_one("#verdict", Static)
        verdict.add_class("problem")
        verdict.update(Content(one_line(f"Not saved: {problem}", 300)))

    def show_hints(self, hints: str) -> None:
        """Show other key hints; Esc asks again before it discards what is typed.

        Args:
            hints: Keys with what they do.
        """
        self._hint_before = None
        self.query_one(".dialog").border_subtitle = hints

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _restore_hints(self) -> None:
        """Show the key hints again as soon as more is typed."""
        if self._hint_before is not None:
            self.query_one(".dialog").border_subtitle = self._hint_before
            self._hint_before = None


def compose_field(label: str, field: Widget) -> ComposeResult:
    """Yield a field below its label, as in every form.

    Args:
        label: What belongs into the field.
        field: The field.
    """
    yield Static(Content(label), classes="label")
    yield field
