"""General commands: new conversation, search, undo, help, accounts, theme, statistics, quit.

The screens are imported inside the functions: the first paint does not wait for them.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from tui.commands import get_first_keys, index_by_id
from tui.desk.format import format_title
from tui.desk.key_hints import find_place
from tui.desk.permissions import explain_missing_level
from tui.desk.undo import format_unsent
from tui.desk.undo_stack import format_undo_question, name_unseen
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.handlers.common import InboxActions, command_handler
from tui.handlers.customer import open_people, run_palette_choice, write_to
from tui.screens.base import report_store_errors
from tui.store.errors import Unreachable
from tui.widgets.status_messages import RedrawRequest
from tui.widgets.themes import THEMES, to_theme_setting

if TYPE_CHECKING:
    from tui.desk.undo_stack import UndoEntry
    from tui.widgets.search_results import Hit


_FLUSH_SECONDS = 2.0
"""Seconds to wait for drafts to be stored when the agent quits at once."""


@command_handler("new")
async def start_conversation(inbox: InboxActions) -> None:
    """Ask for a number and begin to write to it."""
    from tui.screens.new_message import NewMessageScreen

    screen = NewMessageScreen(inbox.store, inbox.app_context, inbox.filter.value)
    inbox.app.push_screen(screen, partial(_begin_conversation, inbox))


@report_store_errors
async def _begin_conversation(inbox: InboxActions, conversation: Conversation | None) -> None:
    """Open the new conversation and begin a reply, unless the dialog was cancelled."""
    if conversation is not None:
        await inbox.go_to_conversation(conversation)
        await inbox.begin_reply()


@command_handler("people")
async def open_address_book(inbox: InboxActions) -> None:
    """Open the address book."""
    open_people(inbox)


@command_handler("search")
async def search_messages(inbox: InboxActions) -> None:
    """Search people and all messages, and go to the chosen hit."""
    _open_search(inbox)


async def search_conversation(inbox: InboxActions) -> None:
    """Search the open conversation."""
    _open_search(inbox, "in:thread ")


def _open_search(inbox: InboxActions, initial_text: str = "") -> None:
    """Open the search with a text already in its field."""
    from tui.screens.search import SearchScreen

    shown = inbox.pane.conversation
    screen = SearchScreen(
        inbox.store,
        inbox.app_context,
        conversation_id=shown.id if shown else 0,
        initial_text=initial_text,
    )
    inbox.app.push_screen(screen, partial(_go_to_hit, inbox))


@report_store_errors
async def _go_to_hit(inbox: InboxActions, hit: Hit | None) -> None:
    """Go to the message or person that was found, unless the search was cancelled."""
    if hit is None:
        return
    found = await inbox.store.conversations.get(hit.conversation_id)
    if isinstance(hit, Message):
        if found is not None:
            await inbox.go_to_conversation(found, at=hit.id)
    elif found is not None:
        await inbox.go_to_conversation(found)
    else:
        await write_to(inbox, hit.party)


@command_handler("templates")
async def manage_canned_replies(inbox: InboxActions) -> None:
    """Open the list in which canned replies are added and changed."""
    from tui.screens.canned_replies import CannedRepliesScreen

    inbox.app.push_screen(CannedRepliesScreen(inbox.store, inbox.app_context))


@command_handler("rules")
async def manage_rules(inbox: InboxActions) -> None:
    """Open the list in which rules are added, tried and switched on."""
    from tui.screens.rule_list import RulesScreen

    screen = RulesScreen(inbox.store, inbox.app_context, inbox.actions)
    inbox.app.push_screen(screen, lambda _: inbox.record_undo())


@command_handler("undo")
async def undo_last_action(inbox: InboxActions) -> None:
    """Undo the last action; ask first if the agent does not see what it was about."""
    entry = inbox.actions.newest_undo
    is_seen = entry is None or inbox.can_undo_at_once(entry)
    if entry is not None and not is_seen and not await entry.is_too_late():
        await _ask_undo(inbox, entry)
        return
    await inbox.compose_pane.flush_draft()
    text = await inbox.actions.undo_last()
    await inbox.compose_pane.reload_draft()
    await inbox.triage.show_undone()
    shown = inbox.pane.conversation
    if entry is not None and (shown is None or shown.id not in entry.about):
        view = None if inbox.triage.is_on else inbox.threads.view
        text = await name_unseen(inbox.store, entry, text, inbox.app_context, view)
    inbox.show_status(text)


async def _ask_undo(inbox: InboxActions, entry: UndoEntry) -> None:
    """Show what undo would do; pressed again, it does it."""
    key, now = get_first_keys(inbox.app_context.commands)["undo"], inbox.app_context.clock.now()
    inbox.ask_undo(entry, f"{key} again {await format_undo_question(inbox.store, entry, now)}")


@command_handler("accounts")
async def show_accounts(inbox: InboxActions) -> None:
    """Show the state of every account."""
    from tui.screens.accounts import AccountsScreen

    async def add_if_chosen(chosen: bool | None) -> None:
        if chosen:
            await add_account(inbox)

    inbox.app.push_screen(AccountsScreen(inbox.store, inbox.app_context), add_if_chosen)


@command_handler("held")
async def show_held_items(inbox: InboxActions) -> None:
    """Show what arrived and could not be used."""
    from tui.screens.held import HeldItemsScreen

    inbox.app.push_screen(HeldItemsScreen(inbox.store, inbox.app_context, inbox.actions))


@command_handler("palette")
async def open_palette(inbox: InboxActions) -> None:
    """Open the list of all commands and run the chosen one."""
    from tui.screens.palette import Palette

    context = inbox.app_context
    place, contacts = find_place(inbox.hint_state), inbox.store.contacts
    palette = Palette(context.commands, place, contacts, ascii=context.ascii)
    inbox.app.push_screen(palette, partial(run_palette_choice, inbox))


@command_handler("help")
async def show_help(inbox: InboxActions) -> None:
    """Show the keys that matter where the agent is, then all others."""
    from tui.screens.key_help import HelpScreen, list_sections

    place, commands = find_place(inbox.hint_state), inbox.app_context.commands
    inbox.app.push_screen(HelpScreen(list_sections(commands, place), place.name))


@command_handler("redraw")
async def redraw_screen(inbox: InboxActions) -> None:
    """Write every cell of the terminal again, at its present size."""
    inbox.app.post_message(RedrawRequest())


@command_handler("quit")
async def quit_app(inbox: InboxActions) -> None:
    """Quit after storing the draft; ask first if something is unsent."""
    from tui.screens.questions import LeaveScreen

    await inbox.compose_pane.flush_draft()
    unsent = await _describe_unsent(inbox)
    if not unsent:
        inbox.app.exit()
        return
    keys = index_by_id(inbox.app_context.commands)["quit"].keys

    def quit_if_confirmed(confirmed: bool | None) -> None:
        if confirmed:
            inbox.app.exit()

    inbox.app.push_screen(LeaveScreen(unsent, keys), quit_if_confirmed)


@command_handler("suspend")
async def suspend_to_shell(inbox: InboxActions) -> None:
    """Stop the program and go back to the shell that started it, until the agent types `fg`."""
    from tui.terminal.modes import can_return_to_shell, stop_job

    if not can_return_to_shell():
        inbox.show_status("No shell to go back to: smsdesk was not started from one")
        return
    await inbox.compose_pane.flush_draft()
    stop_job()


async def quit_at_once(inbox: InboxActions) -> None:
    """Quit without a question and without waiting long for a disk that does not take the draft."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(inbox.compose_pane.flush_draft(), _FLUSH_SECONDS)
    inbox.app.exit()


async def _describe_unsent(inbox: InboxActions) -> str:
    """Return what is unsent: "1 text is still being sent · your draft to Ana is saved"."""
    try:
        sending = format_unsent(await inbox.actions.outgoing.unsent.count_unsent())
    except Unreachable as error:
        sending = f"the database server {error.what}"
    phrases = [sending] if sending else []
    pane, composer = inbox.compose_pane, inbox.composer
    if pane.conversation is not None and (composer.text or pane.enclosed):
        kind = "note on" if composer.note else "draft to"
        is_lost = inbox.compose_pane.compose_state.has_unsaved
        state = "is not saved and would be lost" if is_lost else "is saved"
        phrases.append(f"your {kind} {format_title(pane.conversation)} {state}")
    joined = " · ".join(phrases)
    return f"{joined[:1].upper()}{joined[1:]}"


@command_handler("look")
async def switch_theme(inbox: InboxActions) -> None:
    """Switch to the next theme; the settings decide the theme of the next start."""
    if not inbox.app_context.colours:
        inbox.show_status("NO_COLOR is set in your environment: smsdesk stays without colours")
        return
    names = [theme.name for theme in THEMES]
    place = names.index(inbox.app.theme) + 1 if inbox.app.theme in names else 0
    inbox.app.theme = names[place % len(names)]
    name = to_theme_setting(inbox.app.theme)
    inbox.show_status(f'Look: {name} · to keep it, theme = "{name}" in the settings')


@command_handler("numbers")
async def show_statistics(inbox: InboxActions) -> None:
    """Show counts and plots of today and the last week."""
    from tui.screens.statistics import StatisticsScreen

    inbox.app.push_screen(StatisticsScreen(inbox.store, inbox.app_context))


@command_handler("add_account")
async def add_account(inbox: InboxActions) -> None:
    """Open the set-up form; a desk without accounts shows it at the start."""
    account_setup = inbox.app_context.account_setup
    if account_setup is None:
        return inbox.show_status("Accounts cannot be added to the demo: run smsdesk without demo")
    if refusal := await explain_missing_level(inbox.store, inbox.app_context.agent, "accounts"):
        return inbox.show_status(refusal)
    from tui.screens.setup import SetupScreen

    await inbox.compose_pane.flush_draft()
    inbox.app.push_screen(SetupScreen(account_setup, first=not inbox.app_context.accounts))
