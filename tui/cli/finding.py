"""Which conversation is meant by what was typed: a number, however written, or a name."""

import re
from argparse import Namespace

from tui.cli import context
from tui.cli.errors import BAD_USE, CommandError
from tui.domain.conversation import Conversation
from tui.domain.fold import fold
from tui.domain.text import one_line
from tui.store.reader import Reader

_PUNCTUATION = re.compile(r"[\s().\-/]+")
_DIALLED = re.compile(r"\+?[0-9]{6,}")
_CANDIDATES = 200
_LISTED = 5


def conversation_named(reader: Reader, asked: str, arguments: Namespace) -> Conversation:
    """The one conversation meant by `asked`; numbers are read as the desk's settings say.

    Raises `CommandError` when nobody is called so, or when several are: they are listed.
    """
    compact = _PUNCTUATION.sub("", asked)
    exact = reader.with_party(compact.casefold()) or _dialled(reader, compact, arguments)
    if exact is not None:
        return exact
    found = _beginning_with(reader, asked)
    if not found:
        raise CommandError(f'there is no conversation with "{one_line(asked, 60)}"', BAD_USE)
    if len(found) > 1:
        raise CommandError(_ambiguous(asked, found), BAD_USE)
    return found[0]


def _dialled(reader: Reader, compact: str, arguments: Namespace) -> Conversation | None:
    """The conversation with a number that lacks its country or is written in another way."""
    if not _DIALLED.fullmatch(compact):
        return None
    from tui.domain.phone import BadNumber, destination

    try:
        address = destination(compact, context.desk(arguments).default_region)
    except BadNumber:
        return None
    return reader.with_party(address.key)


def _beginning_with(reader: Reader, asked: str) -> list[Conversation]:
    """Conversations with a name, a part of a name, or a number that begins so."""
    wanted = fold(asked.strip())
    if not wanted:
        return []
    found = reader.newest(_CANDIDATES, asked)
    whole = [c for c in found if fold(c.name) == wanted]
    return whole or [c for c in found if _begins(c, wanted)]


def _begins(conversation: Conversation, wanted: str) -> bool:
    """Whether the name, any word of it, or the number begins so."""
    name, address = fold(conversation.name), conversation.address.casefold()
    return (
        name.startswith(wanted)
        or f" {wanted}" in f" {name}"
        or address.startswith(wanted)
        or address.removeprefix("+").startswith(wanted)
    )


def _ambiguous(asked: str, found: list[Conversation]) -> str:
    """The line that lists who could be meant."""
    shown = [f"{c.name} {c.address}".strip() for c in found[:_LISTED]]
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    listed = ", ".join(one_line(text, 60) for text in shown)
    return f'"{one_line(asked, 60)}" could be {listed}{more}: give the number'
