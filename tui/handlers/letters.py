"""Commands of writing: canned replies, notes, pictures, the editor, sending later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.dispatch import NO_ACCOUNT
from tui.desk.waking import waking_words
from tui.domain.conversation import View
from tui.domain.message import Enclosed, Format
from tui.domain.templates import Situation, Template, fill, known_values
from tui.domain.text import one_line
from tui.handlers.acting import take_up
from tui.handlers.kind import Handler
from tui.screens.said import said

if TYPE_CHECKING:
    from tui.desk.replying import Plan
    from tui.screens.inbox import InboxScreen

_OPEN_FIRST = "Open a conversation first"


async def canned(inbox: InboxScreen) -> None:
    """Choose a canned reply; it goes to the cursor, filled. Outside the composer, begin one."""
    from tui.screens.canned import CannedScreen

    pane = inbox.pane.writing
    if not inbox.in_composer and not await _begun(inbox):
        return
    if pane.route is None:
        inbox.say(NO_ACCOUNT)
        return
    values = await _values(inbox)

    @said
    async def take(inbox: InboxScreen, template: Template | None) -> None:
        if template is not None:
            pane.composer.take_canned(fill(template.body, values))
            await inbox.store.templates.used(template.name)

    async def done(template: Template | None) -> None:
        await take(inbox, template)

    templates = await inbox.store.templates.by_use()
    inbox.app.push_screen(CannedScreen(templates, values), done)


async def _begun(inbox: InboxScreen) -> bool:
    """Open what is under the cursor and begin an answer; why not is said."""
    if inbox.here is None:
        inbox.say(_OPEN_FIRST)
        return False
    await inbox.open_current()
    return await take_up(inbox)


async def filled(inbox: InboxScreen, template: Template) -> str:
    """A canned reply for the customer who is being answered."""
    return fill(template.body, await _values(inbox))


async def _values(inbox: InboxScreen) -> dict[str, str]:
    """The values of all fields for an answer to the customer who is being answered."""
    writing, seat = inbox.pane.writing, inbox.seat
    conversation, route = writing.conversation, writing.route
    assert conversation is not None and route is not None  # an answer has been begun
    situation = Situation(
        conversation.name,
        conversation.address,
        seat.agent,
        route.account.title or route.account.name,
        seat.clock.now(),
        seat.zone,
    )
    return known_values(situation, await inbox.store.templates.values())


async def templates(inbox: InboxScreen) -> None:
    """Manage the canned replies."""
    from tui.screens.templates import TemplatesScreen

    inbox.app.push_screen(TemplatesScreen(inbox.store, inbox.seat))


async def note(inbox: InboxScreen) -> None:
    """Write a private note in the conversation."""
    if inbox.threads.current is None and inbox.pane.conversation is None:
        inbox.say(_OPEN_FIRST)
        return
    await inbox.open_current()
    await inbox.pane.writing.take_note()


async def schedule(inbox: InboxScreen) -> None:
    """Ask when what is written shall go out."""
    from tui.screens.schedule import ScheduleScreen

    pane = inbox.pane.writing
    if pane.conversation is None or pane.route is None:
        inbox.say(_OPEN_FIRST)
        return
    if pane.composer.note or not (pane.composer.text.strip() or pane.sheet.enclosed):
        inbox.say("Write the message first, then F5 (or S outside the composer)")
        return

    @said
    async def plan(inbox: InboxScreen, chosen: Plan | None) -> None:
        if chosen is not None:
            await pane.send_later(chosen)

    async def done(chosen: Plan | None) -> None:
        await plan(inbox, chosen)

    offer = waking_words(inbox.seat, pane.conversation.address)
    inbox.app.push_screen(
        ScheduleScreen(inbox.seat, pane.route, pane.conversation.address, offer), done
    )


async def call_off(inbox: InboxScreen) -> None:
    """Take a scheduled message back."""
    message = inbox.pane.view.selection
    if message is None or message.scheduled_at is None:
        inbox.say("Select a scheduled message first: K goes up, J goes down")
        return
    await inbox.pane.writing.flush()
    inbox.say(await inbox.actions.call_off(message))
    await inbox.pane.writing.take_up_draft()


async def pictures(inbox: InboxScreen) -> None:
    """Ask for the addresses of pictures."""
    from tui.screens.pictures import PicturesScreen

    pane = inbox.pane.writing
    if pane.route is None or pane.composer.note:
        inbox.say("Pictures go with an answer: r begins one")
        return
    can = pane.route.account.capabilities
    if can is not None and Format.MMS not in can.formats and not pane.sheet.enclosed:
        inbox.say(f"{one_line(pane.route.account.name, 20)} sends no pictures: F6 changes")
        return

    def done(enclosed: Enclosed | None) -> None:
        if enclosed is not None:
            pane.enclose(enclosed)

    inbox.app.push_screen(PicturesScreen(pane.sheet.enclosed), done)


async def editor(inbox: InboxScreen) -> None:
    """The draft in the agent's own editor."""
    from tui.terminal.editing import EditorProblem, edit

    composer = inbox.pane.writing.composer
    place = composer.conversation_id
    try:
        text = await edit(inbox.app, composer.text, inbox.seat.editor)
    except EditorProblem as problem:
        inbox.say(one_line(str(problem), 200))
        return
    if composer.conversation_id == place and text != composer.text:
        composer.replace_all(text)
    composer.move_cursor(composer.document.end)


async def show_mentions(inbox: InboxScreen) -> None:
    """The conversations with a note that names this agent."""
    await inbox.show_view(View(mentions_of=inbox.seat.agent))


HANDLERS: dict[str, Handler] = {
    "canned": canned,
    "templates": templates,
    "note": note,
    "schedule": schedule,
    "call_off": call_off,
    "pictures": pictures,
    "editor": editor,
    "show_mentions": show_mentions,
}
