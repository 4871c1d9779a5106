"""Files of customers on this machine's disk: under harmless names, never over another file."""

import os
from pathlib import Path

from tui.domain.text import safe_file_name

_PRIVATE = 0o600
_TRIES = 1_000
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


def save_new(folder: Path, name: str, content_type: str, data: bytes) -> Path:
    """Write a new private file into `folder`, which is made if need be; returns where it is.

    `name` and `content_type` are outside text. Raises `OSError`.
    """
    kind = content_type.partition(";")[0].strip().lower()
    wanted = Path(safe_file_name(name, "file"))
    suffix = wanted.suffix or _SUFFIXES.get(kind, "")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, _TRIES):
        again = f" ({number})" if number > 1 else ""
        path = folder / f"{wanted.stem}{again}{suffix}"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        except FileExistsError:
            continue
        with open(handle, "wb") as file:
            file.write(data)
        return path
    raise FileExistsError(f"{folder} is full of files called {wanted}")
