"""Test addresses with several hosts, of which one is the primary."""

from urllib.parse import unquote

import pytest
from psycopg.conninfo import conninfo_to_dict

from tui.domain.database import ServerDatabase
from tui.settings.database_address import check_encryption, parse_database
from tui.settings.errors import SettingsError

_BOTH = "postgresql://desk@h1:5433,h2:5434/desk?target_session_attrs=read-write"


def parse(address: str) -> ServerDatabase:
    """Return a database on a server."""
    found = parse_database(address)
    assert isinstance(found, ServerDatabase)
    return found


def test_both_hosts_reach_the_driver() -> None:
    database = parse(_BOTH)
    found = conninfo_to_dict(database.address)
    assert (found["host"], found["port"]) == ("h1,h2", "5433,5434")
    assert (found["user"], found["dbname"]) == ("desk", "desk")
    assert found["target_session_attrs"] == "read-write"
    assert found["sslmode"] == "verify-full"
    assert database.name == "postgresql://desk@h1:5433,h2:5434/desk"


@pytest.mark.parametrize(
    ("hosts", "mode"),
    [
        ("127.0.0.1:1,127.0.0.1:2", None),
        ("localhost,[::1]:5433", None),
        ("127.0.0.1,h2", "verify-full"),
        ("h1,127.0.0.1", "verify-full"),
        ("h1:5433,h2", "verify-full"),
    ],
)
def test_one_host_elsewhere_is_enough_to_need_encryption(hosts: str, mode: str | None) -> None:
    found = conninfo_to_dict(parse(f"postgresql://{hosts}/desk").address)
    assert found.get("sslmode") == mode


@pytest.mark.parametrize("hosts", ["h1,h2", "127.0.0.1,h2", "h1,localhost"])
def test_a_weak_mode_is_refused_for_any_of_the_hosts(hosts: str) -> None:
    database = parse(f"postgresql://{hosts}/desk?sslmode=require")
    with pytest.raises(SettingsError, match="does not prove"):
        check_encryption(database, is_unverified_allowed=False)
    check_encryption(database, is_unverified_allowed=True)


@pytest.mark.parametrize("hosts", ["h1:0,h2", "h1:x,h2", "h1,h2:70000"])
def test_a_wrong_port_of_any_host_is_named(hosts: str) -> None:
    with pytest.raises(ValueError, match=r"must be an address|port 0"):
        parse_database(f"postgresql://{hosts}/desk")


def test_the_password_is_refused_with_several_hosts_too() -> None:
    with pytest.raises(ValueError, match="must not contain the password") as caught:
        parse_database("postgresql://desk:horse1@h1,h2/desk")
    assert "horse1" not in str(caught.value)


@pytest.mark.parametrize("user", ["de%40sk", "de%25sk", "mia%2Btom", "mia"])
def test_a_user_with_any_character_reaches_the_driver(user: str) -> None:
    found = conninfo_to_dict(parse(f"postgresql://{user}@h1/desk").address)
    assert found["user"] == unquote(user)


@pytest.mark.parametrize("schema", ["s" * 64, "ä" * 32, "pg_x", "a%00b", "%1b%5b31m", "a%0a"])
def test_a_schema_that_cannot_be_is_refused(schema: str) -> None:
    with pytest.raises(ValueError, match="names a schema that cannot be"):
        parse_database(f"postgresql://h1/desk?schema={schema}")


def test_a_mistyped_address_is_no_path() -> None:
    with pytest.raises(ValueError, match="must be an address"):
        parse_database("postgresql//desk:hunter2@h/x")
