"""Read what the server says about itself and about this user, for `smsdesk doctor`."""

import contextlib

from tui.domain.database import ServerDatabase
from tui.domain.record_type import record
from tui.store.errors import NotADatabase, StoreError
from tui.store.postgres.connection_thread import measure_time
from tui.store.postgres.server_connection import ServerConnection
from tui.store.postgres.server_schema import list_missing_privileges, read_version
from tui.store.postgres.server_session import connect, is_behind_pooler, list_settings

_CHANNEL = "smsdesk_doctor"
_PATIENCE_SECONDS = 2.0
_FACTS = """
select cast(current_user as text) as name, r.rolsuper as is_superuser,
  pg_is_in_recovery() as is_standby,
  current_setting('default_transaction_read_only') = 'on' as is_read_only,
  coalesce(cast(current_schema() as text), '') as schema,
  coalesce((select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('meta')),
    false) as is_owner,
  coalesce(has_schema_privilege(current_schema(), 'create'),
    has_database_privilege(current_database(), 'create')) as can_create,
  least(
    cast(current_setting('max_connections') as integer)
      - case when r.rolsuper then 0
        else cast(current_setting('superuser_reserved_connections') as integer) end,
    nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)) as most_connections,
  -- Unlike pg_stat_activity, which hides from a plain user what the connections of others are.
  (select cast(sum(numbackends) as integer) from pg_stat_database) as used,
  (select count(*) from pg_stat_activity
    where application_name = current_setting('application_name')) as ours,
  (select s.version || ' ' || s.cipher from pg_stat_ssl s
    where s.pid = pg_backend_pid() and s.ssl) as tls
from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()
"""


@record
class ServerFacts:
    """What is to be known about a server before it is trusted with an inbox."""

    version: str
    round_trip: float
    """Seconds from a question to the answer."""
    now: int
    """Time of the server, in ms UTC."""
    tls: str
    """Version of TLS and its cipher; empty if the connection is not encrypted."""
    user: str
    is_superuser: bool
    is_standby: bool
    is_read_only: bool
    is_owner: bool
    """Whether the user owns the tables, and so can bring them up to date."""
    can_create: bool
    """Whether the user can make the tables of a new inbox."""
    missing: tuple[str, ...]
    """Privileges on the tables that the user lacks."""
    schema: str
    schema_version: int
    """0 if there is no inbox yet, or one of another program."""
    most_connections: int
    """How many connections this user can have."""
    used_connections: int
    our_connections: int
    is_proxied: bool
    """Whether a pooler answers in place of the server."""


def read_facts(connection: ServerConnection, database: ServerDatabase) -> ServerFacts:
    """Return what the server says.

    Args:
        connection: Open connection.
        database: Its address.

    Raises:
        StoreError: The server does not answer, or hides it.
    """
    is_proxied = is_behind_pooler(connection)
    trip = min(measure_time(connection)[1] for _ in range(3))
    if database.pooled:
        connection.run_script("; ".join(["begin", *list_settings(database)]))
    found = connection.execute(_FACTS).fetchall()[0]
    number = 0
    with contextlib.suppress(NotADatabase):
        number = read_version(connection)
    missing = tuple(list_missing_privileges(connection)) if number else ()
    if database.pooled:
        connection.run_script("rollback")
    driver = connection.driver
    return ServerFacts(
        version=driver.info.parameter_status("server_version") or str(driver.info.server_version),
        round_trip=trip,
        now=measure_time(connection)[0],
        # Behind a pooler the server knows only about its connection to that.
        tls=found["tls"] or "" if not is_proxied else "TLS" * bool(driver.pgconn.ssl_in_use),
        user=found["name"],
        is_superuser=found["is_superuser"],
        is_standby=found["is_standby"],
        is_read_only=found["is_read_only"],
        is_owner=found["is_owner"],
        can_create=found["can_create"],
        missing=missing,
        schema=found["schema"] or database.schema,
        schema_version=number,
        most_connections=found["most_connections"],
        used_connections=found["used"],
        our_connections=found["ours"],
        is_proxied=is_proxied,
    )


def can_hear_itself(connection: ServerConnection, database: ServerDatabase) -> bool:
    """Return whether what another connection announces arrives here.

    Args:
        connection: Connection that listens.
        database: Its address.
    """
    connection.run_script(f"listen {_CHANNEL}")
    try:
        other = connect(database)
        try:
            other.run_script(f"select pg_notify('{_CHANNEL}', '')")
        finally:
            other.driver.close()
        # To its end: the connection is locked until then.
        return bool(list(connection.driver.notifies(timeout=_PATIENCE_SECONDS, stop_after=1)))
    except StoreError:
        return False
    finally:
        connection.run_script(f"unlisten {_CHANNEL}")
