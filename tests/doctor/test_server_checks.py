"""Test the checks of a database server that no server at hand can be brought to fail."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.shared_server import SharedServer
from tui.clock import MINUTE, ManualClock, SystemClock
from tui.doctor import server_checks
from tui.doctor.checks import CheckResult, Verdict
from tui.doctor.server_checks import check_server
from tui.domain.database import ServerDatabase
from tui.settings.database_address import parse_database
from tui.settings.public import Preferences
from tui.store.postgres.server_facts import ServerFacts

FACTS = ServerFacts(
    version="18.1",
    round_trip=0.001,
    now=1_772_611_200_000,
    tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
    user="desk",
    is_superuser=False,
    is_standby=False,
    is_read_only=False,
    is_owner=True,
    can_create=True,
    missing=(),
    schema="public",
    schema_version=25,
    most_connections=97,
    used_connections=10,
    our_connections=8,
    is_proxied=False,
)
REMOTE = "postgresql://desk@db.example/desk"


def check(address: str = REMOTE, **changed: Any) -> dict[str, CheckResult]:
    """Return the results about a server, by subject.

    Args:
        address: Address as in the settings.
        **changed: What is different about the server.
    """
    database, facts = parse_database(address), replace(FACTS, **changed)
    assert isinstance(database, ServerDatabase)

    def run() -> Iterator[CheckResult]:
        yield server_checks._report_answer(database, facts)
        for one in server_checks._CHECKS:
            yield from one(database, facts)
        yield server_checks._check_clock(facts, ManualClock())

    return {result.subject: result for result in run()}


def test_a_good_server_has_no_finding() -> None:
    found = check()
    assert {result.verdict for result in found.values()} == {Verdict.GOOD}
    assert found["tls"].line.endswith("verified")
    assert "room for 29 more busy ones" in found["connections"].line


@pytest.mark.parametrize(
    ("changed", "subject", "verdict", "words"),
    [
        ({"address": f"{REMOTE}?sslmode=require"}, "tls", "note", "name is not verified"),
        ({"address": f"{REMOTE}?sslmode=disable", "tls": ""}, "tls", "bad", "not encrypted"),
        ({"address": "postgresql:///desk", "tls": ""}, "tls", "good", "on this machine"),
        ({"is_superuser": True}, "privileges", "note", "is a superuser"),
        ({"missing": ("insert on drafts",)}, "privileges", "bad", "no insert on drafts"),
        ({"is_owner": False}, "privileges", "good", "another role owns"),
        ({"is_read_only": True}, "privileges", "good", "owns the tables"),
        ({"is_standby": True}, "standby", "bad", "standby that only reads"),
        ({"used_connections": 92}, "connections", "note", "room for 1 more busy one"),
        ({"used_connections": 120}, "connections", "note", "room for 0 more busy ones"),
        ({"round_trip": 0.2}, "database", "note", "answers in 200.0 ms"),
        ({"now": FACTS.now - 30_000}, "server clock", "note", "30 s ahead of"),
        ({"now": FACTS.now + 5 * MINUTE}, "server clock", "note", "5m behind"),
        ({"address": "postgresql://x.eu.neon.tech/d"}, "suspended", "note", "suspended when idle"),
    ],
)
def test_what_is_wrong_with_a_server_is_one_line(
    changed: dict[str, Any], subject: str, verdict: str, words: str
) -> None:
    found = check(**changed)[subject]
    assert (found.verdict.value, words in found.line) == (verdict, True), found
    assert bool(found.fix) == (verdict != "good")


def test_a_host_that_only_looks_like_a_suspended_one_is_not() -> None:
    assert "suspended" not in check("postgresql://neon.tech.example/d")
    assert "suspended" not in check("postgresql://notneon.tech/d")


def test_the_content_of_an_inbox_is_checked_as_in_a_file(database_server: SharedServer) -> None:
    database = database_server.get_empty_inbox()
    results = list(check_server(Preferences(database=database), database, SystemClock()))
    subjects = [result.subject for result in results]
    assert subjects[0] == "database" and {"schema", "growth", "news"} <= set(subjects)
    assert Verdict.BAD not in {result.verdict for result in results}
