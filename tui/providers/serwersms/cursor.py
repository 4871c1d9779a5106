"""Store how far the replies were polled, without marking any of them as read.

`read` would make SerwerSMS forget a reply that a lost answer never delivered. So replies
are requested by date, from shortly before the newest known reply, page after page; a reply
that arrives twice has the same event id. The cursor advances only after the last page.
"""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from tui.clock import DAY, MINUTE
from tui.domain.record_type import record
from tui.providers.serwersms.fields import Item, read_count
from tui.providers.serwersms.times import format_local_time, move_before_repeat, to_local_time

PAGE_SIZE = 25
"""Replies per page: an MMS contains its files, and one answer must fit into memory."""
_OVERLAP_MS = 10 * MINUTE
_FIRST_PERIOD_MS = 14 * DAY
"""Period that the first polling covers."""
_MAX_FUTURE_MS = DAY
"""How far in the future a received time may lie before it is ignored."""
_CURSOR_TEXT = re.compile(r"(\d{1,14}):(\d{1,7}):(\d{1,9}):(\d{1,14})(?::(\d{1,14}))?", re.ASCII)


@record
class ReplyCursor:
    """Position in the pages of replies since a point in time."""

    since: int
    """Ms UTC: the newest reply of the previous run."""
    page: int = 1
    """Next page to request."""
    seen: int = 0
    """Number of replies on the previous pages."""
    newest: int = 0
    """Ms UTC: the newest reply of this run so far."""
    plain_ids_until: int = 0
    """Ms UTC: up to here replies were stored with ids that do not name their sender.

    Those that are fetched again must keep these ids, or they would be shown twice.
    """

    def __str__(self) -> str:
        """Return the form in which the cursor is stored between polls."""
        return f"{self.since}:{self.page}:{self.seen}:{self.newest}:{self.plain_ids_until}"

    def format_date_from(self, zone: ZoneInfo) -> str:
        """Format the start of the date filter in the account's local time.

        Args:
            zone: Time zone of the account's dates.
        """
        start = to_local_time(max(self.since - _OVERLAP_MS, 0), zone)
        return format_local_time(move_before_repeat(start, zone))

    def advance_cursor(
        self, times: list[int], count: int, *, more: bool, now: int
    ) -> "ReplyCursor":
        """Return the cursor after a page.

        A time in the future is an error of the provider and must not hide later replies.

        Args:
            times: Times of the page's replies in ms UTC.
            count: Number of replies on the page.
            more: Whether another page follows.
            now: Current time in ms UTC.
        """
        believable = (at for at in times if at <= now + _MAX_FUTURE_MS)
        newest = max(believable, default=0)
        newest = max(newest, self.newest, self.since)
        if more:
            return replace(self, page=self.page + 1, seen=self.seen + count, newest=newest)
        return ReplyCursor(newest, plain_ids_until=self.plain_ids_until)


def parse_cursor(text: str, now: int) -> ReplyCursor:
    """Parse a stored cursor; for anything else start two weeks ago.

    Args:
        text: Stored form of the cursor.
        now: Current time in ms UTC.
    """
    match = _CURSOR_TEXT.fullmatch(text)
    if match is None:
        return ReplyCursor(max(now - _FIRST_PERIOD_MS, 0))
    since, page, seen, newest = (int(match[place]) for place in range(1, 5))
    # A cursor without the fifth number is of a version whose ids did not name the sender.
    return ReplyCursor(since, page, seen, newest, int(match[5] or max(since, newest)))


def has_more(body: Item, *, page: int, count: int, seen: int, limit: int) -> bool:
    """Return whether another page may follow.

    `paging.count` is documented by one example only, where pages and items are both 1, so
    it is accepted as either of them.

    Args:
        body: Parsed answer.
        page: Number of this page, from 1.
        count: Number of items on this page.
        seen: Number of items on this and all previous pages.
        limit: Number of items requested per page.
    """
    if not count:
        return False
    paging = body.get("paging")
    total = read_count(paging, "count") if isinstance(paging, dict) else 0
    return count >= limit or (total > page and total != seen)
