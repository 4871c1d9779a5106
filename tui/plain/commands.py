"""Run the commands of line mode: find the one that was typed, list them all, quit.

Their words and descriptions are in the registry, `tui.commands`.
"""

from tui.command_types import Command
from tui.commands import LINE_COMMANDS
from tui.desk.undo import format_unsent
from tui.plain import (
    accounts,
    consent_commands,
    failed,
    held,
    lists,
    many,
    people_lines,
    reading,
    rule_lines,
    search_lines,
    team_words,
    triage,
    view_words,
    writing,
)
from tui.plain.session import PLAIN_KEYS, PlainSession, line_handler
from tui.store.errors import StoreError

HANDLER_MODULES = (
    accounts,
    consent_commands,
    failed,
    held,
    lists,
    many,
    people_lines,
    search_lines,
    reading,
    rule_lines,
    team_words,
    triage,
    view_words,
    writing,
)
"""Modules with the functions of the commands, which register themselves when they are imported."""
_SYMBOLS = frozenset(c.words[0] for c in LINE_COMMANDS if not c.words[0].isalnum())
_LIST_HINTS = {
    "next_waiting": "next waiting",
    "lists": "other lists",
    "search": "search",
    "new": "new",
    "quit": "quits",
    "help": "says all",
}
_OPEN_HINTS = {
    "reply": "reply",
    "canned": "canned",
    "close": "close",
    "snooze": "snooze",
    "note": "note",
    "next_waiting": "next waiting",
    "back": "back",
    "help": "says all",
}


def format_hint(*, is_open: bool) -> str:
    """Return the commands that are most useful where the agent is.

    Args:
        is_open: Whether a conversation is open.
    """
    labels = _OPEN_HINTS if is_open else _LIST_HINTS
    return " · ".join(f"{PLAIN_KEYS[name]} {label}" for name, label in labels.items())


def parse_command(line: str, *, is_open: bool) -> tuple[Command | None, str]:
    """Return the typed command, or None, and the rest of the line.

    Args:
        line: What the agent typed.
        is_open: Whether a conversation is open; where a word has two meanings, that decides.
    """
    line = line.strip()
    # A symbol needs no blank after it: "#vip", "/refund".
    if line[:1] in _SYMBOLS:
        name, rest = line[0], line[1:]
    else:
        name, _, rest = line.partition(" ")
    found = [command for command in LINE_COMMANDS if name.lower() in command.words]
    fitting = [command for command in found if command.scope.is_about_conversation is is_open]
    return next(iter([*fitting, *found]), None), rest.strip()


@line_handler("help")
async def show_help(session: PlainSession, typed: str) -> None:
    """List all commands.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.dialog.write_line(
        "Type a key or a command name and press Enter; words after it are its arguments."
    )
    session.dialog.write_line("A number opens that conversation of the list, or picks that choice.")
    for command in LINE_COMMANDS:
        place = _describe_place(command)
        session.dialog.write_line(
            f"{', '.join(command.words)}: {command.title}. {command.description}.{place}"
        )
    session.dialog.write_line("New messages and changes of your messages are shown as they happen.")


def _describe_place(command: Command) -> str:
    """Return where a command is meant if one of its words has two meanings, else ""."""
    if sum(bool({*command.words} & {*other.words}) for other in LINE_COMMANDS) == 1:
        return ""
    is_about_open = command.scope.is_about_conversation
    return " (In an open conversation.)" if is_about_open else " (In the list.)"


@line_handler("quit")
async def quit_session(session: PlainSession, typed: str) -> None:
    """End the session; ask first if a message is not submitted yet.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; only an empty one quits.
    """
    if typed:
        session.dialog.write_line("Type q alone to quit.")
        return
    try:
        sending = format_unsent(await session.actions.outgoing.unsent.count_unsent())
    except StoreError:
        # A store that does not answer must not prevent the agent from leaving.
        sending = ""
    session.has_ended = not sending or await session.dialog.ask_yes_no(f"{sending}. Quit anyway?")
