"""Parse the command line with the parser of the chosen command, and explain its mistakes."""

import argparse
from collections.abc import Iterable, Sequence

from tui import __version__
from tui.cli.command_parser import CommandParser, add_common_arguments, add_inbox_arguments
from tui.cli.errors import BAD_USE, CommandError

_INBOX_COMMAND = "inbox"
"""Command and module that are used when no command is named."""


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line with the parser of the chosen command.

    `--help` prints the help and raises `SystemExit`.

    Args:
        arguments: Arguments without the program name.

    Returns:
        The parsed arguments, with `command`, `module` and `config` added.

    Raises:
        CommandError: For an unknown command or wrong arguments.
    """
    position = _find_command(arguments)
    if position is None:
        return _run_parser(_build_top_parser(), _INBOX_COMMAND, _INBOX_COMMAND, arguments)
    from tui.cli.arguments import COMMANDS  # the inbox itself needs none of them

    name = arguments[position]
    if name not in COMMANDS:
        hint = suggest_name(name, COMMANDS)
        raise CommandError(f'there is no command "{name}"{hint}; see smsdesk --help', BAD_USE)
    rest = [*arguments[:position], *arguments[position + 1 :]]
    return _run_parser(build_parser(name), name, COMMANDS[name][0], rest)


def build_parser(name: str) -> CommandParser:
    """Build the parser of one command."""
    parser = CommandParser(f"smsdesk {name}", name)
    _declare_arguments(parser, name)
    return parser


def build_full_parser() -> CommandParser:
    """Build one parser with all commands, for the completion and the manual page.

    A run needs only one command, so `parse_arguments` does not build the others.
    """
    from tui.cli.help_texts import HELP_TEXTS

    parser = _build_top_parser()
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=CommandParser)
    for name, text in HELP_TEXTS.items():
        command = commands.add_parser(name, help=text.summary, command=name)
        _declare_arguments(command, name)
        for action in command.list_arguments():
            if action.dest == "config":  # its default would replace a value before the command
                action.default = argparse.SUPPRESS
    return parser


def _declare_arguments(parser: CommandParser, name: str) -> None:
    """Add all arguments of a command to its parser."""
    from tui.cli.arguments import COMMANDS

    COMMANDS[name][1](parser)
    add_common_arguments(parser)


def _run_parser(
    parser: CommandParser, command: str, module: str, arguments: Sequence[str]
) -> argparse.Namespace:
    """Parse with one parser and report an unknown option before missing arguments."""
    try:
        parsed = parser.parse_args(arguments)
    except CommandError:
        # argparse reports missing arguments first; a mistyped option is the more helpful message.
        _refuse_unknown_options(parser, arguments)
        raise
    parsed.command, parsed.module = command, module
    if command == "import":
        from tui.cli.import_arguments import choose_import_module

        parsed.module = choose_import_module(parser, parsed)
    if command == "send":
        from tui.cli.send_arguments import choose_send_module

        parsed.module = choose_send_module(parser, parsed)
    return parsed


def _refuse_unknown_options(parser: CommandParser, arguments: Sequence[str]) -> None:
    """Raise `CommandError` for the first option that the parser does not know."""
    options = {word.strip(",") for word in parser.format_help().split() if word.startswith("--")}
    for name in (argument.partition("=")[0] for argument in arguments):
        if name.startswith("--") and name not in options:
            parser.error(f"there is no {name}{suggest_name(name, options)}")


def _build_top_parser() -> CommandParser:
    """Build the parser for no command; its help lists all commands."""
    parser = CommandParser("smsdesk")
    parser.usage = "smsdesk [--config PATH] [--ascii] [--plain]\n       smsdesk COMMAND [OPTIONS]"
    parser.add_argument("-V", "--version", action="version", version=f"smsdesk {__version__}")
    add_inbox_arguments(parser)
    add_common_arguments(parser)
    return parser


def _find_command(arguments: Sequence[str]) -> int | None:
    """Return the index of the command's name, or None if there is no command."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        # `--config` is the only option before a command that takes a value.
        position += 2 if arguments[position] == "--config" else 1
    return position if position < len(arguments) else None


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return the closest known name as the rest of an error line, or ""."""
    import difflib

    # Without the dashes: they would make any two short options alike.
    by_word = {one.lstrip("-"): one for one in known}
    matches = difflib.get_close_matches(name.lstrip("-"), by_word, n=1)
    return f"; did you mean {by_word[matches[0]]}?" if matches else ""
