"""Proves and keeps a new account: the set-up screen's way to the providers and the settings."""

import asyncio
import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.enrol import CannotEnrol, Enrol, Keep, NewAccount, variable
from tui.settings.errors import SettingsError
from tui.settings.files import write_private
from tui.settings.paths import config_file

if TYPE_CHECKING:
    from tui.providers.protocol import Provider
    from tui.settings.write import Value

_PATIENCE = 20.0
"""Seconds for a provider to answer."""


def enrol_of(
    environ: Mapping[str, str], config: Path | None, clock: Clock, rng: random.Random
) -> Enrol:
    """What the set-up screen is given; `config` stands for SMSDESK_CONFIG."""
    path, _ = config_file(environ, config)
    return Enrol(
        check=partial(_check, clock=clock, rng=rng),
        save=partial(_save, path),
        place=str(path),
    )


async def _check(new: NewAccount, *, clock: Clock, rng: random.Random) -> str:
    """The provider's cheapest harmless answer; raises `CannotEnrol`."""
    from tui.providers.errors import ProviderError
    from tui.sync.trouble import trouble_of

    provider = await asyncio.to_thread(_client, new, clock)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await provider.check()
    except TimeoutError:
        raise CannotEnrol("No answer: check the address and the network") from None
    except ProviderError as error:
        raise CannotEnrol(trouble_of(error, 1, rng).line) from None
    finally:
        await provider.aclose()


def _client(new: NewAccount, clock: Clock) -> "Provider":
    """The provider's client on what was typed; raises `CannotEnrol`."""
    from pydantic import ValidationError

    from tui.providers.errors import ProviderError
    from tui.providers.registry import open_provider
    from tui.settings.accounts import MODELS
    from tui.wiring import options_of

    values = {**_values(new), "base_url": new.base_url, "api_secret": new.api_secret}
    try:
        account = MODELS[new.kind.provider].model_validate(values)
        return open_provider(new.kind.provider, options_of(account), clock)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "account"
        raise CannotEnrol(f"{place} {first['msg'].removeprefix('Value error, ')}") from None
    except (ProviderError, ValueError) as error:
        raise CannotEnrol(str(error)) from None


def _values(new: NewAccount) -> dict[str, "Value"]:
    """The account's table in the settings, without the secret."""
    values: dict[str, Value] = {"provider": new.kind.provider, "api_key": new.api_key}
    if new.base_url != new.kind.base_url:
        values["base_url"] = new.base_url
    return values


async def _save(path: Path, new: NewAccount) -> list[str]:
    """Keep the secret, then the account; the lines still to be run. Raises `CannotEnrol`."""
    try:
        return await asyncio.to_thread(_keep, path, new)
    except SettingsError as error:
        raise CannotEnrol(error.lines[0]) from None
    except OSError as error:
        raise CannotEnrol(f"Not saved: {error.strerror or error} ({path.parent})") from None


def _keep(path: Path, new: NewAccount) -> list[str]:
    """On a thread, as disks and keyrings may take their time."""
    from tui.settings.write import add_account

    values = _values(new)
    match new.keep:
        case Keep.FILE:
            secret = path.absolute().parent / "secrets" / f"{new.name}__api_secret"
            write_private(secret, new.api_secret)
            add_account(path, new.name, {**values, "api_secret_file": str(secret)})
        case Keep.KEYRING:
            _into_keyring(new)
            add_account(path, new.name, {**values, "api_secret_keyring": True})
        case Keep.ENVIRONMENT:
            add_account(path, new.name, values)
            return [f"export {variable(new.name)}='the {new.kind.secret}'"]
    return []


def _into_keyring(new: NewAccount) -> None:
    """Put the secret where the settings look for it; raises `CannotEnrol`."""
    from tui.settings.vault import KeyringTrouble, NoKeyring, into_keyring

    try:
        into_keyring(new.name, new.api_secret)
    except NoKeyring:
        raise CannotEnrol("No keyring here: pip install 'smsdesk[keyring]', or F4") from None
    except KeyringTrouble as trouble:
        raise CannotEnrol(f"The keyring takes nothing ({trouble}): F4 keeps it elsewhere") from None
