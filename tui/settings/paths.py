"""Where the desk's files are.

The rules for Linux are written out because `platformdirs` takes longer to import than a script's
whole answer takes to print; a test holds the two equal.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from tui.settings.errors import SettingsError

_NAME = "smsdesk"
_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
Kind = Literal["config", "data", "state"]

PATH_VARIABLES = ("HOME", *(variable for variable, _ in _XDG.values()))
"""The variables that move the default places."""


def directory(kind: Kind, environ: Mapping[str, str]) -> Path:
    """The desk's own directory of a kind; it may not exist yet."""
    if sys.platform in ("darwin", "win32", "cygwin"):
        return _elsewhere(kind)
    variable, below_home = _XDG[kind]
    chosen = environ.get(variable, "").strip()
    return (Path(chosen) if os.path.isabs(chosen) else _home(environ) / below_home) / _NAME


def config_file(environ: Mapping[str, str], given: Path | None = None) -> tuple[Path, bool]:
    """The settings file, and whether someone named it: a named one has to exist."""
    named = given or environ.get("SMSDESK_CONFIG")
    if named:
        return expanded(named, environ), True
    return directory("config", environ) / "config.toml", False


def stamp_file(environ: Mapping[str, str]) -> Path:
    """Where the desk remembers settings that it has found right."""
    return directory("state", environ) / "settings.json"


def log_file(environ: Mapping[str, str]) -> Path:
    """The file that the log goes to."""
    return directory("state", environ) / "smsdesk.log"


def expanded(path: str | Path, environ: Mapping[str, str]) -> Path:
    """The path with a leading `~` as this environment's home directory; raises `SettingsError`."""
    if "\0" in str(path):
        raise SettingsError([f"{path}: holds a NUL and cannot be a path"])
    first, *rest = Path(path).parts or (".",)
    return _home(environ).joinpath(*rest) if first == "~" else Path(path)


def _home(environ: Mapping[str, str]) -> Path:
    """The user's home directory."""
    home = environ.get("HOME")
    return Path(home) if home else Path.home()


def _elsewhere(kind: Kind) -> Path:
    """The directory on systems with rules of their own."""
    import platformdirs

    ways = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }
    return ways[kind](_NAME, appauthor=False)
