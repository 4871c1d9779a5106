"""Provide the field under the list that filters it with every key."""

from textual.widgets import Input


class FilterLine(Input):
    """Visible while the agent types into it, and as long as the list is filtered.

    It can be focused only while it is open: where a list is hidden while it has the focus,
    Textual would focus the filter, and the next key would be typed here instead of being a
    command.
    """

    def __init__(self) -> None:
        """Create a hidden field."""
        super().__init__(placeholder="name or number", id="filter", compact=True)
        self.display = self.can_focus = False

    def open_filter(self) -> None:
        """Show the field and focus it."""
        self.display = self.can_focus = True
        self.focus()

    def on_click(self) -> None:
        """Open the field with a click."""
        self.open_filter()

    def show_filter(self, text: str) -> None:
        """Show the filter that the list already has.

        Args:
            text: Text of the filter; empty for none.
        """
        self.value = text
        self.release_focus()

    def clear_filter(self) -> None:
        """Remove the filter and hide the field."""
        self.value = ""
        self.release_focus()

    def release_focus(self) -> None:
        """Accept no more keys; the list stays filtered."""
        self.can_focus = False
        self.display = bool(self.value)
