"""Entry point of the command `smsdesk`.

This module imports almost nothing, because `--version` is answered from here.
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

from tui import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    `--help` raises `SystemExit`.

    Args:
        argv: Arguments without the program name; None for those of the process.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"smsdesk {__version__}\n")
        return 0
    if "_ARGCOMPLETE" in os.environ:  # the completion script of a shell asks, and nothing else
        from tui.cli.completion import answer_shell

        answer_shell()
    # Imported late: the version must be printed without loading the command line parser.
    with allow_interrupts():
        from tui.cli.command_line import run_command_line

    return run_command_line(arguments)


@contextlib.contextmanager
def allow_interrupts() -> Iterator[None]:
    """Let Ctrl+C end the process without a word while the block imports, as SIGTERM does.

    Nothing has to be ended in order then, and an error that Python raised within an import would
    be printed with a traceback, or lost.
    """
    import signal  # late, as the version is printed without it

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
