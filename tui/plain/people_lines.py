"""Find people of the address book, write to them, and show and change their fields."""

from tui.desk.address_book import (
    AddressBook,
    change_person,
    format_hit,
    list_person_lines,
    open_conversation,
)
from tui.desk.found_people import format_hit_detail, format_person_hit, search_fields
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.person import Person, check_field, make_plain_name
from tui.domain.templates import InvalidCannedReplyError
from tui.domain.text import one_line
from tui.plain.reading import read_conversation
from tui.plain.session import PlainSession, line_handler

_MOST_PEOPLE = 9


@line_handler("people")
async def find_people(session: PlainSession, typed: str) -> None:
    """Find people by name or number, show one, and write to them.

    Args:
        session: State of this agent's line-mode session.
        typed: Words of the name, or digits of the number.
    """
    dialog, contacts = session.dialog, session.store.contacts
    typed = typed or await dialog.ask_line("Name or number, empty for none: ")
    if not typed.strip():
        return
    party = await choose_number(session, typed)
    person = await contacts.get_person(party) if party else None
    if party is None or person is None:
        return
    for line in list_person_lines(person):
        dialog.write_line(line)
    await confirm_conversation(session, party)


async def confirm_conversation(session: PlainSession, party: str) -> None:
    """Open the conversation with a number, begun if there is none, after asking.

    Args:
        session: State of this agent's line-mode session.
        party: Conversation key of the number.
    """
    if not await session.dialog.ask_yes_no("Open the conversation?"):
        return
    row = await open_conversation(session.store, session.context, party)
    if row is None:
        session.dialog.write_line(f"{NO_ACCOUNT.sentence}.")
    else:
        await read_conversation(session, row.id)


async def choose_number(session: PlainSession, typed: str) -> str | None:
    """Return the conversation key of a number of the person that a text means; None for none.

    Args:
        session: State of this agent's line-mode session.
        typed: Words of the name, or digits of the number.
    """
    found = await session.store.contacts.find_numbers(typed, _MOST_PEOPLE)
    lines = {one.party: format_hit(one) for one in found}
    known, now = {one.person for one in found}, session.context.clock.now()
    for hit in await search_fields(session.store, typed, _MOST_PEOPLE - len(found)):
        if hit.person.id not in known:
            lines[hit.party] = f"{format_person_hit(hit)}: {format_hit_detail(hit, now)}"
    if not lines:
        session.dialog.write_line(
            f'No contact has "{one_line(typed, 60)}" in name, number or field: '
            "c writes to a number."
        )
        return None
    place = await session.dialog.choose_item("People", list(lines.values()))
    return list(lines)[place] if place is not None else None


@line_handler("fields")
async def change_fields(session: PlainSession, typed: str) -> None:
    """Show the own fields of the customer's contact, or set one: "fields order = 4711".

    Args:
        session: State of this agent's line-mode session.
        typed: One field as "name = value"; without a value it is removed; empty shows all.
    """
    row = await session.refresh_conversation()
    stored = await session.store.contacts.get_person(row.party)
    person = stored or Person(0, row.name, "", (row.party,))
    if not typed:
        for line in list_person_lines(person):
            session.dialog.write_line(line)
        session.dialog.write_line("fields name = value sets one; without a value it is removed.")
        return
    name, equals, value = typed.partition("=")
    try:
        if not equals:
            raise InvalidCannedReplyError("Write name = value, such as fields order = 4711")
        key = make_plain_name(name)
        text = check_field(key, value).value if value.strip() else ""
    except InvalidCannedReplyError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 200)}.")
        return
    book = AddressBook(session.store, session.context.agent, session.actions.remember_undo)
    answer = await book.save(change_person(person, fields={key: text}), person)
    session.dialog.write_line(f"{answer}.")
