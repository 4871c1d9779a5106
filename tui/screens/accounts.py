"""How every account is doing: health in words, what to do, balance, delay, who serves it."""

from collections.abc import Mapping
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import present
from tui.domain.account import Account, AccountState
from tui.domain.text import one_line
from tui.present import MUTED
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.say import Reader


class AccountsScreen(Reader, ModalScreen[None]):
    """Kept up to date while it is open; Esc or F3 closes it."""

    DEFAULT_CSS = """
    AccountsScreen .dialog { width: 84; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f3", "dismiss", "Close")]
    text = getters.query_one("#accounts", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads the store."""
        super().__init__()
        self._store = store
        self._seat = seat

    def compose(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Accounts"
            page.border_subtitle = "Esc closes"
            yield Static(id="accounts")

    async def on_mount(self) -> None:
        """Show, and go on showing."""
        await self._show()
        self.set_interval(1.0, self._show)

    @said
    async def _show(self) -> None:
        """Read the states."""
        states = await self._store.accounts.states()
        self.text.update(accounts_text(self._seat, states))


def accounts_text(seat: Seat, states: Mapping[str, AccountState]) -> Content:
    """A paragraph for each account."""
    if not seat.accounts:
        return Content("No account is configured yet: smsdesk doctor tells how.")
    paragraphs = [_account(account, states.get(account.name), seat) for account in seat.accounts]
    return Content("\n\n").join(paragraphs)


def _account(account: Account, state: AccountState | None, seat: Seat) -> Content:
    """Dot, name and provider; then what is known."""
    now = seat.clock.now()
    dot, words, _ = present.health_words(account, state, now, ascii=seat.ascii)
    provider = account.capabilities.title if account.capabilities else account.provider
    lines = [Content.assemble((f"{dot} {words}", "bold"), (f"  {one_line(provider, 30)}", MUTED))]
    if state is None:
        lines.append(Content("  not served yet"))
        return Content("\n").join(lines)
    if state.line:
        lines.append(Content(f"  {one_line(state.line, 300)}"))
    facts = []
    if state.ok_at:
        facts.append(f"last answer {present.age(state.ok_at, now)}")
    if state.event_at:
        facts.append(f"last news {present.age(state.event_at, now)}")
    if state.balance:
        low = " (low: top up soon)" if account.is_low(state) else ""
        facts.append(f"balance {one_line(state.balance, 40)}{low}")
    lines.append(Content.styled("  " + " · ".join(facts), MUTED))
    if state.holder:
        lines.append(Content.styled(f"  served by {one_line(state.holder, 40)}", MUTED))
    return Content("\n").join(lines)
