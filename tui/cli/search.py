"""Implement `smsdesk search Q`: find people, and messages with all these words and filters."""

from argparse import Namespace
from functools import partial

from tui.cli.context import load_public_settings, open_reader
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import format_message, note_empty_result, write_json, write_line
from tui.clock import SystemClock
from tui.desk.found_people import find_people, format_hit_detail, format_person_hit
from tui.domain.conversation import Conversation
from tui.domain.json_fields import CustomerFields, message_to_json
from tui.domain.message import Message
from tui.domain.searching import (
    SearchQuery,
    describe_no_results,
    find_empty_filter,
    parse_search,
)
from tui.domain.text import one_line
from tui.store.reader import InboxReader

FoundMessage = tuple[Message, Conversation | None]


def run(arguments: Namespace) -> int:
    """Print people and up to `--limit` messages; no match is not an error, an unknown name is.

    The JSON has only messages: `smsdesk contacts find` prints people.

    Args:
        arguments: Parsed arguments with `config`, `query`, `limit` and `json`.
    """
    query = _parse_query(" ".join(arguments.query))
    with open_reader(arguments) as reader:
        found = _search_messages(reader, query, arguments.limit) if reader else []
        people = reader.read(partial(find_people, query=query)) if reader else []
        if reader and not found:
            accounts = [a.name for a in load_public_settings(arguments).accounts]
            if unknown := reader.find_unknown_value(query, accounts):
                raise CommandError(one_line(unknown, 200), BAD_USE)
            if not people:
                note_empty_result(arguments, describe_no_results(query))
    now = SystemClock().now()
    for hit in () if arguments.json else people:
        write_line(f"person  {format_person_hit(hit)} ({format_hit_detail(hit, now)})")
    for message, conversation in found:
        if arguments.json:
            write_json(message_to_json(message, conversation or CustomerFields()))
        else:
            write_line(format_message(message, _format_customer(conversation)))
    return DONE


def _parse_query(typed: str) -> SearchQuery:
    """Parse the query; its days are those of this machine. Raise `CommandError` if invalid."""
    query = parse_search(typed, SystemClock().now(), None)
    if query.here:
        raise CommandError("in:thread works only in the inbox; use from: or to: here", BAD_USE)
    if doubt := query.problem or query.notice:
        raise CommandError(one_line(doubt, 200), BAD_USE)
    if empty := find_empty_filter(typed):
        raise CommandError(f"{empty}: has no value: write one, or leave the filter out", BAD_USE)
    if query.is_empty:
        raise CommandError("There is nothing to search for: write a word or a filter", BAD_USE)
    return query


def _search_messages(reader: InboxReader, query: SearchQuery, limit: int) -> list[FoundMessage]:
    """Return the matching messages, each with its conversation."""
    messages = reader.search_messages(query, limit)
    ids = {message.conversation_id for message in messages}
    conversations = {identity: reader.get_conversation(identity) for identity in ids}
    return [(message, conversations[message.conversation_id]) for message in messages]


def _format_customer(conversation: Conversation | None) -> str:
    """Return the name and number of the conversation's customer, in parentheses."""
    if conversation is None:
        return ""
    return f"({one_line(f'{conversation.name} {conversation.address}'.strip(), 60)})"
