"""Handlers of all commands: one short function for each id in the registry.

The functions of a scope are in the module that the scope names; `tests/ui/test_registry.py` proves
that every command has exactly one.
"""

from tui.handlers import (
    compose,
    conversation,
    conversations,
    customer,
    failed,
    general,
    messages,
    triage,
)
from tui.handlers.common import HANDLERS

__all__ = [
    "HANDLERS",
    "compose",
    "conversation",
    "conversations",
    "customer",
    "failed",
    "general",
    "messages",
    "triage",
]
