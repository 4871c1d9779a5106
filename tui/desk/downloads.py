"""Save files from customers to disk under safe names, without overwriting any file."""

from pathlib import Path

from tui.domain.file_names import to_safe_file_name
from tui.private_files import create_file, make_directory

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
    make_directory(folder)
    for number in range(1, _MAX_TRIES):
        counter = f" ({number})" if number > 1 else ""
        path = folder / f"{wanted.stem}{counter}{suffix}"
        try:
            # This makes "does not exist yet" and "create" one step, and follows no symbolic link.
            handle = create_file(path)
        except FileExistsError:
            continue
        with open(handle, "wb") as file:
            file.write(data)
        return path
    raise FileExistsError(f"{folder} is full of files called {wanted}")
