"""Triage mode: one conversation fills the screen, and the next one follows automatically."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.desk.format import MUTED_STYLE
from tui.domain.conversation import Conversation
from tui.handlers import compose
from tui.handlers.common import Handler, begin_reply

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

_NOT_HERE = "That is for triage: t begins it"


async def toggle_triage(inbox: InboxScreen) -> None:
    """Start triage with the conversation that waits longest; end triage if it is on."""
    from tui.desk.triage import TriageRound
    from tui.widgets.canned_bar import CannedBar

    if inbox.triage_round is not None:
        await end_triage(inbox)
        return
    triage_round = TriageRound(inbox.store, inbox.app_context.agent)
    conversation = await triage_round.advance_to_next()
    if conversation is None:
        inbox.show_status("Nobody is waiting: all clear")
        return
    inbox.triage_round = triage_round
    inbox.threads.clear_marks()
    inbox.add_class("-triage")
    # Without a focused widget all keys reach the bindings of the screen.
    inbox.set_focus(None)
    bar = CannedBar()
    await inbox.mount(bar, before=inbox.keys)
    bar.show_replies(await inbox.store.templates.list_by_use())
    await _show_conversation(inbox, conversation)


async def end_triage(inbox: InboxScreen) -> None:
    """Return to the list with the cursor on the conversation that was shown."""
    triage_round, shown = inbox.triage_round, inbox.pane.conversation
    if triage_round is None:
        return
    await leave_triage_mode(inbox)
    if shown is not None:
        await inbox.go_to_conversation(shown)
    inbox.remove_class("-reading")
    inbox.threads.focus()
    inbox.show_status(await triage_round.format_summary())


async def leave_triage_mode(inbox: InboxScreen) -> None:
    """Remove everything that triage added to the screen."""
    if inbox.triage_round is None:
        return
    inbox.triage_round = None
    inbox.remove_class("-triage", "-triage-end")
    inbox.status.update_status(place="")
    await inbox.query("#canned, #all-clear").remove()
    inbox.show_key_hints()


async def skip_conversation(inbox: InboxScreen) -> None:
    """Leave this conversation waiting and go on; at the end of a round start another one."""
    if inbox.triage_round is None:
        inbox.show_status(_NOT_HERE)
        return
    if inbox.pane.conversation is None:
        inbox.triage_round.restart_round()
    await _show_next(inbox)


async def advance_if_handled(inbox: InboxScreen) -> None:
    """Go on after an action if the conversation no longer waits."""
    shown = inbox.pane.conversation
    if inbox.triage_round is None or shown is None:
        return
    if await inbox.triage_round.record_handled(shown):
        inbox.set_focus(None)
        await _show_next(inbox)
    else:
        await _update_counter(inbox)


async def show_undone_conversation(inbox: InboxScreen) -> None:
    """Show the conversation of an undone action again if it now waits."""
    if inbox.triage_round is None:
        return
    conversation = await inbox.triage_round.return_to_undone()
    if conversation is not None:
        await _show_conversation(inbox, conversation)
    else:
        await _update_counter(inbox)


async def _show_next(inbox: InboxScreen) -> None:
    """Show the conversation that waits next, or the end of the round."""
    assert inbox.triage_round is not None
    conversation = await inbox.triage_round.advance_to_next()
    if conversation is None:
        await _show_round_end(inbox)
    else:
        await _show_conversation(inbox, conversation)


async def _show_conversation(inbox: InboxScreen, conversation: Conversation) -> None:
    """Fill the screen with a conversation."""
    inbox.remove_class("-triage-end")
    await inbox.query("#all-clear").remove()
    await inbox.pane.show_conversation(conversation)
    await inbox.read_marker.open_conversation(inbox.pane.conversation)
    inbox.show_key_hints()
    await _update_counter(inbox)


async def _show_round_end(inbox: InboxScreen) -> None:
    """Show the summary at the end of a round."""
    from textual.content import Content
    from textual.widgets import Static

    assert inbox.triage_round is not None
    await inbox.pane.show_conversation(None)
    summary = Content.assemble(
        (f"{await inbox.triage_round.format_summary()}\n\n", "bold"),
        ("z takes the last one back · Space begins again · Esc goes to the list", MUTED_STYLE),
    )
    await inbox.query("#all-clear").remove()
    await inbox.query_one("#desk").mount(Static(summary, id="all-clear"))
    inbox.add_class("-triage-end")
    inbox.show_key_hints()
    await _update_counter(inbox)


async def _update_counter(inbox: InboxScreen) -> None:
    """Show the progress of the round in the status line."""
    if inbox.triage_round is not None:
        inbox.status.update_status(place=f"Triage  {await inbox.triage_round.format_progress()}")


async def insert_numbered_reply(inbox: InboxScreen, number: int) -> None:
    """Insert a filled canned reply into the composer, to be read before it is sent.

    Args:
        inbox: Screen in triage mode.
        number: Position of the canned reply in the bar, from 1.
    """
    if inbox.triage_round is None:
        inbox.show_status(_NOT_HERE)
        return
    templates = await inbox.store.templates.list_by_use()
    shown = inbox.pane.conversation
    if shown is None or number > len(templates):
        inbox.show_status(f"There is no canned reply {number}")
        return
    if await begin_reply(inbox):
        template = templates[number - 1]
        inbox.pane.compose_pane.composer.insert_canned_reply(
            await compose.fill_canned_reply(inbox, template)
        )
        await inbox.store.templates.record_use(template.name)


HANDLERS: dict[str, Handler] = {
    "triage": toggle_triage,
    "skip": skip_conversation,
    **{
        f"canned_{number}": partial(insert_numbered_reply, number=number) for number in range(1, 10)
    },
}
