"""Show a line between messages and composer: a reason not to write, or a message to review."""

from typing import Literal

from textual.content import Content
from textual.widgets import Static

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
