"""`smsdesk search Q`: messages with all these words and filters, newest first."""

import time
from argparse import Namespace

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.reading import reading
from tui.cli.show import message_lines, message_object, write, write_json
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.searching import Query, parse
from tui.domain.text import one_line
from tui.store.reader import Reader

Found = tuple[Message, Conversation | None]


def run(arguments: Namespace) -> int:
    """Print up to `--limit` messages; finding none is no error."""
    query = _understood(" ".join(arguments.query))
    with reading(arguments) as reader:
        found = _found(reader, query, arguments.limit) if reader else []
    for message, conversation in found:
        if arguments.json:
            write_json(message_object(message, conversation))
        else:
            write(message_lines(message, _who(conversation)))
    return DONE


def _understood(typed: str) -> Query:
    """What is asked for; days are those of this machine. Raises `CommandError`."""
    query = parse(typed, time.time_ns() // 1_000_000, None)
    if query.here:
        raise CommandError("in:thread is for the inbox; here, from: and to: name somebody", BAD_USE)
    if query.problem:
        raise CommandError(one_line(query.problem, 200), BAD_USE)
    return query


def _found(reader: Reader, query: Query, limit: int) -> list[Found]:
    """The messages, each with its conversation."""
    messages = reader.search(query, limit)
    ids = {message.conversation_id for message in messages}
    conversations = {identity: reader.conversation(identity) for identity in ids}
    return [(message, conversations[message.conversation_id]) for message in messages]


def _who(conversation: Conversation | None) -> str:
    """Whose conversation a message stands in."""
    if conversation is None:
        return ""
    return f"({one_line(f'{conversation.name} {conversation.address}'.strip(), 60)})"
