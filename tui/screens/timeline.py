"""The history of one message: every receipt with its code, and the payload as it came."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import present
from tui.clock import SECOND
from tui.desk.coaching import Coach
from tui.domain.limits import why_no_further
from tui.domain.message import Message
from tui.domain.text import one_line, printable
from tui.domain.timeline import Entry
from tui.present import MUTED
from tui.seat import Seat

_LONGEST_RAW = 2_000


class TimelineScreen(ModalScreen[None]):
    """A page to scroll; Esc or . closes it."""

    DEFAULT_CSS = """
    TimelineScreen .dialog { width: 92; max-height: 90%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,full_stop", "dismiss", "Close"),
    ]

    def __init__(self, message: Message, entries: Sequence[Entry], seat: Seat) -> None:
        """Everything is known already."""
        super().__init__()
        self._message = message
        self._entries = entries
        self._seat = seat

    def compose(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Timeline"
            page.border_subtitle = "Esc closes"
            coach = Coach(self._seat.commands, several_accounts=len(self._seat.accounts) > 1)
            advice = coach.words(self._message)
            account = self._seat.account(self._message.account)
            limit = why_no_further(self._message, account, self._seat.clock.now())
            yield Static(
                timeline_text(self._message, self._entries, self._seat.zone, advice, limit)
            )


def timeline_text(
    message: Message,
    entries: Sequence[Entry],
    zone: tzinfo | None,
    advice: str = "",
    limit: str = "",
) -> Content:
    """What was asked, all that was said about it, why there is no more, and what to do now."""
    parts = [
        Content.styled(printable(message.body, limit=600) + "\n", "bold"),
        Content.styled(f"{_head(message)}\n\n", MUTED),
        _step(_moment(message.at, zone), "written", _by(message), ""),
    ]
    for entry in entries:
        parts.append(_entry(entry, zone))
    if not entries:
        parts.append(Content.styled("Nothing was told about it yet.\n", MUTED))
    if limit:
        parts.append(Content.styled(f"\n{one_line(limit, 200)}\n", "$text-warning"))
    if advice:
        parts.append(Content.styled(f"\nNext: {advice}\n", "bold $text-accent"))
    return Content("").join(parts)


def _head(message: Message) -> str:
    """Account, sender, ids."""
    parts = [one_line(message.account, 40)]
    if message.sender:
        parts.append(f"as {one_line(message.sender, 40)}")
    if message.provider_id:
        parts.append(f"id {one_line(message.provider_id, 60)}")
    if message.parts:
        parts.append(f"{message.parts} parts" if message.parts > 1 else "1 part")
    return " · ".join(parts)


def _by(message: Message) -> str:
    """Who wrote it."""
    return f"by {one_line(message.agent, 40)}" if message.agent else ""


def _entry(entry: Entry, zone: tzinfo | None) -> Content:
    """One step with its words, whether it changed the badge, and the payload."""
    unmoved = "came in" if entry.kind == "reply" else "no change"
    status = str(present.badge(entry.status)) if entry.status else unmoved
    words = [one_line(entry.word, 60)] if entry.word else []
    if entry.code:
        words.append(f"code {one_line(entry.code, 20)}")
    if entry.reason:
        words.append(one_line(entry.reason, 300))
    if entry.status and not entry.moved:
        words.append("(badge unchanged)")
    raw = printable(entry.raw, limit=_LONGEST_RAW)
    return _step(
        _moment(entry.at or entry.received_at, zone),
        f"{'answer' if entry.kind == 'send' else entry.kind}: {status}",
        " · ".join(words),
        raw,
    )


def _step(moment: str, what: str, words: str, raw: str) -> Content:
    """A line, and what belongs to it under it."""
    parts = [
        Content.styled(f"{moment}  ", MUTED),
        Content.styled(what, "bold"),
        Content("\n"),
    ]
    if words:
        parts.append(Content(f"          {words}\n"))
    if raw:
        indented = "\n".join(f"          {line}" for line in raw.split("\n"))
        parts.append(Content.styled(f"{indented}\n", MUTED))
    return Content("").join(parts)


def _moment(at: int, zone: tzinfo | None) -> str:
    """The time to the second."""
    return datetime.fromtimestamp(at / SECOND, zone).strftime("%H:%M:%S")
