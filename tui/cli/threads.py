"""Implement `smsdesk threads`: list the conversations, the latest first."""

import functools
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.cli.context import load_public_settings, open_reader
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import (
    format_conversation,
    format_heading,
    note_empty_result,
    write_json,
    write_line,
)
from tui.domain.conversation import Conversation, View
from tui.domain.conversation_json import conversation_to_json
from tui.domain.text import to_printable

if TYPE_CHECKING:
    from tui.store.reader import InboxReader


def run(arguments: Namespace) -> int:
    """Print up to `--limit` conversations.

    Args:
        arguments: Parsed arguments with `config`, `view`, `filter`, `limit` and `json`.
    """
    with open_reader(arguments) as reader:
        if reader is None:
            return DONE
        empty = "there is no conversation yet"
        if arguments.view is None and arguments.filter is None:
            found = reader.iterate_newest(arguments.limit)
        else:
            found, unknown = _read_view(reader, arguments)
            empty = "" if unknown else "no conversation is in this view"
        now, place = time.time_ns() // 1_000_000, -1
        for place, conversation in enumerate(found):
            if arguments.json:
                write_json(conversation_to_json(conversation))
                continue
            if not place:
                write_line(format_heading())
            write_line(format_conversation(conversation, now))
        if place < 0 and empty:
            note_empty_result(arguments, empty)
    return DONE


def _read_view(reader: "InboxReader", arguments: Namespace) -> tuple[Iterator[Conversation], str]:
    """Return the conversations of a saved view or of a filter, read a page at a time.

    The second value is what the filter names and what does not exist, which is said already, or "".
    """
    from tui.desk.view_names import find_unknown_names
    from tui.domain.view_text import InvalidViewError, parse_view
    from tui.store.paging import iterate_view
    from tui.store.team_rows import read_teams, resolve_view

    settings = load_public_settings(arguments)
    agent = settings.agent
    try:
        view = (
            _find_saved(reader, arguments.view, agent)
            if arguments.filter is None
            else parse_view(arguments.filter, agent)
        )
    except InvalidViewError as problem:
        raise CommandError(to_printable(str(problem)), BAD_USE) from None
    unknown = ""
    if arguments.filter is not None:
        find_unknown = functools.partial(find_unknown_names, settings.accounts, view)
        if unknown := reader.read(find_unknown):
            print(f"smsdesk: {to_printable(unknown)}", file=sys.stderr)
    view = resolve_view(view, agent, reader.read(read_teams))
    return iterate_view(reader.read, view, arguments.limit), unknown


def _find_saved(reader: "InboxReader", name: str, agent: str) -> View:
    """Return the saved view with a name or key; raise `CommandError` if there is none."""
    from tui.domain.agent_level import describe_unknown_name
    from tui.store.saved_views import read_views

    views = reader.read(lambda connection: read_views(connection, agent))
    wanted = " ".join(name.split()).casefold()
    for saved in views:
        if wanted and wanted in (saved.name.casefold(), saved.key):
            return saved.view
    line = describe_unknown_name(name, [saved.name for saved in views], "view")
    raise CommandError(f"{to_printable(line)}; see smsdesk views list", BAD_USE)
