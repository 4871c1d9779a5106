"""Load all settings: read, validate, and convert them for their users."""

import getpass
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from pydantic import ValidationError

from tui.domain.account import Account, NeededSetting
from tui.domain.database import ServerDatabase
from tui.domain.web_addresses import is_unencrypted
from tui.providers.catalog import CATALOG
from tui.settings.account_base import FILE_PREFIX, KEYRING_PREFIX, AccountBase, is_secret_field
from tui.settings.database_address import check_encryption
from tui.settings.errors import SettingsError
from tui.settings.models import Settings
from tui.settings.paths import expand_path, find_directory
from tui.settings.problems import format_errors
from tui.settings.public import GeneralSettings, Preferences
from tui.settings.secrets import (
    KeyringReader,
    fetch_secrets,
    list_secret_files,
    read_system_keyring,
)
from tui.settings.sources import SettingsLayer, SettingsSources, is_readable_by_all, read_sources


def load_settings(
    environ: Mapping[str, str],
    config: Path | None = None,
    *,
    keyring: KeyringReader = read_system_keyring,
) -> Settings:
    """Return all settings, with secrets.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.
        keyring: Reads a secret from the keyring.

    Raises:
        SettingsError: The settings are not valid.
    """
    return fetch_secrets(_validate_sources(read_sources(environ, config)), environ, keyring)


def load_settings_without_secrets(
    environ: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Return all settings as they are written; secrets that are stored elsewhere are not fetched.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: The settings are not valid.
    """
    return _validate_sources(read_sources(environ, config))


def load_preferences(
    environ: Mapping[str, str], config: Path | None = None
) -> tuple[Preferences, tuple[Path, ...]]:
    """Return the preferences, and the files besides the settings file that they depend on.

    Everything is validated, but no secret is fetched.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: The settings are not valid.
    """
    sources = read_sources(environ, config)
    settings = _validate_sources(sources)
    watched = (*sources.watched, *list_secret_files(settings, environ))
    return to_preferences(settings, environ, _find_warnings(settings, sources)), watched


def to_preferences(
    settings: Settings, environ: Mapping[str, str], warnings: tuple[str, ...] = ()
) -> Preferences:
    """Return the preferences with their defaults resolved, and the accounts without secrets.

    Args:
        settings: Validated settings.
        environ: Environment variables.
        warnings: Allowed settings that should be fixed, one line each.
    """
    values = {field.name: getattr(settings, field.name) for field in fields(GeneralSettings)}
    if "database" not in settings.model_fields_set:
        values["database"] = find_directory("data", environ) / "inbox.db"
    database = values["database"]
    if isinstance(database, ServerDatabase):
        check_encryption(database, is_unverified_allowed=settings.database_unverified)
        values["database"] = replace(database, pooled=settings.database_pooled)
    for name, value in values.items():
        if isinstance(value, Path):
            values[name] = expand_path(value, environ)
    values["agent"] = settings.agent or _find_user_name(environ)
    return Preferences(**values, accounts=to_public_accounts(settings), warnings=warnings)


def to_public_accounts(settings: Settings) -> tuple[Account, ...]:
    """Return the accounts without secrets, as screens may see them."""
    return tuple(
        Account(
            name=name,
            provider=account.provider,
            title=account.title or name,
            senders=account.all_senders,
            region=choose_region(account, settings),
            low_balance=account.low_balance,
            opt_out_sentence=account.opt_out_sentence,
            listener=account.hook_secret is not None,  # the background service may run the listener
            missing_secret=find_missing_secret(account, settings),
        )
        for name, account in settings.accounts.items()
    )


def find_missing_secret(account: AccountBase, settings: Settings) -> NeededSetting | None:
    """Return the setting that signs pushed replies if it is needed and not set, or None.

    It is needed if the account has an address at the listener, whichever process listens, or if
    anything listens at all.

    Args:
        account: Settings of the account.
        settings: Settings of the desk, which say whether it listens.
    """
    if not (account.hook_secret or settings.public_url or settings.listen):
        return None
    needed = CATALOG[account.provider].needed_settings
    missing = (need for need in needed if need.signs_replies and not getattr(account, need.name))
    return next(missing, None)


def choose_region(account: AccountBase, settings: Settings) -> str:
    """Return the country of an account's numbers without a country code; empty for none.

    Args:
        account: Settings of the account.
        settings: Settings of the desk, which give the country of the other accounts.
    """
    return account.region or CATALOG[account.provider].country or settings.default_region or ""


def _validate_sources(sources: SettingsSources) -> Settings:
    """Return the settings of all layers; raise `SettingsError` if they are not valid."""
    try:
        return Settings(*(layer.values for layer in sources.layers))
    except ValidationError as error:
        # "from None": the original error would show values, and one of them may be a secret.
        raise SettingsError(format_errors(error, sources)) from None


def _find_user_name(environ: Mapping[str, str]) -> str:
    """Return the name of the system's user; a placeholder if the system has none."""
    named = environ.get("LOGNAME") or environ.get("USER")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "agent"


def _find_warnings(settings: Settings, sources: SettingsSources) -> tuple[str, ...]:
    """Return a line for each allowed setting that should be fixed."""
    lines = [
        f"accounts.{name}: {account.base_url} is not encrypted; use https"
        for name, account in settings.accounts.items()
        if is_unencrypted(account.base_url)
    ]
    file = sources.layers[-1]
    if file.file and _has_clear_secret(file) and is_readable_by_all(file.file):
        lines.append(f"{file.file}: holds a secret and everyone can read it; chmod 600 it")
    password = settings.database_password_file
    if password is not None and is_readable_by_all(password):
        lines.append(f"{password}: holds the password and everyone can read it; chmod 600 it")
    return tuple(lines)


def _has_clear_secret(layer: SettingsLayer) -> bool:
    """Return whether an account of the layer contains a secret in clear."""
    return any(
        is_secret_field(field)
        and isinstance(value, str)
        and not value.startswith((KEYRING_PREFIX, FILE_PREFIX))
        for account in layer.values.get("accounts", {}).values()
        for field, value in account.items()
    )
