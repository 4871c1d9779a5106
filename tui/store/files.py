"""The database as a file: made private before anything is in it, and never on a network."""

import os
from pathlib import Path

from tui.store.errors import CannotOpen, NotADatabase

_HEADER = b"SQLite format 3\0"

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph", "glusterfs"}
    | {"fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.davfs"}
)


def prepare(path: Path, *, shared: bool = False) -> None:
    """Make the file with mode 0600 (0660 when a group shares it) unless it is there.

    Raises `CannotOpen` or `NotADatabase`, naming the mend.
    """
    if _is_dir(path):
        raise CannotOpen(f"{path} is a directory: name a file, for example {path / 'inbox.db'}")
    _make_parent(path.parent, shared)
    kind = file_system(path.parent)
    if is_network(kind):
        raise CannotOpen(
            f"{path} lies on a network file system ({kind}), where SQLite loses data: "
            "set SMSDESK_DATABASE to a local path"
        )
    _make_file(path, 0o660 if shared else 0o600)
    _check_header(path)


def _make_parent(folder: Path, shared: bool) -> None:
    """Make the directory, private like the file, whatever the umask."""
    if _is_dir(folder):
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o2770 if shared else 0o700)
    except OSError as error:
        raise CannotOpen(
            f"Cannot make the directory {folder} ({error.strerror}): "
            "make it yourself or set SMSDESK_DATABASE to another path"
        ) from None


def _check_header(path: Path) -> None:
    """Leave alone what is no database: SQLite would write over a very short file."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise CannotOpen(
            f"Cannot read the database {path} ({error.strerror}): check its permissions"
        ) from None
    if header and header != _HEADER:
        raise NotADatabase(f"{path} is not a database: name another file or restore a backup")


def _is_dir(path: Path) -> bool:
    """Whether there is a directory here; raises `CannotOpen` where one may not even look."""
    try:
        return path.is_dir()
    except OSError as error:
        raise CannotOpen(
            f"Cannot look at {path} ({error.strerror}): "
            "check the directory's permissions or set SMSDESK_DATABASE to another path"
        ) from None


def _make_file(path: Path, mode: int) -> None:
    """An empty file with exactly this mode, whatever the umask; an existing one is left alone."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
    except FileExistsError:
        return
    except OSError as error:
        raise CannotOpen(
            f"Cannot create the database {path} ({error.strerror}): "
            "check the directory's permissions or set SMSDESK_DATABASE to another path"
        ) from None
    try:
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def is_network(kind: str) -> bool:
    """Whether a file system of this type lies on another machine, where SQLite's locks fail."""
    return kind in _NETWORK


def file_system(folder: Path) -> str:
    """The type of the file system a folder lies on; empty where the system does not say."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    place = f"{folder.resolve()}/"
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if place.startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, found
    return kind
