"""Notify an agent who looks elsewhere of new messages, and every agent of a failing account.

Notifications are not sent while the terminal has the focus, because the screen shows new
messages then. They are rare enough to be noticed and show as much text as fits on one line.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from tui.clock import MINUTE
from tui.commands import get_first_keys
from tui.desk import format
from tui.desk.assigning import format_assignment_notice
from tui.desk.context import AppContext
from tui.desk.overdue_notice import describe_overdue, list_chosen_views
from tui.domain.account import AccountState, Health
from tui.domain.attention import AttentionKind, list_attentions
from tui.domain.change import RELOAD, RULES_CHANGED, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.store.store import Store
from tui.terminal.desktop_notifications import BEL, format_notification, format_title

_MAX_READ = 20
"""Messages of one batch that are read to be quoted; the others are not reported."""
_START_SECONDS = 15.0
"""Time (ms) in which a program that has just started may not listen yet."""


class AgentNotifier:
    """Watch for new messages and send terminal notifications."""

    def __init__(
        self,
        store: Store,
        context: AppContext,
        *,
        write: Callable[[str], None],
        has_focus: Callable[[], bool],
        show: Callable[[str], None],
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """Create the notifier of one agent.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
            write: Writes a control sequence to the terminal.
            has_focus: Returns whether the terminal has the focus.
            show: Shows a message on the screen.
            keys: What to press or type by the id of a command; None for the keys of the screen.
        """
        self._store = store
        self._context = context
        self._preferences = context.preferences.notifications
        self._silent_after_ms = context.preferences.silent_after_minutes * MINUTE
        self._write = write
        self._has_focus = has_focus
        self._show = show
        self._keys = keys or get_first_keys(context.commands)
        self._pending: list[str] = []
        self._notified_at: float | None = None
        self._title = ""
        self._reported: set[tuple[str, str, int]] = set()
        self._started_at = context.clock.monotonic()

    async def start(self) -> None:
        """Set the terminal title to the number of waiting conversations."""
        await self._update_title()

    def show_title_again(self) -> None:
        """Set the terminal title again, after another program had the terminal."""
        if self._title:
            self._write(format_title(self._title))

    async def process_changes(self, changes: Iterable[Change]) -> None:
        """Process what has changed in the store."""
        changes = tuple(changes)
        subjects = {change.subject for change in changes}
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self._update_title()
        if RULES_CHANGED in changes:
            await self.report_problems()
        new = [c for c in changes if c.subject is Subject.MESSAGE and c.is_new]
        for change in new[:_MAX_READ]:
            await self._collect_message(change.id)
        key = self._keys["show_overdue"]
        if late := await describe_overdue(self._store, self._context.agent, changes, key):
            self._show(late)
            self._notify_agent(late)
        notice = await format_assignment_notice(self._store, self._context.agent, changes)
        if notice:
            self._pending.append(notice)
        requests = [c.id for c in changes if c.subject is Subject.MENTION]
        for message_id in requests[:_MAX_READ]:
            await self._collect_message(message_id, is_request=True)
        if new or notice or requests:
            self.notify_if_due()

    def notify_if_due(self) -> None:
        """Notify the agent if messages are pending and the last notification is old enough."""
        moment, interval = self._context.clock.monotonic(), self._preferences.every_seconds
        if self._has_focus():
            # The agent sees the messages on the screen.
            self._pending.clear()
        elif self._pending and (
            self._notified_at is None or moment - self._notified_at >= interval
        ):
            self._notified_at = moment
            self._notify_agent(summarize_pending(self._pending))
            self._pending.clear()

    async def report_problems(self) -> None:
        """Report once for each incident: accounts in trouble, and rules that lack something."""
        states = await self._store.accounts.get_states()
        names = {account.name for account in self._context.accounts}
        own_states = {name: state for name, state in states.items() if name in names}
        now = self._context.clock.now()
        problems = find_account_problems(
            own_states, now, self._silent_after_ms, self._keys["accounts"]
        )
        problems |= self._find_attentions(own_states, now)
        for name, lack in (await self._store.rules.list_incomplete()).items():
            text = f"Rule {one_line(name, 30)} is incomplete: {one_line(lack, 140)}"
            problems[f"rule {name}", lack, 0] = f"{text}: edit it ({self._keys['rules']})"
        for key, message in problems.items():
            if key not in self._reported:
                self._show(message)
                self._notify_agent(message)
        # Drop what is over: the same trouble is reported again when it comes back.
        self._reported = set(problems)

    def _find_attentions(
        self, states: Mapping[str, AccountState], now: int
    ) -> dict[tuple[str, str, int], str]:
        """Return a message for each account that works but needs attention."""
        zone, problems = self._context.zone, {}
        # The listener of this program itself starts a moment after the screen.
        is_starting = self._context.clock.monotonic() - self._started_at < _START_SECONDS
        key = self._keys["accounts"]
        for account in self._context.accounts:
            for attention in list_attentions(account, states.get(account.name), now):
                kind = attention.kind
                if kind is AttentionKind.NO_CREDIT:
                    continue  # reported as a stopped account
                if kind is AttentionKind.NO_LISTENER and is_starting:
                    continue
                label = f"Account {one_line(account.name, 20)}"
                text = f"{label}: {format.format_attention(attention, now, zone)}"
                problems[account.name, kind.value, 0] = f"{text}: check the account ({key})"
        return problems

    async def _collect_message(self, message_id: int, *, is_request: bool = False) -> None:
        """Add a new message, or one that a rule names, if it concerns this agent."""
        agent, message = self._context.agent, await self._store.messages.get(message_id)
        if message is None or message.direction is Direction.OUT:
            return
        conversation = await self._store.conversations.get(message.conversation_id)
        if conversation is None:
            return
        if is_request:
            is_text = message.direction is Direction.IN
            concerns = is_text and await self._store.messages.has_mention(message_id, agent)
        else:
            concerns = await self._should_notify(message, conversation)
        if concerns:
            self._pending.append(
                f"{format.format_title(conversation)}: {one_line(message.summary, 80)}"
            )

    async def _should_notify(self, message: Message, conversation: Conversation) -> bool:
        """Return whether to notify: as the rule says, and only of the views that were chosen."""
        agent = self._context.agent
        teams = await self._store.team.list_teams_of(agent)
        if not should_notify(message, conversation, agent, teams):
            return False
        if message.direction is Direction.NOTE:
            return True
        # The new text is unread for this rule, even if the agent has just seen it elsewhere.
        unread = replace(conversation, unread=max(1, conversation.unread))
        chosen = await list_chosen_views(self._store, agent)
        return not chosen or any(is_in_view(unread, view) for view in chosen)

    def _notify_agent(self, message: str) -> None:
        """Sound the terminal alert; without the focus also show a notification."""
        if self._preferences.bell:
            self._write(BEL)
        if self._preferences.desktop and not self._has_focus():
            sequence = format_notification(message, self._context.terminal)
            if sequence:
                self._write(sequence)

    async def _update_title(self) -> None:
        """Show the number of waiting conversations in the terminal title."""
        if not self._context.terminal.has_title:
            return
        text = format_window_title((await self._store.conversations.get_counts()).waiting)
        if text != self._title:
            self._title = text
            self._write(format_title(text))


def format_window_title(waiting: int) -> str:
    """Return the terminal title: "(3) smsdesk".

    Args:
        waiting: Number of waiting conversations.
    """
    return f"({waiting}) smsdesk" if waiting else "smsdesk"


def summarize_pending(pending: list[str]) -> str:
    """Return the pending messages as one line: the only one, or the number and the last one."""
    return pending[0] if len(pending) == 1 else f"{len(pending)} new texts, the last: {pending[-1]}"


def should_notify(
    message: Message, conversation: Conversation, agent: str, teams: Collection[str] = ()
) -> bool:
    """Return whether an agent is notified of a message.

    This is so for a message in a conversation that is unassigned or assigned to the agent or
    one of the agent's teams, and for a colleague's note that mentions the agent.

    Args:
        message: The new message.
        conversation: Its conversation.
        agent: Name of the agent.
        teams: Teams of the agent, as assignees.
    """
    if message.direction is Direction.NOTE:
        return message.agent != agent and f"@{agent}".casefold() in message.body.casefold()
    return conversation.assignee in ("", agent, *teams)


def find_account_problems(
    states: Mapping[str, AccountState], now: int, silent_after_ms: int, key: str
) -> dict[tuple[str, str, int], str]:
    """Return a message for each account that has stopped or fallen silent.

    Args:
        states: State of each account by name.
        now: Current time (ms UTC).
        silent_after_ms: Silence that is reported; 0 for never.
        key: What shows the accounts.

    Returns:
        The messages; each key stays the same while the incident lasts.
    """
    problems: dict[tuple[str, str, int], str] = {}
    for name, state in states.items():
        label = one_line(name, 20)
        if state.health is Health.STOPPED:
            line = one_line(state.line, 160)
            problems[name, "stopped", 0] = f"Account {label} has stopped: {line} · {key} shows more"
        elif is_silent(state, now, silent_after_ms):
            last = state.event_at or 0
            text = f"Account {label} has received nothing for {format.format_age(last, now)}"
            problems[name, "silent", last] = f"{text}: check the account ({key})"
    return problems


def is_silent(state: AccountState, now: int, silent_after_ms: int) -> bool:
    """Return whether an account that received messages before has received none for too long.

    Args:
        state: State of the account.
        now: Current time (ms UTC).
        silent_after_ms: Silence that is too long; 0 for never.
    """
    last = state.event_at
    return bool(silent_after_ms and last is not None and now - last >= silent_after_ms)
