"""The query of `POST /api/message`: every parameter, the password too, stands in the address.

For several recipients the whole group of parameters is repeated, and the n-th of each name belongs
to the n-th recipient. A name that is missing for one of them would shift those of the others, so
only messages with the same names share a request.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from tui.domain.text import repair
from tui.providers.protocol import Outgoing
from tui.providers.sending import digits

Pairs = list[tuple[str, str]]

_LONGEST_QUERY = 6_000
"""Bytes: web servers commonly stop at 8 KB for a request line; one message alone may pass this."""


def message_pairs(message: Outgoing) -> Pairs:
    """The parameters of one recipient."""
    return [
        ("destination_number", digits(message.to)),
        ("body", repair(message.text)),
        *_source(repair(message.sender)),
        ("require_dlr", "1"),
        *_request_id(message.reference),
    ]


def ping_pairs(number: str, reference: str) -> Pairs:
    """The parameters of an invisible message: no text, and always with a receipt."""
    asked = [("destination_number", number), ("require_dlr", "1"), ("stealth_ping", "1")]
    return asked + _request_id(reference)


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as a query; a blank is %20, which every server reads as a blank, unlike "+"."""
    return urlencode(list(pairs), quote_via=quote, safe="")


def groups(messages: Iterable[Outgoing]) -> list[list[Outgoing]]:
    """Messages in order, in groups that fit one request each."""
    grouped: list[list[Outgoing]] = []
    for message in messages:
        if grouped and _fits([*grouped[-1], message]):
            grouped[-1].append(message)
        else:
            grouped.append([message])
    return grouped


def _fits(messages: Sequence[Outgoing]) -> bool:
    """Whether messages have the same parameters and are short enough together."""
    pairs = [message_pairs(message) for message in messages]
    names = {tuple(name for name, _ in group) for group in pairs}
    return len(names) == 1 and len(query(pair for group in pairs for pair in group)) <= (
        _LONGEST_QUERY
    )


def _source(sender: str) -> Pairs:
    """The sender as a number or as a name; nothing for the account's default."""
    if not sender:
        return []
    number = digits(sender)
    return [("source_number", number)] if number else [("source_name", sender)]


def _request_id(reference: str) -> Pairs:
    """Our reference, which comes back in the answer."""
    return [("request_id", reference)] if reference else []
