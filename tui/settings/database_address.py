"""Read where the inbox is stored: the path of a file, or the address of a PostgreSQL server.

The password of a server stands in no setting: it is read when the settings are used, and is never
written to their cache.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tui.domain.database import Database, ServerDatabase
from tui.settings.errors import SettingsError

PASSWORD_VARIABLE = "SMSDESK_DATABASE_PASSWORD"
_PASSWORD_FILE = "database_password"
_SCHEMES = ("postgresql", "postgres")
_LONGEST_NAME = 63
"""Bytes of the name of a schema; the server would cut a longer one."""
_OWN_OPTION = "schema"
_SAFE_TLS = "verify-full"
_EXPECTED = 'must be an address like "postgresql://inbox.example/desk?sslmode=verify-full"'
_ALMOST_ADDRESS = re.compile(
    r"\s*(?:postgres(?:ql)?(?::|//)|(?:\w+=\S* +)*(?:host|hostaddr|dbname)=)", re.IGNORECASE
)
"""Beginning of what means a server and is no address, such as `host=inbox.example dbname=desk`."""
_LOCAL_NAMES = ("localhost", "")


def parse_database(value: Any) -> Database:
    """Return the database that a setting names.

    Raises:
        ValueError: It is an address that cannot be used.
    """
    if isinstance(value, Path | ServerDatabase):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a path; put it in quotes")
    if not value:  # it would be the current directory
        raise ValueError("must not be empty")
    if "://" not in value:
        if _ALMOST_ADDRESS.match(value):  # it would become a file of this name
            raise ValueError(_EXPECTED)
        return Path(value)
    try:
        parts = urlsplit(value.strip())
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        ports = [urlsplit(f"//{place}").port for place in _split_places(parts.netloc)]
    except ValueError:  # also a port that is no number
        raise ValueError(_EXPECTED) from None
    if 0 in ports:
        raise ValueError("has the port 0")
    if parts.scheme not in _SCHEMES:
        raise ValueError(
            f'names "{parts.scheme}": smsdesk keeps its inbox in a file, or on a server with an'
            ' address like "postgresql://inbox.example/desk"'
        )
    if parts.password or "password" in options:
        raise ValueError(
            f"must not contain the password: put it into {PASSWORD_VARIABLE}, into a file that"
            " database_password_file names, or into the one of PGPASSFILE"
        )
    name = parts.path.strip("/")
    if not name:
        raise ValueError("does not name a database after the host, like /desk")
    schema = options.pop(_OWN_OPTION, "")
    if len(schema.encode()) > _LONGEST_NAME or not schema.isprintable() or schema.startswith("pg_"):
        raise ValueError(
            "names a schema that cannot be: up to 63 bytes, all of them printable, not pg_…"
        )
    if list_remote_hosts(parts.netloc, options):
        options.setdefault("sslmode", _SAFE_TLS)
    place = parts.netloc.rpartition("@")[2]
    user = f"{quote(unquote(parts.username), safe='')}@" if parts.username else ""
    query = f"?{urlencode(options, quote_via=quote)}" if options else ""
    shown = f"postgresql://{user}{place}/{name}{f'?{_OWN_OPTION}={schema}' if schema else ''}"
    return ServerDatabase(f"postgresql://{user}{place}/{name}{query}", shown, schema)


def check_encryption(database: Database, *, is_unverified_allowed: bool) -> None:
    """Refuse a server on another host whose name is not proved by a certificate.

    Args:
        database: Database of the settings.
        is_unverified_allowed: Whether the settings permit it.

    Raises:
        SettingsError: The connection could be read or redirected by others.
    """
    if not isinstance(database, ServerDatabase) or is_unverified_allowed:
        return
    parts = urlsplit(database.address)
    options = dict(parse_qsl(parts.query))
    mode = options.get("sslmode", _SAFE_TLS)
    if mode != _SAFE_TLS and (hosts := list_remote_hosts(parts.netloc, options)):
        raise SettingsError(
            [
                f"database: sslmode={mode} does not prove that {hosts[0]} is the right server: use"
                f" sslmode={_SAFE_TLS} with sslrootcert, or set database_unverified = true"
            ]
        )


def list_remote_hosts(netloc: str, options: Mapping[str, str]) -> list[str]:
    """Return the hosts of an address that are not this machine.

    Args:
        netloc: Part of the address between the slashes; several hosts are separated by commas.
        options: Options of the address, which may name hosts as well.
    """
    hosts = [urlsplit(f"//{place}").hostname or "" for place in _split_places(netloc)]
    for name in ("host", "hostaddr"):
        hosts += options.get(name, "").split(",")
    return [host for host in hosts if host not in _LOCAL_NAMES and not _is_this_machine(host)]


def _split_places(netloc: str) -> list[str]:
    """Return each host with its port."""
    return netloc.rpartition("@")[2].split(",")


def attach_password(
    database: Database, environ: Mapping[str, str], files: tuple[Path | None, ...]
) -> Database:
    """Return a database with its password, if there is one for it.

    Args:
        database: Database of the settings.
        environ: Environment variables.
        files: File of the password, and directories of secrets; the first that is there counts.

    Raises:
        SettingsError: A file cannot be read.
    """
    if not isinstance(database, ServerDatabase):
        return database
    password = environ.get(PASSWORD_VARIABLE, "")
    for path in files if not password else ():
        file = path / _PASSWORD_FILE if path is not None and path.is_dir() else path
        if file is not None and (file == path or file.exists()):
            password = _read_password(file)
            break
    return replace(database, password=password)


def _read_password(file: Path) -> str:
    """Return the content of a file without the line end."""
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError([f"database_password_file: {file} cannot be read ({reason})"]) from None


def _is_this_machine(host: str) -> bool:
    """Return whether a host is this machine: a loopback address, or the folder of a socket."""
    if host in _LOCAL_NAMES or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
