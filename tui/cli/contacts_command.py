"""Implement `smsdesk contacts`: list, find, show, add, change, remove and export contacts."""

import asyncio
import random
from argparse import Namespace
from collections.abc import Iterable
from functools import partial

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.export import open_output
from tui.cli.show import count_cells, note_empty_result, pad_text, write_json, write_line
from tui.clock import SystemClock
from tui.desk.address_book import (
    UnclearPersonError,
    change_person,
    choose_person,
    format_numbers,
    list_person_lines,
    parse_party,
    person_to_json,
)
from tui.desk.contact_files.own_export import format_export
from tui.domain.person import Person, check_field, make_plain_name
from tui.domain.phone import InvalidNumberError
from tui.domain.templates import InvalidCannedReplyError
from tui.domain.text import format_count, one_line
from tui.store.contacts import NumberTaken
from tui.store.people import find_person
from tui.store.people_search import find_people, list_people
from tui.store.reader import InboxReader

_MOST_CANDIDATES = 10
_PAGE = 1_000
_NAME_CELLS = 28


def run(arguments: Namespace) -> int:
    """Run one of the actions.

    Args:
        arguments: Parsed arguments with `action`, `words`, the values to set, `output`, `limit`
            and `json`.
    """
    _check_arguments(arguments)
    if arguments.action == "add":
        return asyncio.run(_change_person(None, arguments))
    with context.open_reader(arguments) as reader:
        if arguments.action == "export":
            return _export_people(reader, arguments)
        if arguments.action in ("list", "find"):
            people = _list_people(reader, arguments)
            _write_people(people, arguments)
            if reader and not people:
                words = " ".join(arguments.words)
                empty = f'no contact has "{words}"' if words else "there are no contacts yet"
                note_empty_result(arguments, empty)
            return DONE if people or arguments.action == "list" else FAILED
        person = _find_person(reader, arguments)
    if arguments.action == "show":
        _write_person(person, arguments)
        return DONE
    return asyncio.run(_change_person(person, arguments))


def _check_arguments(arguments: Namespace) -> None:
    """Raise `CommandError` for arguments that do not belong to the action."""
    needs_words = arguments.action in ("find", "show", "add", "set", "remove")
    if needs_words and not "".join(arguments.words).strip():
        what = "a number" if arguments.action == "add" else "a number or name"
        raise CommandError(f"contacts {arguments.action} needs {what}", BAD_USE)
    if not needs_words and arguments.words:
        raise CommandError(f"contacts {arguments.action} takes no name", BAD_USE)
    sets = arguments.name is not None or arguments.note is not None or arguments.field
    moves = arguments.add_number or arguments.remove_number
    if arguments.action == "set" and not (sets or moves):
        raise CommandError("say what to set: --name, --note, --field F=V, --add-number", BAD_USE)
    if (sets and arguments.action not in ("add", "set")) or (moves and arguments.action != "set"):
        raise CommandError(f"contacts {arguments.action} changes nothing of a contact", BAD_USE)
    if arguments.output is not None and arguments.action != "export":
        raise CommandError("--output is for contacts export", BAD_USE)


def _list_people(reader: InboxReader | None, arguments: Namespace) -> list[Person]:
    """Return the contacts that are listed or found."""
    if reader is None:
        return []
    typed = " ".join(arguments.words)
    find = partial(find_people, typed=typed, limit=arguments.limit, in_fields=True)
    return reader.read(find)


def _find_person(reader: InboxReader | None, arguments: Namespace) -> Person:
    """Return the one contact that the arguments name; raise `CommandError` if it is unclear."""
    typed = " ".join(arguments.words)
    try:
        if reader is None:
            return choose_person([], typed)
        for region in _list_regions(arguments):
            try:
                party = parse_party(typed, region)
            except InvalidNumberError:
                party = typed.strip().casefold()
            if found := reader.read(partial(find_person, party=party)):
                return found
        people = reader.read(lambda connection: find_people(connection, typed, _MOST_CANDIDATES))
        return choose_person(people, typed)
    except UnclearPersonError as problem:
        raise CommandError(str(problem), BAD_USE) from None


async def _change_person(person: Person | None, arguments: Namespace) -> int:
    """Add, change or remove a contact."""
    from tui.startup.wiring import open_store

    desk, clock = context.load_public_settings(arguments), SystemClock()
    wanted = _build_person(person, arguments)
    with context.convert_store_errors():
        async with open_store(desk, clock, random.Random()) as store:
            if arguments.action == "remove":
                assert person is not None
                await store.contacts.delete_person(person.id, desk.agent)
            else:
                try:
                    changed = await store.contacts.change_person(person, wanted, desk.agent)
                    wanted = changed.person
                except NumberTaken as problem:
                    line = f"{problem}; smsdesk contacts set changes that contact"
                    raise CommandError(one_line(line, 200), BAD_USE) from None
    if arguments.json:
        write_json(person_to_json(wanted))
    else:
        done = {"add": "Added", "set": "Saved", "remove": "Removed"}[arguments.action]
        write_line(f"{done} {one_line(wanted.name, 60)} {format_numbers(wanted)}")
    return DONE


def _build_person(person: Person | None, arguments: Namespace) -> Person:
    """Return the contact as it shall be."""
    if arguments.action == "remove" and person is not None:
        return person
    numbers = arguments.words if person is None else arguments.add_number
    changed = change_person(
        person or Person(0, ""),
        name=arguments.name,
        note=arguments.note,
        fields=dict(_parse_field(pair) for pair in arguments.field),
        added=_parse_numbers(numbers, arguments),
        removed=_parse_numbers(arguments.remove_number, arguments),
    )
    if not changed.numbers:
        raise CommandError("a contact needs a number; contacts remove deletes it", BAD_USE)
    return changed


def _parse_field(pair: str) -> tuple[str, str]:
    """Return name and value of "name=value"; an empty value removes the field."""
    name, equals, value = pair.partition("=")
    if not equals:
        raise CommandError(f'--field "{one_line(pair, 60)}" is not NAME=VALUE', BAD_USE)
    try:
        own = check_field(name, value) if value.strip() else None
        return (own.name, own.value) if own else (make_plain_name(name), "")
    except InvalidCannedReplyError as problem:
        raise CommandError(one_line(str(problem), 200), BAD_USE) from None


def _parse_numbers(texts: Iterable[str], arguments: Namespace) -> list[str]:
    """Return the conversation keys of typed numbers; raise `CommandError` for one that is none."""
    region = _list_regions(arguments)[0]
    try:
        return [parse_party(text, region) for text in texts]
    except InvalidNumberError as problem:
        raise CommandError(one_line(str(problem), 200), BAD_USE) from None


def _list_regions(arguments: Namespace) -> list[str | None]:
    """Return the countries that a number without a country code may be of."""
    desk = context.load_public_settings(arguments)
    return list(dict.fromkeys([desk.default_region, *(a.region or None for a in desk.accounts)]))


def _write_people(people: Iterable[Person], arguments: Namespace) -> None:
    """Print contacts, one line each."""
    for person in people:
        if arguments.json:
            write_json(person_to_json(person))
        else:
            name = one_line(person.name, _NAME_CELLS)
            padded = pad_text(name, _NAME_CELLS) if count_cells(name) < _NAME_CELLS else name
            write_line(f"{padded}  {format_numbers(person)}")


def _write_person(person: Person, arguments: Namespace) -> None:
    """Print everything about a contact."""
    if arguments.json:
        write_json(person_to_json(person))
    else:
        for line in list_person_lines(person):
            write_line(line)


def _export_people(reader: InboxReader | None, arguments: Namespace) -> int:
    """Write all contacts as CSV, or as JSON lines."""
    people: list[Person] = []
    while reader is not None:
        last = people[-1] if people else None
        page = reader.read(partial(list_people, after=last, limit=_PAGE))
        people += page
        if len(page) < _PAGE:
            break
    if arguments.json:
        _write_people(people, arguments)
        return DONE
    with open_output(arguments) as file:
        file.writelines(f"{line}\r\n" for line in format_export(people))
    if arguments.output is not None:
        write_line(f"{format_count(len(people), 'contact')} in {arguments.output}")
    return DONE
