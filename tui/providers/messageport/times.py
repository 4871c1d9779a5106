"""Local times of a MessagePort account as moments.

A push names its time as the account's wall clock shows it. Twice a year that is not one moment: in
autumn an hour comes twice, in spring an hour does not come at all.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui.clock import MINUTE

_FORM = "%Y-%m-%d %H:%M:%S"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_UNIVERSAL = frozenset({"UTC", "GMT"})
_CLOCKS_APART = 5 * MINUTE
"""How far the desk's clock may be behind the provider's."""


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo | None:
    """The zone an IANA name or an offset from UTC means, None for anything else.

    Bare abbreviations are not taken: "EST" is New York to IANA and Sydney to an Australian.
    """
    offset = _OFFSET.fullmatch(name)
    if offset:
        return _fixed(offset[1], int(offset[2]), int(offset[3] or 0))
    if "/" not in name and name not in _UNIVERSAL:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def moment(text: str, zone: tzinfo, now: int) -> int | None:
    """`text` ("YYYY-MM-DD HH:MM:SS" in `zone`) as ms UTC; None when it is no such time.

    Of an hour that comes twice it is the later reading that is not in the future at `now` (ms UTC);
    a time in an hour that does not come is read by the offset that held before.
    """
    try:
        local = datetime.strptime(text, _FORM).replace(tzinfo=zone)
        first, second = (_utc(local.replace(fold=fold)) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    repeats = second > first
    return second if repeats and second <= now + _CLOCKS_APART else first


def _utc(local: datetime) -> int:
    """An aware time as ms UTC."""
    return int(local.timestamp()) * 1000


def _fixed(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """The zone of a fixed offset, None when no place on Earth has it."""
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)
