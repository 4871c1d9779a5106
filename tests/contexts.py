"""Contexts of the app for tests: the preferences are quiet unless a test changes them."""

from dataclasses import fields, replace
from datetime import UTC
from typing import Any

from tests.ui.history import ACCOUNTS, AGENT
from tui.clock import Clock
from tui.desk.context import AppContext
from tui.settings.public import NotificationPreferences, Preferences

_CONTEXT_FIELDS = {field.name for field in fields(AppContext)}


def make_context(clock: Clock, **changes: Any) -> AppContext:
    """Return the context of an agent in UTC: two accounts, no grace period, no quiet hours.

    Args:
        clock: Clock of the test.
        changes: Fields of the context or of its preferences.
    """
    preferences = Preferences(
        agent=AGENT,
        accounts=ACCOUNTS,
        default_region="AU",
        grace_seconds=0,
        quiet_hours=None,
        pipe="",
        notifications=NotificationPreferences(bell=False, desktop=False),
    )
    return change_context(AppContext(preferences, clock, zone=UTC), **changes)


def change_context(context: AppContext, **changes: Any) -> AppContext:
    """Return the context with other values.

    Args:
        context: Context to change.
        changes: Fields of the context or of its preferences; `ascii` is both, and means the former.
    """
    own = {name: changes.pop(name) for name in _CONTEXT_FIELDS & set(changes)}
    return replace(context, preferences=replace(context.preferences, **changes), **own)
