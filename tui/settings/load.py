"""The settings as a whole: read, validated, and shaped for those who use them."""

import getpass
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from pydantic import ValidationError

from tui.domain.account import Account
from tui.settings.accounts import KEYRING, is_secret
from tui.settings.desk import Desk, Notifications
from tui.settings.errors import SettingsError
from tui.settings.models import Settings
from tui.settings.paths import directory, expanded
from tui.settings.problems import lines_of
from tui.settings.secrets import Keyring, secret_files, system_keyring, with_secrets
from tui.settings.sources import Layer, Sources, gather, readable_by_all

_LOCAL_HOSTS = ("http://127.", "http://localhost", "http://[::1]")


def load_settings(
    environ: Mapping[str, str], config: Path | None = None, *, keyring: Keyring = system_keyring
) -> Settings:
    """Everything, secrets fetched from where they are; raises `SettingsError`."""
    return with_secrets(_validated(gather(environ, config)), environ, keyring)


def load_desk(
    environ: Mapping[str, str], config: Path | None = None
) -> tuple[Desk, tuple[Path, ...]]:
    """The part without secrets, and the files it depends on beside the settings file.

    All is validated, but no secret is fetched. Raises `SettingsError`.
    """
    sources = gather(environ, config)
    settings = _validated(sources)
    watched = (*sources.watched, *secret_files(settings, environ))
    return desk_of(settings, environ, _warnings(settings, sources)), watched


def desk_of(settings: Settings, environ: Mapping[str, str], warnings: tuple[str, ...] = ()) -> Desk:
    """The desk-level values with their defaults worked out, and the accounts without secrets."""
    same = {place.name for place in fields(Desk)} & set(Settings.model_fields)
    worked_out = {
        "database": _database(settings, environ),
        "agent": settings.agent or _user(environ),
        "notifications": Notifications(**settings.notifications.model_dump()),
        "accounts": accounts_of(settings),
        "warnings": warnings,
    }
    return Desk(**{name: getattr(settings, name) for name in same} | worked_out)


def accounts_of(settings: Settings) -> tuple[Account, ...]:
    """The accounts as screens may know them."""
    return tuple(
        Account(
            name=name,
            provider=account.provider,
            title=account.title or name,
            senders=account.all_senders,
            region=account.region or settings.default_region or "",
            low_balance=account.low_balance,
            listener=account.hook_secret is not None,  # the listener itself may be the service's
        )
        for name, account in settings.accounts.items()
    )


def _validated(sources: Sources) -> Settings:
    """The settings of all layers; raises `SettingsError`."""
    try:
        return Settings(*(layer.values for layer in sources.layers))
    except ValidationError as error:
        raise SettingsError(lines_of(error, sources)) from None


def _database(settings: Settings, environ: Mapping[str, str]) -> Path:
    """The inbox file."""
    if settings.database is None:
        return directory("data", environ) / "inbox.db"
    return expanded(settings.database, environ)


def _user(environ: Mapping[str, str]) -> str:
    """The name of the system's user; a made-up one where the system knows none."""
    named = environ.get("LOGNAME") or environ.get("USER")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "agent"


def _warnings(settings: Settings, sources: Sources) -> tuple[str, ...]:
    """What is allowed but should be mended."""
    lines = [
        f"accounts.{name}: {account.base_url} is not encrypted; use https"
        for name, account in settings.accounts.items()
        if account.base_url.startswith("http:") and not account.base_url.startswith(_LOCAL_HOSTS)
    ]
    file = sources.layers[-1]
    if file.file and _holds_secret(file) and readable_by_all(file.file):
        lines.append(f"{file.file}: holds a secret and everyone can read it; chmod 600 it")
    return tuple(lines)


def _holds_secret(layer: Layer) -> bool:
    """Whether a secret stands in clear in one of the layer's accounts."""
    return any(
        is_secret(field) and isinstance(value, str) and not value.startswith(KEYRING)
        for account in layer.values.get("accounts", {}).values()
        for field, value in account.items()
    )
