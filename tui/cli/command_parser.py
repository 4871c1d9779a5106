"""Define the parser that all commands share, and the types of their values."""

import argparse
import contextlib
from pathlib import Path
from typing import Any, NoReturn

from tui.cli.errors import BAD_USE, CommandError

_MISSING = "the following arguments are required: "
"""Beginning of the message of argparse for missing arguments."""

_MAX_SECONDS = 366 * 24 * 3600


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Format help for 80 columns.

    The width is fixed, because reading the terminal's width costs an import in every
    command.
    """

    def __init__(self, prog: str) -> None:
        """Create a formatter that wraps at 78 columns."""
        super().__init__(prog, width=78)


class CommandParser(argparse.ArgumentParser):
    """Parse the arguments of one command, with one-line errors and no shortened options."""

    def __init__(self, prog: str, command: str = "") -> None:
        """Create the parser of one command, or of the program itself.

        Args:
            prog: Program and command as shown in the usage line.
            command: Name of the command; empty for the program itself.
        """
        self._usage_names: dict[str, str] = {}
        super().__init__(prog=prog, formatter_class=_HelpFormatter, allow_abbrev=False)
        self._command = command

    def list_arguments(self) -> list[argparse.Action]:
        """Return the arguments of this parser, without `--help` and the list of commands."""
        special = (argparse._HelpAction, argparse._SubParsersAction)
        return [action for action in self._actions if not isinstance(action, special)]

    def list_parsers(self) -> "list[CommandParser]":
        """Return this parser and those of its commands."""
        actions = (a for a in self._actions if isinstance(a, argparse._SubParsersAction))
        return [self, *(parser for action in actions for parser in action.choices.values())]

    def format_help(self) -> str:
        """Return the help; its texts are imported only when help is printed."""
        from tui.cli import help_texts

        help_text = (
            help_texts.HELP_TEXTS[self._command]
            if self._command
            else help_texts.build_top_level_help()
        )
        self.description, self.epilog = help_text.about, help_text.epilog
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise `CommandError` in place of printing the usage.

        Args:
            message: Description of the error in one line.
        """
        names = message.removeprefix(_MISSING)
        if names != message:
            shown = [self._usage_names.get(name, name) for name in names.split(", ")]
            message = f"{_MISSING}{', '.join(shown)}"
        raise CommandError(f"{message}; see {self.prog} --help", BAD_USE)

    def _add_action(self, action: argparse.Action) -> Any:
        """Add an argument, and keep the name under which the usage line shows it."""
        if not action.option_strings:
            if action.nargs == argparse.ZERO_OR_MORE:
                action.required = False  # argparse asks for it, although it may be left out
            if action.choices and not action.metavar:
                self._usage_names[action.dest] = f"{{{','.join(map(str, action.choices))}}}"
        return super()._add_action(action)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is not one of the choices, and list them."""
        if action.choices is not None and value not in action.choices:
            line = f'"{value}" is not one of {", ".join(map(str, action.choices))}'
            raise argparse.ArgumentError(action if action.option_strings else None, line)


def parse_count(text: str) -> int:
    """Parse a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return int(text)


def parse_port(text: str) -> int:
    """Parse a port number; 0 stands for any free port."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port, 0 to 65535")
    return int(text)


def parse_listen_address(text: str) -> tuple[str, int]:
    """Parse HOST:PORT; the host of an IPv6 address stands in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not host.strip("[]"):
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT, like 127.0.0.1:8080")
    return host.strip("[]"), parse_port(port)


def parse_url(text: str) -> str:
    """Parse an http address and remove the slash at its end."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text} is not an address like http://127.0.0.1:8080")
    return text.rstrip("/")


class StoreMoment(argparse.Action):
    """Store a time in ms UTC, and in `NAME_note` what was assumed about it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Parse the time of an option."""
        try:
            at, note = parse_moment(values)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from None
        setattr(namespace, self.dest, at)
        setattr(namespace, f"{self.dest}_note", note)


def parse_moment(text: str) -> tuple[int, str]:
    """Parse ISO 8601 into ms UTC, and return what was assumed; "" for nothing.

    A time without an offset is local time, and a day without a time is that of the inbox.
    """
    from datetime import date, datetime

    from tui.clock import SystemClock
    from tui.domain.date_input import ASSUMED_TIME, MORNING
    from tui.domain.local_time import resolve_wall_clock

    assumed = ""
    try:
        local = datetime.fromisoformat(text)
        with contextlib.suppress(ValueError):
            local, assumed = datetime.combine(date.fromisoformat(text), MORNING), ASSUMED_TIME
        at, note = resolve_wall_clock(local, SystemClock().now())
    except (ValueError, OverflowError, OSError):
        line = f"{text} is not a time like 2026-03-04T14:30 or 2026-03-04T14:30+01:00"
        raise argparse.ArgumentTypeError(line) from None
    return at, "; ".join(filter(None, (assumed, note)))


def parse_seconds(text: str) -> float:
    """Parse a number of seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < _MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def parse_validity(text: str) -> int:
    """Parse a duration such as `2h` into milliseconds."""
    from tui.clock import parse_duration

    try:
        return parse_duration(text)
    except ValueError:
        line = f"{text} is not a duration such as 30m, 2h or 1d"
        raise argparse.ArgumentTypeError(line) from None


def parse_pair(text: str) -> tuple[str, str]:
    """Parse `name=value`."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    if name == "reference":
        raise argparse.ArgumentTypeError("the name reference is taken: smsdesk uses it itself")
    return name, value


def add_inbox_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the inbox itself."""
    parser.add_argument(
        "--ascii", action="store_true", default=None, help="plain ASCII badges and borders"
    )
    parser.add_argument(
        "--plain", action="store_true", help="lines in place of a screen, for screen readers"
    )


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every command takes."""
    parser.add_argument("--config", metavar="PATH", type=Path, help="settings file to use")
