"""The floor: a Textual app with nothing in it but one word to wait for."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static("readable")


if __name__ == "__main__":
    Bare().run()
