"""Files that nobody else may read, written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def write_private(path: Path, text: str) -> None:
    """Put `text` in the place of the file, mode 0600, in one step.

    A link stays a link: the file it leads to is replaced. Raises `OSError`, and
    `UnicodeEncodeError` for text with lone surrogates.
    """
    content = text.encode()
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write_new(draft, content)
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def _write_new(path: Path, content: bytes) -> None:
    """Write a new private file and see it onto the disk; one left by a crash is taken away."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
