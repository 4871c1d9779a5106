"""Implement `smsdesk completion`, and answer the shells that use its script.

The script asks smsdesk itself at each Tab. So it is the same short script for every version, and
it completes account names and help topics as they are now. The parser of the command line is the
only source. `argcomplete` speaks the protocols of the shells; it is imported for nothing else.
"""

import contextlib
import os
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from tui.cli.errors import DONE
from tui.cli.parse_arguments import build_full_parser
from tui.cli.show import write_line

_PROGRAM = "smsdesk"
_BASH_OPTIONS = ["-o", "nospace"]
"""No files where smsdesk suggests none, and no blank behind a directory."""

Completer = Callable[..., list[str]]
"""Returns the words that begin with the argument `prefix`; argcomplete passes more arguments."""


def run(arguments: Namespace) -> int:
    """Print the completion script of a shell.

    Args:
        arguments: Parsed arguments with `shell`.
    """
    from argcomplete.shell_integration import shellcode

    script = shellcode([_PROGRAM], shell=arguments.shell, complete_arguments=_BASH_OPTIONS)
    write_line(script.strip("\n"))
    return DONE


def answer_shell() -> None:
    """Print the words that can stand at the cursor and end the process."""
    from argcomplete import autocomplete
    from argcomplete.completers import SuppressCompleter

    # By default argcomplete suggests files for every value, and options before a "-" is typed.
    autocomplete(
        build_completed_parser(),
        always_complete_options=False,
        default_completer=SuppressCompleter(),
    )


def build_completed_parser() -> ArgumentParser:
    """Build the parser of the whole command line with a completer at each argument."""
    parser = build_full_parser()
    for action in (a for each in parser.list_parsers() for a in each.list_arguments()):
        completer = _choose_completer(action)
        if completer is not None:
            action.completer = completer  # type: ignore[attr-defined]  # argcomplete reads it
    return parser


def _choose_completer(action: Action) -> Completer | None:
    """Return what completes the value of an argument; None for no value or fixed choices."""
    if action.type is Path:
        return _complete_path
    completers: dict[str, Completer] = {"account": _complete_account, "topic": _complete_topic}
    return completers.get(action.dest)


def _complete_path(prefix: str, **others: object) -> list[str]:
    """Return the files and directories that begin with the prefix."""
    folder, _, start = prefix.rpartition("/")
    shown = f"{folder}/" if "/" in prefix else ""
    try:
        entries = sorted(os.scandir(os.path.expanduser(shown) or "."), key=lambda e: e.name)
    except OSError:
        return []
    return [
        f"{shown}{entry.name}{'/' if entry.is_dir() else ''}"
        for entry in entries
        if entry.name.startswith(start) and (start or not entry.name.startswith("."))
    ]


def _complete_account(prefix: str, parsed_args: Namespace, **others: object) -> list[str]:
    """Return the names of the accounts; none if the settings cannot be read."""
    from tui.settings.cache import read_preferences

    names: list[str] = []
    with contextlib.suppress(Exception):  # a shell has no place for an error at Tab
        preferences = read_preferences(os.environ, getattr(parsed_args, "config", None))
        names = [account.name for account in preferences.accounts]
    return [name for name in names if name.startswith(prefix)]


def _complete_topic(prefix: str, **others: object) -> list[str]:
    """Return the topics and commands that `smsdesk help` knows."""
    from tui.cli.help import list_topics

    return [topic for topic in list_topics() if topic.startswith(prefix)]
