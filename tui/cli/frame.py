"""What stands around every command: choosing it, and turning every way it can end into a code."""

import errno
import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence

from tui.cli import errors
from tui.cli.arguments import parse
from tui.cli.errors import CommandError
from tui.settings.errors import SettingsError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a full disk says, or one of which one's share is used up."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; every error ends here as a line and a code."""
    try:
        code = _command(parse(arguments))
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _end(error.exit_code, [error.line])
    except SettingsError as error:
        return _end(errors.BAD_USE, error.lines)
    except KeyboardInterrupt:
        return errors.INTERRUPTED
    except BrokenPipeError:
        _output_goes_nowhere()
        return errors.PIPE_CLOSED
    except OSError as error:
        if error.errno not in _FULL:
            return _end(errors.UNEXPECTED, [_unexpected(error)])
        _output_goes_nowhere()
        return _end(errors.FAILED, [f"cannot write on: {error.strerror}; make room and try again"])
    except Exception as error:  # the last net: an agent never sees a traceback
        return _end(errors.UNEXPECTED, [_unexpected(error)])


def _command(arguments: Namespace) -> int:
    """Import the command's module, and no other, and run it."""
    command: Callable[[Namespace], int] = _implementation(arguments.module, arguments.command)
    return command(arguments)


def _implementation(module: str, command: str) -> Callable[[Namespace], int]:
    """The function `run` of a command's module."""
    name = f"tui.cli.{module}"
    try:
        found: Callable[[Namespace], int] = importlib.import_module(name).run
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        line = f"{command} is not available in this build"
        raise CommandError(line, errors.BAD_USE) from None
    return found


def _end(code: int, lines: Iterable[str]) -> int:
    """Say the lines on stderr and pass the code on."""
    from tui.domain.text import one_line

    for line in lines:
        print(f"smsdesk: {one_line(line, limit=1000)}", file=sys.stderr)
    return code


def _output_goes_nowhere() -> None:
    """What is still buffered is dropped in place of failing again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _unexpected(error: Exception) -> str:
    """The line for an error of our own, its details written to the log."""
    from tui.logs import close_log, get_logger, open_log
    from tui.settings.paths import log_file

    path = log_file(os.environ)
    what = f"something unexpected happened ({type(error).__name__})"
    try:
        log = open_log(path)
    except OSError as trouble:
        return f"{what}, and its details cannot be written to {path} ({trouble.strerror})"
    get_logger("cli").error("unexpected", exc_info=error)
    close_log(log)
    return f"{what}; the details are in {path}"
