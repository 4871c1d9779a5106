"""Say what a row of the list of conversations shows, and in which styles.

The list and the first paint both draw from this, so that no row changes when the list takes the
place of the first paint. A style is named by its component class in `looks.tcss`.
"""

from datetime import tzinfo

from rich.cells import cell_len

from tui.clock import MINUTE
from tui.desk import cells, format
from tui.desk.badges import (
    BADGES,
    DRAFT_MARK,
    DUE_MARK,
    OVERDUE_MARK,
    STAR_MARK,
    TICK_MARK,
    UNREAD_MARK,
)
from tui.desk.message_text import format_preview
from tui.domain.conversation import Conversation, State
from tui.domain.message import Direction
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.views import is_waiting
from tui.terminal.ascii_text import protect_text

RowPart = tuple[str, str]
"""A text and its style; an empty style is that of the row."""
STYLES = (
    *("thread--title", "thread--unread", "thread--preview", "thread--age", "thread--waiting"),
    *("thread--mark", "thread--label", "thread--departed"),
    *("badge--waiting", "badge--moving", "badge--good", "badge--bad", "badge--doubt"),
)
"""Styles of the parts."""


@record
class RowState:
    """What changes how a row looks besides its conversation."""

    now: int
    """Current time (ms UTC)."""
    ascii: bool = False
    zone: tzinfo | None = None
    """Time zone of the agent; None for the system's."""
    is_marked: bool = False
    has_draft: bool = False
    """Whether the agent has a draft in the conversation."""
    names_closed: bool = False
    """Whether the list mixes states, so that closed conversations are named."""
    departure: str = ""
    """Why the conversation is no longer in the list where it still stands; empty if it is."""


def format_title_line(row: Conversation, state: RowState, width: int) -> list[RowPart]:
    """Return the first line: ` ● Ana Kowalska        12m `.

    Args:
        row: Conversation of the row.
        state: What else changes its look.
        width: Width in cells.
    """
    age, age_style = _format_age(row, state)
    flags = _format_flags(row, state)
    title = cells.fit_cells(
        _protect(format.format_title(row), state), width - 3 - len(age) - len(flags)
    )
    title_style = "thread--unread" if row.unread else "thread--title"
    if state.departure:
        title_style = age_style = "thread--departed"
    return [
        (_format_mark(row, state), "thread--mark"),
        (title, title_style),
        (flags, "thread--age"),
        (age, age_style),
    ]


def _format_age(row: Conversation, state: RowState) -> RowPart:
    """Return how long the customer waits or, if a target holds, how much time is left."""
    now = state.now // MINUTE * MINUTE  # the same for all rows, whenever each is painted
    if row.due_at is None or row.waiting_since is None:
        since = row.waiting_since if row.waiting_since is not None else row.last_at
        style = "thread--waiting" if is_waiting(row) else "thread--age"
        return f" {format.format_age(since, now):>4} ", style
    # Judged to the second: the count of what is overdue, and its list, are as well.
    is_over = row.due_at < state.now
    now = max(now, row.due_at + 1) if is_over else now
    mark = (OVERDUE_MARK if is_over else DUE_MARK).draw(ascii=state.ascii)
    is_soon = format.is_due_soon(row.due_at, row.waiting_since, now)
    style = "thread--waiting" if is_soon else "thread--age"
    return (
        f" {mark} {format.format_time_left(row.due_at, now)} ",
        "badge--bad" if is_over else style,
    )


def format_preview_line(row: Conversation, state: RowState, width: int) -> list[RowPart]:
    """Return the second line: `   You: Your order is ready   ✓✓ `.

    Args:
        row: Conversation of the row.
        state: What else changes its look.
        width: Width in cells.
    """
    badge, badge_style = _format_badge(row, state)
    labels = "" if state.departure else cells.format_labels(row.labels, (width - 4) // 3)
    preview = _protect(state.departure or _format_preview(row), state)
    style = "thread--departed" if state.departure else "thread--preview"
    return [
        ("   ", ""),
        (cells.fit_cells(preview, width - 4 - len(badge) - cell_len(labels)), style),
        (labels, "thread--label"),
        (badge, badge_style),
        (" ", ""),
    ]


def _format_preview(row: Conversation) -> str:
    """Return the last message, with "You:", "Auto:" or "Note:" before one that is not theirs."""
    if row.last_direction is Direction.NOTE:
        return f"Note: {format_preview(row)}"
    if row.last_direction is not Direction.OUT or row.is_last_message_ping:
        return format_preview(row)
    return f"{'Auto' if row.last_rule else 'You'}: {format_preview(row)}"


def _protect(text: str, state: RowState) -> str:
    """Protect an outside text from ASCII replacement."""
    return protect_text(text) if state.ascii else text


def _format_mark(row: Conversation, state: RowState) -> str:
    """Return three cells that show whether a conversation is marked and unread."""
    tick = TICK_MARK.draw(ascii=state.ascii) if state.is_marked else " "
    return f"{tick}{UNREAD_MARK.draw(ascii=state.ascii) if row.unread else ' '} "


def _format_flags(row: Conversation, state: RowState) -> str:
    """Return draft, star, opt-out, owner, and the state if it is not open."""
    parts = []
    if state.has_draft:
        parts.append(DRAFT_MARK.draw(ascii=state.ascii))
    if row.starred:
        parts.append(STAR_MARK.draw(ascii=state.ascii))
    if row.opted_out:
        parts.append("STOP")
    elif row.suspected:
        parts.append("stop?")
    if row.assignee:
        parts.append(f"@{one_line(row.assignee.removeprefix('@'), 8)}")
    if row.state is State.SNOOZED:
        parts.append(format.format_snooze_end(row.snoozed_until, state.now, state.zone))
    elif row.state is State.CLOSED and state.names_closed:
        parts.append("closed")
    return " " + " ".join(parts) if parts else ""


def _format_badge(row: Conversation, state: RowState) -> RowPart:
    """Return the last message's badge with its style; long only for a failed message."""
    status = row.last_status
    if row.last_direction is not Direction.OUT or status is None:
        return "", ""
    badge = BADGES[status]
    has_label = status.is_problem and not row.is_last_message_ping
    draw = badge.format if has_label else badge.symbol.draw
    return f" {draw(ascii=state.ascii)}", f"badge--{badge.style}"
