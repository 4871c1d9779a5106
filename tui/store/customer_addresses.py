"""Keep the name and the addresses of a customer in the summary of the conversation.

A customer has several addresses after two conversations were merged. Answers go to the one that
the newest text came from.
"""

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.domain.national_numbers import get_ending, parse_as_neighbour
from tui.domain.phone import Address, AddressKind, parse_address
from tui.domain.text import fold_text
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_party, list_parties_by_ending
from tui.store.queries import queries

if TYPE_CHECKING:
    from tui.store.summaries import Summary


_MAX_CACHED_LENGTH = 40
"""Longer addresses are parsed without the cache."""
_parse_cached_address = functools.lru_cache(maxsize=4096)(parse_address)


def parse_sender(party: str, region: str | None) -> Address:
    """Return the address of a sender; addresses of frequent senders are cached.

    Args:
        party: Address as it was received.
        region: Country (ISO) of numbers without a country code.
    """
    # After "+" stands the country code, whatever the account's country: one entry serves both.
    if party[:1] == "+" and party[1:2].isdecimal() and party[1] != "0":
        region = None
    parse = _parse_cached_address if len(party) <= _MAX_CACHED_LENGTH else parse_address
    return parse(party, region)


def find_known_forms(connection: Connection, address: Address, region: str | None) -> list[Address]:
    """Return the customers whose number an address without country code may be, the latest first.

    A number that is read with certainty, or that no customer has a longer form of, is none of them.

    Args:
        connection: Connection of the caller's transaction.
        address: Address of a sender.
        region: Country (ISO) of the account, with which the address was read; None for none.
    """
    ending = get_ending(address.raw)
    if not ending or (address.e164 and region):
        return []
    if address.e164 and find_party(connection, address.conversation_key):
        return []
    found = [
        parse_as_neighbour(address.raw, party)
        for party in list_parties_by_ending(connection, ending)
        if parse_address(party).e164
    ]
    return [known for known in found if known is not None]


def fold_for_filter(name: str, address: str, other_addresses: str = "") -> str:
    """Return the text that the filter of the list searches.

    Args:
        name: Name of the customer.
        address: Address of the customer.
        other_addresses: Further addresses of the customer, one per line.
    """
    others = other_addresses.replace("\n", " ")
    return fold_text(f"{name} {address} {others}" if others else f"{name} {address}")


def set_name(summary: "Summary", name: str) -> None:
    """Set the name of a customer.

    Args:
        summary: "Summary" of the conversation.
        name: New name; empty for none.
    """
    summary["name"] = name
    _refold(summary)


def set_addresses(summary: "Summary", addresses: Iterable[str]) -> None:
    """Set the addresses of a customer, each number once.

    Args:
        summary: "Summary" of the conversation.
        addresses: Addresses, first the one that answers go to.
    """
    by_key: dict[str, str] = {}
    for address in addresses:
        by_key.setdefault(parse_address(address).conversation_key, address)
    first, *others = by_key.values()
    # A line break is no part of any key, and separates the addresses here.
    lines = (" ".join(address.split()) for address in others)
    summary["address"], summary["other_addresses"] = first, "\n".join(filter(None, lines))
    _refold(summary)


def list_addresses(summary: "Summary") -> list[str]:
    """Return all addresses of a customer, first the one that answers go to."""
    others = summary["other_addresses"]
    return [summary["address"], *(others.split("\n") if others else [])]


def is_complete_address(address: str) -> bool:
    """Return whether an address is a number with its country, or a short code.

    Messages rather go there than to digits whose country is unknown, or to a name.
    """
    return parse_address(address).kind in (AddressKind.NUMBER, AddressKind.SHORT_CODE)


def answer_to(connection: Connection, summary: "Summary", address: Address, at: int) -> None:
    """Send answers to the address of this text if it is the newest and answers can reach it.

    Args:
        connection: Connection of the caller's transaction.
        summary: "Summary" of the conversation.
        address: Address that the text came from.
        at: Time of the text, in ms UTC; texts may arrive in any order.
    """
    shown = address.e164 or address.raw
    if shown == summary["address"]:
        return
    is_better = is_complete_address(shown) or not is_complete_address(summary["address"])
    count_newer = queries("messages").came_in_later
    if is_better and not count_newer(connection, conversation_id=summary["id"], at=at):
        set_addresses(summary, [shown, *list_addresses(summary)])


def _refold(summary: "Summary") -> None:
    """Update the text that the filter searches."""
    summary["folded"] = fold_for_filter(
        summary["name"], summary["address"], summary["other_addresses"]
    )
