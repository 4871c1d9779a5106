"""Choose and run a command, and turn every way it can end into an exit code."""

import errno
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from tui.cli import allow_interrupts, errors
from tui.cli.errors import CommandError, EndedBySignalError
from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from argparse import Namespace

_DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a full disk or an exhausted quota."""
NO_ARGUMENTS = {
    **{"command": "inbox", "module": "inbox"},
    **{"config": None, "ascii": None, "plain": False},
}
"""What parsing no arguments results in (`tests/cli/test_arguments.py` compares)."""


def run_command_line(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; print every error as a line.

    Args:
        arguments: Arguments without the program name.

    Returns:
        Exit code of the process.
    """
    try:
        code = _run_command(_read_arguments(arguments))
        # Flush here, so that a full disk or a closed pipe is reported like any other error.
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _print_errors(error.exit_code, [error.line])
    except SettingsError as error:
        return _print_errors(errors.BAD_USE, error.lines)
    except KeyboardInterrupt:
        return errors.INTERRUPTED
    except EndedBySignalError as end:
        _flush_or_discard_output()
        return end.exit_code
    except BrokenPipeError:
        _discard_output()
        return errors.PIPE_CLOSED
    except OSError as error:
        if error.errno not in _DISK_FULL_ERRNOS:
            return _print_errors(errors.UNEXPECTED, [_log_unexpected(error)])
        _discard_output()
        return _print_errors(
            errors.FAILED, [f"cannot write on: {error.strerror}; make room and try again"]
        )
    except Exception as error:  # the last resort: an agent never sees a traceback
        return _print_errors(errors.UNEXPECTED, [_log_unexpected(error)])


def _read_arguments(arguments: Sequence[str]) -> "Namespace":
    """Return the parsed arguments; the inbox, mostly started without any, needs no parser then."""
    if not arguments:
        return cast("Namespace", SimpleNamespace(**NO_ARGUMENTS))
    with allow_interrupts():
        from tui.cli.parse_arguments import parse_arguments

    return parse_arguments(arguments)


def _run_command(arguments: "Namespace") -> int:
    """Import the command's module, and no other command, and run it."""
    command: Callable[[Namespace], int] = _load_command(arguments.module, arguments.command)
    return command(arguments)


def _load_command(module: str, command: str) -> Callable[["Namespace"], int]:
    """Return the function `run` of a command's module."""
    name = f"tui.cli.{module}"
    try:
        with allow_interrupts():
            found: Callable[[Namespace], int] = importlib.import_module(name).run
    except ModuleNotFoundError as error:
        # A missing dependency inside the command's module is a real error and is raised.
        if error.name != name:
            raise
        line = f"{command} is not available in this build"
        raise CommandError(line, errors.BAD_USE) from None
    return found


def _print_errors(code: int, lines: Iterable[str]) -> int:
    """Print the lines on stderr and return the exit code."""
    from tui.domain.text import one_line

    for line in lines:
        print(f"smsdesk: {one_line(line, limit=1000)}", file=sys.stderr)
    return code


def _flush_or_discard_output() -> None:
    """Flush stdout; what a vanished terminal does not accept is discarded."""
    try:
        sys.stdout.flush()
    except OSError:
        _discard_output()


def _discard_output() -> None:
    """Redirect stdout to the null device, so that the flush at exit does not fail again."""
    null_device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null_device, sys.stdout.fileno())


def _log_unexpected(error: Exception) -> str:
    """Write the details of an unexpected error to the log and return the line about it."""
    from tui.log import close_log, log_event, open_log
    from tui.settings.paths import find_log_file

    path = find_log_file(os.environ)
    summary = f"something unexpected happened ({type(error).__name__})"
    try:
        log = open_log(path)
    except OSError as log_error:
        return f"{summary}, and its details cannot be written to {path} ({log_error.strerror})"
    log_event("cli", "unexpected", error=error)
    close_log(log)
    return f"{summary}; the details are in {path}"
