"""Put the files of a message into words: what lists show for a message without text.

Names come from outside: the result is as untrusted as they are, and passes `one_line` or
`to_printable` before any display. It is made once, when a message is stored.
"""

import unicodedata
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import unquote, urlsplit

from tui.domain.record_type import record
from tui.domain.text import format_count, repair_text

_MAX_NAME_LENGTH = 40
_MAX_NAMES = 3
_LAYOUT_TYPE = "application/smil"
"""Part of an MMS that says where its pictures stand; no file for a reader."""
_UNKNOWN_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_KINDS = {
    "application/pdf": "PDF",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "text/directory": "contact",
    "text/calendar": "calendar entry",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "text": "text",
}
"""Word for a content type, or for all types of a group."""
_FILE_NAME_EXTRAS = frozenset(" ._-()+,=@#&")
_FILE_NAME_BYTES = 120
_SUFFIX_LENGTH = 12
_DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


class NamedData(Protocol):
    """A received file, see `tui.domain.message.Attachment`."""

    @property
    def name(self) -> str:
        """Return the name given by the sender."""

    @property
    def content_type(self) -> str:
        """Return the type given by the sender."""

    @property
    def data(self) -> bytes:
        """Return the bytes."""


@record
class FileLabel:
    """What is known about a file without its bytes."""

    name: str
    content_type: str = ""
    size: int | None = None
    """Size in bytes; None if unknown."""

    @property
    def kind(self) -> str:
        """Return a word for the kind of file; the name decides if the type says nothing."""
        content_type = self.content_type.partition(";")[0].strip().lower()
        if content_type in _UNKNOWN_TYPES:
            import mimetypes  # only for the few files that need it: the first screen does not wait

            content_type = mimetypes.guess_type(self.name)[0] or ""
        group = content_type.partition("/")[0]
        return _KINDS.get(content_type) or _KINDS.get(group) or "file"

    @property
    def short_name(self) -> str:
        """Return the beginning of the name, or the kind of a file without a name."""
        name = " ".join(repair_text(self.name).split())
        return name if len(name) <= _MAX_NAME_LENGTH else f"{name[: _MAX_NAME_LENGTH - 1]}…"


def describe_files(files: Sequence[FileLabel]) -> str:
    """Return "photo.jpg (image, 120 KB)" or "2 files: a.jpg, b.pdf"; empty for no files.

    Args:
        files: Files of one message.
    """
    shown = [file for file in files if _LAYOUT_TYPE not in file.content_type.lower()] or files
    if not shown:
        return ""
    if len(shown) == 1:
        return _describe_file(shown[0])
    names = ", ".join(file.short_name or file.kind for file in shown[:_MAX_NAMES])
    more = f" and {len(shown) - _MAX_NAMES} more" if len(shown) > _MAX_NAMES else ""
    return f"{len(shown)} files: {names}{more}"


def _describe_file(file: FileLabel) -> str:
    """Return one file with its kind and size."""
    size = format_size(file.size) if file.size is not None else ""
    details = ", ".join(filter(None, [file.kind if file.short_name else "", size]))
    name = file.short_name or file.kind
    return f"{name} ({details})" if details else name


def name_attachments(attachments: Sequence["NamedData"]) -> str:
    """Return the files that came with a message.

    Args:
        attachments: Files with their bytes.
    """
    return describe_files([FileLabel(a.name, a.content_type, len(a.data)) for a in attachments])


def describe_pictures(urls: Sequence[str]) -> str:
    """Return the names of the pictures that an outgoing MMS names by URL.

    Args:
        urls: URLs of the pictures.
    """
    return describe_files([FileLabel(_name_picture(url), "image") for url in urls])


def _name_picture(url: str) -> str:
    """Return the file name in a URL, or its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc


def summarize_message(body: str, subject: str, files: str) -> str:
    """Return the text of a message; of one without text its subject and its files.

    Args:
        body: Text of the message.
        subject: Subject of an MMS.
        files: Files of the message in words.
    """
    return body if body.strip() else " · ".join(filter(None, [subject.strip(), files]))


def format_file_count(count: int) -> str:
    """Return a number of files: "1 file", "2 files"; empty for none."""
    return format_count(count, "file") if count else ""


def format_size(size: int) -> str:
    """Return a file size: "812 B", "34 KB", "1.2 MB".

    Args:
        size: Size in bytes.
    """
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1_000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def to_safe_file_name(name: str, fallback: str) -> str:
    """Return the last part of an untrusted file name, harmless in any directory.

    Alphabetic characters of any script stay, everything else becomes "_"; at most 120 bytes,
    with the suffix.

    Args:
        name: Untrusted file name or path.
        fallback: Trusted name, returned if nothing usable is left.
    """
    last = unicodedata.normalize("NFC", repair_text(name)).replace("\\", "/").rpartition("/")[2]
    cleaned = "".join(c if _can_name_file(c) else "_" for c in last)
    stem, dot, suffix = cleaned.strip(" ._-").rpartition(".")
    if not dot or len(suffix) > _SUFFIX_LENGTH:
        stem, dot, suffix = stem + dot + suffix, "", ""
    tail = dot + suffix
    stem = _cut_bytes(stem, _FILE_NAME_BYTES - len(tail.encode())).strip(" ._-")
    if not stem:
        return fallback
    # Windows reserves device names, with any suffix.
    return f"_{stem}{tail}" if stem.partition(".")[0].casefold() in _DEVICE_NAMES else stem + tail


def _can_name_file(char: str) -> bool:
    """Return whether a character is safe for shells and file systems."""
    return char in _FILE_NAME_EXTRAS or unicodedata.category(char)[0] in "LNM"


def _cut_bytes(text: str, octets: int) -> str:
    """Return the longest start of `text` that is at most `octets` long in UTF-8."""
    return text.encode()[:octets].decode(errors="ignore")
