"""The reference of the settings is complete, and its defaults and examples are valid."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import tui.settings.load as load
from tui.providers.catalog import CATALOG
from tui.settings.account_base import AccountBase
from tui.settings.accounts import ACCOUNT_MODELS
from tui.settings.cache import read_preferences
from tui.settings.load import to_preferences
from tui.settings.models import Settings, get_fields
from tui.settings.public import GeneralSettings, NotificationPreferences
from tui.settings.reference import (
    SettingRow,
    format_account_tables,
    format_general_tables,
    list_account_rows,
    list_general_rows,
    read_docstrings,
)
from tui.settings.sources import read_environment
from tui.settings.template_names import ReceiptFields, ReplyFields

TABLES = [
    GeneralSettings,
    NotificationPreferences,
    AccountBase,
    *ACCOUNT_MODELS.values(),
    ReceiptFields,
    ReplyFields,
]
PROVIDER = "accounts.NAME.provider"
KEY_AND_SECRET = {"api_key": "key", "api_secret": "secret"}
EVERY_ACCOUNT = {name: [*list_account_rows(), *list_account_rows(name)] for name in ACCOUNT_MODELS}


def ids(row: Any) -> str:
    """A row by its key."""
    return row.key if isinstance(row, SettingRow) else str(row)


@pytest.mark.parametrize("table", TABLES)
def test_every_field_has_a_docstring(table: type) -> None:
    assert set(get_fields(table)) <= set(read_docstrings(table))


def test_every_field_of_the_model_is_in_the_reference() -> None:
    rows = {row.key.split(".")[0] for row in list_general_rows()}
    assert rows | {"accounts"} == set(Settings.model_fields)
    for name, model in ACCOUNT_MODELS.items():
        assert {row.key.split(".")[2] for row in EVERY_ACCOUNT[name]} == set(model.model_fields)


@pytest.mark.parametrize("row", list_general_rows(), ids=ids)
def test_a_general_row_can_be_copied_into_the_file_or_the_environment(row: SettingRow) -> None:
    assert row.description.endswith(".")
    made = Settings(tomllib.loads(f"{row.key} = {row.example}"))
    assert made != Settings(), "an example shows another value than the default"
    if row.default:
        assert Settings(tomllib.loads(f"{row.key} = {row.default}")) == Settings()
    if row.type != "table":
        value = row.example.strip('"')
        assert Settings(read_environment({row.variable: value}).values) == made


@pytest.mark.parametrize(
    ("provider", "row"),
    [(name, row) for name, rows in EVERY_ACCOUNT.items() for row in rows if row.key != PROVIDER],
    ids=ids,
)
def test_an_accounts_row_can_be_copied_into_the_file(provider: str, row: SettingRow) -> None:
    assert row.description.endswith(".")
    key = row.key.removeprefix("accounts.NAME.")
    values: dict[str, Any] = {"provider": provider, **KEY_AND_SECRET}
    if not CATALOG[provider].base_url:
        values["base_url"] = "https://sms.example.com"
    if key.startswith("api_secret"):
        del values["api_secret"]
    if key == "api_token":
        del values["api_key"], values["api_secret"]
    values |= tomllib.loads(f"{key} = {row.example}")
    assert Settings({"accounts": {"au": values}}).accounts["au"].provider == provider


def test_a_row_shows_type_limits_default_and_variable() -> None:
    rows = {row.key: row for row in list_general_rows()}
    grace, theme = rows["grace_seconds"], rows["theme"]
    assert (grace.type, grace.default, grace.example) == ("number, 0 to 300", "5", "10")
    assert grace.variable == "SMSDESK_GRACE_SECONDS"
    assert theme.type == "one of `dark`, `light`, `high-contrast`, `terminal`"
    assert rows["notifications.bell"].variable == "SMSDESK_NOTIFICATIONS__BELL"
    assert rows["quiet_hours"].default == '"20-8"'
    assert rows["listen"].default == "" and not rows["listen"].is_required
    provider = next(row for row in list_account_rows() if row.key == PROVIDER)
    assert provider.type.startswith("one of `messagemedia`, ") and provider.is_required
    hook = next(row for row in list_account_rows() if row.key.endswith("hook_secret"))
    assert hook.type == "secret text"


def test_the_tables_are_markdown_with_six_cells_in_every_line() -> None:
    text = f"{format_general_tables()}\n\n{format_account_tables()}"
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in lines} == {7}
    assert "| `accounts.NAME.api_key` | text | required |" in text
    assert text.count("### ") == 3 + len(ACCOUNT_MODELS)


@pytest.mark.parametrize("row", list_general_rows(), ids=ids)
def test_every_setting_reaches_the_preferences_also_from_the_cache(
    row: SettingRow, environ: dict[str, str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A directory of secrets has to exist.
    example = f'"{config.parent}"' if row.key == "secrets_dir" else row.example
    config.write_text(f"{row.key} = {example}\n")
    read = read_preferences(environ)
    monkeypatch.setattr(load, "load_preferences", None)  # nothing is validated again
    assert read_preferences(environ) == read
    value: Any = read
    default: Any = to_preferences(Settings({}), {**environ, "LOGNAME": "bo"})
    for name in row.key.split("."):
        value, default = getattr(value, name), getattr(default, name)
    assert value != default
