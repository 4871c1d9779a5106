"""New files for what leaves the desk: private from the beginning, and never over another file."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from tui.cli.errors import BAD_USE, FAILED, CommandError


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """A new text file in UTF-8, mode 0600; gone again when the block fails.

    A file that is there already is bad use; a full disk is a failure.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        line = f"cannot make {path} ({error.strerror}); name a new file"
        raise CommandError(line, BAD_USE) from None
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            line = f"cannot write to {path} ({error.strerror})"
            raise CommandError(line, FAILED) from None
        raise
