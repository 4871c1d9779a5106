"""Write one text to the selected conversations, and show what became of such texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.send_checks import NO_ACCOUNT
from tui.handlers.common import InboxActions
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.desk.bulk_plan import BulkPlan


async def write_to_selected(inbox: InboxActions) -> bool:
    """Write to the selected conversations; return False if there is no selection.

    A single one is opened, whichever row the cursor is on.
    """
    if inbox.is_conversation_in_use or not inbox.threads.marked:
        return False
    rows = await inbox.load_targets()
    if len(rows) == 1:
        await inbox.go_to_conversation(rows[0])
        await inbox.begin_reply()
    elif rows:
        await _open_writing(inbox)
    return bool(rows)


async def _open_writing(inbox: InboxActions) -> None:
    """Open the screen that writes to the selected conversations."""
    from tui.desk.bulk_plan import list_targets
    from tui.screens.write_to_many import WriteToManyScreen

    context = inbox.app_context
    if not context.accounts:
        inbox.refuse_typing(NO_ACCOUNT.sentence)
        return
    targets = list_targets(await inbox.load_targets(), context.accounts)

    @report_store_errors
    async def start_confirmed(inbox: InboxActions, plan: BulkPlan | None) -> None:
        if plan is not None:
            await _start(inbox, plan)

    async def handle_answer(plan: BulkPlan | None) -> None:
        await start_confirmed(inbox, plan)

    inbox.app.push_screen(WriteToManyScreen(inbox.store, context, targets), handle_answer)


async def _start(inbox: InboxActions, plan: BulkPlan) -> None:
    """Start the text, and show its progress."""
    from tui.desk.bulk_actions import BulkActions

    actions = BulkActions(inbox.store, inbox.app_context, inbox.actions.remember_undo)
    bulk, text = await actions.start(plan)
    inbox.threads.clear_marks()
    inbox.show_status(text)
    inbox.record_undo()
    await show_texts_to_many(inbox, bulk.id)


async def show_texts_to_many(inbox: InboxActions, bulk_id: int = 0) -> None:
    """Show all texts to many, or one of them.

    Args:
        inbox: Screen that opens the conversation that is chosen.
        bulk_id: Text to show; 0 for the list of all.
    """
    from tui.screens.texts_to_many import BulkTextScreen, BulkTextsScreen

    parts = (inbox.store, inbox.app_context, inbox.actions)

    @report_store_errors
    async def open_chosen(inbox: InboxActions, conversation_id: int | None) -> None:
        found = await inbox.store.conversations.get(conversation_id) if conversation_id else None
        if found is not None:
            await inbox.go_to_conversation(found)

    async def handle_answer(conversation_id: int | None) -> None:
        await open_chosen(inbox, conversation_id)

    screen = BulkTextScreen(*parts, bulk_id) if bulk_id else BulkTextsScreen(*parts)
    inbox.app.push_screen(screen, handle_answer)
