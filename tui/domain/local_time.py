"""Find the local time of a customer from the phone number.

Zones with the same offset show the same time, so only different times count. A number that may be
in several zones is treated as if it were in each of them.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui.domain.phone import find_time_zones

_SECOND = 1_000
_SEARCH_LIMIT = timedelta(hours=48)

HourRange = tuple[int, int]
"""First quiet hour and first hour that is no longer quiet, 0 to 23: (20, 8)."""


@lru_cache(maxsize=512)
def find_zones(address: str) -> tuple[str, ...]:
    """Return the IANA zones that an E.164 number may be in; none for any other address."""
    return find_time_zones(address) if address.startswith("+") else ()


def find_local_times(zones: Iterable[str], now: int) -> list[datetime]:
    """Return the different local times, the westernmost first.

    Args:
        zones: IANA zones.
        now: Moment to convert, ms UTC.
    """
    here = [datetime.fromtimestamp(now / _SECOND, ZoneInfo(zone)) for zone in zones]
    by_offset = {clock.utcoffset() or timedelta(): clock for clock in here}
    return [by_offset[offset] for offset in sorted(by_offset)]


def format_local_times(zones: Iterable[str], now: int) -> str:
    """Return "16:02 there", "between 09:02 and 12:02 there", or "" if no zone is known.

    Args:
        zones: IANA zones.
        now: Moment to show, ms UTC.
    """
    found = find_local_times(zones, now)
    if not found:
        return ""
    if len(found) == 1:
        return f"{found[0]:%H:%M} there"
    return f"between {found[0]:%H:%M} and {found[-1]:%H:%M} there"


def find_quiet_times(zones: Iterable[str], now: int, hours: HourRange) -> list[datetime]:
    """Return the local times that lie in quiet hours.

    Args:
        zones: IANA zones.
        now: Moment to check, ms UTC.
        hours: Quiet hours by the customer's clock.
    """
    return [clock for clock in find_local_times(zones, now) if _is_quiet(clock, hours)]


def find_next_allowed_time(zones: Sequence[str], now: int, hours: HourRange) -> int | None:
    """Return the first moment (ms UTC) that is quiet in none of the zones.

    None if there is none within two days, because the zones together are always quiet.

    Args:
        zones: IANA zones.
        now: Moment to start from, ms UTC.
        hours: Quiet hours by the customer's clock.
    """
    at = datetime.fromtimestamp(now / _SECOND, UTC)
    end = at + _SEARCH_LIMIT
    while at < end:
        quiet = find_quiet_times(zones, _to_ms(at), hours)
        if not quiet:
            return _to_ms(at)
        at = max(_find_next_hour(clock, hours[1]) for clock in quiet)
    return None


def resolve_wall_clock(local: datetime, now: int) -> tuple[int, str]:
    """Return the moment (ms UTC) of a wall clock, and what is unusual about it.

    In spring an hour of the wall clock is skipped, in autumn one comes twice. Of two moments the
    first that is still ahead is taken.

    Args:
        local: Wall clock; without a zone that of the system.
        now: Current time, ms UTC.

    Returns:
        The moment, and "02:30 does not exist that day: 03:30", "02:30 comes twice that day: the
        first is taken", or "".
    """
    first, second = _to_ms(local.replace(fold=0)), _to_ms(local.replace(fold=1))
    if first > second:
        shown = datetime.fromtimestamp(first / _SECOND, local.tzinfo)
        return first, f"{local:%H:%M} does not exist that day: {shown:%H:%M}"
    if first < second:
        at, which = (first, "first") if first > now else (second, "second")
        return at, f"{local:%H:%M} comes twice that day: the {which} is taken"
    return first, ""


def _is_quiet(clock: datetime, hours: HourRange) -> bool:
    """Return whether a local time lies in quiet hours, which may span midnight."""
    start, end = hours
    if start <= end:
        return start <= clock.hour < end
    return clock.hour >= start or clock.hour < end


def _find_next_hour(clock: datetime, hour: int) -> datetime:
    """Return when it is `hour` o'clock next in the zone of `clock`."""
    at = clock.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if at.replace(tzinfo=None) <= clock.replace(tzinfo=None):
        at += timedelta(days=1)
    return at.astimezone(UTC)


def _to_ms(at: datetime) -> int:
    """Return a moment as ms UTC."""
    return round(at.timestamp() * _SECOND)
