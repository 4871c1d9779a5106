"""History page of a conversation: who did what, newest first."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk import format
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.domain.change import RELOAD, Change
from tui.domain.conversation import Conversation
from tui.domain.date_input import format_moment
from tui.domain.text import one_line
from tui.screens.base import DialogScreen
from tui.store.audit import AuditEntry
from tui.store.store import Store

_ACTION_TEXTS = {
    "close": "closed it",
    "reopen": "opened it again",
    "assign": "unassigned it",
    "star": "starred it",
    "unstar": "unstarred it",
    "mark read": "marked it read",
    "mark unread": "marked it unread",
    "rename": "changed name or note",
    "send": "wrote a message",
    "take back": "cancelled a message before it was sent",
    "cancel": "cancelled a scheduled message",
    "went out": "resolved a message as sent",
    "did not go out": "resolved a message as not sent",
    "undo": "undid an action",
    "undo details": "undid an action",
    "claim": "took it by replying",
    "note": "left a private note",
    "opt in taken back": "withdrew the opt-in",
    "withdraw note": "withdrew a private note",
    "ping": "pinged the phone",
    "not an opt-out": "dismissed a possible opt-out",
    "judgement taken back": "reopened a possible opt-out",
}
"""Text after the agent's name, by action of the audit log."""


class HistoryScreen(DialogScreen[None]):
    """Scrollable page; Esc or H closes it."""

    DEFAULT_CSS = """
    HistoryScreen .dialog { max-height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,H", "dismiss", "Close")]

    text = getters.query_one("#history", Static)

    def __init__(
        self,
        conversation: Conversation,
        entries: Sequence[AuditEntry],
        app_context: AppContext,
        store: Store,
    ) -> None:
        """Create the page.

        Args:
            conversation: Conversation that the page is about.
            entries: Its audit entries, newest first.
            app_context: Clock and time zone of this agent.
            store: Store that further entries are read from.
        """
        super().__init__()
        self._conversation = conversation
        self._entries = entries
        self._app_context = app_context
        self._store = store

    def compose(self) -> ComposeResult:
        """Yield one scrollable text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = Content(f"History of {one_line(self._conversation.title, 40)}")
            page.border_subtitle = "Esc closes"
            yield Static(self._format_entries(), id="history")

    def _format_entries(self) -> Content:
        """Return the entries as they are shown now."""
        return format_history(self._entries, self._app_context.clock.now(), self._app_context.zone)

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Show what was done meanwhile.

        Args:
            changes: What changed, in the order of the store.
        """
        identity = self._conversation.id
        if any(c == RELOAD or identity in (c.id, c.conversation_id) for c in changes):
            self._entries = await self._store.triage.get_audit_trail(identity)
            self.text.update(self._format_entries())


def format_history(entries: Sequence[AuditEntry], now: int, zone: tzinfo | None) -> Content:
    """Return one line for each audit entry, grouped by day.

    Args:
        entries: Audit entries, newest first.
        now: Current time, ms UTC.
        zone: Time zone of this agent; None for the system's.
    """
    if not entries:
        return Content("Nothing has been done here yet.")
    lines: list[Content] = []
    last_day = -1
    for entry in entries:
        entry_day = format.get_day_number(entry.at, zone)
        if entry_day != last_day:
            gap = "\n" if lines else ""
            lines.append(
                Content.styled(f"{gap}{format.format_day(entry.at, now, zone)}", MUTED_STYLE)
            )
            last_day = entry_day
        time = (f"{format.format_time(entry.at, zone)}  ", MUTED_STYLE)
        who = (f"{one_line(entry.agent, 45) or 'the desk'} ", "bold")
        lines.append(Content.assemble(time, who, describe_entry(entry, zone)))
    return Content("\n").join(lines)


def describe_entry(entry: AuditEntry, zone: tzinfo | None) -> str:
    """Return what was done, as text behind the agent's name, safe on one line.

    Args:
        entry: Audit entry.
        zone: Time zone for the end of a snooze; None for the system's.
    """
    if entry.action in _ACTION_TEXTS:
        return _ACTION_TEXTS[entry.action]
    verb, _, rest = entry.action.partition(" ")
    match verb:
        case "snooze":
            at = int(entry.detail) if entry.detail.isdigit() else None
            return f"snoozed it {_format_snooze_end(at, entry.at, zone)}"
        case "opt" | "opted":
            evidence = f': "{one_line(entry.detail, 60)}"' if entry.detail else ""
            return f"{'recorded' if rest == 'out' else 'lifted'} the opt-out{evidence}"
        case "assign":
            return f"assigned it to {one_line(rest, 40)}"
        case "label":
            return f"added the label #{one_line(rest, 40)}"
        case "unlabel":
            return f"removed the label #{one_line(rest, 40)}"
    return one_line(f"{entry.action} {entry.detail}".strip(), 120)


def _format_snooze_end(at: int | None, since: int, zone: tzinfo | None) -> str:
    """Return until when a conversation was snoozed."""
    return (
        "until a reply" if at is None else f"until {format_moment(at, since, zone).split(',')[0]}"
    )
