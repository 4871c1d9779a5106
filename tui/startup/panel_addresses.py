"""Build the addresses to enter at the providers' panels from the settings and the catalogue."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.desk.panel_addresses import PanelAddress

if TYPE_CHECKING:
    from tui.settings.account_base import AccountBase
    from tui.settings.models import Settings

_PLACEHOLDER_URL = "https://YOUR-SERVER"
_PLACEHOLDER_SECRET = "SECRET"


def load_panel_addresses(environ: Mapping[str, str], config: Path | None) -> list[PanelAddress]:
    """Return the addresses of all accounts that receive pushes, or should.

    Agents of a shared inbox cannot read the API secrets, and need not for this.

    Args:
        environ: Environment variables.
        config: Settings file in place of SMSDESK_CONFIG.

    Raises:
        SettingsError: The settings are not valid.
    """
    from tui.settings.errors import SettingsError
    from tui.settings.load import load_settings, load_settings_without_secrets

    try:
        settings = load_settings(environ, config)
    except SettingsError:
        settings = load_settings_without_secrets(environ, config)
    return build_panel_addresses(settings)


def build_panel_addresses(settings: "Settings") -> list[PanelAddress]:
    """Return the addresses of all accounts that receive pushes, or should.

    Args:
        settings: Settings; hook secrets that are stored elsewhere may be missing.
    """
    from tui.providers.catalog import CATALOG, get_capabilities

    found = []
    for name, account in settings.accounts.items():
        can = get_capabilities(account.provider, {})
        if not can.needs_listener and account.hook_secret is None:
            continue
        hook, problem = _build_hook(settings, name, account)
        found += [
            PanelAddress(
                account=name,
                provider=can.title,
                place=entry.place,
                carries=entry.carries,
                address=entry.build_address(hook),
                body=entry.body,
                note=entry.note,
                problem=problem,
            )
            for entry in CATALOG[account.provider].panel
        ]
    return found


def _build_hook(settings: "Settings", name: str, account: "AccountBase") -> tuple[str, str]:
    """Return the public address of an account, and what is missing in it."""
    from tui.providers.catalog_entry import HOOK_PATH

    secret = account.hook_secret.get_secret_value() if account.hook_secret else ""
    problems = []
    if not secret:
        problems.append("hook_secret of the account, which stands for SECRET")
    elif ":" in secret:
        secret = ""
        problems.append("a hook_secret that this user may read")
    if not settings.public_url:
        problems.append("public_url, the address at which the provider reaches this server")
    path = HOOK_PATH.format(account=name, secret=secret or _PLACEHOLDER_SECRET)
    problem = f"Missing in the settings: {'; '.join(problems)}" if problems else ""
    return (settings.public_url or _PLACEHOLDER_URL) + path, problem
