"""Screen with the state of every account: health, advice, balance, delay, polling process."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.commands import get_first_keys
from tui.desk import format
from tui.desk.account_text import (
    find_accounts_in_trouble,
    format_hook_troubles,
    format_last_push,
    format_listener,
    list_account_notices,
)
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.desk.held_text import find_fix, format_group, format_refusals
from tui.domain.account import Account, AccountState
from tui.domain.arrivals import HeldGroup, RefusalCount
from tui.domain.attention import AttentionKind
from tui.domain.text import one_line
from tui.screens.addresses import AddressesScreen
from tui.screens.base import DialogScreen, report_store_errors
from tui.settings.errors import SettingsError
from tui.store.store import Store
from tui.widgets.status_messages import StoreReader


class IndentedText(Static):
    """Text whose lines go on below their own beginning, wrapped for the width that it has."""

    _page = Content()

    def show_page(self, page: Content) -> None:
        """Show a text.

        Args:
            page: Lines, each with blanks before it that show to what it belongs.
        """
        self._page = page
        self.on_resize()

    def on_resize(self) -> None:
        """Wrap the lines for the new width."""
        self.update(wrap_indented(self._page, self.size.width))


class AccountsScreen(StoreReader, DialogScreen[bool]):
    """Page that is updated every second while it is open; Esc or F3 closes it.

    t has accounts in trouble tried again at once, a shows what to enter at the providers' panels,
    n returns True: another account is to be added.
    """

    DEFAULT_CSS = """
    AccountsScreen .dialog { width: 84; scrollbar-gutter: stable; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f3", "dismiss(False)", "Close"),
        Binding("t", "try_now", "Try now"),
        Binding("a", "show_addresses", "Addresses"),
        Binding("n", "dismiss(True)", "Add an account"),
    ]
    text = getters.query_one("#accounts", IndentedText)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the page.

        Args:
            store: Store that the states are read from.
            app_context: Accounts and preferences of this agent.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context

    def compose(self) -> ComposeResult:
        """Yield one scrollable text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Accounts"
            page.border_subtitle = (
                "t tries again now · a addresses · n adds an account · Esc closes"
            )
            yield IndentedText(id="accounts")

    async def on_mount(self) -> None:
        """Show the states and start the updates."""
        await self._update_states()
        self.set_interval(1.0, self._update_states)

    @report_store_errors
    async def _update_states(self) -> None:
        """Read the states and show them."""
        states = await self._store.accounts.get_states()
        held = await self._store.held_items.summarize()
        refused = await self._store.held_items.list_refusals()
        page = format_accounts(self._app_context, states, held, refused)
        if names := self._app_context.preferences.event_targets:
            targets = await self._store.event_targets.list_targets()
            now, zone = self._app_context.clock.now(), self._app_context.zone
            lines = format_hook_troubles(targets, names, now, zone)
            troubles = [
                Content.assemble((f"\n\n{line}", "$text-error"), ("\n→ smsdesk hooks", MUTED_STYLE))
                for line in lines
            ]
            page = Content("").join([page, *troubles])
        self.text.show_page(page)

    @report_store_errors
    async def action_try_now(self) -> None:
        """Have every account that is in trouble tried again at once."""
        names = await find_accounts_in_trouble(self._store, self._app_context)
        for name in names:
            await self._store.accounts.request_retry(name)
        tried = ", ".join(one_line(name, 16) for name in names)
        self.show_answer(f"Trying again: {tried}" if names else "Every account works")

    @work(exclusive=True, exit_on_error=False)
    async def action_show_addresses(self) -> None:
        """Show what to enter at the providers' panels."""
        load = self._app_context.load_addresses
        if load is None:
            self.show_answer("The accounts of the demo need no addresses")
            return
        try:
            entries = await asyncio.to_thread(load)
        except SettingsError as error:
            self.show_answer(error.lines[0])
            return
        self.app.push_screen(AddressesScreen(entries))


def wrap_indented(text: Content, width: int) -> Content:
    """Return the text wrapped at blanks; what goes on in the next line is indented below it.

    Args:
        text: Lines, each with blanks before it that show to what it belongs.
        width: Cells of a line; 0 if that is not known yet.
    """
    lines = [part for line in text.split("\n") for part in _wrap_line(line, width)]
    return Content("\n").join(lines) if width else text


_HANGING_CELLS = 2
"""Cells by which a line goes on further to the right than it began."""


def _wrap_line(line: Content, width: int) -> list[Content]:
    """Return one line as one or more, none wider than the width unless a word is."""
    begin = len(line.plain) - len(line.plain.lstrip(" "))
    indent = begin + (_HANGING_CELLS if begin else 0)
    breaks, used = [], begin
    for word in re.finditer(r"[^ ]+ *", line.plain):
        if used > begin and used + cell_len(word[0].rstrip()) > width:
            breaks.append(word.start())
            used = indent
        used += cell_len(word[0])
    first, *others = line.divide(breaks) if breaks else [line]
    return [first, *(Content(" " * indent) + other for other in others)]


def format_accounts(
    app_context: AppContext,
    states: Mapping[str, AccountState],
    held: Sequence[HeldGroup] = (),
    refused: Sequence[RefusalCount] = (),
) -> Content:
    """Return one paragraph for each account, and one for requests that belong to none.

    Args:
        app_context: Accounts, clock and preferences of this agent.
        states: Stored state by account name; an account that was never polled has none.
        held: What is held, by account and reason.
        refused: Requests that were refused without being kept.
    """
    names = {account.name for account in app_context.accounts}
    removed = [
        Content.assemble(
            (one_line(name, 40), "bold"), ("  not in the settings any more", MUTED_STYLE)
        )
        + _format_arrivals(name, app_context, held, refused)
        for name in sorted({group.account for group in held} - names)
    ]
    if not app_context.accounts:
        line = Content("No accounts yet: n adds one.")
        return Content("\n\n").join([line, *removed])
    paragraphs = [
        _format_account(account, states.get(account.name), app_context)
        + _format_arrivals(account.name, app_context, held, refused)
        for account in app_context.accounts
    ]
    rest = _format_arrivals("", app_context, (), refused)
    return Content("\n\n").join([*paragraphs, *removed, *([rest] if rest else [])])


def _format_arrivals(
    name: str,
    app_context: AppContext,
    held: Sequence[HeldGroup],
    refused: Sequence[RefusalCount],
) -> Content:
    """Return lines about what is held for an account and what to do, and what was refused."""
    # The two parts of the key stay on one line.
    key = get_first_keys(app_context.commands)["held"].replace(" ", "\u00a0")
    names = {account.name for account in app_context.accounts}
    lines = []
    for group in held:
        if group.account == name:
            lines.append(Content.styled(f"\n  {format_group(group)}", "$text-error"))
            fix = f"\n  → {find_fix(group, names)} · {key} shows them"
            lines.append(Content.styled(fix, MUTED_STYLE))
    for found in refused:
        if found.account == name:
            text = f"\n  {format_refusals(found, app_context.zone)}"
            lines.append(Content.styled(text, MUTED_STYLE))
    return Content("").join(lines)


def _format_account(
    account: Account, state: AccountState | None, app_context: AppContext
) -> Content:
    """Return a dot with health, name and provider, then balance, times and polling process."""
    now = app_context.clock.now()
    zone = app_context.zone
    dot, health, _ = format.format_account_health(
        account, state, now, ascii=app_context.ascii, zone=zone
    )
    provider = account.capabilities.title if account.capabilities else account.provider
    lines = [
        Content.assemble((f"{dot} {health}", "bold"), (f"  {one_line(provider, 30)}", MUTED_STYLE))
    ]
    if state is not None and state.line:
        lines.append(Content(f"  {one_line(state.line, 300)}"))
    for notice in list_account_notices(account, state, now, zone):
        if notice.kind is AttentionKind.HELD:
            continue  # shown below by reason
        lines.append(Content(f"  {notice.line}."))
        lines.append(Content.styled(f"  → {notice.fix}", MUTED_STYLE))
    if listening := format_listener(state, now, zone):
        lines.append(
            Content.styled(f"  {listening} · {format_last_push(state, now, zone)}", MUTED_STYLE)
        )
    if state is None:
        lines.append(Content("  not polled yet"))
        return Content("\n").join(lines)
    facts = []
    if state.ok_at:
        facts.append(f"checked {_format_ago(state.ok_at, now)}")
    if state.event_at:
        facts.append(f"last message {_format_ago(state.event_at, now)}")
    if state.balance:
        low = " (low: top up soon)" if account.is_low(state) else ""
        facts.append(f"balance {one_line(state.balance, 40)}{low}")
    lines.append(Content.styled("  " + (" · ".join(facts) or "not polled yet"), MUTED_STYLE))
    if state.holder:
        lines.append(Content.styled(f"  polled by {one_line(state.holder, 40)}", MUTED_STYLE))
    return Content("\n").join(lines)


def _format_ago(moment: int, now: int) -> str:
    """Return "just now" or "4m ago"."""
    age = format.format_age(moment, now)
    return "just now" if age == "now" else f"{age} ago"
