"""Check the database server of an inbox: reach, encryption, privileges, clock and connections."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tui.clock import SECOND, Clock
from tui.desk.format import format_age
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.doctor.database_checks import check_pending_work
from tui.domain.database import ServerDatabase
from tui.domain.text import format_count
from tui.settings.database_address import list_remote_hosts
from tui.settings.public import Preferences
from tui.store.errors import CannotOpen, EmptySchema, OutdatedSchema, StoreError
from tui.store.reader import InboxReader

if TYPE_CHECKING:
    from tui.store.postgres.server_connection import ServerConnection
    from tui.store.postgres.server_facts import ServerFacts

_SUBJECT = "database"
_SLOW_SECONDS = 0.1
"""Round trip from which an agent notices that the server is far away."""
_WRONG_CLOCK_MS = 2 * SECOND
_FEW_PLACES = 10
_DESK_AT_REST, _DESK_BUSY = 1, 3
"""Connections of a desk or a service: the one that reads and listens, and while it works one to
write and one to search."""
_SLEEPING_SERVERS = ".neon.tech"
"""Hosts that suspend a server in which nothing happens, and with it what listens there."""


def check_server(
    desk: Preferences, database: ServerDatabase, clock: Clock
) -> Iterator[CheckResult]:
    """Run every check of the server and of the inbox on it.

    Args:
        desk: Settings without secrets.
        database: Its address, with the password.
        clock: Clock of this host; it follows that of the server from now on.
    """
    try:
        from tui.store.postgres.driver_install import require_driver

        require_driver()
        from tui.store.postgres.server_facts import read_facts
        from tui.store.postgres.server_session import connect

        connection = connect(database)
    except StoreError as error:
        yield report_bad(_SUBJECT, str(error))
        return
    try:
        facts = read_facts(connection, database)
        yield _report_answer(database, facts)
        for check in _CHECKS:
            yield from check(database, facts)
        yield _check_clock(facts, clock)
        yield from _check_news(connection, database, facts)
        clock.follow(facts.now)
    except StoreError as error:
        yield report_bad(_SUBJECT, str(error))
        return
    finally:
        connection.driver.close()
    yield from _check_content(desk, database, facts, clock)


def _report_answer(database: ServerDatabase, facts: "ServerFacts") -> CheckResult:
    """Return which server answers and how fast."""
    trip = facts.round_trip
    line = f"{database} answers in {trip * 1000:.1f} ms (PostgreSQL {facts.version})"
    if trip < _SLOW_SECONDS:
        return report_good(_SUBJECT, line)
    fix = "each action of an agent takes at least this long: run smsdesk nearer to the server"
    return report_note(_SUBJECT, line, fix)


def _check_encryption(database: ServerDatabase, facts: "ServerFacts") -> Iterator[CheckResult]:
    """Check whether others could read or redirect the connection."""
    parts = urlsplit(database.address)
    options = dict(parse_qsl(parts.query))
    is_verified = options.get("sslmode") == "verify-full"
    is_remote = bool(list_remote_hosts(parts.netloc, options))
    fix = "add sslmode=verify-full and sslrootcert=FILE to `database`"
    if not facts.tls:
        if is_remote:
            yield report_bad("tls", "the connection is not encrypted: texts can be read", fix)
        else:
            yield report_good("tls", "none; the server is on this machine")
    elif is_remote and not is_verified:
        yield report_note("tls", f"{facts.tls}, but the server's name is not verified", fix)
    else:
        yield report_good("tls", facts.tls + (", verified" if is_verified else ""))


def _check_user(database: ServerDatabase, facts: "ServerFacts") -> Iterator[CheckResult]:
    """Check what the user of the address may do."""
    if facts.is_standby:
        fix = "name the primary, or all hosts with target_session_attrs=read-write"
        yield report_bad("standby", "the server is a standby that only reads", fix)
    elif facts.is_read_only:
        fix = f"alter role {facts.user} reset default_transaction_read_only, or use another role"
        yield report_bad("privileges", f"{facts.user} has transactions that only read", fix)
    if facts.missing:
        line = f"{facts.user} has no {'; '.join(facts.missing)}"
        fix = "grant what smsdesk help postgresql lists; reading works without"
        yield report_bad("privileges", line, fix)
    elif facts.is_superuser:
        fix = "create a role of its own: smsdesk help postgresql"
        yield report_note("privileges", f"{facts.user} is a superuser; smsdesk needs none", fix)
    elif facts.is_owner:
        yield report_good("privileges", f"{facts.user} owns the tables and can update them")
    else:
        yield report_good("privileges", f"{facts.user} can read and write; another role owns them")


def _check_connections(database: ServerDatabase, facts: "ServerFacts") -> Iterator[CheckResult]:
    """Check for how many desks the server has connections."""
    free = max(0, facts.most_connections - facts.used_connections)
    ours = f"{facts.our_connections} of them by smsdesk"
    line = (
        f"{facts.used_connections} of {facts.most_connections} in use, {ours}; a desk or service"
        f" needs {_DESK_AT_REST}, and {_DESK_BUSY} while it works: room for"
        f" {format_count(free // _DESK_BUSY, 'more busy one')}"
    )
    if free > _FEW_PLACES:
        yield report_good("connections", line)
    else:
        yield report_note("connections", line, "raise max_connections, or put a pooler before it")


def _check_host(database: ServerDatabase, facts: "ServerFacts") -> Iterator[CheckResult]:
    """Report a kind of server that does not fit in every respect."""
    if f"{urlsplit(database.address).hostname or ''}.".endswith(f"{_SLEEPING_SERVERS}."):
        fix = "switch the suspending off for this database"
        line = "this server is suspended when idle: desks lose their connection and reconnect"
        yield report_note("suspended", line, fix)


_CHECKS: tuple[Callable[[ServerDatabase, "ServerFacts"], Iterator[CheckResult]], ...] = (
    _check_host,
    _check_encryption,
    _check_user,
    _check_connections,
)


def _check_clock(facts: "ServerFacts", clock: Clock) -> CheckResult:
    """Compare the clock of this host with that of the server."""
    now = clock.now()
    lead = now - facts.now
    if abs(lead) <= _WRONG_CLOCK_MS:
        return report_good("server clock", "this host and the server have the same time")
    size = f"{abs(lead) / SECOND:.0f} s" if abs(lead) < 60 * SECOND else format_age(0, abs(lead))
    side = "ahead of" if lead > 0 else "behind"
    line = f"this host is {size} {side} the server; smsdesk uses the time of the server"
    return report_note("server clock", line, "let both follow the same time server")


def _check_news(
    connection: "ServerConnection", database: ServerDatabase, facts: "ServerFacts"
) -> Iterator[CheckResult]:
    """Check whether the commits of others are announced, and whether a pooler is in between."""
    from tui.store.postgres.server_facts import can_hear_itself
    from tui.store.postgres.server_session import is_pooled

    if facts.is_standby:
        return  # it announces nothing, and is reported already
    if database.pooled:
        if not facts.is_proxied:
            fix = "set database_pooled = false: then changes are seen at once"
            yield report_note("pooler", "database_pooled is set, but no pooler is there", fix)
        elif is_pooled(connection, database):
            yield report_good("pooler", "transactions are pooled, as database_pooled says")
        else:
            fix = "set database_pooled = false: then changes are seen at once"
            line = "database_pooled is set, but each connection keeps its own on the server"
            yield report_note("pooler", line, fix)
        return
    if can_hear_itself(connection, database):
        line = "a change is announced to other desks at once"
        yield report_good("news", f"{line}, through a pooler" if facts.is_proxied else line)
    else:
        fix = "set database_pooled = true if a pooler is in between"
        yield report_bad("news", "the server does not announce changes to this connection", fix)


def _check_content(
    desk: Preferences, database: ServerDatabase, facts: "ServerFacts", clock: Clock
) -> Iterator[CheckResult]:
    """Check the inbox itself, as that in a file."""
    try:
        with InboxReader(database) as reader:
            yield report_good("schema", f"version {facts.schema_version} in {facts.schema}")
            yield from check_pending_work(reader, desk, clock.now())
    except EmptySchema:
        if facts.can_create:
            yield report_note("schema", "there is no inbox yet; it is made when smsdesk is opened")
        else:
            fix = "create the schema for this user: smsdesk help postgresql"
            line = f"there is no inbox yet, and {facts.user} may not make one"
            yield report_bad("schema", line, fix)
    except OutdatedSchema:
        line = "the inbox is of an earlier smsdesk; opening it as the owner updates it"
        yield report_note("schema", line)
    except CannotOpen as error:
        yield report_bad("schema", str(error))
    except StoreError as error:
        yield report_bad(_SUBJECT, str(error))
