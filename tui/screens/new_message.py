"""Dialog that begins a conversation: a typed number, or a person found by name or number."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.address_book import format_number
from tui.desk.context import AppContext
from tui.desk.format import format_age, format_title
from tui.desk.found_people import search_fields
from tui.desk.message_text import format_preview
from tui.desk.routes import choose_default_route
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.conversation import Conversation, Order, View
from tui.domain.person import FoundNumber, PersonHit
from tui.domain.phone import (
    Address,
    InvalidNumberError,
    format_phone_number,
    parse_address,
    parse_destination,
)
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice
from tui.screens.pick_conversation import ConversationChoice, ConversationChoices
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store
from tui.widgets.status_messages import StoreReader
from tui.widgets.virtual_list import VirtualList

_MOST_CONVERSATIONS, _MOST_PEOPLE, _MOST_FIELDS = 8, 12, 8
_TYPED = "typed"
"""Value of the line with the number as it was typed."""


class NewMessageScreen(StoreReader, DialogScreen[Conversation | None]):
    """Return the conversation with the number, begun if there was none; None if cancelled.

    Enter takes the line under the cursor, if it belongs to what is typed now.
    """

    DEFAULT_CSS = """
    NewMessageScreen .dialog { width: 76; }
    NewMessageScreen Choices { height: 0; background: $surface; }
    NewMessageScreen Choices > .choice--none { color: $text-muted; }
    NewMessageScreen Choices > .choice--detail { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("f6", "account", "Account"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
    ]
    number = getters.query_one("#number", Input)
    verdict = getters.query_one("#verdict", Static)
    choices = getters.query_one(ConversationChoices)

    def __init__(self, store: Store, app_context: AppContext, typed: str = "") -> None:
        """Create the dialog with the first account.

        Args:
            store: Store in which the conversation is begun.
            app_context: Accounts and default region.
            typed: Text to begin with.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._typed = typed
        self._account_index = 0
        self._shown_for = ""
        """Text that the list belongs to."""
        self._found: list[Conversation] = []
        """Conversations of the list."""

    def compose(self) -> ComposeResult:
        """Yield a field, a line with its interpretation, and the people that match."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "New conversation"
            dialog.border_subtitle = "Enter writes · F6 account · Esc cancels"
            yield Input(
                self._typed,
                placeholder="name, or number: +61 491 570 156",
                id="number",
                compact=True,
            )
            yield Static(id="verdict", classes="hint")
            yield ConversationChoices(
                "No one has that in name, number or field", ascii=self._app_context.ascii
            )

    async def on_mount(self) -> None:
        """Show what to type."""
        await self._show_matches()

    @on(Input.Changed)
    async def _show_matches(self) -> None:
        """Show how the number is understood, and whom the text may mean."""
        typed = self.number.value
        self._show_verdict()
        if not typed.strip():
            self._shown_for, self._found = typed, []
            await self._show_lines([])
            return
        view = View(state=None, order=Order.NEWEST, text=typed)
        rows = await self._store.conversations.list_after(view, FIRST_POSITION, _MOST_CONVERSATIONS)
        people = await self._store.contacts.find_numbers(typed, _MOST_PEOPLE, only_new=True)
        hits = await search_fields(self._store, typed, _MOST_FIELDS)
        known = {f"c{row.id}" for row in rows} | {f"p{found.party}" for found in people}
        of_fields = [line for line in map(_format_hit, hits) if line.value not in known]
        ids = {hit.conversation_id for hit in hits if hit.conversation_id}
        others = (await self._store.search.read_conversations(ids)).values() if ids else ()
        # More was typed while the store was asked: a later call shows the list.
        if typed != self.number.value:
            return
        now = self._app_context.clock.now()
        lines: list[Choice] = [self._format_typed()] if _is_number_like(typed) else []
        lines += [_format_conversation(row, now) for row in rows]
        lines += [*map(_format_person, people), *of_fields]
        self._shown_for, self._found = typed, [*rows, *others]
        await self._show_lines(lines)
        self._show_verdict()

    async def _show_lines(self, lines: list[Choice]) -> None:
        """Show these lines in as many rows as there are."""
        has_text = bool(self.number.value.strip())
        self.choices.styles.height = min(10, max(1, len(lines))) if has_text else 0
        await self.choices.show_choices(lines)

    @on(VirtualList.Moved)
    def _show_verdict(self) -> None:
        """Show how the number is understood, or what is wrong with it, and the account."""
        typed = self.number.value
        text = "A number with its country code, or a name"
        if _is_number_like(typed):
            text = self._interpret()[0]
        elif typed.strip():
            text = "↑ ↓ choose"
        self.verdict.update(Content(f"{text}\n{self._describe_account()}"))

    def _describe_account(self) -> str:
        """Return which account is used: a conversation that there is keeps its own."""
        known = self._find_conversation()
        route = choose_default_route(self._app_context.accounts, known) if known else None
        if route is None:
            return f"through {self._account_label}"
        return f"through {one_line(route.account.name, 30)}, as before: F6 changes it as you write"

    def _find_conversation(self) -> Conversation | None:
        """Return the conversation that Enter opens; None if it begins one."""
        row = self.choices.current_row
        if row is None or self._shown_for != self.number.value:
            return None
        if row.value == _TYPED:
            address = self._interpret()[1]
            return next(
                (one for one in self._found if address and one.party == address.conversation_key),
                None,
            )
        return next((one for one in self._found if row.value == f"c{one.id}"), None)

    def _interpret(self) -> tuple[str, Address | None]:
        """Return how the typed number reads, and the number if it is one."""
        try:
            address = parse_destination(self.number.value, self._default_region)
        except InvalidNumberError as problem:
            return str(problem), None
        return _format_address(address), address

    def _format_typed(self) -> Choice:
        """Return the line of the number as it was typed."""
        text, address = self._interpret()
        number = text if address else one_line(self.number.value.strip(), 20)
        return ConversationChoice(
            _TYPED, "This number", "" if address else "not complete", number=number
        )

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    @on(Input.Submitted)
    async def _submit(self) -> None:
        """Take the line under the cursor, unless it belongs to an older text."""
        if self._shown_for != self.number.value:
            await self._show_matches()
            return
        row = self.choices.current_row
        if row is None or row.value == _TYPED:
            await self._begin_with_typed()
        elif row.value.startswith("c"):
            found = await self._store.conversations.get(int(row.value[1:]))
            if found is not None:
                self.dismiss(found)
        else:
            await self._begin(parse_address(row.value[1:]))

    async def _begin_with_typed(self) -> None:
        """Close the dialog with the conversation, or show what is wrong with the number."""
        text, address = self._interpret()
        if address is None:
            self.verdict.update(Content(text))
            return
        await self._begin(address)

    @report_store_errors
    async def _begin(self, address: Address) -> None:
        """Close the dialog with the conversation of an address."""
        if not self._app_context.accounts:
            self.verdict.update(Content(NO_ACCOUNT.sentence))
            return
        account = self._app_context.accounts[self._account_index].name
        find = self._store.conversations.get_or_create
        self.dismiss(await find(address, account, is_begun=True))

    async def action_account(self) -> None:
        """Switch to the next account."""
        self._account_index = (self._account_index + 1) % max(1, len(self._app_context.accounts))
        await self._show_matches()

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


def _is_number_like(typed: str) -> bool:
    """Return whether a text is rather a number than a name."""
    return bool(typed.strip()) and not any(char.isalpha() for char in typed)


def _format_address(address: Address) -> str:
    """Return a number in the usual notation."""
    return format_phone_number(address.e164) if address.e164 else f"short code {address.raw}"


def _format_conversation(row: Conversation, now: int) -> Choice:
    """Return the line of a conversation."""
    return ConversationChoice(
        f"c{row.id}",
        format_title(row) if row.name else "",
        format_preview(row),
        number=one_line(format_phone_number(row.address), 40),
        age=format_age(row.last_at, now),
    )


def _format_person(found: FoundNumber) -> Choice:
    """Return the line of a number that has no conversation."""
    name, number = one_line(found.name, 60), format_number(found.party)
    return ConversationChoice(f"p{found.party}", name, "never wrote", number=number)


def _format_hit(hit: PersonHit) -> Choice:
    """Return the line of a person who is found by an own field, with or without a conversation."""
    value = f"c{hit.conversation_id}" if hit.conversation_id else f"p{hit.party}"
    field = f"{hit.field}: {one_line(hit.person.fields.get(hit.field, ''), 60)}"
    name, number = one_line(hit.person.name, 60), format_number(hit.party)
    return ConversationChoice(value, name, field, number=number)
