"""Read the sources of the settings: a TOML file, above it secret files, above them the environment.

Each source becomes a layer that remembers how every value was written, so that a wrong one can be
named as it stands in the file or in the environment.
"""

import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from tui.domain.record_type import record
from tui.settings.cache import VARIABLE_PREFIX
from tui.settings.errors import SettingsError
from tui.settings.paths import expand_path, find_config_file

KeyPath = tuple[str, ...]
_OTHER_VARIABLES = {"SMSDESK_CONFIG", "SMSDESK_DATABASE_PASSWORD"}


@record
class SettingsLayer:
    """Values of one source as a nested table, with their names in that source."""

    values: dict[str, Any]
    names: Mapping[KeyPath, str] = field(default_factory=dict)
    """Name of a value where it was written; for the TOML file it follows from the key."""
    file: Path | None = None
    """Path of the TOML file."""

    def has_key(self, key: KeyPath) -> bool:
        """Return whether the layer has a value at or below this key."""
        value: Any = self.values
        for part in key:
            if not isinstance(value, dict) or part not in value:
                return False
            value = value[part]
        return True


@record
class SettingsSources:
    """All layers, strongest first, and the files they were made from."""

    layers: tuple[SettingsLayer, ...]
    watched: tuple[Path, ...]
    """Files besides the TOML file; their times show whether they may have changed."""

    def find_layer(self, key: KeyPath) -> SettingsLayer | None:
        """Return the strongest layer that has a value at or below this key."""
        return next((layer for layer in self.layers if layer.has_key(key)), None)


def read_sources(environ: Mapping[str, str], config: Path | None = None) -> SettingsSources:
    """Read every source.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: A source cannot be read.
    """
    path, must_exist = find_config_file(environ, config)
    file = SettingsLayer(read_toml(path, must_exist=must_exist), file=path)
    variables = read_environment(environ, _list_account_names(file))
    account_names = {*_list_account_names(file), *_list_account_names(variables)}
    directory = _find_secrets_directory(environ, file, variables)
    secrets = read_secret_files(directory, account_names) if directory else SettingsLayer({})
    watched = (directory, *map(Path, secrets.names.values())) if directory else ()
    return SettingsSources((variables, secrets, file), watched)


def read_toml(path: Path, *, must_exist: bool) -> dict[str, Any]:
    """Return the file's tables; empty if the file may be missing and is.

    Args:
        path: TOML file.
        must_exist: Whether a missing file is an error.

    Raises:
        SettingsError: The file is missing, unreadable or not valid.
    """
    try:
        # "utf-8-sig" also accepts a byte order mark, which some editors write.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if not must_exist:
            return {}
        raise SettingsError([f"{path}: there is no such settings file"]) from None
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from None
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path}: is not UTF-8 text (byte {error.start})"]) from None
    except (ValueError, RecursionError) as error:  # also for numbers and tables that are too large
        raise SettingsError([f"{path}: {_put_position_first(str(error))}"]) from None


def _put_position_first(text: str) -> str:
    """Return "Invalid value (at line 3, column 9)" as "line 3, column 9: invalid value"."""
    problem, _, place = text.rstrip(")").rpartition(" (at ")
    return f"{place}: {problem[:1].lower()}{problem[1:]}" if problem else text


def read_environment(environ: Mapping[str, str], accounts: Iterable[str] = ()) -> SettingsLayer:
    """Return the SMSDESK_ variables as a layer; empty ones count as not set.

    Args:
        environ: Environment variables.
        accounts: Names of accounts in the settings file.
    """
    values: dict[str, Any] = {}
    names: dict[KeyPath, str] = {}
    for name in sorted(environ):
        if not name.startswith(VARIABLE_PREFIX) or name in _OTHER_VARIABLES or not environ[name]:
            continue
        key = _match_account(
            tuple(name.removeprefix(VARIABLE_PREFIX).lower().split("__")), accounts
        )
        _put_value(values, key, environ[name], name)
        names[key] = name
    return SettingsLayer(values, names)


def read_secret_files(directory: Path, accounts: Iterable[str]) -> SettingsLayer:
    """Return the secret files of known accounts as a layer; other files are ignored.

    Args:
        directory: Directory of the secret files.
        accounts: Names of known accounts.
    """
    values: dict[str, Any] = {}
    names: dict[KeyPath, str] = {}
    for path in _list_files(directory):
        name, _, field_name = path.name.lower().partition("__")
        key = _match_account(("accounts", name, field_name), accounts)
        if field_name and key[1] in accounts:
            _put_value(values, key, read_secret(path), str(path))
            names[key] = str(path)
    return SettingsLayer(values, names)


def read_secret(path: Path) -> str:
    """Return the text of a secret file without the line end.

    Raises:
        SettingsError: The file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path}: is not UTF-8 text"]) from None


def is_readable_by_all(path: Path) -> bool:
    """Return whether every user of the machine can read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _list_files(directory: Path) -> list[Path]:
    """Return the directory's plain files; raise `SettingsError` if it cannot be read."""
    try:
        return sorted(path for path in directory.iterdir() if path.is_file())
    except OSError as error:
        raise SettingsError(
            [f"{directory}: cannot be read as the directory of secrets ({error.strerror})"]
        ) from None


def _find_secrets_directory(
    environ: Mapping[str, str], file: SettingsLayer, variables: SettingsLayer
) -> Path | None:
    """Return the directory of secret files: as set, or the one made by a service manager."""
    chosen = variables.values.get("secrets_dir") or file.values.get("secrets_dir")
    if isinstance(chosen, str):
        return expand_path(chosen, environ)
    # systemd sets it for a service with LoadCredential.
    given = environ.get("CREDENTIALS_DIRECTORY")
    return Path(given) if given and Path(given).is_dir() else None


def _list_account_names(layer: SettingsLayer) -> tuple[str, ...]:
    """Return the names of the accounts in a layer."""
    accounts = layer.values.get("accounts")
    return tuple(accounts) if isinstance(accounts, dict) else ()


def _match_account(key: KeyPath, accounts: Iterable[str]) -> KeyPath:
    """Return the key with its account spelled as in the file."""
    if len(key) < 2 or key[0] != "accounts":
        return key
    # A variable's name cannot contain "-": `support_au` may be `support-au` in the file.
    same = (name for name in accounts if name.lower().replace("-", "_") == key[1])
    return (key[0], next(same, key[1]), *key[2:])


def _put_value(values: dict[str, Any], key: KeyPath, value: str, name: str) -> None:
    """Put a value into nested tables; raise `SettingsError` if a plain value is in its place."""
    table = values
    for part in key[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise SettingsError([f"{name}: stands below another variable that has a value"])
        table = inner
    table[key[-1]] = value
