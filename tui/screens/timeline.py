"""Timeline of one message: every receipt with its code, and the payload as it was received."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.badges import BADGES
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE, format_time
from tui.desk.key_hints import format_failure_hint
from tui.desk.message_text import MessageText, list_entry_details, list_reply_details
from tui.domain.account import AccountState
from tui.domain.events import CopyKind, EventKind, TimelineEntry
from tui.domain.failure_advice import explain_stalled_status
from tui.domain.message import Message
from tui.domain.text import one_line, to_printable
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store

_LONGEST_RAW = 2_000


class TimelineScreen(DialogScreen[None]):
    """Scrollable page; Esc or . closes it."""

    DEFAULT_CSS = """
    TimelineScreen .dialog { width: 92; max-height: 90%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,full_stop", "dismiss", "Close"),
    ]
    text = getters.query_one("#timeline", Static)

    def __init__(
        self,
        message: Message,
        entries: Sequence[TimelineEntry],
        app_context: AppContext,
        state: AccountState | None = None,
        store: Store | None = None,
    ) -> None:
        """Create the page.

        Args:
            message: Message that the page is about.
            entries: Its receipts and events, oldest first.
            app_context: Accounts, clock and time zone of this agent.
            state: Last known state of the message's account, or None.
            store: Store that further receipts are read from; None for a page that stays as it is.
        """
        super().__init__()
        self._store = store
        self._state = state
        self._message = message
        self._entries = entries
        self._app_context = app_context
        self._shown_page: Content | None = None

    def compose(self) -> ComposeResult:
        """Yield one scrollable text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Timeline"
            page.border_subtitle = "Esc closes"
            yield Static(self._format_page(), id="timeline")

    def on_mount(self) -> None:
        """Read the receipts again every second: not every one of them changes the message."""
        self.set_interval(1.0, self._update_page)

    @report_store_errors
    async def _update_page(self) -> None:
        """Show what was reported meanwhile."""
        if self._store is None:
            return
        message = await self._store.messages.get(self._message.id)
        entries = await self._store.messages.list_events(self._message.id)
        states = await self._store.accounts.get_states()
        self._message, self._entries = message or self._message, entries
        self._state = states.get(self._message.account, self._state)
        if (page := self._format_page()) != self._shown_page:
            self.text.update(page)
            self._shown_page = page

    def show_status(self, text: str) -> None:
        """Show a text on the lower border for a while.

        Args:
            text: One line.
        """
        self.show_answer(text)

    def _format_page(self) -> Content:
        """Return the whole page as of now."""
        app_context = self._app_context
        account = app_context.find_account(self._message.account)
        return format_timeline(
            self._message,
            self._entries,
            app_context.zone,
            format_failure_hint(app_context, self._message),
            explain_stalled_status(self._message, account, app_context.clock.now(), self._state),
            ascii=app_context.ascii,
        )


def format_timeline(
    message: Message,
    entries: Sequence[TimelineEntry],
    zone: tzinfo | None,
    advice: str = "",
    limit: str = "",
    *,
    ascii: bool = False,
) -> Content:
    """Return the message, its events, why no further receipt comes, and what to do now.

    Args:
        message: Message that the page is about.
        entries: Its receipts and events, oldest first.
        zone: Time zone of this agent; None for the system's.
        advice: What the agent can do now; empty for nothing.
        limit: Why no further receipt is expected; empty if unknown.
        ascii: Whether the terminal shows only ASCII.
    """
    author = MessageText(message, zone=zone).agent
    written = format_time(message.at, zone, seconds=True)
    parts = [
        Content.styled(to_printable(message.summary, limit=600) + "\n", "bold"),
        Content.styled(f"{_format_header(message)}\n\n", MUTED_STYLE),
        _format_step(written, "written", f"by {author}" if author else "", ""),
    ]
    for entry in entries:
        parts.append(_format_entry(message, entry, zone, ascii=ascii))
    if not entries:
        parts.append(Content.styled("No receipts yet.\n", MUTED_STYLE))
    if limit:
        parts.append(Content.styled(f"\n{one_line(limit, 200)}\n", "$text-warning"))
    if advice:
        parts.append(Content.styled(f"\nNext: {advice}\n", "bold $text-accent"))
    return Content("").join(parts)


def _format_header(message: Message) -> str:
    """Return account, sender, id and number of segments."""
    parts = [one_line(message.account, 40)]
    if message.sender:
        parts.append(f"as {one_line(message.sender, 40)}")
    if message.provider_id:
        parts.append(f"id {one_line(message.provider_id, 60)}")
    if message.parts:
        parts.append(f"{message.parts} parts" if message.parts > 1 else "1 part")
    return " · ".join(parts)


def _format_entry(
    message: Message, entry: TimelineEntry, zone: tzinfo | None, *, ascii: bool
) -> Content:
    """Return one event with its details, whether it changed the badge, and the payload."""
    moment, no_status = entry.at or entry.received_at, "no change"
    details = list_entry_details(entry)
    if entry.kind == EventKind.REPLY:
        is_first = entry.copy in (CopyKind.FIRST, CopyKind.REUSED)
        # A text stands at a credible time only; of a further copy it matters when it came.
        moment, no_status = (
            (message.at, "came in") if is_first else (entry.received_at, "came again")
        )
        details = [*list_reply_details(message, entry, zone), *details]
    status = BADGES[entry.status].format(ascii=ascii) if entry.status else no_status
    if entry.status and not entry.is_status_changed:
        details.append("(badge unchanged)")
    raw = to_printable(entry.raw, limit=_LONGEST_RAW)
    return _format_step(
        format_time(moment, zone, seconds=True),
        f"{'answer' if entry.kind == 'send' else entry.kind}: {status}",
        ("\n" if entry.kind == EventKind.REPLY else " · ").join(details),
        raw,
    )


def _format_step(moment: str, event: str, details: str, raw: str) -> Content:
    """Return one line of the timeline, with details and payload indented below."""
    parts = [
        Content.styled(f"{moment}  ", MUTED_STYLE),
        Content.styled(event, "bold"),
        Content("\n"),
    ]
    if details:
        parts.append(Content(_indent(details)))
    if raw:
        parts.append(Content.styled(_indent(raw), MUTED_STYLE))
    return Content("").join(parts)


def _indent(text: str) -> str:
    """Return the lines of a text indented below their step."""
    return "".join(f"          {line}\n" for line in text.split("\n"))
