"""Declare the arguments of every command.

They stand in one module that imports no command, so that `--help` and errors stay fast.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tui import __version__
from tui.cli.command_parser import (
    CommandParser,
    parse_count,
    parse_listen_address,
    parse_moment,
    parse_port,
    parse_url,
)
from tui.cli.errors import BAD_USE, CommandError

_INBOX_COMMAND = "inbox"
"""Command and module that are used when no command is named."""


def _add_inbox_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the inbox itself."""
    parser.add_argument(
        "--ascii", action="store_true", default=None, help="plain ASCII badges and borders"
    )
    parser.add_argument(
        "--plain", action="store_true", help="lines in place of a screen, for screen readers"
    )


def _add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo`."""
    _add_inbox_arguments(parser)
    parser.add_argument(
        "--keep", metavar="PATH", type=Path, help="keep the demo's database in this file"
    )
    parser.add_argument(
        "--threads", metavar="N", type=parse_count, help="fill it with N made-up conversations"
    )
    parser.add_argument(
        "--messages",
        metavar="M",
        type=parse_count,
        help="and with M messages in all of them together",
    )
    parser.add_argument(
        "--no-open", action="store_true", help="fill the database and exit without the inbox"
    )


def _add_sandbox_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sandbox`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=parse_port, default=8765, help="port to listen on (8765), 0: any"
    )
    parser.add_argument(
        "--push-to",
        metavar="URL",
        type=parse_url,
        help="push replies and receipts to this listener",
    )


def _add_sync_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sync`."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then exit")
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=parse_listen_address,
        help="take in pushed replies and receipts",
    )


def _add_send_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `send`."""
    parser.add_argument("--to", metavar="N", required=True, help="the customer's number")
    parser.add_argument(
        "--text", metavar="T", required=True, help="the text; - reads it from stdin"
    )
    parser.add_argument("--account", metavar="A", help="the account to send through")
    parser.add_argument(
        "--at",
        metavar="ISO",
        type=parse_moment,
        help="when to send, at most a year ahead; local time unless it says more",
    )
    parser.add_argument("--wait", action="store_true", help="follow the message to its final state")


def _add_messages_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `messages`."""
    parser.add_argument("number", metavar="N", help="the customer's number or name, or an id")
    _add_list_arguments(parser)


def _add_search_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `search`."""
    parser.add_argument(
        "query", metavar="Q", nargs="+", help="words, all of them in one message, and filters"
    )
    _add_list_arguments(parser)


def _add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that prints rows."""
    parser.add_argument("--limit", metavar="N", type=parse_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    parser.add_argument(
        "--thread", metavar="N", help="only the conversation of this number, name or message id"
    )
    parser.add_argument(
        "--format", choices=("jsonl", "csv"), default="jsonl", help="JSON lines or CSV (jsonl)"
    )
    parser.add_argument("--output", metavar="PATH", type=Path, help="a new file (stdout)")


def _add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `import`."""
    parser.add_argument("what", choices=("contacts",), help="what to import")
    parser.add_argument("file", metavar="FILE", type=Path, help="a CSV or vCard file")


def _add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `backup`."""
    parser.add_argument("file", metavar="PATH", type=Path, help="the new copy of the inbox file")


def _add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    parser.add_argument("--offline", action="store_true", help="do not ask the providers")
    parser.add_argument(
        "--selftest", action="store_true", help="send a signed test push to public_url"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_help_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `help`."""
    parser.add_argument(
        "topic", metavar="TOPIC", nargs="?", help="a page or a command; without it: the list"
    )
    parser.add_argument("--man", action="store_true", help="print the manual page's source")


def _add_completion_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `completion`."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to complete in")


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("demo", _add_demo_arguments),
    "sandbox": ("sandbox", _add_sandbox_arguments),
    "sync": ("sync", _add_sync_arguments),
    "send": ("send", _add_send_arguments),
    "threads": ("threads", _add_list_arguments),
    "messages": ("messages", _add_messages_arguments),
    "search": ("search", _add_search_arguments),
    "export": ("export", _add_export_arguments),
    "import": ("import_contacts", _add_import_arguments),
    "backup": ("backup", _add_backup_arguments),
    "doctor": ("doctor", _add_doctor_arguments),
    "help": ("help", _add_help_arguments),
    "completion": ("completion", _add_completion_arguments),
}
"""Module and argument declaration of each command, by the command's name.

Without a command, `tui.cli.inbox` opens the inbox.
"""


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
    name = arguments[position] if position is not None else None
    if name is None or position is None:
        return _run_parser(_build_top_parser(), _INBOX_COMMAND, _INBOX_COMMAND, arguments)
    if name not in COMMANDS:
        raise CommandError(_format_unknown_command(name), BAD_USE)
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
    COMMANDS[name][1](parser)
    _add_common_arguments(parser)


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
    _add_inbox_arguments(parser)
    _add_common_arguments(parser)
    return parser


def _add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every command takes."""
    parser.add_argument("--config", metavar="PATH", type=Path, help="settings file to use")


def _find_command(arguments: Sequence[str]) -> int | None:
    """Return the index of the command's name, or None if there is no command."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        # `--config` is the only option before a command that takes a value.
        position += 2 if arguments[position] == "--config" else 1
    return position if position < len(arguments) else None


def _format_unknown_command(name: str) -> str:
    """Return the error line for an unknown command."""
    return f'there is no command "{name}"{suggest_name(name, COMMANDS)}; see smsdesk --help'


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return the closest known name as the rest of an error line, or ""."""
    import difflib

    matches = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {matches[0]}?" if matches else ""
