"""Print the systemd unit that runs `smsdesk sync` with the settings of now.

The unit takes away all that the service does not need: it reads its settings and secrets, writes
into the folder of the inbox and of its log, and talks over the network.
"""

import grp
import os
import pwd
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.errors import DONE
from tui.cli.show import write_line
from tui.settings.account_base import FILE_PREFIX
from tui.settings.paths import expand_path, find_config_file
from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.settings.models import Settings

_STATE_HOME = Path("/var/lib")
_STATE_NAME = "smsdesk"
"""Folder below `_STATE_HOME` that systemd makes for the log, and as a rule for the inbox."""
_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))

_HARDENING = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
LimitCORE=0"""
"""What the service cannot do; without core dumps, which would hold texts of customers."""

_UNIT = """\
[Unit]
Description=smsdesk: sends and receives text messages
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
User={user}
Group={group}
UMask={umask}
StateDirectory={state}
StateDirectoryMode={mode}
{environment}
ExecStart={command}
WatchdogSec=60
TimeoutStartSec=30min
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
SuccessExitStatus=143
{hardening}

[Install]
WantedBy=multi-user.target"""


def print_unit(arguments: Namespace, preferences: Preferences, settings: "Settings") -> int:
    """Print the unit.

    Args:
        arguments: Parsed arguments with `config` and `listen`.
        preferences: Settings without secrets.
        settings: All settings, with the places of the secrets.
    """
    command = [*_find_program(), "sync"]
    if arguments.listen is not None:
        host, port = arguments.listen
        command += ["--listen", f"{f'[{host}]' if ':' in host else host}:{port}"]
    user, group = _choose_owner(preferences)
    config, _ = find_config_file(os.environ, arguments.config)
    places = [Path(command[0]), Path(os.path.abspath(config))]
    file = preferences.database if isinstance(preferences.database, Path) else None
    if file is not None:
        places.append(Path(os.path.abspath(file)))
    is_at_home = any(place.is_relative_to(home) for place in places for home in _HOMES)
    hardening = _HARDENING.format(home="read-only" if is_at_home else "yes")
    if file is not None and places[-1].parent != _STATE_HOME / _STATE_NAME:
        hardening += f"\nReadWritePaths={_quote(str(places[-1].parent))}"
    shared = preferences.group_access
    write_line(
        _UNIT.format(
            user=user,
            group=group,
            umask="0007" if shared else "0077",
            state=_STATE_NAME,
            mode="2770" if shared else "0700",
            environment="\n".join(_list_environment(settings, Path(os.path.abspath(config)))),
            command=" ".join(map(_quote, command)),
            hardening=hardening,
        )
    )
    return DONE


def _find_program() -> list[str]:
    """Return the command that runs this installation, with complete paths."""
    script = Path(sys.argv[0])
    if script.name == "__main__.py" or not os.access(script, os.X_OK):
        return [sys.executable, "-m", "tui"]
    return [str(script.resolve())]


def _choose_owner(preferences: Preferences) -> tuple[str, str]:
    """Return the user and the group of the inbox; those of the guide if there is no inbox yet."""
    try:
        if not isinstance(preferences.database, Path):
            raise FileNotFoundError(preferences.database)
        owner = preferences.database.stat()
        user, group = pwd.getpwuid(owner.st_uid).pw_name, grp.getgrgid(owner.st_gid).gr_name
    except (OSError, KeyError):
        user, group = "root", "root"
    if user == "root":
        user = _STATE_NAME
    if group == "root":
        group = "support" if preferences.group_access else user
    return user, group


def _list_environment(settings: "Settings", config: Path) -> Iterator[str]:
    """Yield the lines that pass on the settings, and the secrets that only root can read."""
    variables: dict[str, str] = {"XDG_STATE_HOME": str(_STATE_HOME)}
    if config.exists():
        variables["SMSDESK_CONFIG"] = str(config)
    if database := os.environ.get("SMSDESK_DATABASE"):
        is_file = "://" not in database
        variables["SMSDESK_DATABASE"] = (
            os.path.abspath(expand_path(database, os.environ)) if is_file else database
        )
    for name, value in variables.items():
        yield f"Environment={_quote(f'{name}={value}')}"
    for setting, path in _list_shared_secrets(settings).items():
        credential = setting.removesuffix("_file").replace("_", "-")
        yield f"LoadCredential={credential}:{_escape(path)}"
        prefix = "" if setting.endswith("_file") else FILE_PREFIX
        yield f"Environment=SMSDESK_{setting.upper()}={prefix}%d/{credential}"
    for account, secrets in _list_secret_files(settings).items():
        for setting, path in secrets.items():
            # One secret of an account bears its name alone.
            credential = account if setting == "api_secret_file" else f"{account}-{setting}"
            # systemd takes everything after the colon as the path, quotes too.
            yield f"LoadCredential={credential}:{_escape(path)}"
            value = f"{'' if setting.endswith('_file') else FILE_PREFIX}%d/{credential}"
            variable = f"SMSDESK_ACCOUNTS__{account}__{setting}".replace("-", "_").upper()
            yield f"Environment={variable}={value}"


def _list_shared_secrets(settings: "Settings") -> Mapping[str, str]:
    """Return the files that hold secrets of the whole desk, by setting."""
    url = settings.notify_url
    files = {
        "database_password_file": settings.database_password_file,
        "metrics_token_file": settings.metrics_token_file,
        "notify_url": url.removeprefix(FILE_PREFIX) if url.startswith(FILE_PREFIX) else None,
    }
    for name, webhook in settings.webhooks.items():
        files[f"webhooks__{name}__secret_file"] = webhook.secret_file
        if webhook.url.startswith(FILE_PREFIX):
            files[f"webhooks__{name}__url"] = webhook.url.removeprefix(FILE_PREFIX)
    return {
        setting: os.path.abspath(expand_path(path, os.environ))
        for setting, path in files.items()
        if path
    }


def _list_secret_files(settings: "Settings") -> Mapping[str, dict[str, str]]:
    """Return the files that hold secrets, by account and setting."""
    found: dict[str, dict[str, str]] = {}
    for name, account in settings.accounts.items():
        files = {"api_secret_file": account.api_secret_file}
        for setting, value in account:
            text = value.get_secret_value() if hasattr(value, "get_secret_value") else ""
            if text.startswith(FILE_PREFIX):
                files[setting] = text.removeprefix(FILE_PREFIX)
        found[name] = {
            setting: os.path.abspath(expand_path(path, os.environ))
            for setting, path in files.items()
            if path
        }
    return found


def _escape(text: str) -> str:
    """Return a value without specifiers of systemd."""
    return text.replace("%", "%%")


def _quote(text: str) -> str:
    """Return a value as systemd reads it: no specifiers, and quoted if it has to be."""
    escaped = _escape(text)
    if not any(char in escaped for char in " \t\"'\\$;"):
        return escaped
    inner = escaped.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
