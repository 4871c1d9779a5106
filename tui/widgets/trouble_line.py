"""Show problems that concern many messages, in one line below the list."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content
from textual.widgets import Static

from tui.clock import MINUTE
from tui.commands import get_first_keys
from tui.desk import format
from tui.desk.badges import BADGES
from tui.desk.context import AppContext
from tui.desk.notifications import is_silent
from tui.desk.outages import describe_outage
from tui.domain.account import AccountState, Health
from tui.domain.attention import AttentionKind, list_attentions
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.message import Advice
from tui.domain.text import one_line
from tui.store.errors import StoreError
from tui.store.failures import FailureGroup
from tui.store.store import Store

_GATHER_SECONDS = 0.3
"""Seconds in which changes are gathered."""
_CHECK_SECONDS = 30.0
"""Seconds between two checks without a change: a silent account changes nothing in the store."""
_OUTAGE_SECONDS = 0.5
_WATCHED = frozenset({Subject.MESSAGE, Subject.ACCOUNT})
_ABOUT_ACCOUNT = frozenset({Advice.TOP_UP, Advice.SETTINGS, Advice.ASK_PROVIDER})


class TroubleLine(Static):
    """Show the worst problem; takes no room without one."""

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create a hidden line; `check_troubles` fills it.

        Args:
            store: Store to read from.
            context: Settings and helpers shared by the screens.
        """
        super().__init__(id="troubles")
        self._store = store
        self._app_context = context
        self._command_keys: Mapping[str, str] = get_first_keys(context.commands)
        self.display = False
        self._check_scheduled = False
        self.shown_text = ""
        """Text that is shown, as plain text."""

    def on_mount(self) -> None:
        """Check for problems after the first paint, and from time to time."""
        self.call_after_refresh(self.check_troubles)
        self.set_interval(_CHECK_SECONDS, self.check_troubles)

    def apply_changes(self, changes: Iterable[Change]) -> None:
        """Check again soon, once for many changes, if one of them may matter.

        Args:
            changes: Changes in the store.
        """
        matters = any(change.subject in _WATCHED or change == RELOAD for change in changes)
        if matters and not self._check_scheduled:
            self._check_scheduled = True
            self.set_timer(_GATHER_SECONDS, self.check_troubles)

    def name_keys(self, keys: Mapping[str, str]) -> None:
        """Name other keys, as the agent has come to, or left, the composer.

        Args:
            keys: What to press for each command, by id.
        """
        if keys != self._command_keys:
            self._command_keys = keys
            if self.display:
                self.call_later(self.check_troubles)

    async def check_troubles(self) -> None:
        """Read the present problems; a busy store is read again with the next change."""
        self._check_scheduled = False
        with contextlib.suppress(StoreError):
            await self._read_troubles()

    async def _read_troubles(self) -> None:
        """Read failures and waiting messages, and show them as lines."""
        states = await self._store.accounts.get_states()
        held = describe_held(await self._store.failures.count_delayed_messages(), states)
        failed = [
            describe_group(group, self._command_keys)
            for group in await self._store.failures.list_groups()
        ]
        if held:
            held = f"{held} · {self._command_keys['accounts']}"
        self._show_lines(
            [
                *([held] if held else []),
                *self._describe_attentions(states),
                *self._describe_silent(states),
                *failed,
            ]
        )

    def _describe_attentions(self, states: dict[str, AccountState]) -> list[str]:
        """Return a line for each account that works but needs attention."""
        context, now = self._app_context, self._app_context.clock.now()
        return [
            f"{one_line(account.name, 16)}: {format.format_attention(attention, now, context.zone)}"
            f" · {self._command_keys['accounts']}"
            for account in context.accounts
            for attention in list_attentions(account, states.get(account.name), now)
            if attention.kind is not AttentionKind.NO_CREDIT
        ]

    def _describe_silent(self, states: dict[str, AccountState]) -> list[str]:
        """Return a line for each account that has received nothing for unusually long."""
        now, after = (
            self._app_context.clock.now(),
            self._app_context.preferences.silent_after_minutes * MINUTE,
        )
        return [
            f"{one_line(name, 16)}: no news for {format.format_age(state.event_at or 0, now)}"
            f" · {self._command_keys['accounts']}"
            for name, state in states.items()
            if is_silent(state, now, after)
        ]

    def _show_lines(self, lines: Sequence[str]) -> None:
        """Show the worst problem, and how many more there are."""
        more = f" (+{len(lines) - 1})" if len(lines) > 1 else ""
        text = f"{lines[0]}{more}" if lines else ""
        self.display = bool(text)
        if text != self.shown_text:
            self.shown_text = text
            self.update(Content(text))


class OutageLine(Static):
    """Show that the server of the inbox cannot be used; takes no room while it can."""

    DEFAULT_CSS = """
    OutageLine {
        height: auto;
        color: $error;
        padding: 0 1;
    }
    """

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create a hidden line.

        Args:
            store: Store whose server is watched.
            context: Settings and helpers shared by the screens.
        """
        super().__init__(id="outage")
        self._store = store
        self._app_context = context
        self.display = False
        self.shown_text = ""
        """Text that is shown, as plain text."""

    def on_mount(self) -> None:
        """Look again and again."""
        self.set_interval(_OUTAGE_SECONDS, self.check_outage)

    def check_outage(self) -> None:
        """Show what is known of the server now."""
        context = self._app_context
        now, outage = context.clock.now(), self._store.database.outage
        text = describe_outage(outage, now, context.zone)
        if text != self.shown_text:
            self.shown_text = text
            self.update(Content(text))
            self.display = bool(text)


def describe_held(held_up: dict[str, int], states: dict[str, AccountState]) -> str:
    """Return what waits for stopped accounts that a person has to fix; empty for nothing.

    Args:
        held_up: Number of waiting messages by account.
        states: State of each account by its name.
    """
    stopped = [name for name in held_up if name in states and _is_stopped(states[name])]
    if not stopped:
        return ""
    count = sum(held_up[name] for name in stopped)
    line = one_line(states[stopped[0]].line, 60).partition(":")[0]
    names = ", ".join(one_line(name, 16) for name in stopped)
    return (
        f"{count} {'message waits' if count == 1 else 'messages wait'}: {names} is stopped ({line})"
    )


def _is_stopped(state: AccountState) -> bool:
    """Return whether a person has to fix the account."""
    return state.health is Health.STOPPED


def describe_group(group: FailureGroup, keys: Mapping[str, str]) -> str:
    """Return equal failures as a line: "12 failed: no credit on au · F3".

    Args:
        group: Failures with the same reason.
        keys: First key of each command.
    """
    label = BADGES[group.status].label
    reason = one_line(group.reason, 60) or label
    key = keys["accounts"] if group.advice in _ABOUT_ACCOUNT else keys["show_failed"]
    return f"{group.messages} {label}: {reason} on {one_line(group.account, 16)} · {key}"
