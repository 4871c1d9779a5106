"""Triage mode: one conversation fills the screen, and the next comes by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation
from tui.handlers import letters
from tui.handlers.acting import take_up
from tui.handlers.kind import Handler
from tui.present import MUTED

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

_NOT_HERE = "That is for triage: t begins it"


async def begin(inbox: InboxScreen) -> None:
    """Show who waits longest, alone; pressed again, end it."""
    from tui.desk.triaging import Triaging
    from tui.widgets.canned_bar import CannedBar

    if inbox.triaging is not None:
        await end(inbox)
        return
    triaging = Triaging(inbox.store, inbox.seat.agent)
    found = await triaging.next()
    if found is None:
        inbox.say("Nobody is waiting: all clear")
        return
    inbox.triaging = triaging
    inbox.threads.unmark()
    inbox.add_class("-triage")
    inbox.set_focus(None)
    bar = CannedBar()
    await inbox.mount(bar, before=inbox.keys)
    bar.offer(await inbox.store.templates.by_use())
    await _show(inbox, found)


async def end(inbox: InboxScreen) -> None:
    """Back to the list, where the one that was shown is."""
    triaging, shown = inbox.triaging, inbox.pane.conversation
    if triaging is None:
        return
    await put_away(inbox)
    if shown is not None:
        await inbox.go_to(shown)
    inbox.remove_class("-reading")
    inbox.threads.focus()
    inbox.say(await triaging.verdict())


async def put_away(inbox: InboxScreen) -> None:
    """The screen is the desk again, whatever it will show."""
    if inbox.triaging is None:
        return
    inbox.triaging = None
    inbox.remove_class("-triage", "-triage-end")
    inbox.status.show(place="")
    await inbox.query("#canned, #all-clear").remove()
    inbox.offer_keys()


async def skip(inbox: InboxScreen) -> None:
    """Leave this one waiting and go on; at the end of a round begin another."""
    if inbox.triaging is None:
        inbox.say(_NOT_HERE)
        return
    if inbox.pane.conversation is None:
        inbox.triaging.begin_again()
    await _advance(inbox)


async def settle(inbox: InboxScreen) -> None:
    """Something was done: go on when what is shown waits no longer."""
    shown = inbox.pane.conversation
    if inbox.triaging is None or shown is None:
        return
    if await inbox.triaging.settled(shown):
        inbox.set_focus(None)
        await _advance(inbox)
    else:
        await _count(inbox)


async def step_back(inbox: InboxScreen) -> None:
    """Something was undone: show it, if that made it wait again."""
    if inbox.triaging is None:
        return
    again = await inbox.triaging.taken_back()
    if again is not None:
        await _show(inbox, again)
    else:
        await _count(inbox)


async def _advance(inbox: InboxScreen) -> None:
    """Show who waits next, or that nobody does."""
    assert inbox.triaging is not None
    found = await inbox.triaging.next()
    if found is None:
        await _show_end(inbox)
    else:
        await _show(inbox, found)


async def _show(inbox: InboxScreen, conversation: Conversation) -> None:
    """Fill the screen with a conversation."""
    inbox.remove_class("-triage-end")
    await inbox.query("#all-clear").remove()
    await inbox.pane.show(conversation)
    await inbox.looking.open(inbox.pane.conversation)
    inbox.offer_keys()
    await _count(inbox)


async def _show_end(inbox: InboxScreen) -> None:
    """The end of a round."""
    from textual.content import Content
    from textual.widgets import Static

    assert inbox.triaging is not None
    await inbox.pane.show(None)
    words = Content.assemble(
        (f"{await inbox.triaging.verdict()}\n\n", "bold"),
        ("z takes the last one back · Space begins again · Esc goes to the list", MUTED),
    )
    await inbox.query("#all-clear").remove()
    await inbox.query_one("#desk").mount(Static(words, id="all-clear"))
    inbox.add_class("-triage-end")
    inbox.offer_keys()
    await _count(inbox)


async def _count(inbox: InboxScreen) -> None:
    """How far it is, in the first line."""
    if inbox.triaging is not None:
        inbox.status.show(place=f"Triage  {await inbox.triaging.counter()}")


async def canned(inbox: InboxScreen, number: int) -> None:
    """Put a canned reply into the composer, filled, to be read before Enter sends it."""
    if inbox.triaging is None:
        inbox.say(_NOT_HERE)
        return
    templates = await inbox.store.templates.by_use()
    shown = inbox.pane.conversation
    if shown is None or number > len(templates):
        inbox.say(f"There is no canned reply {number}")
        return
    if await take_up(inbox):
        template = templates[number - 1]
        inbox.pane.writing.composer.take_canned(await letters.filled(inbox, template))
        await inbox.store.templates.used(template.name)


HANDLERS: dict[str, Handler] = {
    "triage": begin,
    "skip": skip,
    **{f"canned_{number}": partial(canned, number=number) for number in range(1, 10)},
}
