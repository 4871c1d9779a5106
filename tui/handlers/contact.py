"""Commands about who the customer is: the panel, and the card behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.phone import pretty
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.contact import Card
    from tui.screens.inbox import InboxScreen

ASKED = "-contact"
"""The class of an inbox whose agent has asked for the panel where it does not show by itself."""
DECLINED = "-no-contact"
"""The class of a wide inbox whose agent does not want it."""


async def contact(inbox: InboxScreen) -> None:
    """Show the panel, or put it away."""
    if inbox.has_class("-full"):
        inbox.remove_class(ASKED)
        inbox.toggle_class(DECLINED)
    else:
        inbox.remove_class(DECLINED)
        inbox.toggle_class(ASKED)
        if inbox.has_class(ASKED):
            await inbox.pane.show(inbox.here)


def put_away(inbox: InboxScreen) -> bool:
    """Close a panel that covers the conversation; whether there was one."""
    covering = inbox.has_class(ASKED) and not inbox.has_class("-full")
    inbox.remove_class(ASKED)
    return covering


async def edit_contact(inbox: InboxScreen) -> None:
    """Change name and note."""
    from tui.screens.contact import Card, ContactScreen

    found = (await inbox.targets())[:1]
    if not found:
        inbox.say("No conversation is under the cursor")
        return
    facts = await inbox.store.facts.of(found[0])
    before = Card(found[0].name, facts.note)

    async def changed(card: Card | None) -> None:
        """Keep it, unless called off."""
        if card is not None and card != before:
            inbox.say(await _rename(inbox, found[0], before, card))

    inbox.app.push_screen(ContactScreen(pretty(found[0].address), before), changed)


async def _rename(inbox: InboxScreen, row: Conversation, before: Card, card: Card) -> str:
    """Store the card, so that it can be undone."""
    from tui.domain.text import one_line

    agent = inbox.seat.agent

    async def undo() -> str:
        await inbox.store.triage.rename(row.id, before.name, before.note, agent)
        return "Name and note are as they were"

    await inbox.store.triage.rename(row.id, card.name, card.note, agent)
    name = one_line(card.name, 40) or "the contact without a name"
    return inbox.actions.undoable(f"Saved {name}", undo)


async def import_contacts(inbox: InboxScreen) -> None:
    """Take in names and notes from a file."""
    from tui.screens.import_contacts import ImportContactsScreen

    inbox.app.push_screen(ImportContactsScreen(inbox.store, inbox.seat))


HANDLERS: dict[str, Handler] = {
    "contact": contact,
    "edit_contact": edit_contact,
    "import_contacts": import_contacts,
}
