"""The type of a handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

Handler = Callable[["InboxScreen"], Awaitable[None]]
"""Function that runs one command on the inbox."""
