"""Ask the agent's helper for a text: what for, whether it may have the conversation, then ask."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui.commands import get_first_keys
from tui.handlers.common import OPEN_FIRST, InboxActions
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.desk.assist import HelpRequest, Wish
    from tui.screens.pick import Picked

_SUGGESTION_IS_HERE = "A suggestion is here already: Enter keeps it, Esc discards it"
_NOT_FOR_NOTES = (
    "The helper gets no private notes: Esc leaves the note, then w asks about the texts"
)


async def start_help(inbox: InboxActions) -> None:
    """Open the conversation and ask the helper about it, or say why that is not possible."""
    from tui.desk import assist

    pane, context = inbox.compose_pane, inbox.app_context
    if not context.preferences.assist:
        inbox.show_status(assist.OFF)
    elif pane.has_suggestion:
        inbox.show_status(_SUGGESTION_IS_HERE)
    elif inbox.current_conversation is None:
        inbox.show_status(OPEN_FIRST)
    elif inbox.is_composer_focused and inbox.composer.note:
        inbox.show_status(_NOT_FOR_NOTES)
    else:
        if not inbox.is_composer_focused:
            await inbox.open_current()
        await _ask_about_open(inbox)


async def _ask_about_open(inbox: InboxActions) -> None:
    """Ask about the open conversation, after the first time without a question."""
    from tui.desk import assist
    from tui.screens.questions import ConfirmScreen

    context, conversation = inbox.app_context, inbox.pane.conversation
    if conversation is None:
        return
    draft = await inbox.compose_pane.read_reply_draft()
    request = await assist.read_request(
        inbox.store, conversation, context.agent, draft, context.zone
    )
    wishes = request.list_wishes()
    if not wishes:
        inbox.show_status(assist.NOTHING_TO_HELP_WITH)
        return
    command = context.preferences.assist
    agreed = await inbox.store.choices.get_choice(context.agent, assist.CONSENT_CHOICE)
    if agreed == shlex.join(command):
        await _choose_wish(inbox, request, wishes)
        return

    @report_store_errors
    async def continue_if_agreed(inbox: InboxActions, is_agreed: bool | None) -> None:
        if is_agreed:
            await inbox.store.choices.save_choice(
                context.agent, assist.CONSENT_CHOICE, shlex.join(command)
            )
            await _choose_wish(inbox, request, wishes)

    async def handle_answer(is_agreed: bool | None) -> None:
        await continue_if_agreed(inbox, is_agreed)

    screen = ConfirmScreen(
        "Help to write", assist.describe_disclosure(command), "continues, and is not asked again"
    )
    inbox.app.push_screen(screen, handle_answer)


async def _choose_wish(inbox: InboxActions, request: HelpRequest, wishes: list[Wish]) -> None:
    """Ask what the helper is to do, unless only one thing makes sense."""
    from tui.desk.assist import Wish, format_command
    from tui.screens.pick import Choice, PickScreen

    if len(wishes) == 1:
        await _show_suggestion(inbox, request, wishes[0])
        return

    @report_store_errors
    async def ask_picked(inbox: InboxActions, picked: Picked | None) -> None:
        if picked is not None:
            await _show_suggestion(inbox, request, Wish(picked.value))

    async def handle_answer(picked: Picked | None) -> None:
        await ask_picked(inbox, picked)

    choices = [Choice(wish.value, wish.label) for wish in wishes]
    title = f"Help of {format_command(inbox.app_context.preferences.assist)}"
    screen = PickScreen(title, choices, verb="asks for it", ascii=inbox.app_context.ascii)
    inbox.app.push_screen(screen, handle_answer)


async def _show_suggestion(inbox: InboxActions, request: HelpRequest, wish: Wish) -> None:
    """Ask the helper and show its answer in the place of the composer."""
    from tui.desk.helper_program import HelperProgram
    from tui.widgets.suggestion import SuggestionView

    shown, context = inbox.pane.conversation, inbox.app_context
    if shown is None or shown.id != request.conversation.id:
        inbox.show_status("Not asked: another conversation was opened")
        return
    program = HelperProgram(context.preferences.assist, context.program_environ)
    key = get_first_keys(context.commands)["take_over"]
    view = SuggestionView(program, wish, request.format_input(wish), take_over_key=key)
    await inbox.compose_pane.show_suggestion(view)
