"""A new conversation: whom to write to, and through which account."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.conversation import Conversation
from tui.domain.phone import Address, BadNumber, destination, pretty
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.say import Reader


class NewMessageScreen(Reader, ModalScreen[Conversation | None]):
    """Asks for a number; dismissed with its conversation, begun if there was none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("f6", "account", "Account"),
    ]
    number = getters.query_one("#number", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """The first account is offered."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._place = 0

    def compose(self) -> ComposeResult:
        """A field, what it is understood as, and the way out."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "New conversation"
            dialog.border_subtitle = "Enter writes · F6 account · Esc calls off"
            yield Input(placeholder="+61 491 570 156", id="number")
            yield Static(id="verdict", classes="hint")

    def on_mount(self) -> None:
        """Say what to type."""
        self._judge()

    @on(Input.Changed)
    def _judge(self) -> None:
        """Show what the number is understood as."""
        try:
            words = self._understood(destination(self.number.value, self._region))
        except BadNumber as problem:
            words = str(problem) if self.number.value else "A number with its country code"
        self.verdict.update(Content(f"{words}\nthrough {self._account_words}"))

    @on(Input.Submitted)
    async def _begin(self) -> None:
        """Open the conversation, or say what is wrong with the number."""
        try:
            address = destination(self.number.value, self._region)
        except BadNumber as problem:
            self.verdict.update(Content(str(problem)))
            return
        if not self._seat.accounts:
            self.verdict.update(Content("No account is configured: smsdesk doctor tells how"))
            return
        account = self._seat.accounts[self._place].name
        self.dismiss(await self._store.conversations.begin(address, account))

    def action_account(self) -> None:
        """Offer the next account."""
        self._place = (self._place + 1) % max(1, len(self._seat.accounts))
        self._judge()

    @property
    def _region(self) -> str | None:
        """The country of a number without a code."""
        accounts = self._seat.accounts
        return (accounts[self._place].region if accounts else "") or self._seat.region

    @property
    def _account_words(self) -> str:
        """The account that is offered."""
        accounts = self._seat.accounts
        return one_line(accounts[self._place].name, 30) if accounts else "no account"

    @staticmethod
    def _understood(address: Address) -> str:
        """A number as people write it."""
        return pretty(address.e164) if address.e164 else f"short code {address.raw}"
