"""Connect the set-up screen with the providers and the settings.

A new account is tested and stored; settings that have changed, by the screen or in an editor, are
read again while the inbox is open.
"""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.desk.account_form import (
    AccountSetup,
    AccountSetupError,
    NewAccount,
    SecretLocation,
    get_secret_variable,
)
from tui.desk.context import ChangedSettingsError
from tui.desk.panel_addresses import PanelAddress
from tui.settings.cache import compute_signature, read_preferences
from tui.settings.errors import SettingsError
from tui.settings.paths import find_config_file, write_private
from tui.settings.public import Preferences
from tui.startup.wiring import add_capabilities
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.desk.context import ReadChangedSettings
    from tui.providers.protocol import Provider
    from tui.settings.write import TomlValue

_FORM_FIELDS = {"api_key": "key", "api_secret": "secret", "base_url": "url"}
"""Field of the form for a setting of the account; other settings have fields of their own name."""
_CHECK_TIMEOUT_SECONDS = 20.0
"""Time for a provider to answer, in seconds."""


def create_account_setup(
    environ: Mapping[str, str],
    config: Path | None,
    clock: Clock,
    rng: random.Random,
    explain_refusal: Callable[[], Awaitable[str]],
    make_secret: Callable[[], str] = secrets.token_urlsafe,
) -> AccountSetup:
    """Return what the set-up screen is given.

    Args:
        environ: Environment variables.
        config: Settings file, as from SMSDESK_CONFIG; None for the default.
        clock: Source of the current time.
        rng: Source of random numbers.
        explain_refusal: Returns why the agent may not save an account; "" if it is allowed.
        make_secret: Returns a new hook secret that cannot be guessed.
    """
    from tui.providers.catalog import CATALOG

    path, _ = find_config_file(environ, config)
    return AccountSetup(
        check=partial(_test_account, clock=clock, rng=rng),
        save=partial(_save_account, path, explain_refusal=explain_refusal, make_secret=make_secret),
        settings_path=str(path),
        providers=tuple(CATALOG.values()),
        list_addresses=partial(_list_addresses, environ, config),
    )


def create_settings_reader(
    environ: Mapping[str, str], config: Path | None, used: Preferences
) -> "ReadChangedSettings":
    """Return the function that reads the settings again when they have changed.

    Args:
        environ: Environment variables.
        config: Settings file, as from SMSDESK_CONFIG; None for the default.
        used: Preferences that the inbox was opened with.
    """
    signature = ""

    def read_if_changed() -> Preferences | None:
        """Return the changed preferences; the first time, compare them with those in use."""
        nonlocal signature
        before, signature = signature, compute_signature(environ, config)
        if signature == before:
            return None
        try:
            fresh = read_preferences(environ, config)
        except SettingsError as error:
            raise ChangedSettingsError(error.lines[0]) from None
        # Reading them may have found further files that they depend on.
        signature = compute_signature(environ, config)
        is_same = not before and (fresh.accounts, fresh.event_targets) == (
            used.accounts,
            used.event_targets,
        )
        return None if is_same else add_capabilities(fresh)

    async def read_changed_settings() -> Preferences | None:
        """Read on a thread, as disks can be slow."""
        return await asyncio.to_thread(read_if_changed)

    return read_changed_settings


async def _list_addresses(
    environ: Mapping[str, str], config: Path | None, name: str
) -> list[PanelAddress]:
    """Return what to enter at the provider's panel for an account; nothing if it is polled."""
    from tui.startup.panel_addresses import load_panel_addresses

    try:
        entries = await asyncio.to_thread(load_panel_addresses, environ, config)
    except SettingsError:  # reported when the inbox opens again
        return []
    return [entry for entry in entries if entry.account == name]


async def _test_account(new: NewAccount, *, clock: Clock, rng: random.Random) -> str:
    """Test the credentials with the provider's cheapest request; raises `AccountSetupError`."""
    # Imported late: the network code is needed only when an account is tested.
    from tui.providers.errors import (
        AddressWrong,
        ProviderError,
        Unavailable,
    )
    from tui.sync.account_health import describe_failure

    provider = await asyncio.to_thread(_open_client, new, clock)
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_SECONDS):
            return await provider.check_credentials()
    except TimeoutError:
        raise AccountSetupError("No answer: check the address and the network", "url") from None
    except ProviderError as error:
        # After wrong credentials the focus stays: a secret must not be typed into the key's field.
        field = "url" if isinstance(error, AddressWrong | Unavailable) else ""
        line = describe_failure(error, 1, rng, in_form=True).line
        raise AccountSetupError(line, field) from None
    finally:
        await provider.aclose()


def _open_client(new: NewAccount, clock: Clock) -> "Provider":
    """Return the provider's client for the form; raises `AccountSetupError`."""
    from pydantic import ValidationError

    from tui.providers.errors import ProviderError
    from tui.providers.registry import open_provider
    from tui.settings.accounts import ACCOUNT_MODELS
    from tui.startup.served_settings import get_client_options

    secrets = {"api_secret": new.api_secret, **new.other_secrets}
    values = {**_settings_table(new), "base_url": new.base_url, **secrets}
    try:
        account = ACCOUNT_MODELS[new.provider.name].model_validate(values)
        return open_provider(new.provider.name, get_client_options(account), clock)
    except ValidationError as error:
        # Without the input: it may hold the secret, and this text is shown.
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "account"
        text = f"{field} {first['msg'].removeprefix('Value error, ')}"
        raise AccountSetupError(text, _FORM_FIELDS.get(field, field)) from None
    except (ProviderError, ValueError) as error:
        raise AccountSetupError(str(error)) from None


def _settings_table(new: NewAccount) -> dict[str, "TomlValue"]:
    """Return the account's table for the settings file, without the secret."""
    values: dict[str, TomlValue] = {"provider": new.provider.name, "api_key": new.api_key}
    if new.base_url != new.provider.base_url:
        values["base_url"] = new.base_url
    if new.region:
        values["region"] = new.region
    return values


async def _save_account(
    path: Path,
    new: NewAccount,
    *,
    explain_refusal: Callable[[], Awaitable[str]],
    make_secret: Callable[[], str],
) -> list[str]:
    """Store the secret and the account; return the commands still to be run."""
    try:
        # Asked again: a lead may have been named since the form was opened.
        if refusal := await explain_refusal():
            raise AccountSetupError(refusal)
        return await asyncio.to_thread(_write_account, path, new, make_secret)
    except SettingsError as error:
        raise AccountSetupError(error.lines[0], "name") from None
    except StoreError as error:
        raise AccountSetupError(f"Not saved: {error}") from None
    except OSError as error:
        raise AccountSetupError(f"Not saved: {error.strerror or error} ({path.parent})") from None


def _write_account(path: Path, new: NewAccount, make_secret: Callable[[], str]) -> list[str]:
    """Write the secret, then the account; runs on a thread, as disks and keyrings can be slow."""
    from tui.settings.account_base import FILE_PREFIX, KEYRING_PREFIX
    from tui.settings.write import add_account

    values = _settings_table(new)
    if new.provider.capabilities.needs_listener:
        values["hook_secret"] = make_secret()
    match new.secret_location:
        # Secrets are written first: an account without its secret would stop the next start.
        case SecretLocation.FILE:
            values["api_secret_file"] = _write_secret(path, new, "api_secret", new.api_secret)
            for setting, secret in new.other_secrets.items():
                values[setting] = f"{FILE_PREFIX}{_write_secret(path, new, setting, secret)}"
            add_account(path, new.name, values)
        case SecretLocation.KEYRING:
            _store_in_keyring(new.name, new.api_secret)
            values["api_secret_keyring"] = True
            for setting, secret in new.other_secrets.items():
                _store_in_keyring(f"{new.name}-{setting}", secret)
                values[setting] = f"{KEYRING_PREFIX}{new.name}-{setting}"
            add_account(path, new.name, values)
        case SecretLocation.ENVIRONMENT:
            add_account(path, new.name, values)
            labels = {need.name: need.label for need in new.provider.needed_settings}
            settings = {"api_secret": new.provider.secret_label} | {
                setting: labels[setting] for setting in new.other_secrets
            }
            return [
                f"export {get_secret_variable(new.name, setting)}='the {label}'"
                for setting, label in settings.items()
            ]
    return []


def _write_secret(path: Path, new: NewAccount, setting: str, secret: str) -> str:
    """Write one secret into a file of its own beside the settings; return its path."""
    file = path.absolute().parent / "secrets" / f"{new.name}__{setting}"
    write_private(file, secret)
    return str(file)


def _store_in_keyring(name: str, secret: str) -> None:
    """Store a secret in the keyring where the settings read it; raises `AccountSetupError`."""
    from tui.settings.secrets import KeyringAccessError, KeyringMissingError, write_keyring

    try:
        write_keyring(name, secret)
    except KeyringMissingError:
        raise AccountSetupError("No keyring here: pip install 'smsdesk[keyring]', or F4") from None
    except KeyringAccessError as trouble:
        raise AccountSetupError(
            f"The keyring takes nothing ({trouble}): F4 keeps it elsewhere"
        ) from None
