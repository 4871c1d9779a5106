"""Where settings come from: a TOML file, above it secret files, above them the environment.

Each source becomes a layer that knows how its user wrote every value, so that a wrong one can be
named as it stands in the file or in the environment.
"""

import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.settings.early import PREFIX
from tui.settings.errors import SettingsError
from tui.settings.paths import config_file, expanded

Key = tuple[str, ...]
_NOT_FIELDS = {"SMSDESK_CONFIG"}


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one source as a nested table, and how its user wrote each."""

    values: dict[str, Any]
    names: Mapping[Key, str] = field(default_factory=dict)
    """What a value is called where it was written; for the TOML file that follows from its key."""
    file: Path | None = None
    """The TOML file."""

    def holds(self, key: Key) -> bool:
        """Whether the layer says anything at or below this key."""
        value: Any = self.values
        for part in key:
            if not isinstance(value, dict) or part not in value:
                return False
            value = value[part]
        return True


@dataclass(frozen=True, slots=True)
class Sources:
    """All layers, strongest first, and the files that they were made from."""

    layers: tuple[Layer, ...]
    watched: tuple[Path, ...]
    """Besides the TOML file itself: their times tell whether they may have changed."""

    def holder(self, key: Key) -> Layer | None:
        """The strongest layer that says anything at or below this key."""
        return next((layer for layer in self.layers if layer.holds(key)), None)


def gather(environ: Mapping[str, str], config: Path | None = None) -> Sources:
    """Read every source; raises `SettingsError`."""
    path, named = config_file(environ, config)
    file = Layer(read_toml(path, must_exist=named), file=path)
    variables = environment_layer(environ, _account_names(file))
    known = {*_account_names(file), *_account_names(variables)}
    directory = _secrets_directory(environ, file, variables)
    secrets = secrets_layer(directory, known) if directory else Layer({})
    watched = (directory, *map(Path, secrets.names.values())) if directory else ()
    return Sources((variables, secrets, file), watched)


def read_toml(path: Path, *, must_exist: bool) -> dict[str, Any]:
    """The file's tables, empty when it may be missing and is; raises `SettingsError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        if not must_exist:
            return {}
        raise SettingsError([f"{path}: there is no such settings file"]) from None
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from None
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path}: is not UTF-8 text (byte {error.start})"]) from None
    except (ValueError, RecursionError) as error:  # also numbers and tables beyond all measure
        raise SettingsError([f"{path}: {_with_place_first(str(error))}"]) from None


def _with_place_first(text: str) -> str:
    """ "Invalid value (at line 3, column 9)" as "line 3, column 9: invalid value"."""
    what, _, place = text.rstrip(")").rpartition(" (at ")
    return f"{place}: {what[:1].lower()}{what[1:]}" if what else text


def environment_layer(environ: Mapping[str, str], accounts: Iterable[str] = ()) -> Layer:
    """The SMSDESK_ variables; empty ones count as not set."""
    values: dict[str, Any] = {}
    names: dict[Key, str] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in _NOT_FIELDS or not environ[name]:
            continue
        key = _with_account(tuple(name.removeprefix(PREFIX).lower().split("__")), accounts)
        _put(values, key, environ[name], name)
        names[key] = name
    return Layer(values, names)


def secrets_layer(directory: Path, accounts: Iterable[str]) -> Layer:
    """Secret files of known accounts; other files in the directory are not ours."""
    values: dict[str, Any] = {}
    names: dict[Key, str] = {}
    for path in _files(directory):
        name, _, field_name = path.name.lower().partition("__")
        key = _with_account(("accounts", name, field_name), accounts)
        if field_name and key[1] in accounts:
            _put(values, key, read_secret(path), str(path))
            names[key] = str(path)
    return Layer(values, names)


def read_secret(path: Path) -> str:
    """A secret file's text without the line end; raises `SettingsError`."""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path}: is not UTF-8 text"]) from None


def readable_by_all(path: Path) -> bool:
    """Whether every user of the machine may read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _files(directory: Path) -> list[Path]:
    """The directory's plain files; raises `SettingsError`."""
    try:
        return sorted(path for path in directory.iterdir() if path.is_file())
    except OSError as error:
        raise SettingsError(
            [f"{directory}: cannot be read as the directory of secrets ({error.strerror})"]
        ) from None


def _secrets_directory(environ: Mapping[str, str], file: Layer, variables: Layer) -> Path | None:
    """The directory of secret files: as set, or the one that a service manager made."""
    chosen = variables.values.get("secrets_dir") or file.values.get("secrets_dir")
    if isinstance(chosen, str):
        return expanded(chosen, environ)
    given = environ.get("CREDENTIALS_DIRECTORY")
    return Path(given) if given and Path(given).is_dir() else None


def _account_names(layer: Layer) -> tuple[str, ...]:
    """The accounts that a layer speaks of."""
    accounts = layer.values.get("accounts")
    return tuple(accounts) if isinstance(accounts, dict) else ()


def _with_account(key: Key, accounts: Iterable[str]) -> Key:
    """The key with its account spelt as in the file: `support_au` may be `support-au` there."""
    if len(key) < 2 or key[0] != "accounts":
        return key
    same = (name for name in accounts if name.lower().replace("-", "_") == key[1])
    return (key[0], next(same, key[1]), *key[2:])


def _put(values: dict[str, Any], key: Key, value: str, name: str) -> None:
    """Put a value into nested tables; raises `SettingsError` when a table is in its way."""
    table = values
    for part in key[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise SettingsError([f"{name}: stands below another variable that has a value"])
        table = inner
    table[key[-1]] = value
