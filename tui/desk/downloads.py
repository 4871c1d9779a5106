"""Save files from customers to disk under safe names, without overwriting any file."""

import os
from pathlib import Path

from tui.domain.text import to_safe_file_name

_PRIVATE_MODE = 0o600
_MAX_TRIES = 1_000
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "audio/mpeg": ".mp3",
    "audio/amr": ".amr",
    "text/plain": ".txt",
    "text/x-vcard": ".vcf",
    "text/vcard": ".vcf",
    "application/pdf": ".pdf",
}


def save_new_file(folder: Path, name: str, content_type: str, data: bytes) -> Path:
    """Write a new private file and return its path.

    Args:
        folder: Folder for the file; created if it does not exist.
        name: Suggested file name (outside text).
        content_type: MIME type, used if the name has no suffix (outside text).
        data: Content of the file.

    Raises:
        OSError: The file cannot be written.
    """
    mime_type = content_type.partition(";")[0].strip().lower()
    wanted = Path(to_safe_file_name(name, "file"))
    suffix = wanted.suffix or _SUFFIXES.get(mime_type, "")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, _MAX_TRIES):
        counter = f" ({number})" if number > 1 else ""
        path = folder / f"{wanted.stem}{counter}{suffix}"
        try:
            # O_EXCL makes "does not exist yet" and "create" one step, and follows no symbolic link.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE)
        except FileExistsError:
            continue
        with open(handle, "wb") as file:
            file.write(data)
        return path
    raise FileExistsError(f"{folder} is full of files called {wanted}")
