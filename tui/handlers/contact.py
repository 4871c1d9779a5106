"""Commands about who the customer is: the panel, and the card behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.phone import format_phone_number
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.contact import ContactCard
    from tui.screens.inbox import InboxScreen

PANEL_REQUESTED = "-contact"
"""CSS class of an inbox where the agent opened the panel although it is hidden by default."""
PANEL_DECLINED = "-no-contact"
"""CSS class of a wide inbox where the agent closed the panel."""


async def toggle_contact_panel(inbox: InboxScreen) -> None:
    """Show or hide the contact panel."""
    if inbox.has_class("-full"):
        inbox.remove_class(PANEL_REQUESTED)
        inbox.toggle_class(PANEL_DECLINED)
    else:
        inbox.remove_class(PANEL_DECLINED)
        inbox.toggle_class(PANEL_REQUESTED)
        if inbox.has_class(PANEL_REQUESTED):
            await inbox.pane.show_conversation(inbox.current_conversation)


def close_contact_panel(inbox: InboxScreen) -> bool:
    """Close a panel that covers the conversation; return whether there was one."""
    covering = inbox.has_class(PANEL_REQUESTED) and not inbox.has_class("-full")
    inbox.remove_class(PANEL_REQUESTED)
    return covering


async def edit_contact(inbox: InboxScreen) -> None:
    """Open the dialog that changes the customer's name and note."""
    from tui.screens.contact import ContactCard, ContactScreen

    targets = (await inbox.load_targets())[:1]
    if not targets:
        inbox.show_status("No conversation is under the cursor")
        return
    facts = await inbox.store.contact_details.get_details(targets[0])
    before = ContactCard(targets[0].name, facts.note)

    async def save_changed_card(card: ContactCard | None) -> None:
        """Save the card unless it is unchanged or the dialog was cancelled."""
        if card is not None and card != before:
            inbox.show_status(await _store_card(inbox, targets[0], before, card))

    inbox.app.push_screen(
        ContactScreen(format_phone_number(targets[0].address), before), save_changed_card
    )


async def _store_card(
    inbox: InboxScreen, row: Conversation, before: ContactCard, card: ContactCard
) -> str:
    """Store the card and make the change undoable; return the status text."""
    from tui.domain.text import one_line

    agent = inbox.app_context.agent

    async def restore_card() -> str:
        await inbox.store.triage.rename_contact(row.id, before.name, before.note, agent)
        return "Name and note are as they were"

    await inbox.store.triage.rename_contact(row.id, card.name, card.note, agent)
    name = one_line(card.name, 40) or "the contact without a name"
    return inbox.actions.remember_undo(f"Saved {name}", restore_card)


async def import_contacts(inbox: InboxScreen) -> None:
    """Open the dialog that imports names and notes from a file."""
    from tui.screens.import_contacts import ImportContactsScreen

    inbox.app.push_screen(ImportContactsScreen(inbox.store, inbox.app_context))


CONTACT_HANDLERS: dict[str, Handler] = {
    "contact": toggle_contact_panel,
    "edit_contact": edit_contact,
    "import_contacts": import_contacts,
}
