"""Cache the validated preferences, so that scripts and the first paint need not validate again.

Validation imports more than the rest of a short command together. So the validated preferences are
written to a small cache file in the state directory, together with a fingerprint of everything they
were made from. As long as the fingerprint is unchanged, the cache is used. It contains no secret,
and a cache that is missing, damaged or not writable only costs time.
"""

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui import __version__
from tui.settings.cached_values import from_json_data, to_json_data
from tui.settings.paths import PATH_VARIABLES, find_cache_file, find_config_file, write_private
from tui.settings.public import Preferences

VARIABLE_PREFIX = "SMSDESK_"
_OTHER_VARIABLES = (
    *PATH_VARIABLES,
    "CREDENTIALS_DIRECTORY",
    "LOGNAME",
    "USER",
)


def read_preferences(environ: Mapping[str, str], config: Path | None = None) -> Preferences:
    """Return the preferences, from the cache if it is current.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: The settings are not valid.
    """
    fingerprint = _compute_fingerprint(environ, config)
    cached = _read_cache(find_cache_file(environ), fingerprint)
    return add_database_password(cached or _load_and_cache(environ, config, fingerprint), environ)


def add_database_password(preferences: Preferences, environ: Mapping[str, str]) -> Preferences:
    """Return preferences with the password of their database, which is in no cache.

    Args:
        preferences: Validated settings.
        environ: Environment variables.

    Raises:
        SettingsError: A file with the password cannot be read.
    """
    if isinstance(preferences.database, Path):
        return preferences
    # Imported late: most desks keep their inbox in a file.
    from tui.settings.database_address import attach_password

    given = environ.get("CREDENTIALS_DIRECTORY")
    files = (
        Path(given) if given else None,
        preferences.database_password_file,
        preferences.secrets_dir,
    )
    return replace(preferences, database=attach_password(preferences.database, environ, files))


def compute_signature(environ: Mapping[str, str], config: Path | None = None) -> str:
    """Return a text that changes with the settings file and every file that it depends on.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.
    """
    watched: list[str] = []
    with suppress(OSError, ValueError, TypeError, KeyError):
        watched = list(json.loads(find_cache_file(environ).read_bytes())["watched"])
    times = _read_change_times(map(Path, watched))
    return f"{_compute_fingerprint(environ, config)} {json.dumps(times)}"


def _load_and_cache(
    environ: Mapping[str, str], config: Path | None, fingerprint: str
) -> Preferences:
    """Validate everything, and write the result to the cache."""
    from tui.settings.load import load_preferences

    preferences, watched = load_preferences(environ, config)
    body = {"preferences": to_json_data(preferences), "watched": _read_change_times(watched)}
    cache = {"fingerprint": fingerprint, "seal": _compute_checksum(fingerprint, body), **body}
    # A read-only state directory must not stop a script.
    with suppress(OSError):
        write_private(find_cache_file(environ), json.dumps(cache))
    return preferences


def _read_cache(path: Path, fingerprint: str) -> Preferences | None:
    """Return the cached preferences if they are intact and current."""
    try:
        cache = json.loads(path.read_bytes())
        body = {name: cache[name] for name in ("preferences", "watched")}
        if cache["fingerprint"] != fingerprint or cache["seal"] != _compute_checksum(
            fingerprint, body
        ):
            return None
        if body["watched"] != _read_change_times(map(Path, body["watched"])):
            return None
        preferences = from_json_data(body["preferences"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return preferences if isinstance(preferences, Preferences) else None


def _compute_fingerprint(environ: Mapping[str, str], config: Path | None) -> str:
    """Return a digest of the settings file and of every relevant variable."""
    path, _ = find_config_file(environ, config)
    names = sorted(name for name in environ if name.upper().startswith(VARIABLE_PREFIX))
    parts = [__version__, str(path), str(config), str(os.getuid())]
    parts += [f"{name}={environ.get(name)}" for name in (*names, *_OTHER_VARIABLES)]
    parts += _list_own_change_times()
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    digest.update(_read_content(path))
    return digest.hexdigest()


@functools.cache
def _list_own_change_times() -> tuple[str, ...]:
    """Return when each module of the settings was last changed, as this process has read them.

    During development the settings change without a new version.
    """
    return tuple(_read_change_times(sorted(Path(__file__).parent.glob("*.py"))).values())


def _read_content(path: Path) -> bytes:
    """Return the settings file and its mode; empty if there is none."""
    try:
        return str(path.stat().st_mode).encode() + path.read_bytes()
    except OSError:
        return b""


def _read_change_times(paths: Iterable[Path]) -> dict[str, str]:
    """Return when each file was last changed; empty for a missing one."""
    return {str(path): _read_change_time(path) for path in paths}


def _read_change_time(path: Path) -> str:
    """Return when a file was last changed."""
    try:
        return str(path.stat().st_mtime_ns)
    except OSError:
        return ""


def _compute_checksum(fingerprint: str, body: Mapping[str, Any]) -> str:
    """Return a digest that shows whether a cache was written completely and not edited."""
    text = fingerprint + json.dumps(body, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
