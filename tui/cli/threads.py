"""Implement `smsdesk threads`: list the conversations, the latest first."""

import functools
import sys
import time
from argparse import Namespace
from typing import TYPE_CHECKING

from tui.cli.context import load_public_settings, open_reader
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import (
    format_conversation,
    format_heading,
    write_json,
    write_line,
)
from tui.domain.conversation import Conversation, View
from tui.domain.conversation_json import conversation_to_json
from tui.domain.text import to_printable

if TYPE_CHECKING:
    from tui.store.reader import InboxReader


_END = 1 << 62
"""Beyond every rank, time and id."""


def run(arguments: Namespace) -> int:
    """Print up to `--limit` conversations.

    Args:
        arguments: Parsed arguments with `config`, `view`, `filter`, `limit` and `json`.
    """
    with open_reader(arguments) as reader:
        if reader is None:
            return DONE
        if arguments.view is None and arguments.filter is None:
            found = reader.list_newest(arguments.limit)
        else:
            found = _list_view(reader, arguments)
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


def _list_view(reader: "InboxReader", arguments: Namespace) -> list[Conversation]:
    """Return the conversations of a saved view or of a filter."""
    from tui.desk.view_names import find_unknown_names
    from tui.domain.view_text import InvalidViewError, parse_view
    from tui.store.rows import to_conversation
    from tui.store.team_rows import read_teams, resolve_view
    from tui.store.view_windows import is_sorted_by_time, read_page

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
    if arguments.filter is not None:
        find_unknown = functools.partial(find_unknown_names, settings.accounts, view)
        if unknown := reader.read(find_unknown):
            print(f"smsdesk: {to_printable(unknown)}", file=sys.stderr)
    view = resolve_view(view, agent, reader.read(read_teams))
    sort = _END if is_sorted_by_time(view) else -_END
    page = functools.partial(read_page, view, sort, -_END, limit=arguments.limit, is_after=True)
    return [to_conversation(row) for row in reader.read(page)]


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
