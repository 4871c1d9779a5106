"""Answer what the storage of events asks about conversations, contacts and consent.

On the connection of a page the answers come from memory, else from a query. Beside each question
stands what has to be noted when the page writes such a row, so that its next events see it.
"""

import json
from typing import Any

from tui.domain.ids import extract_time
from tui.domain.national_numbers import ENDING_DIGITS
from tui.store.connections import Connection
from tui.store.page_connection import PageConnection, Row, get_page, write_row
from tui.store.queries import queries
from tui.store.rows import to_dict

_COMMON_DIGITS = 4
"""Last digits that the forms of a number have in common in every country."""
_MOST_NATIONAL = 2_000
"""Numbers without country code that are compared."""
_ANY_ENDING = frozenset({""})
"""Stands for too many endings to name."""


def find_conversation(connection: Connection, conversation_id: int) -> Row | None:
    """Return a conversation as it is stored, also by the id of one that is part of it.

    Args:
        connection: Connection of the caller's transaction.
        conversation_id: Id of the conversation.
    """
    page = get_page(connection)
    if page is not None and conversation_id in page.cache.concerned:
        _load_conversations(page, page.cache.concerned - page.cache.conversations.keys())
        page.cache.concerned.clear()
    if page is not None and conversation_id in page.cache.conversations:
        return page.cache.conversations[conversation_id]
    return _to_row(queries("conversations").get(connection, id=conversation_id))


def _load_conversations(page: PageConnection, ids: set[int]) -> None:
    """Read conversations ahead by their ids."""
    page.cache.conversations.update(dict.fromkeys(ids))
    for row in queries("pages").conversations(page, keys=json.dumps(sorted(ids))):
        page.cache.conversations[row["given"]] = drop_given(row)


def drop_given(row: Any) -> dict[str, Any]:
    """Return the columns of the table itself of a row that was read ahead.

    Args:
        row: Row with the key that led to it.
    """
    values = to_dict(row)
    del values["given"]
    return values


def find_party(connection: Connection, party: str) -> Row | None:
    """Return the conversation with a customer as it is stored, or None.

    Args:
        connection: Connection of the caller's transaction.
        party: Key of the customer.
    """
    page = get_page(connection)
    if page is not None and party in page.cache.parties:
        return page.cache.parties[party]
    return _to_row(queries("conversations").by_party(connection, party=party))


def is_conversation_id_used(connection: Connection, identity: int) -> bool:
    """Return whether a conversation has, or had, this id.

    Args:
        connection: Connection of the caller's transaction.
        identity: Id for a new conversation.
    """
    page = get_page(connection)
    if page is not None and extract_time(identity) in page.cache.times:
        return identity in page.cache.conversation_ids
    return queries("conversations").get(connection, id=identity) is not None


def list_parties_by_ending(connection: Connection, ending: str) -> list[str]:
    """Return the customers whose number has these last digits, the latest first.

    Args:
        connection: Connection of the caller's transaction.
        ending: Last digits of a number.
    """
    page = get_page(connection)
    if page is not None and ending in page.cache.endings:
        return [party for _at, party in sorted(page.cache.endings[ending], key=_by_time)]
    found = queries("conversations").by_ending(connection, ending=ending)
    return [row["party"] for row in found]


def note_new_conversation(connection: Connection, row: dict[str, Any]) -> None:
    """Note a conversation that begins with the page.

    Args:
        connection: Connection of the caller's transaction.
        row: Row of `conversations`.
    """
    page = get_page(connection)
    if page is None:
        return
    cache, identity, party = page.cache, row["id"], row["party"]
    cache.conversation_ids.add(identity)
    cache.begun.add(identity)
    cache.parties[party] = cache.conversations[identity] = dict(row)
    cache.waits_for_silence[identity] = False
    cache.newest_texts[identity] = 0
    ending = party[-ENDING_DIGITS:]
    if ending in cache.endings:
        cache.endings[ending].append((row["last_at"], party))


def find_contact_name(connection: Connection, party: str) -> str | None:
    """Return the name of a contact, or None if the customer is none.

    Args:
        connection: Connection of the caller's transaction.
        party: Key of the customer.
    """
    page = get_page(connection)
    if page is not None and party in page.cache.contacts:
        return page.cache.contacts[party]
    name: str | None = queries("conversations").contact_name(connection, party=party)
    return name


def store_contact_name(
    connection: Connection, party: str, person: int, name: str, now: int
) -> None:
    """Write the name of a contact that was none.

    Args:
        connection: Connection of the caller's transaction.
        party: Key of the customer.
        person: Id of the new contact.
        name: Name of the customer.
        now: Current time in ms UTC.
    """
    from tui.domain.person import fold_contact  # late: a desk needs no person before its first key

    write, folded = queries("conversations").add_contact, fold_contact(name, party)
    write_row(connection, write, party=party, person=person, name=name, folded=folded, now=now)
    if (page := get_page(connection)) is not None:
        page.cache.contacts[party] = name


def find_consent(connection: Connection, party: str) -> Row | None:
    """Return the newest decision of a customer, or None.

    Args:
        connection: Connection of the caller's transaction.
        party: Key of the customer.
    """
    page = get_page(connection)
    if page is not None and party in page.cache.consent:
        return page.cache.consent[party]
    return _to_row(queries("conversations").consent(connection, party=party))


def may_be_opted_out_nationally(connection: Any, party: str) -> bool:
    """Return whether a number may be opted out under its form without the country code.

    To find these forms takes long, and only few numbers are stored in one.

    Args:
        connection: Connection of the caller's transaction.
        party: Key of the customer, with the country code.
    """
    page = get_page(connection)
    if page is not None and page.cache.national_opt_outs:
        endings = page.cache.national_opt_outs[0]
    else:
        found = queries("conversations").national_opt_outs(connection, limit=_MOST_NATIONAL)
        endings = frozenset(row["party"][-_COMMON_DIGITS:] for row in found)
        # Too many to keep: any number may be one of them.
        endings = endings if len(found) < _MOST_NATIONAL else _ANY_ENDING
        if page is not None:
            page.cache.national_opt_outs.append(endings)
    return endings is _ANY_ENDING or party[-_COMMON_DIGITS:] in endings


def store_decision(connection: Connection, **row: Any) -> None:
    """Write a decision of a customer.

    Args:
        connection: Connection of the caller's transaction.
        **row: Row of `consent`.
    """
    write_row(connection, queries("conversations").save_consent, **row)
    if (page := get_page(connection)) is not None:
        page.cache.consent[row["party"]] = row
        page.cache.national_opt_outs.clear()


def _to_row(row: Row | None) -> Row | None:
    """Return a row as a dictionary."""
    return to_dict(row) if row else None


def _by_time(one: tuple[int, str]) -> int:
    """Return the order of conversations, the latest first."""
    return -one[0]
