"""`smsdesk threads`: the list of conversations, the latest first."""

import time
from argparse import Namespace

from tui.cli.errors import DONE
from tui.cli.reading import reading
from tui.cli.show import thread_heading, thread_line, thread_object, write, write_json


def run(arguments: Namespace) -> int:
    """Print up to `--limit` conversations."""
    with reading(arguments) as reader:
        found = reader.newest(arguments.limit) if reader else []
    if arguments.json:
        for conversation in found:
            write_json(thread_object(conversation))
        return DONE
    now = time.time_ns() // 1_000_000
    if found:
        write(thread_heading())
    for conversation in found:
        write(thread_line(conversation, now))
    return DONE
