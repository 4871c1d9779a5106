"""The settings as commands get them: from this process's environment and the `--config` given."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.settings.desk import Desk
from tui.settings.early import read_desk

if TYPE_CHECKING:
    from tui.settings.models import Settings


def desk(arguments: Namespace) -> Desk:
    """The desk-level settings, quickly; raises `SettingsError`. Warnings are said on stderr."""
    found = read_desk(os.environ, arguments.config)
    if found.warnings:
        _warn(found.warnings)
    return found


def _warn(lines: Iterable[str]) -> None:
    """Say warnings on stderr."""
    from tui.domain.text import one_line

    for line in lines:
        print(f"smsdesk: warning: {one_line(line, limit=1000)}", file=sys.stderr)


def settings(arguments: Namespace) -> "Settings":
    """All settings with their secrets, for whoever talks to providers; raises `SettingsError`."""
    from tui.settings.load import load_settings

    return load_settings(os.environ, arguments.config)
