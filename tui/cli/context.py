"""Load settings and open the store for commands, and turn store errors into exit codes.

Settings come from the environment of this process and the `--config` argument.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.settings.desk import Preferences
from tui.settings.early import read_preferences

if TYPE_CHECKING:
    from tui.settings.models import Settings


def load_public_settings(arguments: Namespace) -> Preferences:
    """Load the settings without secrets and print their warnings on stderr.

    Args:
        arguments: Parsed arguments with `config`.

    Raises:
        SettingsError: If the settings are not valid.
    """
    loaded = read_preferences(os.environ, arguments.config)
    if loaded.warnings:
        _print_warnings(loaded.warnings)
    return loaded


def _print_warnings(lines: Iterable[str]) -> None:
    """Print warnings on stderr."""
    from tui.domain.text import one_line

    for line in lines:
        print(f"smsdesk: warning: {one_line(line, limit=1000)}", file=sys.stderr)


def load_full_settings(arguments: Namespace) -> "Settings":
    """Load all settings with their secrets, for commands that talk to providers.

    Args:
        arguments: Parsed arguments with `config`.

    Raises:
        SettingsError: If the settings are not valid.
    """
    # Imported late: the settings models cost more time than most commands need.
    from tui.settings.load import load_settings

    return load_settings(os.environ, arguments.config)
