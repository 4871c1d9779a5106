"""Hold what the service of accounts needs of the settings, and read it in a process of its own.

What validates the settings takes 12 MB, which an inbox would keep until its end although it needs
them once. So a short process reads them, secrets included, and passes plain values on by a pipe.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.domain.record_type import record
from tui.settings.errors import SettingsError
from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.settings.account_base import AccountBase
    from tui.settings.models import Settings

_CLIENT_OPTIONS = frozenset({"base_url", "api_key", "api_secret", "charset"})
"""Settings of every account that its client needs; those of one provider go to its client."""
_READ = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from tui.startup.served_settings import write_served_settings as write; write(*sys.argv[1:])"
)
"""Program of the short process; its arguments are the directory of the package and the file."""


@record
class ClientSettings:
    """Settings of one account that its client and its service need, with the secrets in clear."""

    name: str
    provider: str
    region: str
    """ISO country of received numbers without a country code; empty for none."""
    sender: str
    """Sender ID of a message without one of its own; empty for the provider's default."""
    options: Mapping[str, Any] = field(repr=False)
    """Arguments of the provider's client."""
    hook_secret: str = field(repr=False)
    """Secret part of the account's path at the listener; empty for none."""


@record
class ServedSettings:
    """What the service of an inbox needs of the settings."""

    preferences: Preferences
    clients: tuple[ClientSettings, ...]


def load_served_settings(environ: Mapping[str, str], config: Path | None) -> ServedSettings:
    """Return the settings of the service, read in a process of its own if that works.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: The settings are not valid.
    """
    # Where the settings were validated here already, another process would save nothing.
    found = None if "pydantic" in sys.modules else _read_in_process(environ, config)
    if isinstance(found, SettingsError):
        raise found
    return found or _read_here(environ, config)


def _read_in_process(
    environ: Mapping[str, str], config: Path | None
) -> ServedSettings | SettingsError | None:
    """Return what a short process has read; None if it cannot be run."""
    folder = str(Path(__file__).parents[2])
    command = [sys.executable, "-P", "-c", _READ, folder, *([str(config)] if config else [])]
    with suppress(OSError, ValueError, EOFError, pickle.UnpicklingError):
        ran = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if ran.returncode == 0:
            found = pickle.loads(ran.stdout)
            return SettingsError(found) if isinstance(found, tuple) else found
    return None


def write_served_settings(config: str = "") -> None:
    """Write the settings of the service to stdout, or the lines of why they are not valid.

    Args:
        config: Path of a settings file in place of SMSDESK_CONFIG; empty for none.
    """
    found: ServedSettings | tuple[str, ...]
    # A library or a keyring that prints must not come in between.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        found = _read_here(os.environ, Path(config) if config else None)
    except SettingsError as error:
        found = tuple(error.lines)
    with output:
        output.write(pickle.dumps(found, protocol=5))


def _read_here(environ: Mapping[str, str], config: Path | None) -> ServedSettings:
    """Return the settings of the service, read in this process."""
    from tui.settings.load import load_settings

    return make_served_settings(load_settings(environ, config), environ)


def make_served_settings(settings: "Settings", environ: Mapping[str, str]) -> ServedSettings:
    """Return what the service of an inbox needs of the settings.

    Args:
        settings: Settings with their secrets.
        environ: Environment variables.
    """
    from tui.settings.load import to_preferences

    return ServedSettings(to_preferences(settings, environ), list_clients(settings))


def list_clients(settings: "Settings") -> tuple[ClientSettings, ...]:
    """Return what the clients of all accounts need.

    Args:
        settings: Settings with their secrets.
    """
    from tui.settings.load import choose_region

    return tuple(
        ClientSettings(
            name=name,
            provider=account.provider,
            region=choose_region(account, settings),
            sender=next(iter(account.all_senders), ""),
            options=get_client_options(account),
            hook_secret=account.hook_secret.get_secret_value() if account.hook_secret else "",
        )
        for name, account in settings.accounts.items()
    )


def get_client_options(account: "AccountBase") -> dict[str, Any]:
    """Return an account's settings as its client takes them, with the secrets in clear text."""
    from pydantic import SecretStr

    from tui.settings.account_base import AccountBase

    desk_settings = set(AccountBase.model_fields) - _CLIENT_OPTIONS
    options = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in account.model_dump(exclude=desk_settings).items()
    }
    return {name: value for name, value in options.items() if value is not None}
