"""Choose a canned reply, fill its fields, run a macro, and add pictures to a reply."""

from dataclasses import replace

from tui.desk.field_values import fill_typed_text
from tui.desk.macros import (
    NO_MACROS_HERE,
    Macro,
    MacroRunner,
    explain_meanwhile,
    find_unknown_assignee,
    read_macro,
)
from tui.desk.send_attempt import NotSentError
from tui.domain.action_list import InvalidActionError
from tui.domain.conversation import Conversation
from tui.domain.message import (
    NO_MMS_CONTENT,
    InvalidPictureUrlError,
    MmsContent,
    parse_picture_urls,
)
from tui.domain.templates import (
    CannedReply,
    find_open_fields,
)
from tui.domain.text import one_line, to_printable
from tui.plain.dialog import Dialog
from tui.plain.session import PlainSession


async def pick_canned_reply(
    session: PlainSession, typed: str, *, with_actions: bool | None = None
) -> CannedReply | None:
    """Return the canned reply that the agent picks, or None.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
        with_actions: True for macros alone, False for those with a text; None for all.
    """
    found = await session.store.templates.list_in_order(session.context.agent)
    if with_actions is not None:
        found = [one for one in found if bool(one.actions if with_actions else one.body)]
    if not found:
        none = NO_MACROS_HERE if with_actions else "There are no canned replies yet."
        session.dialog.write_line(none)
        return None
    names = [_format_choice(template) for template in found]
    title = "Macros" if with_actions else "Canned replies"
    place = await session.dialog.choose_item(title, names, typed)
    return None if place is None else found[place]


def _format_choice(template: CannedReply) -> str:
    """Return a canned reply as a line of the list."""
    parts = [template.body, template.actions.replace("\n", "; ")]
    text = one_line(", then ".join(filter(None, parts)), 100)
    return f"{one_line(template.name, 40)}: {text}{' (yours)' if template.owner else ''}"


async def choose_canned_reply(session: PlainSession, typed: str) -> list[str]:
    """Return the lines of a canned reply, filled for this customer; none if none was chosen.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    template = await pick_canned_reply(session, typed, with_actions=False)
    return await fill_picked(session, template) if template is not None else []


async def fill_picked(session: PlainSession, template: CannedReply) -> list[str]:
    """Return the lines of a canned reply, filled for this customer, and show them.

    Args:
        session: State of this agent's line-mode session.
        template: Canned reply that was picked.
    """
    text = await ask_open_fields(session, template.body)
    await session.store.templates.record_use(template.name, template.owner)
    session.dialog.write_line(to_printable(text))
    return text.split("\n")


async def run_macro(session: PlainSession, template: CannedReply) -> None:
    """Show what a macro would do and, if the agent agrees, do it.

    Args:
        session: State of this agent's line-mode session.
        template: Canned reply with actions.
    """
    context, row, dialog = session.context, await session.refresh_conversation(), session.dialog
    if template.body and await session.compose.read_draft(row.id, note=False):
        dialog.write_line("Your draft here comes first: r goes on with it. Nothing was done.")
        return
    session.compose.load_reply(row, None)
    session.compose.confirmation.reset_questions()
    session.compose.set_seen(session.seen_upto, "")
    text = await ask_open_fields(session, template.body)
    try:
        macro = read_macro(template, {}, context.clock.now(), context.zone)
    except InvalidActionError as error:
        dialog.write_line(f"{error}. Nothing was done.")
        return
    macro = replace(macro, text=text)
    obstacle = macro.find_problem([row]) or (session.submit.find_obstacle(row) if text else "")
    obstacle = obstacle or await find_unknown_assignee(session.store, context.agent, macro)
    if obstacle:
        dialog.write_line(f"{obstacle}.")
        return
    dialog.write_line(f"{macro.describe([row])}.")
    if text:
        dialog.write_line(to_printable(text))
    if not await _confirm(session, row):
        dialog.write_line("Nothing was done.")
        return
    runner = MacroRunner(session.store, context, session.actions)
    if not text:
        dialog.write_line(f"{await runner.run_actions([row], macro)}.")
        await session.refresh_conversation()
        return
    await _send_macro(session, macro, runner)


async def _confirm(session: PlainSession, row: Conversation) -> bool:
    """Ask whether to run a macro, and again if others have changed the conversation meanwhile."""
    if not await session.dialog.ask_yes_no("Do it?"):
        return False
    meanwhile = await explain_meanwhile(session.store, [row], session.context)
    return not meanwhile or await session.dialog.ask_yes_no(f"{meanwhile}. Do it all the same?")


async def _send_macro(session: PlainSession, macro: Macro, runner: MacroRunner) -> None:
    """Send the text of a macro, and run its actions; ask again for what a check asks."""
    row, submit, dialog = session.current, session.submit, session.dialog
    try:
        while True:
            intent = submit.build_intent(row, macro.text)
            try:
                sent = await submit.queue_reply(row, intent, [], is_draft=False)
                break
            except NotSentError as problem:
                dialog.write_line(f"{one_line(str(problem), 300)}.")
                is_asking = session.compose.confirmation.is_asking
                if not is_asking or not await dialog.ask_yes_no("Do it anyway?"):
                    dialog.write_line("Nothing was done.")
                    return
    finally:
        await session.presence.release_compose_lock()
    text, has_acted = await runner.finish_sending(sent, row, macro)
    done, also = text if has_acted else "", "undoes the rest"
    session.report_sent(sent, closed=done, also=also, is_undo_registered=True)
    if not has_acted:
        dialog.write_line(f"{text}.")
    await session.refresh_conversation()


async def ask_open_fields(session: PlainSession, text: str) -> str:
    """Fill the fields that have a value for this customer, and ask for that of each other one.

    A field left empty stays as it is written.

    Args:
        session: State of this agent's line-mode session.
        text: Text of the reply.
    """
    route = session.compose.route
    text = await fill_typed_text(session.store, session.context, session.current, route, text)
    placeholders = list(dict.fromkeys(blank.placeholder for blank in find_open_fields(text)))
    if not placeholders:
        return text
    session.dialog.write_line(f"{len(placeholders)} to fill in.")
    answers = {
        sign: (await session.dialog.ask_line(f"{one_line(sign, 40)}: ")).strip()
        for sign in placeholders
    }
    # From the end, so that the positions of earlier fields stay valid.
    for blank in reversed(find_open_fields(text)):
        text = (
            text[: blank.start]
            + (answers[blank.placeholder] or blank.placeholder)
            + text[blank.end :]
        )
    return text


_MAX_SUBJECT_LENGTH = 64


async def ask_pictures(dialog: Dialog, content: MmsContent) -> MmsContent:
    """Ask for the pictures of an MMS; no URL removes them.

    Args:
        dialog: Dialog with the agent.
        content: Present content of the MMS.
    """
    for address in content.media:
        dialog.write_line(f"Attached: {one_line(address, 200)}")
    dialog.write_line("The provider fetches them: they must be public.")
    media = await _ask_picture_urls(dialog)
    if not media:
        return NO_MMS_CONTENT
    subject = await dialog.ask_line("Subject, empty for none: ")
    return MmsContent(media, " ".join(subject.split())[:_MAX_SUBJECT_LENGTH])


async def _ask_picture_urls(dialog: Dialog) -> tuple[str, ...]:
    """Ask for URLs until a provider can fetch all of them."""
    while True:
        try:
            return parse_picture_urls(
                await dialog.ask_line("Addresses, separated by spaces; empty for none: ")
            )
        except InvalidPictureUrlError as problem:
            dialog.write_line(f"{one_line(str(problem), 200)}.")
