"""Entry point of the command `smsdesk`.

This module imports almost nothing, because `--version` is answered from here.
"""

import os
import sys
from collections.abc import Sequence

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
    from tui.cli.command_line import run_command_line

    return run_command_line(arguments)
