"""Where the polling of replies stands, without ever marking one as read.

`read` would make SerwerSMS forget a reply that a lost answer never brought. So the desk asks by
date, from a little before the newest reply seen, page after page; what comes twice has the same
event id. The cursor moves on only when the last page is in.
"""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tui.clock import DAY, MINUTE
from tui.providers.serwersms.fields import Item, count_of
from tui.providers.serwersms.times import before_repeat, to_wall, write_wall

PAGE_SIZE = 25
"""Replies asked for at once: an MMS carries its files, and one answer has to fit into memory."""
_OVERLAP = 10 * MINUTE
_FIRST_LOOK_BACK = 14 * DAY
_FUTURE_BORDER = DAY
_WRITTEN = re.compile(r"(\d{1,14}):(\d{1,7}):(\d{1,9}):(\d{1,14})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A sweep over the replies since a moment."""

    since: int
    """Ms UTC: the newest reply of the sweep before."""
    page: int = 1
    """The next page to ask for."""
    seen: int = 0
    """Replies on the pages before."""
    newest: int = 0
    """Ms UTC: the newest reply of this sweep so far."""

    def __str__(self) -> str:
        """The form in which it is kept between polls."""
        return f"{self.since}:{self.page}:{self.seen}:{self.newest}"

    def date_from(self, zone: ZoneInfo) -> str:
        """The filter that finds everything since, in the account's wall time."""
        start = to_wall(max(self.since - _OVERLAP, 0), zone)
        return write_wall(before_repeat(start, zone))

    def after(self, times: list[int], count: int, *, more: bool, now: int) -> "Cursor":
        """The cursor after a page of `count` replies received at `times` (ms UTC).

        A time in the future is a provider's slip and must not hide what comes after it.
        """
        believable = (at for at in times if at <= now + _FUTURE_BORDER)
        newest = max(believable, default=0)
        newest = max(newest, self.newest, self.since)
        if more:
            return Cursor(self.since, self.page + 1, self.seen + count, newest)
        return Cursor(newest)


def read_cursor(text: str, now: int) -> Cursor:
    """The cursor as it was kept; a fresh one, looking back two weeks, for anything else."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return Cursor(max(now - _FIRST_LOOK_BACK, 0))
    since, page, seen, newest = (int(number) for number in match.groups())
    return Cursor(since, page, seen, newest)


def has_more(body: Item, *, page: int, count: int, seen: int, limit: int) -> bool:
    """Whether another page may follow one of `count` items, `seen` of them with those before.

    `paging.count` is documented by one example only, where pages and items are both 1: it is taken
    for whichever of the two it can be.
    """
    if not count:
        return False
    paging = body.get("paging")
    total = count_of(paging, "count") if isinstance(paging, dict) else 0
    return count >= limit or (total > page and total != seen)
