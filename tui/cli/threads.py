"""Implement `smsdesk threads`: list the conversations, the latest first."""

import time
from argparse import Namespace

from tui.cli.context import open_reader
from tui.cli.errors import DONE
from tui.cli.show import (
    format_conversation,
    format_heading,
    write_json,
    write_line,
)
from tui.domain.json_fields import conversation_to_json


def run(arguments: Namespace) -> int:
    """Print up to `--limit` conversations.

    Args:
        arguments: Parsed arguments with `config`, `limit` and `json`.
    """
    with open_reader(arguments) as reader:
        found = reader.list_newest(arguments.limit) if reader else []
    if arguments.json:
        for conversation in found:
            write_json(conversation_to_json(conversation))
        return DONE
    now = time.time_ns() // 1_000_000
    if found:
        write_line(format_heading())
    for conversation in found:
        write_line(format_conversation(conversation, now))
    return DONE
