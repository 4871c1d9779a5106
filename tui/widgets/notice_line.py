"""Show a line between messages and composer: a reason not to write, or a message to review."""

from collections.abc import Mapping
from typing import Literal

from textual.content import Content
from textual.widgets import Static

from tui.desk.consent import ConsentStatus, format_opt_out, format_possible_opt_out
from tui.desk.context import AppContext
from tui.domain.conversation import Conversation
from tui.domain.text import one_line

Tone = Literal["bad", "doubt"]


class NoticeLine(Static):
    """Show a text in the colour of trouble or doubt; takes no room without a text."""

    def __init__(self) -> None:
        """Create a hidden line."""
        super().__init__(id="notice")
        self.display = False
        self.shown_text = ""
        """Text that is shown, as plain text."""

    def show_notice(self, text: str, tone: Tone = "doubt") -> None:
        """Show a text, or hide the line.

        Args:
            text: Text to show, already safe for the screen; empty to hide the line.
            tone: Colour of the text.
        """
        self.display = bool(text)
        self.set_class(tone == "bad", "-bad")
        if text != self.shown_text:
            self.shown_text = text
            self.update(Content(text))


def choose_notice(
    conversation: Conversation,
    consent_status: ConsentStatus,
    holder: str,
    context: AppContext,
    keys: Mapping[str, str],
) -> tuple[str, Tone]:
    """Return the most important notice with its tone; empty if nothing prevents a reply.

    Args:
        conversation: Conversation that is open.
        consent_status: Consent of the customer, as far as it is known.
        holder: Colleague who holds the compose lock; empty for none.
        context: Settings and helpers shared by the screens.
        keys: What to press for each command from where the agent is.
    """
    if conversation.opted_out:
        return format_opt_out(consent_status, context, keys), "bad"
    if consent_status.possible_opt_out is not None:
        return format_possible_opt_out(consent_status.possible_opt_out, keys), "doubt"
    if holder:
        return f"{one_line(holder, 20)} is writing here · {keys['take_over']} takes over", "doubt"
    return "", "doubt"
