"""Convert local times of a MessagePort account to UTC.

A push gives its time as the account's wall clock shows it. Twice a year that is ambiguous:
in autumn one hour occurs twice, in spring one hour does not exist.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui.clock import MINUTE

_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_UTC_NAMES = frozenset({"UTC", "GMT"})
_CLOCK_SKEW_MS = 5 * MINUTE
"""How far the desk's clock may be behind the provider's."""


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo | None:
    """Return the time zone of an IANA name or a UTC offset, or None for any other text.

    Bare abbreviations are refused: "EST" is New York in the IANA names and Sydney to an
    Australian.
    """
    offset = _OFFSET.fullmatch(name)
    if offset:
        return _make_fixed_zone(offset[1], int(offset[2]), int(offset[3] or 0))
    if "/" not in name and name not in _UTC_NAMES:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def parse_local_time(text: str, zone: tzinfo, now: int) -> int | None:
    """Return a local time as ms UTC, or None if the text is no such time.

    Of an hour that occurs twice, the later reading that is not in the future is taken. A
    time in an hour that does not exist is read with the offset that was valid before it.

    Args:
        text: Time as "YYYY-MM-DD HH:MM:SS".
        zone: Time zone of the text.
        now: Current time (ms UTC).
    """
    try:
        local = datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=zone)
        first, second = (_to_utc_ms(local.replace(fold=fold)) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    is_ambiguous = second > first
    return second if is_ambiguous and second <= now + _CLOCK_SKEW_MS else first


def _to_utc_ms(local: datetime) -> int:
    """Return an aware time as ms UTC."""
    return int(local.timestamp()) * 1000


def _make_fixed_zone(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """Return the time zone of a fixed offset, or None if no place has it."""
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)
