"""Another way for a message that failed: every account with the sender it would use."""

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.domain.account import Account
from tui.domain.text import one_line
from tui.present import MUTED
from tui.replying import Route, answer_words


class RetryThroughScreen(ModalScreen[Route | None]):
    """Dismissed with the way that was chosen, or with none."""

    DEFAULT_CSS = """
    RetryThroughScreen OptionList {
        height: auto; max-height: 14; border: none; padding: 0; background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Call off"),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]
    options = getters.query_one(OptionList)

    def __init__(self, routes: Sequence[Route], failed: str) -> None:
        """`failed` is the account that did not get it through; the cursor begins at another."""
        super().__init__()
        self._routes = routes
        self._failed = failed

    def compose(self) -> ComposeResult:
        """A list of ways."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Retry through …"
            dialog.border_subtitle = "Enter sends it · Esc calls off"
            yield OptionList(*(Option(self._line(route)) for route in self._routes))

    def on_mount(self) -> None:
        """Stand on the first way that has not just failed."""
        others = [n for n, r in enumerate(self._routes) if r.account.name != self._failed]
        self.options.highlighted = others[0] if others else 0

    def _line(self, route: Route) -> Content:
        """Account, sender, whether it can be answered."""
        failed = "  failed last time" if route.account.name == self._failed else ""
        title = route.account.capabilities.title if route.account.capabilities else ""
        name = one_line(f"{route.account.name}  {title}".strip(), 40)
        sender = one_line(route.sender, 30) or "default sender"
        return Content.assemble(
            (f" {name}", "bold"), (f"  {sender} · {answer_words(route)}{failed}", MUTED)
        )

    def action_down(self) -> None:
        """As in the list."""
        self.options.action_cursor_down()

    def action_up(self) -> None:
        """As in the list."""
        self.options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        """This way."""
        self.dismiss(self._routes[event.option_index])


def every_way(accounts: Sequence[Account]) -> list[Route]:
    """Each account with each of its senders; its default where it names none."""
    return [Route(account, sender) for account in accounts for sender in account.senders or ("",)]
