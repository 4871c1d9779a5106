"""Dialog for a bulk retry: how many failed messages can be sent again, and which cannot."""

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk import format
from tui.desk.bulk_retry import (
    FailedMessage,
    RetryBatch,
    format_batch,
    format_reasons,
)
from tui.desk.format import MUTED_STYLE
from tui.domain.text import one_line
from tui.screens.base import DialogScreen


class RetryChoice(StrEnum):
    """Decision of the agent about a bulk retry."""

    ALL = "all"
    ONE = "one"


class RetryAllScreen(DialogScreen[RetryChoice | None]):
    """Return the agent's choice, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose('all')", "Send all"),
        Binding("r,R", "choose('one')", "Send this one"),
        Binding("escape,q", "dismiss(None)", "Send none"),
    ]

    def __init__(
        self,
        batch: RetryBatch,
        single: FailedMessage | None,
        *,
        left_out: str,
        quiet_hours_warning: str,
    ) -> None:
        """Create the dialog.

        Args:
            batch: Failed messages that can be sent again.
            single: Message that can be sent alone instead, if there is one.
            left_out: What cannot be sent again and why; empty for nothing.
            quiet_hours_warning: Warning that customers may be asleep; empty for none.
        """
        super().__init__()
        self._batch = batch
        self._single = single
        self._left_out = left_out
        self._quiet_hours_warning = quiet_hours_warning

    def compose(self) -> ComposeResult:
        """Yield what would be sent, what would not, and the keys."""
        enter_hint = "Enter sends all" if self._batch.to_retry else "Nothing to send"
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Send again"
            dialog.border_subtitle = f"{enter_hint} · Esc sends none"
            yield Static(self._format_question())

    def _format_question(self) -> Content:
        """Return what would be sent, what would not, and the choices."""
        batch, single = self._batch, self._single
        lines = [Content.styled(format_batch(batch), "bold")]
        lines += [Content(f"  {line}") for line in format_reasons(batch)]
        if self._left_out:
            lines.append(Content.styled(self._left_out, MUTED_STYLE))
        if self._quiet_hours_warning:
            lines.append(Content.styled(self._quiet_hours_warning, "$text-warning"))
        if batch.to_retry:
            count = len(batch.to_retry)
            label = f"Send all {count} again" if count > 1 else "Send it again"
            lines += [Content(""), _format_choice("Enter", label)]
        if single is not None:
            name, text = (
                format.format_title(single.conversation),
                one_line(single.message.summary, 60),
            )
            lines.append(_format_choice("R", f"Only this, to {one_line(name, 30)}: {text}"))
        return Content("\n").join(lines)

    def action_choose(self, choice: str) -> None:
        """Close the dialog with a choice that is available.

        Args:
            choice: Value of a `RetryChoice`.
        """
        if self._batch.to_retry if choice == RetryChoice.ALL else self._single:
            self.dismiss(RetryChoice(choice))


def _format_choice(key: str, label: str) -> Content:
    """Return one key with its label."""
    return Content.assemble((f" {key:5} ", "bold $text-accent"), f" {label}")
