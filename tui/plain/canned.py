"""Canned replies by their numbers, their blanks asked for one by one."""

from tui.domain.templates import Situation, blanks, fill, known_values
from tui.domain.text import one_line, printable
from tui.plain.desk import Desk


async def take_canned(desk: Desk, typed: str) -> list[str]:
    """The lines of a canned reply, filled for this customer; none when none was taken."""
    templates = await desk.store.templates.by_use()
    if not templates:
        desk.talk.say("There are no canned replies yet.")
        return []
    names = [f"{one_line(t.name, 40)}: {one_line(t.body, 100)}" for t in templates]
    place = await desk.talk.choose("Canned replies", names, typed)
    if place is None:
        return []
    text = await fill_blanks(desk, fill(templates[place].body, await _values(desk)))
    await desk.store.templates.used(templates[place].name)
    desk.talk.say(printable(text))
    return text.split("\n")


async def _values(desk: Desk) -> dict[str, str]:
    """The values of all fields for an answer to this customer."""
    seat, route = desk.seat, desk.sheet.route
    account = (route.account.title or route.account.name) if route else ""
    now, row = seat.clock.now(), desk.here
    situation = Situation(row.name, row.address, seat.agent, account, now, seat.zone)
    return known_values(situation, await desk.store.templates.values())


async def fill_blanks(desk: Desk, text: str) -> str:
    """Ask for each field that is not filled; what is left empty stays as it is written."""
    signs = list(dict.fromkeys(blank.sign for blank in blanks(text)))
    if not signs:
        return text
    desk.talk.say(f"{len(signs)} to fill in.")
    given = {sign: (await desk.talk.ask(f"{one_line(sign, 40)}: ")).strip() for sign in signs}
    for blank in reversed(blanks(text)):
        text = text[: blank.start] + (given[blank.sign] or blank.sign) + text[blank.end :]
    return text
