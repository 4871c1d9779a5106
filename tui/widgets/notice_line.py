"""A line between messages and composer: what stands against writing here, or has to be judged."""

from typing import Literal

from textual.content import Content
from textual.widgets import Static

Tone = Literal["bad", "doubt"]


class NoticeLine(Static):
    """Words in a colour of trouble or doubt; takes no room while there is nothing to say."""

    def __init__(self) -> None:
        """Says nothing yet."""
        super().__init__(id="notice")
        self.display = False
        self.words = ""
        """What is said, as plain text."""

    def tell(self, words: str, tone: Tone = "doubt") -> None:
        """Say this (safe words); empty makes the line disappear."""
        self.display = bool(words)
        self.set_class(tone == "bad", "-bad")
        if words != self.words:
            self.words = words
            self.update(Content(words))
