"""Show a long text on a terminal one screen after the other."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping

_PAGERS = (["less", "-R"], ["more"])
"""Programs to use in this order when PAGER is not set."""
_LESS_OPTIONS = "FRX"
"""End on a short text, keep bold, leave the text on the screen; the choice of git as well."""


def show_text(text: str, environ: Mapping[str, str]) -> None:
    """Show a text with the pager; print it if there is no terminal or no pager.

    Args:
        text: Text that ends with a line break.
        environ: Environment variables; PAGER names the program, empty or "cat" for none.
    """
    pager = _find_pager(environ) if sys.stdout.isatty() else None
    if pager is None or not _run_pager(pager, text, environ):
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def _find_pager(environ: Mapping[str, str]) -> list[str] | None:
    """Return the command of the pager, or None if the text should just be printed."""
    chosen = environ.get("PAGER")
    if chosen is None:
        return next((command for command in _PAGERS if shutil.which(command[0])), None)
    try:
        command = shlex.split(chosen)
    except ValueError:  # a quotation mark without its second
        return None
    return command if command and command != ["cat"] and shutil.which(command[0]) else None


def _run_pager(command: list[str], text: str, environ: Mapping[str, str]) -> bool:
    """Show the text and return whether the pager could be started."""
    options = {"LESS": _LESS_OPTIONS, **environ}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=options)
    except OSError:
        return False
    content = text.encode(sys.stdout.encoding or "ascii", "replace")
    while True:
        try:
            # A pager that is left early is not an error: communicate() ignores the closed pipe.
            pager.communicate(content)
            return True
        except KeyboardInterrupt:
            # Ctrl+C belongs to the pager, which stops a search with it and goes on.
            content = b""
