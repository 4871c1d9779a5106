"""Pictures that go with an answer: their addresses and a subject, asked for line by line."""

from tui.domain.message import NOTHING, Enclosed
from tui.domain.pictures import BadAddress, picture_addresses
from tui.domain.text import one_line
from tui.plain.talk import Talk

_LONGEST_SUBJECT = 64


async def pictures(talk: Talk, enclosed: Enclosed) -> Enclosed:
    """What goes along from now on; nothing when no address was given."""
    for address in enclosed.media:
        talk.say(f"Goes along now: {one_line(address, 200)}")
    talk.say("The provider fetches them: they must be public.")
    media = await _addresses(talk)
    if not media:
        return NOTHING
    subject = await talk.ask("Subject, empty for none: ")
    return Enclosed(media, " ".join(subject.split())[:_LONGEST_SUBJECT])


async def _addresses(talk: Talk) -> tuple[str, ...]:
    """Addresses that a provider can fetch."""
    while True:
        try:
            return picture_addresses(
                await talk.ask("Addresses, with blanks between; empty for none: ")
            )
        except BadAddress as problem:
            talk.say(f"{one_line(str(problem), 200)}.")
