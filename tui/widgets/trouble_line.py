"""What goes wrong for many at once, in one line over the list."""

import contextlib
from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widgets import Static

from tui import present
from tui.commands import first_keys
from tui.desk.telling import silent
from tui.domain.account import AccountState, Health
from tui.domain.advice import Advice
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.store.troubles import Group

_SOON = 0.3
"""Seconds in which changes are gathered."""
_NOW_AND_THEN = 30.0
"""Seconds after which it is looked anyway: silence changes nothing in the store."""
_WATCHED = frozenset({Subject.MESSAGE, Subject.ACCOUNT})
_ABOUT_ACCOUNT = frozenset({Advice.TOP_UP, Advice.SETTINGS, Advice.ASK_PROVIDER})


class TroubleLine(Static):
    """Takes no room while nothing is wrong for more than one."""

    def __init__(self, store: Store, seat: Seat) -> None:
        """Says nothing before `look`."""
        super().__init__(id="troubles")
        self._store = store
        self._seat = seat
        self._keys = first_keys(seat.commands)
        self.display = False
        self._due = False
        self.words = ""
        """What is said, as plain text."""

    def on_mount(self) -> None:
        """Look when the first picture is out."""
        self.call_after_refresh(self.look)
        self.set_interval(_NOW_AND_THEN, self.look)

    def apply(self, changes: Iterable[Change]) -> None:
        """Look again soon, and once for many changes, where they may matter."""
        matters = any(change.subject in _WATCHED or change == RELOAD for change in changes)
        if matters and not self._due:
            self._due = True
            self.set_timer(_SOON, self.look)

    async def look(self) -> None:
        """Read what is wrong now; a busy store is asked again with the next change."""
        self._due = False
        with contextlib.suppress(StoreError):
            await self._read()

    async def _read(self) -> None:
        """The groups and what waits, as lines."""
        states = await self._store.accounts.states()
        held = held_words(await self._store.troubles.held_up(), states)
        failed = [group_words(group, self._keys) for group in await self._store.troubles.groups()]
        if held:
            held = f"{held} · {self._keys['accounts']}"
        self._say([*([held] if held else []), *self._silent(states), *failed])

    def _silent(self, states: dict[str, AccountState]) -> list[str]:
        """Accounts that have brought nothing for unusually long."""
        now, after = self._seat.clock.now(), self._seat.manners.silent_after_ms
        return [
            f"{one_line(name, 16)}: no news for {present.age(state.event_at or 0, now)}"
            f" · {self._keys['accounts']}"
            for name, state in states.items()
            if silent(state, now, after)
        ]

    def _say(self, lines: Sequence[str]) -> None:
        """The worst one, and how many more there are."""
        more = f" (+{len(lines) - 1})" if len(lines) > 1 else ""
        words = f"{lines[0]}{more}" if lines else ""
        self.display = bool(words)
        if words != self.words:
            self.words = words
            self.update(Content(words))


def held_words(held_up: dict[str, int], states: dict[str, AccountState]) -> str:
    """What waits for accounts that a person has to mend; empty while none does."""
    stopped = [name for name in held_up if name in states and _is_stopped(states[name])]
    if not stopped:
        return ""
    count = sum(held_up[name] for name in stopped)
    line = one_line(states[stopped[0]].line, 60).partition(":")[0]
    names = ", ".join(one_line(name, 16) for name in stopped)
    return f"{count} {'waits' if count == 1 else 'wait'}: {names} is stopped ({line})"


def _is_stopped(state: AccountState) -> bool:
    """Whether a person has to do something."""
    return state.health is Health.STOPPED


def group_words(group: Group, keys: dict[str, str]) -> str:
    """Equal failures as a line: "12 failed: no credit on au · F3"."""
    badge = present.badge(group.status)
    reason = one_line(group.reason, 60) or badge.word
    key = keys["accounts"] if group.advice in _ABOUT_ACCOUNT else keys["show_failed"]
    return f"{group.messages} {badge.word}: {reason} on {one_line(group.account, 16)} · {key}"
