"""Pictures that go with an answer: their addresses and a subject, asked for line by line."""

from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.domain.mms import InvalidPictureUrlError, parse_picture_urls
from tui.domain.text import one_line
from tui.plain.talk import Dialog

_MAX_SUBJECT_LENGTH = 64


async def ask_pictures(dialog: Dialog, content: MmsContent) -> MmsContent:
    """Ask for the pictures of an MMS; no URL removes them.

    Args:
        dialog: Dialog with the agent.
        content: Present content of the MMS.
    """
    for address in content.media:
        dialog.write_line(f"Goes along now: {one_line(address, 200)}")
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
                await dialog.ask_line("Addresses, with blanks between; empty for none: ")
            )
        except InvalidPictureUrlError as problem:
            dialog.write_line(f"{one_line(str(problem), 200)}.")
