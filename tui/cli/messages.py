"""Implement `smsdesk messages N`: show one conversation, or one message named by its id."""

from argparse import Namespace

from tui.cli.context import open_reader
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.lookup import find_conversation, find_message
from tui.cli.show import format_message, write_json, write_line
from tui.domain.conversation import Conversation
from tui.domain.json_fields import message_to_json
from tui.domain.text import one_line


def run(arguments: Namespace) -> int:
    """Print the newest `--limit` messages, oldest first; no conversation is a usage error.

    The id of a message prints that message alone.

    Args:
        arguments: Parsed arguments with `config`, `number`, `limit` and `json`.
    """
    with open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is no conversation yet", BAD_USE)
        conversation = find_conversation(reader, arguments.number, arguments)
        message = find_message(reader, arguments.number)
        found = [message] if message else reader.list_messages(conversation.id, arguments.limit)
    if arguments.json:
        for message in found:
            write_json(message_to_json(message, conversation))
        return DONE
    write_line(_format_heading(conversation))
    for message in found:
        write_line(format_message(message))
    return DONE


def _format_heading(conversation: Conversation) -> str:
    """Return the line with the customer's name, number, account and state."""
    parts = [conversation.name, conversation.address, f"through {conversation.account}"]
    state = "opted out" if conversation.opted_out else conversation.state.value
    return "  ".join(one_line(part) for part in (*parts, state) if part)
