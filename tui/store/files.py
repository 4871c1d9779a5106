"""Prepare the database file: private from the start, and never on a network file system."""

import os
from pathlib import Path

from tui.store.errors import CannotOpen, NotADatabase

_HEADER = b"SQLite format 3\0"

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph", "glusterfs"}
    | {"fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.davfs"}
)


def prepare_file(path: Path, *, shared: bool = False) -> None:
    """Create the file with mode 0600 (0660 if a group shares it) unless it exists.

    Args:
        path: Path of the database file.
        shared: Whether the group of the file may read and write it.

    Raises:
        CannotOpen: The path cannot be used; the text says how to fix it.
        NotADatabase: The file contains something else.
    """
    if _is_directory(path):
        raise CannotOpen(f"{path} is a directory: name a file, for example {path / 'inbox.db'}")
    _create_parent(path.parent, shared)
    kind = detect_file_system(path.parent)
    if is_network_file_system(kind):
        raise CannotOpen(
            f"{path} lies on a network file system ({kind}), where SQLite loses data: "
            "set SMSDESK_DATABASE to a local path"
        )
    _create_file(path, 0o660 if shared else 0o600)
    _check_header(path)


def _create_parent(folder: Path, shared: bool) -> None:
    """Create the directory, as private as the file, whatever the umask."""
    if _is_directory(folder):
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The setgid bit gives the log and shared-memory files the group of the directory.
        folder.chmod(0o2770 if shared else 0o700)
    except OSError as error:
        raise CannotOpen(
            f"Cannot make the directory {folder} ({error.strerror}): "
            "make it yourself or set SMSDESK_DATABASE to another path"
        ) from None


def _check_header(path: Path) -> None:
    """Refuse a file that is no database: SQLite would overwrite a very short one."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise CannotOpen(
            f"Cannot read the database {path} ({error.strerror}): check its permissions"
        ) from None
    if header and header != _HEADER:
        raise NotADatabase(f"{path} is not a database: name another file or restore a backup")


def _is_directory(path: Path) -> bool:
    """Return whether the path is a directory; raise `CannotOpen` if it cannot be read."""
    try:
        return path.is_dir()
    except OSError as error:
        raise CannotOpen(
            f"Cannot look at {path} ({error.strerror}): "
            "check the directory's permissions or set SMSDESK_DATABASE to another path"
        ) from None


def _create_file(path: Path, mode: int) -> None:
    """Create an empty file with exactly this mode unless it exists."""
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


def is_network_file_system(kind: str) -> bool:
    """Return whether file systems of this type are remote, where SQLite's locks fail."""
    return kind in _NETWORK


def detect_file_system(folder: Path) -> str:
    """Return the type of the file system of a folder; empty if it is unknown."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    location = f"{folder.resolve()}/"
    # The longest matching mount point wins; of equal ones, the last mounted.
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, mount_type, *_ = line.split(" ")
        # The kernel writes a space in a mount point as \040.
        point = point.replace("\\040", " ")
        if location.startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, mount_type
    return kind
