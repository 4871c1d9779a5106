"""Keep the parsed stylesheets from one start to the next.

To parse them takes ten times as long as to read what was parsed. A file that is missing, damaged,
of another version or of another user only costs that time.
"""

import os
import pickle
import stat
import sys
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path

import textual

from tui import __version__
from tui.settings.paths import find_style_file, write_private
from tui.terminal.private_styles import export_parsed_rules, import_parsed_rules

_OTHERS_CAN_WRITE = stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def keep_parsed_styles(environ: Mapping[str, str]) -> Iterator[None]:
    """Read what an earlier start has parsed, and write it at the end if more was parsed now.

    Args:
        environ: Environment variables, for the place of the file.
    """
    path = find_style_file(environ)
    known = _read_rules(path)
    yield
    content = export_parsed_rules()
    if content.keys() != known:
        with suppress(OSError, pickle.PicklingError, TypeError, AttributeError):
            write_private(path, _make_heading() + pickle.dumps(content, protocol=5))


def _read_rules(path: Path) -> Set[object]:
    """Use the rules in a file, if they are ours; return which sources they are of."""
    try:
        content = _read_own_file(path)
        heading = _make_heading()
        if not content.startswith(heading):
            return frozenset()
        rules = pickle.loads(content[len(heading) :])
        import_parsed_rules(rules)
        return frozenset(rules)
    except Exception:  # a damaged pickle can raise anything
        return frozenset()


def _read_own_file(path: Path) -> bytes:
    """Return the content of a file that only this user can have written; else nothing.

    A pickle can run code as it is read, so it must not come from anyone else.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        is_own = status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_CAN_WRITE
        return file.read() if is_own else b""


def _make_heading() -> bytes:
    """Return a line that differs for every version of what made the rules."""
    python = sys.implementation.cache_tag or sys.version
    # Textual looks up its version in the metadata of packages, which takes longer than parsing.
    installed = os.stat(textual.__file__).st_mtime_ns
    return f"{__version__} {python} {textual.__file__} {installed}\n".encode()
