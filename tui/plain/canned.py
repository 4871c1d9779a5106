"""Choose a canned reply, fill its fields, and add pictures to a reply."""

from tui.desk.field_values import fill_typed_text
from tui.domain.message import (
    NO_MMS_CONTENT,
    InvalidPictureUrlError,
    MmsContent,
    parse_picture_urls,
)
from tui.domain.templates import find_open_fields
from tui.domain.text import one_line, to_printable
from tui.plain.dialog import Dialog
from tui.plain.session import PlainSession


async def choose_canned_reply(session: PlainSession, typed: str) -> list[str]:
    """Return the lines of a canned reply, filled for this customer; none if none was chosen.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    templates = await session.store.templates.list_by_use()
    if not templates:
        session.dialog.write_line("There are no canned replies yet.")
        return []
    names = [f"{one_line(t.name, 40)}: {one_line(t.body, 100)}" for t in templates]
    place = await session.dialog.choose_item("Canned replies", names, typed)
    if place is None:
        return []
    text = await ask_open_fields(session, templates[place].body)
    await session.store.templates.record_use(templates[place].name)
    session.dialog.write_line(to_printable(text))
    return text.split("\n")


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
