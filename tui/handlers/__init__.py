"""Handlers of all commands: one short function for each id in the registry.

The functions of a scope are in the module that the scope names; `tests/ui/test_registry.py` proves
that every command has exactly one. A module is imported with the first of its commands, as the
first picture needs none.
"""

import importlib
from collections.abc import Collection

from tui.command_types import Scope
from tui.commands import index_by_id
from tui.handlers.common import HANDLERS, Handler

__all__ = ["HANDLERS", "find_handler", "load_handlers"]


def find_handler(command_id: str) -> Handler:
    """Return the function that runs a command of the registry."""
    if command_id not in HANDLERS:
        load_handlers((index_by_id()[command_id].scope,))
    return HANDLERS[command_id]


def load_handlers(scopes: Collection[Scope] = tuple(Scope)) -> None:
    """Import the handlers of some scopes, so that the first key need not wait for that.

    Args:
        scopes: Scopes of the commands; all by default.
    """
    for scope in scopes:
        importlib.import_module(f"{__name__}.{scope.module}")
