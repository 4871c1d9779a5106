"""`smsdesk messages N`: one conversation, by its number or by the name of its customer."""

from argparse import Namespace

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.finding import conversation_named
from tui.cli.reading import reading
from tui.cli.show import message_lines, message_object, write, write_json
from tui.domain.conversation import Conversation
from tui.domain.text import one_line


def run(arguments: Namespace) -> int:
    """Print the newest `--limit` messages, oldest first; bad use when nobody is called so."""
    with reading(arguments) as reader:
        if reader is None:
            raise CommandError("there is no conversation yet", BAD_USE)
        conversation = conversation_named(reader, arguments.number, arguments)
        found = reader.messages(conversation.id, arguments.limit)
    if arguments.json:
        for message in found:
            write_json(message_object(message, conversation))
        return DONE
    write(_heading(conversation))
    for message in found:
        write(message_lines(message))
    return DONE


def _heading(conversation: Conversation) -> str:
    """Who it is."""
    parts = [conversation.name, conversation.address, f"through {conversation.account}"]
    state = "opted out" if conversation.opted_out else conversation.state.value
    return "  ".join(one_line(part) for part in (*parts, state) if part)
