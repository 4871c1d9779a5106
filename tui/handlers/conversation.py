"""Commands of the open conversation: reply, note, schedule, triage actions, history.

The dialogs are imported inside the functions, so that the first paint does not wait for them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.desk.actions import ConversationActions
from tui.desk.assigning import list_assignees
from tui.desk.departures import describe_end_of_wait
from tui.desk.last_times import SCHEDULE, SNOOZE, find_last_time, save_last_time
from tui.desk.routes import suggest_send_time
from tui.domain.conversation import Conversation, State, View
from tui.domain.typed_text import is_blank_text
from tui.domain.views import is_waiting
from tui.handlers.common import (
    OPEN_FIRST,
    InboxActions,
    command_handler,
    describe_conversations,
    list_label_choices,
)
from tui.handlers.texting_many import write_to_selected
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.screens.date_time import ChosenPlan, PickedTime
    from tui.screens.pick import Picked

ConversationAction = Callable[[ConversationActions, Sequence[Conversation]], Awaitable[str]]


async def _run_on_targets(inbox: InboxActions, action: ConversationAction) -> None:
    """Run an action on the target conversations and show its result."""
    rows = await inbox.load_targets()
    if rows:
        await inbox.finish_action(await action(inbox.actions, rows))


@command_handler("close")
async def close_conversations(inbox: InboxActions) -> None:
    """Close the conversations until their customers write again."""
    rows = await inbox.load_targets()
    if rows and all(row.state is State.CLOSED for row in rows):
        # Its row stays under the cursor: a second key must not look as if it closed the next one.
        inbox.show_status(f"Already closed: {describe_conversations(rows)}")
    elif rows:
        await inbox.finish_action(await inbox.actions.close_conversations(rows))


@command_handler("reopen")
async def reopen_conversations(inbox: InboxActions) -> None:
    """Open closed or snoozed conversations again."""
    await _run_on_targets(inbox, ConversationActions.reopen_conversations)


@command_handler("assign_me")
async def toggle_assigned_to_me(inbox: InboxActions) -> None:
    """Assign the conversations to this agent, or unassign them."""
    await _run_on_targets(inbox, ConversationActions.toggle_assigned_to_me)


@command_handler("star")
async def toggle_star(inbox: InboxActions) -> None:
    """Star the conversations, or unstar them."""
    await _run_on_targets(inbox, ConversationActions.toggle_star)


@command_handler("unread")
async def toggle_unread(inbox: InboxActions) -> None:
    """Mark the conversations unread, or read."""
    await _run_on_targets(inbox, ConversationActions.toggle_unread)


@command_handler("close_next")
async def close_and_go_next(inbox: InboxActions) -> None:
    """Close the conversation and open the next one.

    That is the row below, or above at the end of the list. In the list of open conversations one
    that waits comes first: the row below if it does, else the longest wait.
    """
    if inbox.triage.is_on:
        await _close_in_triage(inbox)
        return
    view = inbox.threads.view
    leaving = () if inbox.is_conversation_in_use else inbox.threads.marked
    following = inbox.threads.find_neighbour(leaving)
    await close_conversations(inbox)
    if view == View(order=view.order) and (following is None or not is_waiting(following)):
        following = await inbox.store.conversations.find_next_waiting(None) or following
    if following is not None:
        await inbox.keep_in_list(following)
        await inbox.open_current()


async def _close_in_triage(inbox: InboxActions) -> None:
    """Close the conversation, which shows the next one; go on as well if a colleague has."""
    rows = await inbox.load_targets()
    if rows and all(row.state is State.CLOSED for row in rows):
        context = inbox.app_context
        reason = await describe_end_of_wait(
            inbox.store, rows[0], context.agent, context.clock.now(), context.zone
        )
        await inbox.triage.skip_conversation()
        inbox.show_status(f"Already {reason}: {describe_conversations(rows)}")
    else:
        await close_conversations(inbox)


@command_handler("reply")
async def open_reply(inbox: InboxActions) -> None:
    """Open the conversation with the cursor in the composer; write to all that are selected."""
    if await write_to_selected(inbox):
        return
    if inbox.current_conversation is None:
        inbox.refuse_typing(OPEN_FIRST)
        return
    await inbox.open_current()
    await inbox.begin_reply()


@command_handler("take_over")
async def take_over_compose_lock(inbox: InboxActions) -> None:
    """Begin to write although a colleague holds the compose lock.

    The colleague is notified and their draft stays stored.
    """
    if inbox.pane.conversation is None:
        inbox.refuse_typing(OPEN_FIRST)
        return
    await inbox.open_current()
    await inbox.begin_reply(force=True)


@command_handler("note")
async def write_note(inbox: InboxActions) -> None:
    """Begin a private note in the conversation."""
    if inbox.threads.current_row is None and inbox.pane.conversation is None:
        inbox.refuse_typing(OPEN_FIRST)
        return
    await inbox.open_current()
    await inbox.compose_pane.begin_note()


@command_handler("schedule")
async def schedule_message(inbox: InboxActions) -> None:
    """Ask when the composed message is to be sent; outside the composer, show it first."""
    from tui.screens.date_time import ScheduleScreen

    if not inbox.is_composer_focused and inbox.current_conversation is not None:
        await inbox.open_current()
    pane = inbox.compose_pane
    conversation = pane.conversation
    if conversation is None or pane.route is None:
        inbox.refuse_typing(OPEN_FIRST)
        return
    if inbox.composer.note or (is_blank_text(inbox.composer.text) and not pane.enclosed):
        inbox.refuse_typing("Write the message first, then F5 (or S outside the composer)")
        return

    @report_store_errors
    async def send_as_planned(inbox: InboxActions, chosen: ChosenPlan | None) -> None:
        if chosen is None:
            pane.show_question_again()
        else:
            await save_last_time(inbox.store, inbox.app_context, SCHEDULE, chosen.typed)
            await pane.schedule_reply(chosen.plan, conversation.id)

    async def handle_answer(chosen: ChosenPlan | None) -> None:
        await send_as_planned(inbox, chosen)

    inbox.app.push_screen(
        ScheduleScreen(
            inbox.app_context,
            pane.route,
            conversation,
            suggest_send_time(inbox.app_context, conversation.address),
            pane.compose_state.plan,
            again=await find_last_time(inbox.store, inbox.app_context, SCHEDULE),
        ),
        handle_answer,
    )


@command_handler("snooze")
async def ask_snooze_time(inbox: InboxActions) -> None:
    """Ask until when the conversations are snoozed."""
    from tui.screens.date_time import PickTimeScreen

    rows = await inbox.load_targets()
    if rows:
        again = await find_last_time(inbox.store, inbox.app_context, SNOOZE)
        title = f"Snooze {describe_conversations(rows)}"
        screen = PickTimeScreen(inbox.app_context, title, "snoozes", until_reply=True, again=again)
        inbox.app.push_screen(screen, partial(_snooze_until, inbox, rows))
    else:
        inbox.refuse_typing(OPEN_FIRST)


@report_store_errors
async def _snooze_until(
    inbox: InboxActions, rows: list[Conversation], when: PickedTime | None
) -> None:
    """Snooze the conversations unless the dialog was cancelled."""
    if when is not None:
        await save_last_time(inbox.store, inbox.app_context, SNOOZE, when.typed)
        await inbox.finish_action(await inbox.actions.snooze_conversations(rows, when.at))


@command_handler("assign")
async def ask_assignee(inbox: InboxActions) -> None:
    """Ask to which agent the conversations are assigned."""
    from tui.screens.pick_assignee import AssignScreen

    rows = await inbox.load_targets()
    if rows:
        context = inbox.app_context
        now, zone = context.clock.now(), context.zone
        assignees = await list_assignees(inbox.store, context.agent, now, zone)
        title, owners = f"Assign {describe_conversations(rows)}", {row.assignee for row in rows}
        screen = AssignScreen(title, assignees, owners, ascii=context.ascii)
        inbox.app.push_screen(screen, partial(_assign_to, inbox, rows))
    else:
        inbox.refuse_typing(OPEN_FIRST)


@report_store_errors
async def _assign_to(inbox: InboxActions, rows: list[Conversation], picked: Picked | None) -> None:
    """Assign the conversations unless the dialog was cancelled."""
    if picked is not None:
        await inbox.finish_action(await inbox.actions.assign_conversations(rows, picked.value))


@command_handler("label")
async def ask_labels(inbox: InboxActions) -> None:
    """Ask for labels to add or remove."""
    from tui.screens.pick_several import PickSeveralScreen

    rows = await inbox.load_targets()
    if rows:
        common_labels = frozenset.intersection(*(frozenset(row.labels) for row in rows))
        title, use_ascii = f"Labels of {describe_conversations(rows)}", inbox.app_context.ascii
        choices = await list_label_choices(inbox, common_labels)
        screen = PickSeveralScreen(title, choices, new="New label", prefix="#", ascii=use_ascii)
        inbox.app.push_screen(screen, partial(_toggle_labels, inbox, rows))
    else:
        inbox.refuse_typing(OPEN_FIRST)


@report_store_errors
async def _toggle_labels(
    inbox: InboxActions, rows: list[Conversation], picked: Picked | None
) -> None:
    """Add or remove the labels in one action, unless the dialog was cancelled."""
    names = (*picked.toggled, picked.value) if picked is not None else ()
    # A label that was both ticked and typed was toggled twice, so it stays as it was.
    changed = tuple(name for name in dict.fromkeys(names) if name and names.count(name) == 1)
    if changed:
        await inbox.finish_action(await inbox.actions.toggle_labels(rows, *changed))


@command_handler("macro")
async def pick_macro(inbox: InboxActions) -> None:
    """Pick a macro, preview it and run it."""
    from tui.handlers.macro_keys import start_picking

    await start_picking(inbox)


@command_handler("assist")
async def ask_helper(inbox: InboxActions) -> None:
    """Ask the agent's helper for a text."""
    from tui.handlers.assisting import start_help

    await start_help(inbox)


@command_handler("history")
async def show_history(inbox: InboxActions) -> None:
    """Show who did what in this conversation."""
    from tui.screens.history import HistoryScreen

    conversation = inbox.current_conversation
    if conversation is not None:
        entries = await inbox.store.triage.get_audit_trail(conversation.id)
        screen = HistoryScreen(conversation, entries, inbox.app_context, inbox.store)
        inbox.app.push_screen(screen)
