"""Put errors of the server into one line that names the cause and the fix.

The server names the kind of an error by five characters (SQLSTATE, appendix A of PostgreSQL's
manual); its own words can be in any language.
"""

import psycopg

from tui.store.errors import (
    BadValue,
    Busy,
    CannotOpen,
    CannotWrite,
    InboxMark,
    NewerDatabase,
    NotADatabase,
    NotPermitted,
    OutdatedSchema,
    StoreError,
    Unreachable,
)

_BAD_VALUE_CLASSES = frozenset({"22", "23", "54"})
_WRONG_TYPE_STATES = frozenset({"42804", "42883"})
GRANT = "grant the user the privileges that smsdesk help postgresql lists"
STANDBY = (
    "is a standby that only reads: nothing was written; name the primary in `database`,"
    " or both hosts with target_session_attrs=read-write"
)
UNDECLARED_POOLER = (
    "is behind a pooler that gives each transaction another connection: set database_pooled ="
    " true, or name the server itself in `database`"
)
_GOES_ON = "nothing was written; try again once it answers"
_CAUSES: dict[str, tuple[type[StoreError], str]] = {
    "28": (
        CannotOpen,
        "refused the user or the password: check the user in `database`, and"
        " SMSDESK_DATABASE_PASSWORD or the file that PGPASSFILE names",
    ),
    "3D": (CannotOpen, "has no database of this name: create it, or correct `database`"),
    "3F": (
        CannotOpen,
        "has no schema of this name that the user may use: create it, grant usage on it, or"
        " correct `database`",
    ),
    "42501": (NotPermitted, f"does not permit this: {GRANT}"),
    "53300": (
        Unreachable,
        f"has no connection left: {_GOES_ON}; raise max_connections, or use a pooler",
    ),
    "53100": (CannotWrite, "has no disk space left: nothing was written; make room on the server"),
    "53": (CannotWrite, "is short of resources: nothing was written; look at its log"),
    "25006": (CannotWrite, STANDBY),
    "26000": (Unreachable, UNDECLARED_POOLER),
    "42P05": (Unreachable, UNDECLARED_POOLER),
    "55P03": (Busy, "is locked by another transaction: nothing was written, try again"),
    "40": (Busy, "was busy with another transaction: nothing was written, try again"),
    "57014": (Busy, "stopped the statement because it took too long: nothing was written"),
    "25P03": (Unreachable, f"closed a connection that was idle in the middle: {_GOES_ON}"),
    "57": (Unreachable, f"is starting or stopping: {_GOES_ON}"),
    "57P01": (Unreachable, f"closed the connection, or is stopping: {_GOES_ON}"),
    "access": (
        CannotOpen,
        "does not accept this user from this host: check pg_hba.conf of the server, and the user"
        " and sslmode in `database`",
    ),
    "no password": (
        CannotOpen,
        "refused the user or the password: it asks for one, and none is in"
        " SMSDESK_DATABASE_PASSWORD, database_password_file, secrets_dir or the file that"
        " PGPASSFILE names",
    ),
    "no TLS": (
        CannotOpen,
        "did not agree on an encrypted connection, as it has none: switch it on there, or use"
        " sslmode=disable with database_unverified = true",
    ),
    "TLS": (
        CannotOpen,
        "did not agree on an encrypted connection: check its certificate,"
        " and sslmode and sslrootcert in `database`",
    ),
    "options": (
        CannotOpen,
        "cannot be reached with these options: correct them in `database`",
    ),
    "standby": (Unreachable, f"only reads, and there is no primary: {_GOES_ON}"),
    "08": (Unreachable, f"cannot be reached: {_GOES_ON}"),
}
"""What the errors of a class (two characters), or one of them (five), mean; and some others."""
_SHORT_CAUSES = {
    "53300": "has no connection left",
    "57": "is starting or stopping",
    "57P01": "closed the connection, or is stopping",
    "26000": "is behind a pooler, which the settings do not say,",
    "42P05": "is behind a pooler, which the settings do not say,",
}
"""What some of them mean in few words, for the line that stays while it lasts."""
_BAD_OPTIONS = ("invalid URI query parameter", "invalid connection option", 'value: "')
_LOST = ("closed unexpectedly", "closed the connection", "SYSCALL", "unexpected eof")
_UNKNOWN_TLS = ("SSL", "TLS", "certificate")


def translate_error(error: Exception, name: str) -> StoreError:
    """Return the error as a `StoreError` whose text says what an agent can do.

    Args:
        error: Error of the driver, or one of ours without the name of the database.
        name: Address of the database without its password.
    """
    text = " ".join(str(error).split())
    match error:
        case NewerDatabase():
            return NewerDatabase(
                f"The database {name} was written by a newer smsdesk ({text}): "
                "install that version, or set SMSDESK_DATABASE to another database"
            )
        case InboxMark():
            return error.name_inbox(name)
        case NotADatabase():
            return NotADatabase(f"{name} is not an inbox: {text}")
        case OutdatedSchema():
            return type(error)(f"{name}: {text}")
        case StoreError():
            return error
        case psycopg.Error():
            return _translate_state(error, text, name)
    return StoreError(f"The database {name} reports: {text}")


def _translate_state(error: psycopg.Error, text: str, name: str) -> StoreError:
    """Return the error that matches the SQLSTATE of an error of the driver."""
    state = error.sqlstate or ""
    if state[:2] in _BAD_VALUE_CLASSES or state in _WRONG_TYPE_STATES:
        return BadValue(f"The database {name} cannot store this: {text}")
    key = state if state in _CAUSES else state[:2]
    if not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        key = _find_connection_cause(text)
    elif not state and isinstance(error, psycopg.DataError | psycopg.ProgrammingError):
        # The driver itself found it.
        return BadValue(f"The database {name} cannot store this: {text}")
    if key not in _CAUSES:
        return StoreError(f"The database {name} reports: {text} ({state or 'no code'})")
    kind, meaning = _CAUSES[key]
    line = f"The database server of {name} {meaning} ({_shorten(text)})"
    if kind is Unreachable and key in _SHORT_CAUSES:
        return Unreachable(line, _SHORT_CAUSES[key])
    return kind(line)


def _find_connection_cause(text: str) -> str:
    """Return which cause an error has that came before or beside the server's own.

    It has no code, so this goes by the words of the driver and the server.
    """
    if any(words in text for words in _BAD_OPTIONS):
        return "options"
    if any(word in text for word in _LOST):
        return "08"
    if "pg_hba.conf" in text:
        return "access"
    if "no password supplied" in text:
        return "no password"
    if "password" in text or "authentication" in text:
        return "28"
    if "server does not support SSL" in text:
        return "no TLS"
    if "too many" in text or "remaining connection slots" in text or "no more connections" in text:
        return "53300"
    if any(word in text for word in _UNKNOWN_TLS):
        return "TLS"
    if "session is read-only" in text or "session is not read-only" in text:
        return "standby"
    if "starting up" in text or "shutting down" in text or "recovery" in text:
        return "57"
    if "does not exist" in text:
        return "28" if "role" in text else "3D"
    return "08"


def _shorten(text: str, limit: int = 200) -> str:
    """Return the beginning of the driver's words."""
    return text if len(text) <= limit else f"{text[:limit]}…"
