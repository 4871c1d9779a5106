"""Who did what in a conversation, newest first."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import present
from tui.domain.text import one_line
from tui.domain.when import in_words
from tui.present import MUTED
from tui.seat import Seat
from tui.store.audit import Deed

_WORDS = {
    "close": "closed it",
    "reopen": "opened it again",
    "assign": "made it nobody's",
    "star": "starred it",
    "unstar": "took the star off",
    "mark read": "marked it read",
    "mark unread": "marked it unread",
    "rename": "changed name or note",
    "send": "wrote a message",
    "take back": "took a message back before it left",
    "cancel": "cancelled a scheduled message",
    "went out": "said that a message went out",
    "did not go out": "said that a message did not go out",
    "undo": "undid an action",
    "claim": "took it on by answering",
    "note": "left a private note",
    "opt in taken back": "took the lifting of the opt-out back",
    "withdraw note": "withdrew a private note",
    "ping": "asked whether the phone is on",
    "not an opt-out": "said that it is no opt-out",
    "judgement taken back": "left the question of an opt-out open again",
}


class HistoryScreen(ModalScreen[None]):
    """A page to scroll; Esc or H closes it."""

    DEFAULT_CSS = """
    HistoryScreen .dialog { max-height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,H", "dismiss", "Close")]

    def __init__(self, title: str, deeds: Sequence[Deed], seat: Seat) -> None:
        """Everything is known already."""
        super().__init__()
        self._title = title
        self._deeds = deeds
        self._seat = seat

    def compose(self) -> ComposeResult:
        """One text."""
        now, zone = self._seat.clock.now(), self._seat.zone
        with VerticalScroll(classes="dialog") as page:
            page.border_title = Content(f"History of {one_line(self._title, 40)}")
            page.border_subtitle = "Esc closes"
            yield Static(history_text(self._deeds, now, zone))


def history_text(deeds: Sequence[Deed], now: int, zone: tzinfo | None) -> Content:
    """A line for each deed under its day."""
    if not deeds:
        return Content("Nobody has done anything here yet.")
    lines: list[Content] = []
    last_day = -1
    for deed in deeds:
        today = present.day_key(deed.at, zone)
        if today != last_day:
            gap = "\n" if lines else ""
            lines.append(Content.styled(f"{gap}{present.day(deed.at, now, zone)}", MUTED))
            last_day = today
        time = (f"{present.clock_time(deed.at, zone)}  ", MUTED)
        who = (f"{one_line(deed.agent, 20) or 'the desk'} ", "bold")
        lines.append(Content.assemble(time, who, deed_words(deed, zone)))
    return Content("\n").join(lines)


def deed_words(deed: Deed, zone: tzinfo | None) -> str:
    """What was done, as one reads it behind the agent's name; safe on one line."""
    if deed.action in _WORDS:
        return _WORDS[deed.action]
    verb, _, rest = deed.action.partition(" ")
    match verb:
        case "snooze":
            at = int(deed.detail) if deed.detail.isdigit() else None
            return f"snoozed it {_until(at, deed.at, zone)}"
        case "opt" | "opted":
            evidence = f': "{one_line(deed.detail, 60)}"' if deed.detail else ""
            return f"{'recorded' if rest == 'out' else 'lifted'} the opt-out{evidence}"
        case "assign":
            return f"assigned it to {one_line(rest, 40)}"
        case "label":
            return f"put #{one_line(rest, 40)} on it"
        case "unlabel":
            return f"took #{one_line(rest, 40)} off"
    return one_line(f"{deed.action} {deed.detail}".strip(), 120)


def _until(at: int | None, since: int, zone: tzinfo | None) -> str:
    """How long it was put away."""
    return "until a reply" if at is None else f"until {in_words(at, since, zone).split(',')[0]}"
