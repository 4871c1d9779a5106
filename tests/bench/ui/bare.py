"""Provide the lower bound: a Textual app that shows only one word to wait for."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Show one line of text."""

    def compose(self) -> ComposeResult:
        """Yield the line."""
        yield Static("readable")


if __name__ == "__main__":
    Bare().run()
