"""Ask what happened to messages that are maybe sent, and say what each answer means."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.format import MUTED_STYLE
from tui.domain.message import Message
from tui.domain.text import one_line, to_printable
from tui.screens.base import DialogScreen

_LONGEST_BODY = 300


class UncertainChoice(StrEnum):
    """Decision of the agent about an uncertain message."""

    WENT_OUT = "went out"
    AGAIN = "again"


class MaybeSentScreen(DialogScreen[UncertainChoice | None]):
    """Return the agent's choice, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,M", "dismiss('went out')", "It was sent"),
        Binding("r,R", "dismiss('again')", "Send again"),
        Binding("escape,q", "dismiss(None)", "Leave it"),
    ]

    def __init__(self, message: Message) -> None:
        """Create the dialog.

        Args:
            message: Message with the status uncertain.
        """
        super().__init__()
        self._message = message

    def compose(self) -> ComposeResult:
        """Yield what happened, then each key with its effect."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Maybe sent"
            dialog.border_subtitle = "M or R resolves it · Esc leaves it open"
            yield Static(format_uncertain_question(self._message))


class ResolveAllChoice(StrEnum):
    """Decision of the agent about many uncertain messages."""

    WENT_OUT = "went out"
    AGAIN = "again"
    LOOK_UP = "look up"
    ONE = "one"


class ResolveAllScreen(DialogScreen[ResolveAllChoice | None]):
    """Return the agent's choice for all messages that are maybe sent, or None to leave them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,M", "dismiss('went out')", "All were sent"),
        Binding("r,R", "choose('again')", "Send all again"),
        Binding("l,L", "choose('look up')", "Look up"),
        Binding("o,O", "choose('one')", "Only this one"),
        Binding("escape,q", "dismiss(None)", "Leave them"),
    ]

    def __init__(
        self, title: str, reasons: Sequence[str], choices: Mapping[ResolveAllChoice, str]
    ) -> None:
        """Create the dialog.

        Args:
            title: How many messages of how many conversations it is about.
            reasons: Why they are maybe sent, one line each.
            choices: What each choice does, with its numbers; a missing one is not possible.
        """
        super().__init__()
        self._title = title
        self._reasons = reasons
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Yield what it is about, then each key with its effect."""
        keys = {choice: key for choice, key in _RESOLVE_KEYS.items() if choice in self._choices}
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Maybe sent"
            dialog.border_subtitle = f"{', '.join(keys.values())} · Esc leaves them open"
            lines = [Content.styled(self._title, "bold")]
            lines += [Content.styled(f"  {line}", MUTED_STYLE) for line in self._reasons]
            lines.append(Content(""))
            for choice, key in keys.items():
                label, _, meaning = self._choices[choice].partition(". ")
                lines.append(_format_choice(key, label, meaning))
            yield Static(Content("\n").join(lines))

    def action_choose(self, choice: str) -> None:
        """Close the dialog with a choice that is possible.

        Args:
            choice: Value of a `ResolveAllChoice`.
        """
        if ResolveAllChoice(choice) in self._choices:
            self.dismiss(ResolveAllChoice(choice))


_RESOLVE_KEYS = {
    ResolveAllChoice.WENT_OUT: "M",
    ResolveAllChoice.AGAIN: "R",
    ResolveAllChoice.LOOK_UP: "L",
    ResolveAllChoice.ONE: "O",
}


def format_uncertain_question(message: Message) -> Content:
    """Return the text of the dialog."""
    body = to_printable(message.summary, limit=_LONGEST_BODY)
    reason = one_line(message.reason, 200) or "The provider did not answer after it was sent"
    return Content("\n").join(
        [
            Content.styled(body, "bold"),
            Content.styled(f"{reason}\n", MUTED_STYLE),
            _format_choice("M", "It was sent", "It counts as sent; nothing more is sent."),
            Content.styled("  Choose this if the customer or the provider has it.\n", MUTED_STYLE),
            _format_choice("R", "Send it again", "A second message is sent now."),
            Content.styled("  If the first was sent, the customer gets it twice.", MUTED_STYLE),
        ]
    )


def _format_choice(key: str, label: str, meaning: str) -> Content:
    """Return one key with its label and meaning."""
    return Content.assemble((f" {key} ", "bold $text-accent"), (f" {label}. ", "bold"), meaning)
