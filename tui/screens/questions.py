"""Questions that need an answer before anything else can be done.

Whether to quit or to send in spite of something, and dialogs that ask for one line of text, among
them the reason for a consent change.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.key_hints import KeyHint
from tui.domain.text import one_line, to_printable
from tui.screens.base import DialogScreen, FormScreen
from tui.widgets.key_bar import KeyBar

_LEAVE_ANSWERS = (("Enter", "quits"), ("Esc", "stays"))
_CONFIRM_KEYS = frozenset({"enter", "ctrl+c"})


class LeaveScreen(DialogScreen[bool]):
    """Return whether to quit; other keys are ignored."""

    DEFAULT_CSS = """
    LeaveScreen { align: left bottom; background: transparent; }
    LeaveScreen Vertical { height: auto; dock: bottom; background: $panel; }
    LeaveScreen KeyBar { height: 1; background: $panel; }
    LeaveScreen Static { padding: 0 1; color: $text-warning; }
    """

    def __init__(self, text: str, keys: tuple[str, ...]) -> None:
        """Create the question.

        Args:
            text: What is unsent.
            keys: Keys of the quit command; pressed again, they confirm.
        """
        super().__init__()
        self._text = text
        self._confirm_keys = _CONFIRM_KEYS | {*keys, "q"}

    def compose(self) -> ComposeResult:
        """Yield what is unsent and the two answers."""
        with Vertical():
            yield Static(Content(one_line(self._text, 200)))
            yield (key_bar := KeyBar(id="answers"))
        key_bar.show_keys(list(_LEAVE_ANSWERS))

    def describe_place(self) -> str:
        """Return what is asked."""
        return "quit smsdesk?"

    def describe_keys(self) -> list[KeyHint]:
        """Return the two answers."""
        return list(_LEAVE_ANSWERS)

    def on_key(self, event: events.Key) -> None:
        """Quit or stay, or show the help."""
        if event.key in ("f1", "question_mark"):
            return
        # No other key may act on the screen below while the question is open.
        event.stop()
        event.prevent_default()
        if event.key in self._confirm_keys:
            self.dismiss(True)
        elif event.key == "escape":
            self.dismiss(False)


class ConfirmScreen(DialogScreen[bool]):
    """Return whether to do what a question is about; other keys are ignored."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Confirm"),
        Binding("escape,q", "dismiss(False)", "Cancel"),
    ]

    def __init__(self, heading: str, question: str, action: str) -> None:
        """Create the question.

        Args:
            heading: What is about to be done.
            question: What speaks against it; it may contain outside text.
            action: What Enter does.
        """
        super().__init__()
        self._heading = heading
        self._question = question
        self._action = action

    def compose(self) -> ComposeResult:
        """Yield the question and the two answers."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._heading)
            dialog.border_subtitle = "Esc sends nothing"
            yield Static(Content(f"{one_line(self._question, 300)}\n"))
            yield Static(
                Content.assemble((" Enter ", "bold $text-accent"), f" {one_line(self._action, 80)}")
            )


class MacroScreen(DialogScreen[bool]):
    """Return whether to run a macro, which is shown as it would act."""

    DEFAULT_CSS = """
    MacroScreen .dialog { width: 76; }
    MacroScreen #macro-text { height: auto; max-height: 9; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Do it"),
        Binding("escape,q", "dismiss(False)", "Cancel"),
    ]

    def __init__(self, heading: str, summary: str, text: str, question: str = "") -> None:
        """Create the preview.

        Args:
            heading: Name of the macro.
            summary: What it does, on one line.
            text: Text that it sends; empty for none.
            question: What speaks against it; empty for nothing.
        """
        super().__init__()
        self._heading = heading
        self._summary = summary
        self._text = text
        self._question = question

    def compose(self) -> ComposeResult:
        """Yield what it does, its text, and what speaks against it."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 50))
            dialog.border_subtitle = "Enter does it · Esc does nothing"
            yield Static(Content(f"{one_line(self._summary, 300)}\n"))
            if self._text:
                with VerticalScroll(id="macro-text", can_focus=False):
                    yield Static(Content(f"{to_printable(self._text, limit=_MACRO_TEXT)}\n"))
            if self._question:
                yield Static(Content(one_line(self._question, 300)), classes="problem")


_MACRO_TEXT = 1_600
"""Characters of a macro's text that its preview shows."""


class PromptScreen(DialogScreen[str | None]):
    """Return the typed line, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]
    field = getters.query_one(Input)
    hint = getters.query_one(Static)
    store_line: Callable[[str], Awaitable[str]] | None = None
    """Uses the line while the dialog is open, and returns why it was refused; "" if it was not."""
    _is_storing = False

    def __init__(
        self,
        heading: str,
        hint: str,
        example: str,
        *,
        verb: str = "confirms",
        value: str = "",
        find_problem: Callable[[str], str] | None = None,
    ) -> None:
        """Create the dialog.

        Args:
            heading: What is asked for.
            hint: What the line is used for.
            example: Example of a line.
            verb: What Enter does, for the hint.
            value: Text that the field begins with.
            find_problem: Returns what is wrong with a line, "" for nothing; None accepts all.
        """
        super().__init__()
        self._find_problem = find_problem
        self._verb = verb
        self._value = value
        self._heading = heading
        self._hint = hint
        self._example = example

    def compose(self) -> ComposeResult:
        """Yield a field and its explanation."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 60))
            dialog.border_subtitle = f"Enter {self._verb} · Esc cancels"
            yield Input(
                to_printable(self._value), placeholder=f"such as {self._example}", compact=True
            )
            yield Static(Content(self._hint), classes="hint")

    @on(Input.Submitted)
    async def _submit_line(self) -> None:
        """Close the dialog with the line; show what is wrong with an empty or refused one."""
        if self._is_storing:
            return
        line = self.field.value.strip()
        problem = self._find_problem(line) if line and self._find_problem is not None else ""
        if not line:
            problem = f"Type it first, for example {self._example}"
        if not problem and self.store_line is not None:
            self._is_storing = True
            try:
                problem = await self.store_line(line)
            finally:
                self._is_storing = False
        if not problem:
            self.dismiss(line)
            return
        self.hint.update(Content(one_line(problem, 220)))
        self.hint.set_classes("problem")

    @on(Input.Changed)
    def _restore_hint(self) -> None:
        """Show the explanation again."""
        self.hint.update(Content(self._hint))
        self.hint.set_classes("hint")


class SentFormsScreen(DialogScreen[None]):
    """Show a text as typed and as it may arrive."""

    DEFAULT_CSS = """
    SentFormsScreen .dialog { width: 76; }
    SentFormsScreen VerticalScroll { height: auto; max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,ctrl+t", "dismiss", "Close", priority=True)
    ]

    def __init__(self, forms: Sequence[tuple[str, str]]) -> None:
        """Create the dialog.

        Args:
            forms: Heading and text of each form.
        """
        super().__init__()
        self._forms = forms

    def compose(self) -> ComposeResult:
        """Yield each form below its heading."""
        with Vertical(classes="dialog") as dialog, VerticalScroll():
            dialog.border_title = "How the text is sent"
            dialog.border_subtitle = "Esc goes back to the text"
            for heading, text in self._forms:
                yield Static(Content(one_line(heading, 160)), classes="hint")
                yield Static(Content(f"{to_printable(text)}\n"))


_LONGEST_REASON = 300


class ReasonScreen(FormScreen[str | None]):
    """Return the reason, or None if the dialog was cancelled."""

    reason = getters.query_one(Input)
    hint = getters.query_one(".hint", Static)

    def __init__(self, heading: str, explanation: str, example: str) -> None:
        """Create the dialog.

        Args:
            heading: What is about to be recorded.
            explanation: What it means.
            example: Example of a reason.
        """
        super().__init__()
        self._heading = heading
        self._explanation = explanation
        self._example = example

    def compose(self) -> ComposeResult:
        """Yield the explanation and a field."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 60))
            dialog.border_subtitle = "Enter saves · Esc cancels"
            yield Static(Content(self._explanation + "\n"))
            yield Input(
                placeholder=f"such as {self._example}", max_length=_LONGEST_REASON, compact=True
            )
            yield Static("The reason is kept with your name.", classes="hint")

    @on(Input.Submitted)
    def _submit_reason(self) -> None:
        """Close the dialog with the reason, which must not be empty."""
        reason = self.reason.value.strip()
        if reason:
            self.dismiss(reason)
        else:
            self.hint.update(
                f"A reason is needed: it is what counts later. Type one, such as {self._example}."
            )
