"""The field under the list that narrows it with every key."""

from textual.widgets import Input


class FilterLine(Input):
    """There while the agent types into it, and as long as the list is narrowed.

    It takes the keys only when it is opened: where a list is hidden while it has the focus, Textual
    would hand that to the filter, and the next key would be typed here in place of being a command.
    """

    def __init__(self) -> None:
        """Out of sight."""
        super().__init__(placeholder="name or number", id="filter", compact=True)
        self.display = self.can_focus = False

    def open(self) -> None:
        """Take the keys."""
        self.display = self.can_focus = True
        self.focus()

    def on_click(self) -> None:
        """A click opens it, too."""
        self.open()

    def show(self, text: str) -> None:
        """This narrows the list already; empty: nothing does."""
        self.value = text
        self.rest()

    def close(self) -> None:
        """Narrow the list no more."""
        self.value = ""
        self.rest()

    def rest(self) -> None:
        """The keys go back to the list, which stays as narrow as it is."""
        self.can_focus = False
        self.display = bool(self.value)
