"""Commands about the customer: consent (opt-out, opt-in), contact panel and contact card.

An opt-out is confirmed or recorded, lifted with a reason, or dismissed as a false
suspicion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.phone import format_phone_number
from tui.domain.text import one_line
from tui.handlers.common import Handler, finish_action

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.contact import ContactCard
    from tui.screens.inbox import InboxScreen


_NO_CONVERSATION = "Open a conversation first"


async def change_consent(inbox: InboxScreen) -> None:
    """Take the next consent step: confirm a suspicion, lift an opt-out or record one."""
    conversation = inbox.pane.conversation
    if conversation is None:
        inbox.show_status(_NO_CONVERSATION)
        return
    suspicion = inbox.pane.consent_status.possible_opt_out
    if suspicion is not None:
        await finish_action(
            inbox,
            await inbox.actions.consent.record_opt_out(conversation, suspicion.body, suspicion),
        )
    elif conversation.opted_out:
        _ask_opt_in_reason(inbox, conversation)
    else:
        _ask_opt_out_reason(inbox, conversation)


async def dismiss_possible_opt_out(inbox: InboxScreen) -> None:
    """Record that the suspected message is not an opt-out."""
    conversation, suspicion = inbox.pane.conversation, inbox.pane.consent_status.possible_opt_out
    if conversation is None or suspicion is None:
        inbox.show_status("Nothing here is suspected of being an opt-out")
    else:
        inbox.show_status(
            await inbox.actions.consent.dismiss_possible_opt_out(conversation, suspicion)
        )


def _ask_opt_in_reason(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask for the reason for which the opt-out is lifted."""
    from tui.screens.questions import ReasonScreen

    async def record_opt_in(reason: str | None) -> None:
        """Record the opt-in unless the dialog was cancelled."""
        if reason is not None:
            inbox.show_status(await inbox.actions.consent.record_opt_in(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Let {one_line(conversation.title, 30)} in again",
            "Only when the customer has asked for it: their opt-out stays in the records.",
            "asked for it by phone",
        ),
        record_opt_in,
    )


def _ask_opt_out_reason(inbox: InboxScreen, conversation: Conversation) -> None:
    """Ask how the customer expressed that they want no more messages."""
    from tui.screens.questions import ReasonScreen

    async def record_opt_out(reason: str | None) -> None:
        """Record the opt-out unless the dialog was cancelled."""
        if reason is not None:
            await finish_action(
                inbox, await inbox.actions.consent.record_opt_out(conversation, reason)
            )

    inbox.app.push_screen(
        ReasonScreen(
            f"Opt out {one_line(conversation.title, 30)}",
            "Nothing can be sent to this customer any more, by anybody, through any account.",
            "said so on the phone",
        ),
        record_opt_out,
    )


HANDLERS: dict[str, Handler] = {"consent": change_consent, "not_opt_out": dismiss_possible_opt_out}


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
        await inbox.store.contacts.rename_contact(row.id, before.name, before.note, agent)
        return "Name and note are as they were"

    await inbox.store.contacts.rename_contact(row.id, card.name, card.note, agent)
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
