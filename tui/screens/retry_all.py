"""Many failed texts at once: how many would be sent again, and which would not."""

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import present
from tui.desk.retrying import Batch, Failure, batch_words, left_out_words, reason_lines
from tui.domain.text import one_line
from tui.present import MUTED


class Choice(StrEnum):
    """What the agent decides."""

    ALL = "all"
    ONE = "one"


class RetryAllScreen(ModalScreen[Choice | None]):
    """Dismissed with the agent's choice, or with none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose('all')", "Send all"),
        Binding("r,R", "choose('one')", "Send this one"),
        Binding("escape,q", "dismiss(None)", "Send none"),
    ]

    def __init__(self, batch: Batch, one: Failure | None, asleep: str) -> None:
        """`one` is the text that alone could be meant instead; `asleep` warns of the hour."""
        super().__init__()
        self._batch = batch
        self._one = one
        self._asleep = asleep

    def compose(self) -> ComposeResult:
        """What would go out, what would not, and the keys."""
        ways = "Enter sends all" if self._batch.again else "Nothing to send"
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Send again"
            dialog.border_subtitle = f"{ways} · Esc sends none"
            yield Static(question(self._batch, self._one, self._asleep))

    def action_choose(self, choice: str) -> None:
        """Only what is offered."""
        if self._batch.again if choice == Choice.ALL else self._one:
            self.dismiss(Choice(choice))


def question(batch: Batch, one: Failure | None, asleep: str) -> Content:
    """The text of the dialog."""
    lines = [Content.styled(batch_words(batch), "bold")]
    lines += [Content(f"  {line}") for line in reason_lines(batch)]
    if batch.left_out:
        lines.append(Content.styled(left_out_words(batch.left_out), MUTED))
    if asleep:
        lines.append(Content.styled(asleep, "$text-warning"))
    if batch.again:
        count = len(batch.again)
        all_of_them = f"Send all {count} again" if count > 1 else "Send it again"
        lines += [Content(""), _choice("Enter", all_of_them)]
    if one is not None:
        name, text = present.title(one.conversation), one_line(one.message.body, 60)
        lines.append(_choice("R", f"Only this, to {one_line(name, 30)}: {text}"))
    return Content("\n").join(lines)


def _choice(key: str, words: str) -> Content:
    """One key with what it does."""
    return Content.assemble((f" {key:5} ", "bold $text-accent"), f" {words}")
