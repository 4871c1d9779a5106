"""Test the setting that names a file or a database server, and where its password comes from."""

from pathlib import Path

import pytest

from tui.domain.database import ServerDatabase
from tui.settings.database_address import attach_password, check_encryption, parse_database
from tui.settings.errors import SettingsError

SAFE = "sslmode=verify-full"


@pytest.mark.parametrize(
    ("value", "address", "shown", "schema"),
    [
        (
            "postgresql://inbox.example/desk",
            f"postgresql://inbox.example/desk?{SAFE}",
            "postgresql://inbox.example/desk",
            "",
        ),
        (
            "postgres://mia@inbox.example:6432/desk?schema=shop",
            f"postgresql://mia@inbox.example:6432/desk?{SAFE}",
            "postgresql://mia@inbox.example:6432/desk?schema=shop",
            "shop",
        ),
        ("postgresql://127.0.0.1/d", "postgresql://127.0.0.1/d", "postgresql://127.0.0.1/d", ""),
        ("postgresql://[::1]:5433/d", "postgresql://[::1]:5433/d", "postgresql://[::1]:5433/d", ""),
        (
            "postgresql://localhost:1,127.0.0.1:2/d",
            "postgresql://localhost:1,127.0.0.1:2/d",
            "postgresql://localhost:1,127.0.0.1:2/d",
            "",
        ),
        (
            "postgresql://localhost,b.example:5433/d",
            f"postgresql://localhost,b.example:5433/d?{SAFE}",
            "postgresql://localhost,b.example:5433/d",
            "",
        ),
        (
            "postgresql:///d?host=/run/postgresql",
            "postgresql:///d?host=%2Frun%2Fpostgresql",
            "postgresql:///d",
            "",
        ),
        (
            "postgresql:///d?host=db.example",
            f"postgresql:///d?host=db.example&{SAFE}",
            "postgresql:///d",
            "",
        ),
    ],
)
def test_an_address_is_read(value: str, address: str, shown: str, schema: str) -> None:
    assert parse_database(value) == ServerDatabase(address, shown, schema)
    assert str(parse_database(value)) == shown


@pytest.mark.parametrize("value", ["inbox.db", "/srv/a b/inbox.db", "a=b/inbox.db", "x:y.db"])
def test_everything_else_is_a_path(value: str) -> None:
    assert parse_database(value) == Path(value)


@pytest.mark.parametrize(
    "value",
    [
        "mysql://x/y",
        "sqlite:///x.db",
        "file:///srv/inbox.db",
        "jdbc:postgresql://x/y",
        "postgresql+psycopg://x/y",
        "postgresql:desk",
        "PostgreSQL:/x/y",
        "host=x dbname=y",
        "user=mia host=x",
        "postgresql://x",
        "postgresql://x:no/y",
        "postgresql://x:0/y",
        "postgresql://a:1,b:no/y",
        "postgresql://mia:word@x/y",
        "postgresql://x/y?password=word",
        "postgresql://[::1/y",
        "",
        7,
    ],
)
def test_what_cannot_be_used_is_refused(value: object) -> None:
    with pytest.raises(ValueError) as refused:
        parse_database(value)
    assert "word" not in str(refused.value).replace("password", "").replace("PASSWORD", "")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://x.example/y?sslmode=require",
        "postgresql://127.0.0.1,x.example/y?sslmode=prefer",
        "postgresql:///y?host=x.example&sslmode=disable",
        "postgresql://127.0.0.1/y?hostaddr=192.0.2.1&sslmode=verify-ca",
        "postgresql://x.example/y?sslmode=anything",
    ],
)
def test_a_server_elsewhere_has_to_prove_its_name(address: str) -> None:
    database = parse_database(address)
    with pytest.raises(SettingsError, match="does not prove"):
        check_encryption(database, is_unverified_allowed=False)
    check_encryption(database, is_unverified_allowed=True)
    check_encryption(
        parse_database(address.partition("?")[0] + "?" + SAFE), is_unverified_allowed=False
    )


def test_the_password_is_attached_and_not_shown(tmp_path: Path) -> None:
    database = parse_database("postgresql://127.0.0.1/y")
    file, folder = tmp_path / "word", tmp_path / "secrets"
    folder.mkdir()
    file.write_text("from the file\n")
    (folder / "database_password").write_text("from the folder")

    def read(environ: dict[str, str], *files: Path | None) -> str:
        found = attach_password(database, environ, files)
        assert isinstance(found, ServerDatabase)
        assert not found.password or found.password not in f"{found!r} {found}"
        return found.password

    variable = {"SMSDESK_DATABASE_PASSWORD": "from the variable"}
    assert read(variable, file, folder) == "from the variable"
    assert read({}, file, folder) == "from the file"
    assert read({}, None, folder) == "from the folder"
    assert read({}, None, tmp_path) == ""
    with pytest.raises(SettingsError, match="cannot be read"):
        read({}, tmp_path / "missing")
