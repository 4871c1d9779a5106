"""The field under the list that narrows it with every key."""

from textual.widgets import Input


class FilterLine(Input):
    """There while the agent types into it, and as long as the list is narrowed."""

    def __init__(self) -> None:
        """Out of sight."""
        super().__init__(placeholder="name or number", id="filter", compact=True)
        self.display = False

    def open(self) -> None:
        """Take the keys."""
        self.display = True
        self.focus()

    def show(self, text: str) -> None:
        """This narrows the list already; empty: nothing does."""
        self.value = text
        self.rest()

    def close(self) -> None:
        """Narrow the list no more."""
        self.value = ""
        self.display = False

    def rest(self) -> None:
        """The keys go back to the list, which stays as narrow as it is."""
        self.display = bool(self.value)
