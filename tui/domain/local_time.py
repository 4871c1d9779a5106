"""What time it is where a customer lives, as far as the number tells.

Zones with the same offset read the same clock, so only different clocks count. A number that may
be in several zones is treated as if it were in each of them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui.domain.phone import time_zones

_SECOND = 1_000
_FURTHEST = timedelta(hours=48)

Hours = tuple[int, int]
"""First quiet hour and first hour that is no longer quiet, 0 to 23: (20, 8)."""


@lru_cache(maxsize=512)
def zones_for(address: str) -> tuple[str, ...]:
    """Return the IANA zones an E.164 number may be in; none for anything else."""
    return time_zones(address) if address.startswith("+") else ()


def clocks(zones: Iterable[str], now: int) -> list[datetime]:
    """Return the different local times at `now` (ms UTC), the westernmost first."""
    here = [datetime.fromtimestamp(now / _SECOND, ZoneInfo(zone)) for zone in zones]
    by_offset = {clock.utcoffset() or timedelta(): clock for clock in here}
    return [by_offset[offset] for offset in sorted(by_offset)]


def clock_words(zones: Iterable[str], now: int) -> str:
    """Return "16:02 there", "between 09:02 and 12:02 there", or nothing when no zone is known."""
    found = clocks(zones, now)
    if not found:
        return ""
    if len(found) == 1:
        return f"{found[0]:%H:%M} there"
    return f"between {found[0]:%H:%M} and {found[-1]:%H:%M} there"


def quiet_clocks(zones: Iterable[str], now: int, hours: Hours) -> list[datetime]:
    """Return the local times at `now` that lie in quiet `hours`."""
    return [clock for clock in clocks(zones, now) if _is_quiet(clock, hours)]


def next_waking(zones: Sequence[str], now: int, hours: Hours) -> int | None:
    """Return the first moment (ms UTC) from `now` on that is quiet in none of the zones.

    None when there is none within two days: somebody always sleeps.
    """
    at = datetime.fromtimestamp(now / _SECOND, UTC)
    end = at + _FURTHEST
    while at < end:
        asleep = quiet_clocks(zones, _stamp(at), hours)
        if not asleep:
            return _stamp(at)
        at = max(_next_hour(clock, hours[1]) for clock in asleep)
    return None


def _is_quiet(clock: datetime, hours: Hours) -> bool:
    """Tell whether a local time lies in quiet hours, which may go over midnight."""
    start, end = hours
    if start <= end:
        return start <= clock.hour < end
    return clock.hour >= start or clock.hour < end


def _next_hour(clock: datetime, hour: int) -> datetime:
    """Return when it is `hour` o'clock there next."""
    at = clock.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if at.replace(tzinfo=None) <= clock.replace(tzinfo=None):
        at += timedelta(days=1)
    return at.astimezone(UTC)


def _stamp(at: datetime) -> int:
    """Return a moment as ms UTC."""
    return round(at.timestamp() * _SECOND)
