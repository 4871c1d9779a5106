"""Find the program's files, and write private ones completely or not at all.

The rules for Linux are written out because importing `platformdirs` takes longer than a short
script's whole run; a test compares the two.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from tui.private_files import create_file, make_directory
from tui.settings.errors import SettingsError

_APP_NAME = "smsdesk"
_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
DirectoryKind = Literal["config", "data", "state"]

PATH_VARIABLES = ("HOME", *(variable for variable, _ in _XDG.values()))
"""Variables that move the default directories."""


def find_directory(kind: DirectoryKind, environ: Mapping[str, str]) -> Path:
    """Return the program's own directory of a kind; it may not exist yet.

    Args:
        kind: Purpose of the directory.
        environ: Environment variables.
    """
    if sys.platform in ("darwin", "win32", "cygwin"):
        return _find_platform_directory(kind)
    variable, below_home = _XDG[kind]
    chosen = environ.get(variable, "").strip()
    # The XDG specification says to ignore relative paths.
    return (Path(chosen) if os.path.isabs(chosen) else _find_home(environ) / below_home) / _APP_NAME


def find_config_file(environ: Mapping[str, str], given: Path | None = None) -> tuple[Path, bool]:
    """Return the settings file, and whether it was named: a named one has to exist.

    Args:
        environ: Environment variables.
        given: Settings file in place of SMSDESK_CONFIG.
    """
    named = given or environ.get("SMSDESK_CONFIG")
    if named:
        return expand_path(named, environ), True
    return find_directory("config", environ) / "config.toml", False


def find_cache_file(environ: Mapping[str, str]) -> Path:
    """Return the cache file of the validated preferences."""
    return find_directory("state", environ) / "settings.json"


def find_style_file(environ: Mapping[str, str]) -> Path:
    """Return the cache file of the parsed stylesheets."""
    return find_directory("state", environ) / "styles.pickle"


def find_shape_file(environ: Mapping[str, str]) -> Path:
    """Return the cache file of how numbers are grouped."""
    return find_directory("state", environ) / "number-shapes.json"


def find_log_file(environ: Mapping[str, str]) -> Path:
    """Return the log file."""
    return find_directory("state", environ) / "smsdesk.log"


def expand_path(path: str | Path, environ: Mapping[str, str]) -> Path:
    """Return the path with a leading `~` as this environment's home directory.

    Args:
        path: Path as written in the settings.
        environ: Environment variables.

    Raises:
        SettingsError: The path contains a NUL.
    """
    if "\0" in str(path):
        raise SettingsError([f"{path}: holds a NUL and cannot be a path"])
    first, *rest = Path(path).parts or (".",)
    return _find_home(environ).joinpath(*rest) if first == "~" else Path(path)


def _find_home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory."""
    home = environ.get("HOME")
    return Path(home) if home else Path.home()


def _find_platform_directory(kind: DirectoryKind) -> Path:
    """Return the directory on systems with their own rules."""
    import platformdirs

    finders = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }
    return finders[kind](_APP_NAME, appauthor=False)


def write_private(path: Path, text: str | bytes) -> None:
    """Replace the file with `text`, mode 0600, in one step.

    A link stays a link: the file it points to is replaced.

    Args:
        path: File to write; its directory is created if necessary.
        text: New content.

    Raises:
        OSError: The file cannot be written.
        UnicodeEncodeError: The text has lone surrogates.
    """
    content = text.encode() if isinstance(text, str) else text
    target = Path(os.path.realpath(path))
    make_directory(target.parent)
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
    # `create_file` refuses every existing file, also a link planted by another user.
    path.unlink(missing_ok=True)
    with open(create_file(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
