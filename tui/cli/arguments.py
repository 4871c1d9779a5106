"""Every command's arguments, declared in one place that imports no command."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from tui import __version__
from tui.cli.errors import BAD_USE, CommandError

_OPEN_INBOX = "inbox"


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help for 80 columns: asking the terminal for more costs an import in every command."""

    def __init__(self, prog: str) -> None:
        """Wrap at 78."""
        super().__init__(prog, width=78)


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line and never shortens options."""

    def __init__(self, prog: str, command: str = "") -> None:
        """The parser of one command, or of none."""
        super().__init__(prog=prog, formatter_class=_Help, allow_abbrev=False)
        self._command = command

    def format_help(self) -> str:
        """The help, its words imported only now."""
        from tui.cli import words

        text = words.COMMANDS[self._command] if self._command else words.top()
        self.description, self.epilog = text.about, text.epilog
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise `CommandError` in place of printing the usage."""
        raise CommandError(f"{message}; see {self.prog} --help", BAD_USE)


def _inbox(parser: argparse.ArgumentParser) -> None:
    """Arguments of the inbox itself."""
    parser.add_argument(
        "--ascii", action="store_true", default=None, help="plain ASCII badges and borders"
    )
    parser.add_argument(
        "--plain", action="store_true", help="lines in place of a screen, for screen readers"
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    """Arguments of `demo`."""
    _inbox(parser)
    parser.add_argument(
        "--keep", metavar="PATH", type=Path, help="keep the demo's database in this file"
    )
    parser.add_argument(
        "--threads", metavar="N", type=_count, help="fill it with N made-up conversations"
    )
    parser.add_argument(
        "--messages", metavar="M", type=_count, help="and with M messages in all of them together"
    )
    parser.add_argument(
        "--no-open", action="store_true", help="fill the database and exit without the inbox"
    )


def _sandbox(parser: argparse.ArgumentParser) -> None:
    """Arguments of `sandbox`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8765, help="port to listen on (8765), 0: any")
    parser.add_argument(
        "--push-to", metavar="URL", type=_url, help="push replies and receipts to this listener"
    )


def _sync(parser: argparse.ArgumentParser) -> None:
    """Arguments of `sync`."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then exit")
    parser.add_argument(
        "--listen", metavar="HOST:PORT", type=_address, help="take in pushed replies and receipts"
    )


def _send(parser: argparse.ArgumentParser) -> None:
    """Arguments of `send`."""
    parser.add_argument("--to", metavar="N", required=True, help="the customer's number")
    parser.add_argument(
        "--text", metavar="T", required=True, help="the text; - reads it from stdin"
    )
    parser.add_argument("--account", metavar="A", help="the account to send through")
    parser.add_argument(
        "--at",
        metavar="ISO",
        type=_moment,
        help="when to send, at most a year ahead; local time unless it says more",
    )
    parser.add_argument("--wait", action="store_true", help="follow the message to its final state")


def _messages(parser: argparse.ArgumentParser) -> None:
    """Arguments of `messages`."""
    parser.add_argument("number", metavar="N", help="the customer's number")
    _listing(parser)


def _search(parser: argparse.ArgumentParser) -> None:
    """Arguments of `search`."""
    parser.add_argument(
        "query", metavar="Q", nargs="+", help="words, all of them in one message, and filters"
    )
    _listing(parser)


def _listing(parser: argparse.ArgumentParser) -> None:
    """Arguments of everything that prints rows."""
    parser.add_argument("--limit", metavar="N", type=_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _export(parser: argparse.ArgumentParser) -> None:
    """Arguments of `export`."""
    parser.add_argument("--thread", metavar="N", help="only the conversation with this number")
    parser.add_argument(
        "--format", choices=("jsonl", "csv"), default="jsonl", help="JSON lines or CSV (jsonl)"
    )
    parser.add_argument("--output", metavar="PATH", type=Path, help="a new file (stdout)")


def _import(parser: argparse.ArgumentParser) -> None:
    """Arguments of `import`."""
    parser.add_argument("what", choices=("contacts",), help="what to import")
    parser.add_argument("file", metavar="FILE", type=Path, help="a CSV or vCard file")


def _backup(parser: argparse.ArgumentParser) -> None:
    """Arguments of `backup`."""
    parser.add_argument("file", metavar="PATH", type=Path, help="the new copy of the inbox file")


def _doctor(parser: argparse.ArgumentParser) -> None:
    """Arguments of `doctor`."""
    parser.add_argument("--offline", action="store_true", help="do not ask the providers")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("demo", _demo),
    "sandbox": ("sandbox", _sandbox),
    "sync": ("sync", _sync),
    "send": ("send", _send),
    "threads": ("threads", _listing),
    "messages": ("messages", _messages),
    "search": ("search", _search),
    "export": ("export", _export),
    "import": ("import_contacts", _import),
    "backup": ("backup", _backup),
    "doctor": ("doctor", _doctor),
}
"""The module and the arguments of each command. Without one, `tui.cli.inbox` opens the inbox."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments of the chosen command, with `command`, `module` and `config` added.

    Raises `CommandError` for bad use; `--help` prints and raises `SystemExit`.
    """
    place = _place_of_command(arguments)
    name = arguments[place] if place is not None else None
    if name is None or place is None:
        return _parsed(_top_parser(), _OPEN_INBOX, _OPEN_INBOX, arguments)
    if name not in COMMANDS:
        raise CommandError(_no_such_command(name), BAD_USE)
    module, declare = COMMANDS[name]
    parser = Parser(f"smsdesk {name}", name)
    declare(parser)
    _common(parser)
    return _parsed(parser, name, module, [*arguments[:place], *arguments[place + 1 :]])


def _parsed(
    parser: Parser, command: str, module: str, arguments: Sequence[str]
) -> argparse.Namespace:
    """The arguments as this parser reads them; an unknown option is told before missing ones."""
    try:
        found = parser.parse_args(arguments)
    except CommandError:
        _refuse_unknown_options(parser, arguments)
        raise
    found.command, found.module = command, module
    return found


def _refuse_unknown_options(parser: Parser, arguments: Sequence[str]) -> None:
    """Raise `CommandError` for the first option that the parser does not know."""
    options = {word.strip(",") for word in parser.format_help().split() if word.startswith("--")}
    for name in (argument.partition("=")[0] for argument in arguments):
        if name.startswith("--") and name not in options:
            parser.error(f"there is no {name}{_mean(name, options)}")


def _top_parser() -> Parser:
    """The parser for no command, whose help lists all of them."""
    parser = Parser("smsdesk")
    parser.usage = "smsdesk [--config PATH] [--ascii] [--plain]\n       smsdesk COMMAND [OPTIONS]"
    parser.add_argument("-V", "--version", action="version", version=f"smsdesk {__version__}")
    _inbox(parser)
    _common(parser)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    """Arguments that every command takes."""
    parser.add_argument("--config", metavar="PATH", type=Path, help="settings file to use")


def _place_of_command(arguments: Sequence[str]) -> int | None:
    """Where the command's name stands: behind the options that every command takes."""
    place = 0
    while place < len(arguments) and arguments[place].startswith("-"):
        place += 2 if arguments[place] == "--config" else 1
    return place if place < len(arguments) else None


def _no_such_command(name: str) -> str:
    """The line for an unknown command."""
    return f'there is no command "{name}"{_mean(name, COMMANDS)}; see smsdesk --help'


def _mean(word: str, known: Iterable[str]) -> str:
    """The known word that was likely meant, as the rest of a sentence."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _count(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return int(text)


def _port(text: str) -> int:
    """A port, 0 for any free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port, 0 to 65535")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    """A host and a port from HOST:PORT, the host of IPv6 in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host.strip("[]"):
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT, like 127.0.0.1:8080")
    return host.strip("[]"), _port(port)


def _url(text: str) -> str:
    """An http address without a slash at its end."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text} is not an address like http://127.0.0.1:8080")
    return text.rstrip("/")


def _moment(text: str) -> int:
    """A moment in ms UTC from ISO 8601, in local time unless the text says otherwise."""
    from datetime import datetime

    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        line = f"{text} is not a time like 2026-03-04T14:30 or 2026-03-04T14:30+01:00"
        raise argparse.ArgumentTypeError(line) from None
