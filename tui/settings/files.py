"""Write private files completely or not at all."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE_MODE = 0o600


def write_private(path: Path, text: str) -> None:
    """Replace the file with `text`, mode 0600, in one step.

    A link stays a link: the file it points to is replaced.

    Args:
        path: File to write; its directory is created if necessary.
        text: New content.

    Raises:
        OSError: The file cannot be written.
        UnicodeEncodeError: The text has lone surrogates.
    """
    content = text.encode()
    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _write_new_file(temporary, content)
        temporary.replace(target)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _write_new_file(path: Path, content: bytes) -> None:
    """Write a new private file and sync it to disk; replace one left by a crash."""
    # O_EXCL below refuses every existing file, also a link planted by another user.
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
