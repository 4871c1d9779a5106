"""Commands of the composer: send, route, canned replies, pictures, the agent's editor."""

from __future__ import annotations

from collections.abc import Mapping

from tui.desk.composer_hints import (
    format_changes,
    format_remaining,
    format_saving,
    list_sent_forms,
)
from tui.desk.routes import describe_route_change, select_next_account, select_next_sender
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.message import MmsContent
from tui.domain.sms import count_parts, to_gsm
from tui.domain.templates import CannedReply, fill_fields
from tui.domain.text import one_line
from tui.domain.typed_text import is_blank_text
from tui.handlers.common import OPEN_FIRST, InboxActions, command_handler
from tui.handlers.macro_keys import load_values
from tui.screens.base import report_store_errors


@command_handler("send")
async def send_message(inbox: InboxActions) -> None:
    """Send the composed text."""
    inbox.composer.submit_text(close=False)


@command_handler("send_close")
async def send_and_close(inbox: InboxActions) -> None:
    """Send the composed text and close the conversation."""
    inbox.composer.submit_text(close=True)


@command_handler("new_line")
async def insert_line_break(inbox: InboxActions) -> None:
    """Insert a line break."""
    inbox.composer.insert_line_break()


@command_handler("account")
async def switch_account(inbox: InboxActions) -> None:
    """Send through the next account."""
    route, conversation = inbox.compose_pane.route, inbox.pane.conversation
    if route is not None and conversation is not None:
        other = select_next_account(inbox.app_context.accounts, route, conversation)
        inbox.compose_pane.change_route(other)
        if other != route:
            inbox.show_status(describe_route_change(route, other))


@command_handler("sender")
async def switch_sender(inbox: InboxActions) -> None:
    """Send under the next own number or sender ID."""
    if inbox.compose_pane.route is not None:
        inbox.compose_pane.change_route(select_next_sender(inbox.compose_pane.route))


@command_handler("to_gsm")
async def replace_unicode_characters(inbox: InboxActions) -> None:
    """Replace the characters that force Unicode, if the text then fits the GSM alphabet."""
    composer = inbox.composer
    replacement = to_gsm(composer.text)
    if replacement is None:
        counted = count_parts(composer.text)
        reason = "no character makes this text longer"
        if counted.non_gsm:
            reason = f"{format_remaining(counted)} would remain, so nothing would be saved"
        inbox.show_status(f"Nothing to replace: {reason}")
        return
    composer.replace_text(replacement.text)
    text = f"Replaced {format_changes(replacement)} ({format_saving(replacement)})"
    inbox.show_status(f"{text} · Ctrl+Z undoes")


@command_handler("preview")
async def preview_text(inbox: InboxActions) -> None:
    """Show the text as typed and as the provider may rewrite it, with the parts of each."""
    from tui.screens.questions import SentFormsScreen

    text = inbox.composer.text
    if inbox.composer.note or is_blank_text(text):
        inbox.show_status("Write the message first: a preview shows how it is sent")
        return
    pane = inbox.compose_pane
    sent = pane.compose_state.complete_text(text, pane.conversation)
    inbox.app.push_screen(SentFormsScreen(list_sent_forms(sent, pane.route)))


@command_handler("canned")
async def insert_canned_reply(inbox: InboxActions) -> None:
    """Pick a canned reply and insert it, filled, at the cursor.

    Outside the composer, begin a reply to the current conversation first.
    """
    from tui.screens.pick_canned_reply import PickCannedReplyScreen

    pane = inbox.compose_pane
    if not inbox.is_composer_focused and not await _begin_current_reply(inbox):
        return
    if pane.route is None:
        inbox.refuse_typing(NO_ACCOUNT.sentence)
        return
    values = await _load_open_values(inbox)

    @report_store_errors
    async def insert_chosen(inbox: InboxActions, template: CannedReply | None) -> None:
        if template is not None:
            inbox.composer.insert_canned_reply(fill_fields(template.body, values))
            await inbox.store.templates.record_use(template.name, template.owner)

    async def handle_answer(template: CannedReply | None) -> None:
        await insert_chosen(inbox, template)

    found = await inbox.store.templates.list_in_order(inbox.app_context.agent)
    templates = [template for template in found if template.body]
    inbox.app.push_screen(PickCannedReplyScreen(templates, values), handle_answer)


async def _begin_current_reply(inbox: InboxActions) -> bool:
    """Open the current conversation and begin a reply; return False if that is refused."""
    if inbox.current_conversation is None:
        inbox.refuse_typing(OPEN_FIRST)
        return False
    await inbox.open_current()
    return await inbox.begin_reply()


async def fill_canned_reply(inbox: InboxActions, template: CannedReply) -> str:
    """Return the text of a canned reply for the customer who is being answered.

    Args:
        inbox: Screen with a reply that has been begun.
        template: Canned reply to fill.
    """
    return fill_fields(template.body, await _load_open_values(inbox))


async def _load_open_values(inbox: InboxActions) -> Mapping[str, str]:
    """Return the values of all fields for a reply to the open conversation."""
    conversation = inbox.compose_pane.conversation
    assert conversation is not None  # a reply has been begun
    return await load_values(inbox, conversation)


@command_handler("pictures")
async def attach_pictures(inbox: InboxActions) -> None:
    """Ask for the addresses of pictures to send with the message."""
    from tui.screens.pictures import PicturesScreen

    pane = inbox.compose_pane
    if pane.route is None or inbox.composer.note:
        inbox.refuse_typing("Pictures go with a reply: r starts one")
        return
    if not pane.route.account.can_send_pictures and not pane.enclosed:
        inbox.show_status(
            f"{one_line(pane.route.account.name, 20)} cannot send pictures; F6 switches account"
        )
        return

    def attach_chosen(enclosed: MmsContent | None) -> None:
        if enclosed is not None:
            pane.set_attachments(enclosed)

    inbox.app.push_screen(PicturesScreen(pane.enclosed), attach_chosen)


@command_handler("unsend")
async def take_back_message(inbox: InboxActions) -> None:
    """Put the newest text that is still held back into the composer."""
    conversation = inbox.pane.conversation
    if conversation is None:
        inbox.show_status(OPEN_FIRST)
        return
    await inbox.compose_pane.flush_draft()
    text = await inbox.actions.outgoing.take_back_newest(conversation.id)
    await inbox.compose_pane.reload_draft()
    inbox.show_status(text)


@command_handler("editor")
async def edit_externally(inbox: InboxActions) -> None:
    """Edit the draft in the agent's own editor."""
    from tui.terminal.external_programs import EditorError, edit_text

    composer = inbox.composer
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
