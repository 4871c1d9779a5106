"""Build the query of `POST /api/message`: every parameter, even the password, is in the URL.

For several recipients the whole group of parameters is repeated, and the n-th value of each
name belongs to the n-th recipient. A name that is missing for one recipient would shift the
values of the others, so only messages with the same names share a request.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from tui.domain.text import repair_text
from tui.providers.protocol import Outgoing
from tui.providers.sending import to_digits

QueryPairs = list[tuple[str, str]]

_LONGEST_QUERY = 6_000
"""In bytes: web servers often allow 8 KB per line; a single message may exceed it."""


def build_message_pairs(message: Outgoing) -> QueryPairs:
    """Return the parameters of one recipient."""
    return [
        ("destination_number", to_digits(message.to)),
        ("body", repair_text(message.text)),
        *_build_source_pairs(repair_text(message.sender)),
        ("require_dlr", "1"),
        *_build_request_id_pairs(message.reference),
    ]


def build_ping_pairs(number: str, reference: str) -> QueryPairs:
    """Return the parameters of an invisible message: no text, and always with a receipt.

    Args:
        number: Phone number as bare digits.
        reference: Our client reference of the ping.
    """
    pairs = [("destination_number", number), ("require_dlr", "1"), ("stealth_ping", "1")]
    return pairs + _build_request_id_pairs(reference)


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return pairs as a query.

    A blank becomes %20, because every server reads it as a blank, unlike "+".
    """
    return urlencode(list(pairs), quote_via=quote, safe="")


def group_messages(messages: Iterable[Outgoing]) -> list[list[Outgoing]]:
    """Return the messages in order, in groups that fit one request each."""
    groups: list[list[Outgoing]] = []
    for message in messages:
        if groups and _can_share_request([*groups[-1], message]):
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _can_share_request(messages: Sequence[Outgoing]) -> bool:
    """Return whether messages have the same parameters and are short enough together."""
    pairs = [build_message_pairs(message) for message in messages]
    names = {tuple(name for name, _ in group) for group in pairs}
    return len(names) == 1 and len(encode_query(pair for group in pairs for pair in group)) <= (
        _LONGEST_QUERY
    )


def _build_source_pairs(sender: str) -> QueryPairs:
    """Return the sender as a number or as a name; empty for the account's default."""
    if not sender:
        return []
    number = to_digits(sender)
    return [("source_number", number)] if number else [("source_name", sender)]


def _build_request_id_pairs(reference: str) -> QueryPairs:
    """Return our reference, which comes back in the answer."""
    return [("request_id", reference)] if reference else []
