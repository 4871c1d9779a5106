"""Pick, preview and run a macro, and insert a canned reply by its digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.commands import get_first_keys
from tui.desk.field_values import load_field_values
from tui.desk.macros import (
    NO_MACROS,
    Macro,
    MacroRunner,
    explain_meanwhile,
    find_unknown_assignee,
    read_macro,
)
from tui.desk.send_attempt import NotSentError
from tui.domain.action_list import InvalidActionError
from tui.domain.conversation import Conversation
from tui.domain.templates import CannedReply
from tui.domain.text import one_line
from tui.handlers.common import OPEN_FIRST, InboxActions
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.domain.message import Message


async def start_picking(inbox: InboxActions) -> None:
    """Pick one of the macros, and preview it."""
    from tui.screens.pick_canned_reply import PickCannedReplyScreen

    rows = await inbox.load_targets()
    found = await inbox.store.templates.list_in_order(inbox.app_context.agent)
    macros = [template for template in found if template.actions]
    if not rows:
        inbox.refuse_typing(OPEN_FIRST)
    elif not macros:
        inbox.show_status(NO_MACROS)
    else:
        values = await load_values(inbox, rows[0])

        @report_store_errors
        async def preview_picked(inbox: InboxActions, template: CannedReply | None) -> None:
            if template is not None:
                await preview_macro(inbox, template, rows)

        async def handle_answer(template: CannedReply | None) -> None:
            await preview_picked(inbox, template)

        screen = PickCannedReplyScreen(macros, values, title="Macros", verb="previews it")
        inbox.app.push_screen(screen, handle_answer)


async def load_values(inbox: InboxActions, conversation: Conversation) -> Mapping[str, str]:
    """Return the values of all fields for a text to a conversation.

    Args:
        inbox: Inbox of the agent.
        conversation: Conversation with the customer.
    """
    route = inbox.compose_pane.route
    return await load_field_values(inbox.store, inbox.app_context, conversation, route)


async def preview_macro(
    inbox: InboxActions, template: CannedReply, rows: Sequence[Conversation]
) -> None:
    """Show what a macro would do; Enter does it.

    Args:
        inbox: Inbox of the agent.
        template: Canned reply with actions.
        rows: Conversations to act on.
    """
    context, pane = inbox.app_context, inbox.compose_pane
    values = await load_values(inbox, rows[0])
    try:
        macro = read_macro(template, values, context.clock.now(), context.zone)
    except InvalidActionError as error:
        name = one_line(template.name, 40)
        inbox.show_status(f"{name} did nothing: {error} · g t changes it")
        return
    problem = macro.find_problem(rows, get_first_keys(context.commands)["edit_contact"])
    problem = problem or await find_unknown_assignee(inbox.store, context.agent, macro)
    if macro.text and not problem:
        if not inbox.is_conversation_in_use:
            await inbox.open_current()
        problem = pane.find_macro_obstacle(rows[0])
    if problem:
        inbox.show_status(problem)
        return
    if macro.text:
        pane.begin_macro()
    _ask_to_run(inbox, macro, rows)


def _ask_to_run(
    inbox: InboxActions, macro: Macro, rows: Sequence[Conversation], question: str = ""
) -> None:
    """Show the preview, with what a check asks if it does."""
    from tui.screens.questions import MacroScreen

    @report_store_errors
    async def run_confirmed(inbox: InboxActions, is_confirmed: bool | None) -> None:
        if not is_confirmed:
            return
        store, context = inbox.store, inbox.app_context
        if meanwhile := await explain_meanwhile(store, rows, context):
            found = [await store.conversations.get(row.id) for row in rows]
            if fresh := [row for row in found if row is not None]:
                _ask_to_run(inbox, macro, fresh, f"{meanwhile} · Enter does it all the same")
            else:
                inbox.show_status(f"{meanwhile} · {macro.name} did nothing")
        elif macro.text:
            await _run_with_text(inbox, macro, rows[0])
        else:
            runner = MacroRunner(store, context, inbox.actions)
            await inbox.finish_action(await runner.run_actions(rows, macro))

    async def handle_answer(is_confirmed: bool | None) -> None:
        await run_confirmed(inbox, is_confirmed)

    text = macro.text if len(macro.text) > 60 or "\n" in macro.text else ""
    screen = MacroScreen(f"Macro {macro.name}", macro.describe(rows), text, question)
    inbox.app.push_screen(screen, handle_answer)


async def _run_with_text(inbox: InboxActions, macro: Macro, row: Conversation) -> None:
    """Send the text of a macro and run its actions, unless a check refuses or asks."""
    pane, shown = inbox.compose_pane, inbox.pane.conversation
    if shown is None or shown.id != row.id or pane.composer.text:
        inbox.show_status(f"{macro.name} did nothing: another conversation or text is open")
        return
    try:
        sent: Message = await pane.send_macro_text(shown, macro.text)
    except NotSentError as refusal:
        if pane.compose_state.confirmation.is_asking:
            _ask_to_run(inbox, macro, [row], str(refusal))
        else:
            inbox.show_status(f"{refusal} · {macro.name} did nothing")
        return
    runner = MacroRunner(inbox.store, inbox.app_context, inbox.actions)
    text, has_acted = await runner.finish_sending(sent, shown, macro)
    pane.report_macro(sent, text if has_acted else "")
    if not has_acted:
        inbox.show_status(text)


async def use_numbered_reply(inbox: InboxActions, number: int) -> None:
    """Insert the canned reply at a position, or preview it if it is a macro.

    Args:
        inbox: Inbox with an open conversation.
        number: Position from 1.
    """
    from tui.handlers.compose import fill_canned_reply

    templates = await inbox.store.templates.list_in_order(inbox.app_context.agent)
    conversation = inbox.pane.conversation
    if conversation is None or number > len(templates):
        inbox.show_status(f"There is no canned reply {number} · g t adds one")
        return
    template = templates[number - 1]
    if template.actions:
        await preview_macro(inbox, template, [conversation])
    elif await inbox.begin_reply():
        inbox.composer.insert_canned_reply(await fill_canned_reply(inbox, template))
        await inbox.store.templates.record_use(template.name, template.owner)
