"""Commands about the customer: consent (opt-out, opt-in), contact card, merging.

An opt-out is confirmed or recorded, lifted with a reason, or dismissed as a false suspicion.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.desk.address_book import AddressBook, open_conversation
from tui.desk.format import format_title
from tui.desk.merging import describe_merge, list_names
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.person import Person
from tui.domain.text import one_line, to_printable
from tui.handlers.common import OPEN_FIRST, InboxActions, command_handler
from tui.screens.base import report_store_errors
from tui.store.errors import ConversationGone

if TYPE_CHECKING:
    from tui.domain.conversation import Conversation
    from tui.screens.pick import Picked
    from tui.store.forget_plan import ForgetPlan


@command_handler("consent")
async def change_consent(inbox: InboxActions) -> None:
    """Take the next consent step: confirm a suspicion, lift an opt-out or record one."""
    conversation = inbox.pane.conversation
    if conversation is None:
        inbox.show_status(OPEN_FIRST)
        return
    consent, suspicion = inbox.actions.consent, inbox.pane.possible_opt_out
    if suspicion is not None:
        await inbox.finish_action(
            await consent.record_opt_out(conversation, suspicion.body, suspicion)
        )
    elif conversation.opted_out:
        _ask_opt_in_reason(inbox, conversation)
    else:
        _ask_opt_out_reason(inbox, conversation)


@command_handler("not_opt_out")
async def dismiss_possible_opt_out(inbox: InboxActions) -> None:
    """Record that the suspected message is not an opt-out."""
    conversation, suspicion = inbox.pane.conversation, inbox.pane.possible_opt_out
    if conversation is None or suspicion is None:
        inbox.show_status("No possible opt-out here")
    else:
        consent = inbox.actions.consent
        inbox.show_status(await consent.dismiss_possible_opt_out(conversation, suspicion))


def _ask_opt_in_reason(inbox: InboxActions, conversation: Conversation) -> None:
    """Ask for the reason for which the opt-out is lifted."""
    from tui.screens.questions import ReasonScreen

    consent = inbox.actions.consent

    async def record_opt_in(reason: str | None) -> None:
        """Record the opt-in unless the dialog was cancelled."""
        if reason is not None:
            inbox.show_status(await consent.record_opt_in(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Allow messages to {one_line(format_title(conversation), 30)} again",
            "Only if the customer asked for it: the opt-out stays on record.",
            "asked for it by phone",
        ),
        record_opt_in,
    )


def _ask_opt_out_reason(inbox: InboxActions, conversation: Conversation) -> None:
    """Ask how the customer expressed that they want no more messages."""
    from tui.screens.questions import ReasonScreen

    consent = inbox.actions.consent

    async def record_opt_out(reason: str | None) -> None:
        """Record the opt-out unless the dialog was cancelled."""
        if reason is not None:
            await inbox.finish_action(await consent.record_opt_out(conversation, reason))

    inbox.app.push_screen(
        ReasonScreen(
            f"Opt out {one_line(format_title(conversation), 30)}",
            "No agent can send to this customer any more, through any account.",
            "said so on the phone",
        ),
        record_opt_out,
    )


@command_handler("contact")
async def toggle_contact_panel(inbox: InboxActions) -> None:
    """Show or hide the contact panel."""
    if inbox.contact_panel.toggle_visibility():
        await inbox.pane.show_conversation(inbox.current_conversation)


@command_handler("copy_number")
async def copy_phone_number(inbox: InboxActions) -> None:
    """Copy the customer's number to the clipboard."""
    conversation = inbox.pane.conversation
    if conversation is not None:
        inbox.app.copy_to_clipboard(to_printable(conversation.address))
        inbox.show_status("Copied the number")


@command_handler("edit_contact")
async def edit_contact(inbox: InboxActions) -> None:
    """Open the dialog that changes the customer's name and note."""
    from tui.screens.contact import ContactScreen

    targets = (await inbox.load_targets())[:1]
    if not targets:
        inbox.refuse_typing("No conversation is selected")
        return
    row = targets[0]
    stored = await inbox.store.contacts.get_person(row.party)
    before = replace(stored or Person(0, "", "", (row.party,)), name=row.name)

    remember_undo = partial(inbox.actions.remember_undo, about=[row.id])
    book = AddressBook(inbox.store, inbox.app_context.agent, remember_undo)

    async def save_changed(person: Person) -> None:
        """Save the contact unless it is unchanged, or of a customer who was forgotten since."""
        if await inbox.store.conversations.get(row.id) is None:
            inbox.show_status(str(ConversationGone()))
        elif person != before:
            inbox.show_status(await book.save(person, before))

    region = inbox.app_context.preferences.default_region
    inbox.app.push_screen(ContactScreen(before, region, save_changed))


@command_handler("merge")
async def ask_conversation_to_merge(inbox: InboxActions) -> None:
    """Ask which other conversation is the same customer, and merge it into the open one."""
    from tui.screens.pick_conversation import PickConversationScreen

    rows, context = await inbox.load_targets(), inbox.app_context
    if len(rows) == 2:
        await _confirm_merge(inbox, *rows)
        return
    if len(rows) != 1:
        inbox.show_status("Select the two conversations of one customer, or open one of them")
        return
    (kept,) = rows
    screen = PickConversationScreen(inbox.store, kept, context.clock.now(), ascii=context.ascii)

    async def confirm_choice(picked: Picked | None) -> None:
        """Ask for confirmation unless the dialog was cancelled."""
        if picked is not None:
            await _confirm_merge(inbox, kept, screen.found[picked.value])

    inbox.app.push_screen(screen, confirm_choice)


@report_store_errors
async def _confirm_merge(inbox: InboxActions, kept: Conversation, gone: Conversation) -> None:
    """Show what will be joined, and merge the conversations if the agent confirms it."""
    from tui.screens.pick_conversation import ConfirmMergeScreen

    @report_store_errors
    async def merge_if_confirmed(inbox: InboxActions, is_confirmed: bool | None) -> None:
        """Merge the conversations unless the dialog was cancelled."""
        if is_confirmed:
            # What is typed here must not be saved over the joined draft.
            await inbox.compose_pane.flush_draft()
            await inbox.finish_action(await inbox.actions.merge_conversations(kept, gone))

    async def handle_answer(is_confirmed: bool | None) -> None:
        await merge_if_confirmed(inbox, is_confirmed)

    title = f"Merge {list_names([gone])} into {list_names([kept])}?"
    sentences = await describe_merge(inbox.store, kept, gone)
    inbox.app.push_screen(ConfirmMergeScreen(title, sentences), handle_answer)


@command_handler("forget")
async def ask_number_to_forget(inbox: InboxActions) -> None:
    """Say what would be erased, and erase it when the number was typed again."""
    from tui.desk.privacy import describe_forgetting, explain_obstacle, measure_conversation
    from tui.screens.questions import PromptScreen

    rows, context = await inbox.load_targets(), inbox.app_context
    if len(rows) != 1:
        inbox.show_status("Open the one customer to be forgotten: each is confirmed alone")
        return
    plan = await measure_conversation(inbox.store, rows[0])
    if obstacle := await explain_obstacle(inbox.store, plan, context.agent):
        inbox.show_status(obstacle)
        return
    sentences = describe_forgetting(plan, context.preferences.database)
    screen = PromptScreen(
        f"Forget {one_line(format_title(rows[0]), 40)}: type the number again",
        ".\n".join([*sentences, ""]).strip(),
        one_line(rows[0].address, 30),
        verb="erases for ever",
    )

    inbox.app.push_screen(screen, functools.partial(_erase_customer, inbox, plan))


@report_store_errors
async def _erase_customer(inbox: InboxActions, plan: ForgetPlan, typed: str | None) -> None:
    """Erase a customer if that is the number, unless the dialog was cancelled."""
    if typed is None:
        return
    from tui.desk.erased_copies import forget_customer
    from tui.desk.privacy import WRONG_NUMBER, describe_forgotten, is_confirmed

    context = inbox.app_context
    regions = (context.preferences.default_region, *(one.region for one in context.accounts))
    if not is_confirmed(plan, typed, regions):
        inbox.show_status(f"{WRONG_NUMBER} of this customer")
        return
    done = await forget_customer(inbox.store, plan, context.agent, context.log_file)
    inbox.show_status(describe_forgotten(done, context.preferences.database, is_scrubbed=False))


@command_handler("import_contacts")
async def import_contacts(inbox: InboxActions) -> None:
    """Open the dialog that imports names and notes from a file."""
    from tui.screens.contact_import import ImportContactsScreen

    inbox.app.push_screen(ImportContactsScreen(inbox.store, inbox.app_context))


async def write_to(inbox: InboxActions, party: str) -> None:
    """Open the conversation with a number, or begin it, and begin a reply.

    Args:
        inbox: Screen of the agent.
        party: Conversation key of the number.
    """
    conversation = await open_conversation(inbox.store, inbox.app_context, party)
    if conversation is None:
        inbox.show_status(NO_ACCOUNT.sentence)
        return
    await inbox.go_to_conversation(conversation)
    await inbox.begin_reply()


def open_people(inbox: InboxActions) -> None:
    """Open the address book, and write to the person that is chosen."""
    from tui.screens.people_list import PeopleScreen

    @report_store_errors
    async def write_to_chosen(inbox: InboxActions, party: str | None) -> None:
        if party is not None:
            await write_to(inbox, party)

    screen = PeopleScreen(inbox.store, inbox.app_context, inbox.actions)
    inbox.app.push_screen(screen, partial(write_to_chosen, inbox))


@report_store_errors
async def run_palette_choice(inbox: InboxActions, picked: Picked | None) -> None:
    """Run the command that was chosen in the palette, or write to the person.

    Args:
        inbox: Screen of the agent.
        picked: Answer of the palette; None if it was cancelled.
    """
    from tui.screens.palette import PERSON_PREFIX

    if picked is not None and picked.value.startswith(PERSON_PREFIX):
        await write_to(inbox, picked.value.removeprefix(PERSON_PREFIX))
    elif picked is not None:
        await inbox.action_run(picked.value)
