"""The command `smsdesk`. This module imports next to nothing: `--version` is answered from here."""

import sys
from collections.abc import Sequence

from tui import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `--help` raises `SystemExit`."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"smsdesk {__version__}\n")
        return 0
    from tui.cli.frame import run

    return run(arguments)
