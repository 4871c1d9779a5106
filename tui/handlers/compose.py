"""Commands of the composer: send, route, canned replies, notes, pictures, schedule.

Also here: taking over the compose lock from a colleague who writes in the same
conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.composer_hints import format_changes, format_saving
from tui.desk.routes import describe_route_change, select_next_account, select_next_sender
from tui.desk.send_checks import NO_ACCOUNT, suggest_send_time
from tui.domain.conversation import View
from tui.domain.message import MmsContent
from tui.domain.replacements import to_gsm
from tui.domain.templates import CannedReply, FillContext, collect_values, fill_fields
from tui.domain.text import one_line
from tui.handlers.common import Handler, begin_reply
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.desk.routes import SendPlan
    from tui.screens.inbox import InboxScreen


async def send_message(inbox: InboxScreen) -> None:
    """Send the composed text."""
    inbox.pane.compose_pane.composer.submit_text(close=False)


async def send_and_close(inbox: InboxScreen) -> None:
    """Send the composed text and close the conversation."""
    inbox.pane.compose_pane.composer.submit_text(close=True)


async def insert_line_break(inbox: InboxScreen) -> None:
    """Insert a line break."""
    inbox.pane.compose_pane.composer.insert_line_break()


async def switch_account(inbox: InboxScreen) -> None:
    """Send through the next account."""
    route, conversation = inbox.pane.compose_pane.route, inbox.pane.conversation
    if route is not None and conversation is not None:
        other = select_next_account(inbox.app_context.accounts, route, conversation)
        inbox.pane.compose_pane.change_route(other)
        if other != route:
            inbox.show_status(describe_route_change(route, other))


async def switch_sender(inbox: InboxScreen) -> None:
    """Send under the next own number or sender ID."""
    if inbox.pane.compose_pane.route is not None:
        inbox.pane.compose_pane.change_route(select_next_sender(inbox.pane.compose_pane.route))


async def replace_unicode_characters(inbox: InboxScreen) -> None:
    """Replace the characters that force Unicode, if the text then fits the GSM alphabet."""
    composer = inbox.pane.compose_pane.composer
    replacement = to_gsm(composer.text)
    if replacement is None:
        inbox.show_status("Nothing to replace: no sign in the text makes it longer")
        return
    composer.replace_text(replacement.text)
    text = f"Replaced {format_changes(replacement)}:{format_saving(replacement)}"
    inbox.show_status(f"{text} · Ctrl+Z undoes")


HANDLERS: dict[str, Handler] = {
    "send": send_message,
    "send_close": send_and_close,
    "new_line": insert_line_break,
    "account": switch_account,
    "sender": switch_sender,
    "to_gsm": replace_unicode_characters,
}


_OPEN_FIRST = "Open a conversation first"


async def insert_canned_reply(inbox: InboxScreen) -> None:
    """Pick a canned reply and insert it, filled, at the cursor.

    Outside the composer, begin a reply to the current conversation first.
    """
    from tui.screens.pick_canned_reply import PickCannedReplyScreen

    pane = inbox.pane.compose_pane
    if not inbox.is_composer_focused and not await _begin_current_reply(inbox):
        return
    if pane.route is None:
        inbox.show_status(NO_ACCOUNT.sentence)
        return
    values = await _load_field_values(inbox)

    @report_store_errors
    async def insert_chosen(inbox: InboxScreen, template: CannedReply | None) -> None:
        if template is not None:
            pane.composer.insert_canned_reply(fill_fields(template.body, values))
            await inbox.store.templates.record_use(template.name)

    async def handle_answer(template: CannedReply | None) -> None:
        await insert_chosen(inbox, template)

    templates = await inbox.store.templates.list_by_use()
    inbox.app.push_screen(PickCannedReplyScreen(templates, values), handle_answer)


async def _begin_current_reply(inbox: InboxScreen) -> bool:
    """Open the current conversation and begin a reply; return False if that is refused."""
    if inbox.current_conversation is None:
        inbox.show_status(_OPEN_FIRST)
        return False
    await inbox.open_current()
    return await begin_reply(inbox)


async def fill_canned_reply(inbox: InboxScreen, template: CannedReply) -> str:
    """Return the text of a canned reply for the customer who is being answered.

    Args:
        inbox: Screen with a reply that has been begun.
        template: Canned reply to fill.
    """
    return fill_fields(template.body, await _load_field_values(inbox))


async def _load_field_values(inbox: InboxScreen) -> dict[str, str]:
    """Return the values of all fields for a reply to the open conversation."""
    writing, app_context = inbox.pane.compose_pane, inbox.app_context
    conversation, route = writing.conversation, writing.route
    assert conversation is not None and route is not None  # a reply has been begun
    situation = FillContext(
        conversation.name,
        conversation.address,
        app_context.agent,
        route.account.title or route.account.name,
        app_context.clock.now(),
        app_context.zone,
    )
    return collect_values(situation, await inbox.store.templates.get_fields())


async def manage_canned_replies(inbox: InboxScreen) -> None:
    """Open the list in which canned replies are added and changed."""
    from tui.screens.canned_replies import CannedRepliesScreen

    inbox.app.push_screen(CannedRepliesScreen(inbox.store, inbox.app_context))


async def write_note(inbox: InboxScreen) -> None:
    """Begin a private note in the conversation."""
    if inbox.threads.current_row is None and inbox.pane.conversation is None:
        inbox.show_status(_OPEN_FIRST)
        return
    await inbox.open_current()
    await inbox.pane.compose_pane.begin_note()


async def schedule_message(inbox: InboxScreen) -> None:
    """Ask when the composed message is to be sent."""
    from tui.screens.date_time import ScheduleScreen

    pane = inbox.pane.compose_pane
    if pane.conversation is None or pane.route is None:
        inbox.show_status(_OPEN_FIRST)
        return
    if pane.composer.note or not (pane.composer.text.strip() or pane.compose_state.enclosed):
        inbox.show_status("Write the message first, then F5 (or S outside the composer)")
        return

    @report_store_errors
    async def send_as_planned(inbox: InboxScreen, chosen: SendPlan | None) -> None:
        if chosen is not None:
            await pane.schedule_reply(chosen)

    async def handle_answer(chosen: SendPlan | None) -> None:
        await send_as_planned(inbox, chosen)

    suggestion = suggest_send_time(inbox.app_context, pane.conversation.party)
    inbox.app.push_screen(
        ScheduleScreen(inbox.app_context, pane.route, pane.conversation.address, suggestion),
        handle_answer,
    )


async def cancel_scheduled_message(inbox: InboxScreen) -> None:
    """Cancel a scheduled message; its text becomes the draft again."""
    message = inbox.pane.message_view.target_message
    if message is None or message.scheduled_at is None:
        inbox.show_status("Select a scheduled message first: K goes up, J goes down")
        return
    await inbox.pane.compose_pane.flush_draft()
    inbox.show_status(await inbox.actions.outgoing.cancel_scheduled(message))
    await inbox.pane.compose_pane.reload_draft()


async def attach_pictures(inbox: InboxScreen) -> None:
    """Ask for the addresses of pictures to send with the message."""
    from tui.screens.pictures import PicturesScreen

    pane = inbox.pane.compose_pane
    if pane.route is None or pane.composer.note:
        inbox.show_status("Pictures go with an answer: r begins one")
        return
    if not pane.route.account.can_send_pictures and not pane.compose_state.enclosed:
        inbox.show_status(f"{one_line(pane.route.account.name, 20)} sends no pictures: F6 changes")
        return

    def attach_chosen(enclosed: MmsContent | None) -> None:
        if enclosed is not None:
            pane.set_attachments(enclosed)

    inbox.app.push_screen(PicturesScreen(pane.compose_state.enclosed), attach_chosen)


async def edit_externally(inbox: InboxScreen) -> None:
    """Edit the draft in the agent's own editor."""
    from tui.terminal.external_programs import EditorError, edit_text

    composer = inbox.pane.compose_pane.composer
    conversation_id = composer.conversation_id
    try:
        text = await edit_text(inbox.app, composer.text, inbox.app_context.editor)
    except EditorError as problem:
        inbox.show_status(one_line(str(problem), 200))
        return
    # The text belongs to the conversation it was written in; another one may be open by now.
    if composer.conversation_id == conversation_id and text != composer.text:
        composer.replace_text(text)
    composer.move_cursor(composer.document.end)


async def show_mentions(inbox: InboxScreen) -> None:
    """Show the conversations with a note that mentions this agent."""
    await inbox.show_view(View(mentions_of=inbox.app_context.agent))


DRAFT_HANDLERS: dict[str, Handler] = {
    "canned": insert_canned_reply,
    "templates": manage_canned_replies,
    "note": write_note,
    "schedule": schedule_message,
    "call_off": cancel_scheduled_message,
    "pictures": attach_pictures,
    "editor": edit_externally,
    "show_mentions": show_mentions,
}


async def take_over_compose_lock(inbox: InboxScreen) -> None:
    """Begin to write although a colleague holds the compose lock.

    The colleague is notified and their draft stays stored.
    """
    if inbox.pane.conversation is None:
        inbox.show_status("Open a conversation first")
        return
    await inbox.open_current()
    await begin_reply(inbox, force=True)


TAKE_OVER_HANDLERS: dict[str, Handler] = {"take_over": take_over_compose_lock}
