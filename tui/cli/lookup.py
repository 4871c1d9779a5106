"""Find the conversation or message that an argument names: by number, by id, or by name."""

import re
from argparse import Namespace

from tui.cli import context
from tui.cli.errors import BAD_USE, CommandError
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.text import fold_text, one_line
from tui.store.reader import InboxReader

_PUNCTUATION = re.compile(r"[\s().\-/]+")
_PHONE_NUMBER = re.compile(r"\+?[0-9]{6,17}")
"""E.164 has at most 15 digits, and an international prefix two; ids of messages have 19."""
_ID = re.compile(r"[0-9]{1,19}")
"""Id as the JSON of the commands writes it."""
_MAX_ID = (1 << 63) - 1
_MAX_CANDIDATES = 200
"""Conversations that are compared with a name."""
_MAX_LISTED = 5
"""Conversations named in the error for an ambiguous name."""


def find_conversation(reader: InboxReader, query: str, arguments: Namespace) -> Conversation:
    """Return the one conversation that the query names.

    Args:
        reader: Open reader of the store.
        query: Number in any format, id of the conversation or of one of its messages, or the
            beginning of a name or number.
        arguments: Parsed arguments; the settings give the country of national numbers.

    Raises:
        CommandError: If no conversation matches, or if several do; these are listed.
    """
    compact = _PUNCTUATION.sub("", query)
    # A number comes before an id: people type short codes, and ids of conversations are short too.
    exact = (
        reader.find_by_party(compact.casefold())
        or _find_by_number(reader, compact, arguments)
        or _find_by_id(reader, query)
    )
    if exact is not None:
        return exact
    matches = _find_by_prefix(reader, query)
    if not matches:
        raise CommandError(f'there is no conversation with "{one_line(query, 60)}"', BAD_USE)
    if len(matches) > 1:
        raise CommandError(_format_ambiguity(query, matches), BAD_USE)
    return matches[0]


def find_message(reader: InboxReader, query: str) -> Message | None:
    """Return the message with this id, or None if the query is no id of a message.

    Args:
        reader: Open reader of the store.
        query: Argument of a command.
    """
    message_id = _parse_id(query)
    # Ids of messages begin with a time in ms, so none of them is a phone number or a short code.
    return reader.get_message(message_id) if message_id is not None else None


def _find_by_id(reader: InboxReader, query: str) -> Conversation | None:
    """Return the conversation with this id or with the message of this id, or None."""
    identity = _parse_id(query)
    if identity is None:
        return None
    message = reader.get_message(identity)
    return reader.get_conversation(message.conversation_id if message else identity)


def _parse_id(query: str) -> int | None:
    """Return the query as an id, or None if it is none."""
    text = query.strip()
    return int(text) if _ID.fullmatch(text) and int(text) <= _MAX_ID else None


def _find_by_number(reader: InboxReader, compact: str, arguments: Namespace) -> Conversation | None:
    """Return the conversation with a number in national or unusual format, or None."""
    if not _PHONE_NUMBER.fullmatch(compact):
        return None
    from tui.domain.phone import InvalidNumberError, parse_destination

    desk = context.load_public_settings(arguments)
    # A national number is one of the desk's country, or of that of one of its accounts.
    for region in dict.fromkeys([desk.default_region, *(a.region for a in desk.accounts)]):
        try:
            address = parse_destination(compact, region or None)
        except InvalidNumberError:
            continue
        if found := reader.find_by_party(address.conversation_key):
            return found
    return None


def _find_by_prefix(reader: InboxReader, query: str) -> list[Conversation]:
    """Return the conversations whose name, part of the name or number begins with the query."""
    prefix = fold_text(query.strip())
    if not prefix:
        return []
    found = list(reader.iterate_newest(_MAX_CANDIDATES, query))
    exact = [c for c in found if fold_text(c.name) == prefix]
    # A complete name wins, so that "Ana" finds Ana although there is also an Anabel.
    return exact or [c for c in found if _has_prefix(c, prefix)]


def _has_prefix(conversation: Conversation, prefix: str) -> bool:
    """Return whether the name, any part of the name, or the number begins with the prefix."""
    name, address = fold_text(conversation.name), conversation.address.casefold()
    return (
        name.startswith(prefix)
        or f" {prefix}" in f" {name}"
        or address.startswith(prefix)
        or address.removeprefix("+").startswith(prefix)
    )


def _format_ambiguity(query: str, matches: list[Conversation]) -> str:
    """Return the error line that lists the matching conversations."""
    shown = [f"{c.name} {c.address}".strip() for c in matches[:_MAX_LISTED]]
    more = f" and {len(matches) - _MAX_LISTED} more" if len(matches) > _MAX_LISTED else ""
    listed = ", ".join(one_line(text, 60) for text in shown)
    return f'"{one_line(query, 60)}" could be {listed}{more}: give the number'
