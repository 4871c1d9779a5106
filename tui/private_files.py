"""Make directories and files that only those can open who should, whatever the umask.

The mode given to the operating system is only an upper limit: the umask removes bits from it, and
for the directories above the last one it is not used at all. So each new one gets its mode again.
"""

import os
import stat
from errno import ENOTDIR
from pathlib import Path

PRIVATE_DIRECTORY_MODE = 0o700
PRIVATE_FILE_MODE = 0o600


def make_directory(folder: Path, mode: int = PRIVATE_DIRECTORY_MODE) -> None:
    """Make a directory and all that are missing above it, each with this mode.

    A directory that exists stays as it is.

    Args:
        folder: Directory to make.
        mode: Mode of every new directory.

    Raises:
        OSError: A directory cannot be made, or a file has its name.
    """
    missing: list[Path] = []
    place = folder.absolute()
    while not place.is_dir():
        if place.is_symlink() or place.exists():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(place))
        missing.append(place)
        place = place.parent
    for new in reversed(missing):
        try:
            new.mkdir(mode=mode & 0o777)
        except FileExistsError:  # another process was faster, and sets the mode
            continue
        new.chmod(mode)


def create_file(path: Path, mode: int = PRIVATE_FILE_MODE, flags: int = os.O_WRONLY) -> int:
    """Create a file with exactly this mode, and return its descriptor.

    Args:
        path: File to create; it must not exist, not even as a link.
        mode: Mode of the file.
        flags: How it is opened.

    Raises:
        OSError: The file exists or cannot be created.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, mode)
    try:
        os.fchmod(descriptor, mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def copy_access(source: Path, target: Path) -> str:
    """Let those open a copy who can open the original, as far as this user may.

    Args:
        source: The original.
        target: The copy, which is ours and private.

    Returns:
        Who cannot open it, for a person; empty if all can who could.
    """
    original, mine = source.stat(), target.stat()
    bits = stat.S_IMODE(original.st_mode) & 0o666
    problems = []
    if original.st_gid != mine.st_gid and not _change_owner(target, -1, original.st_gid):
        if bits & stat.S_IRWXG:
            problems.append(f"group {_name_group(original.st_gid)}")
        bits &= ~stat.S_IRWXG  # they would be for another group
    if original.st_uid != mine.st_uid and not bits & (stat.S_IRGRP | stat.S_IROTH):
        # With a shared inbox the owner reads the copy as a member of the group.
        problems.append(f"owner {_name_user(original.st_uid)}")
    target.chmod(bits)
    if original.st_uid != mine.st_uid and _change_owner(target, original.st_uid, -1):
        problems = [problem for problem in problems if not problem.startswith("owner")]
    return " and the ".join(problems)


def _change_owner(path: Path, uid: int, gid: int) -> bool:
    """Change the owner or the group of a file; return False if this user may not."""
    try:
        os.chown(path, uid, gid)
    except OSError:
        return False
    return True


def _name_group(number: int) -> str:
    """Return the name of a group, or its number."""
    import grp

    try:
        return grp.getgrgid(number).gr_name
    except (KeyError, OSError):
        return str(number)


def _name_user(number: int) -> str:
    """Return the name of a user, or the number."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except (KeyError, OSError):
        return str(number)
