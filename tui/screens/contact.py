"""Dialogs about a customer: the contact's name and note, and a new conversation with a number."""

from typing import ClassVar, NamedTuple

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from tui.desk.context import AppContext
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.conversation import Conversation
from tui.domain.phone import Address, InvalidNumberError, format_phone_number, parse_destination
from tui.domain.text import one_line, to_printable
from tui.screens.base import DialogScreen, FormScreen, compose_field
from tui.store.store import Store
from tui.widgets.status_messages import StoreReader

_FORM_HINTS = "Tab next field · Alt+Enter new line · Enter saves · Esc cancels"
_LONGEST_NAME = 80
LONGEST_NOTE = 2_000


class ContactCard(NamedTuple):
    """Name and note that agents can write about a contact."""

    name: str
    note: str


class ContactScreen(FormScreen[ContactCard | None]):
    """Return the changed card, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    ContactScreen .dialog { width: 72; padding: 1 2; }
    ContactScreen Input { margin-bottom: 1; }
    ContactScreen TextArea { height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", "Save", priority=True),
        Binding("alt+enter,ctrl+j", "break_line", "New line", priority=True),
    ]
    name_field = getters.query_one("#contact-name", Input)
    note_field = getters.query_one("#contact-note", TextArea)

    def __init__(self, number: str, card: ContactCard) -> None:
        """Create the dialog.

        Args:
            number: Phone number for the title; untrusted text.
            card: Current name and note; untrusted text.
        """
        super().__init__()
        self._number = number
        self._card = card

    def compose(self) -> ComposeResult:
        """Yield the fields for name and note."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._number, 40))
            dialog.border_subtitle = _FORM_HINTS
            name = Input(
                one_line(self._card.name, _LONGEST_NAME),
                placeholder="such as Ana Kowalska",
                id="contact-name",
                max_length=_LONGEST_NAME,
                compact=True,
            )
            yield from compose_field("Name", name)
            note = TextArea(
                to_printable(self._card.note, limit=LONGEST_NOTE),
                id="contact-note",
                tab_behavior="focus",
                compact=True,
                placeholder="such as prefers to be called after 4 pm",
            )
            yield from compose_field("Note for all agents; customers never see it", note)

    def action_save(self) -> None:
        """Close the dialog with both texts."""
        note = self.note_field.text.strip()[:LONGEST_NOTE]
        self.dismiss(ContactCard(self.name_field.value.strip(), note))

    def action_break_line(self) -> None:
        """Insert a line break in the note."""
        if self.note_field.has_focus:
            self.note_field.insert("\n")


class NewMessageScreen(StoreReader, DialogScreen[Conversation | None]):
    """Return the conversation with the number, begun if there was none; None if cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("f6", "account", "Account"),
    ]
    number = getters.query_one("#number", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the dialog with the first account.

        Args:
            store: Store in which the conversation is begun.
            app_context: Accounts and default region.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._account_index = 0

    def compose(self) -> ComposeResult:
        """Yield a field for the number and a line with its interpretation."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "New conversation"
            dialog.border_subtitle = "Enter writes · F6 account · Esc cancels"
            yield Input(placeholder="such as +61 491 570 156", id="number", compact=True)
            yield Static(id="verdict", classes="hint")

    def on_mount(self) -> None:
        """Show what to type."""
        self._show_verdict()

    @on(Input.Changed)
    def _show_verdict(self) -> None:
        """Show how the number is understood, or what is wrong with it."""
        try:
            text = self._format_address(parse_destination(self.number.value, self._default_region))
        except InvalidNumberError as problem:
            text = str(problem) if self.number.value else "A number with its country code"
        self.verdict.update(Content(f"{text}\nthrough {self._account_label}"))

    @on(Input.Submitted)
    async def _begin_conversation(self) -> None:
        """Close the dialog with the conversation, or show what is wrong with the number."""
        try:
            address = parse_destination(self.number.value, self._default_region)
        except InvalidNumberError as problem:
            self.verdict.update(Content(str(problem)))
            return
        if not self._app_context.accounts:
            self.verdict.update(Content(NO_ACCOUNT.sentence))
            return
        account = self._app_context.accounts[self._account_index].name
        self.dismiss(await self._store.conversations.get_or_create(address, account))

    def action_account(self) -> None:
        """Switch to the next account."""
        self._account_index = (self._account_index + 1) % max(1, len(self._app_context.accounts))
        self._show_verdict()

    @property
    def _default_region(self) -> str | None:
        """Return the country of a number without a country code; None if there is no default."""
        accounts = self._app_context.accounts
        return (
            accounts[self._account_index].region if accounts else ""
        ) or self._app_context.preferences.default_region

    @property
    def _account_label(self) -> str:
        """Return the name of the account that will be used."""
        accounts = self._app_context.accounts
        return one_line(accounts[self._account_index].name, 30) if accounts else "no account"

    @staticmethod
    def _format_address(address: Address) -> str:
        """Return a number in the usual notation."""
        return format_phone_number(address.e164) if address.e164 else f"short code {address.raw}"
