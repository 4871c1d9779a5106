"""New files for what leaves the desk: private from the beginning, and never over another file."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from tui.cli.errors import BAD_USE, FAILED, CommandError


@contextlib.contextmanager
def create_private_file(path: Path) -> Iterator[TextIO]:
    """Yield a new UTF-8 text file with mode 0600, deleted again if the block fails.

    Args:
        path: Path of the file; it must not exist yet.

    Raises:
        CommandError: If the file exists (usage error) or cannot be written (failure).
    """
    try:
        # O_EXCL and the mode at creation: no other file is replaced, and no other user can open
        # the file before its permissions are set.
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
