"""Convert between SerwerSMS's local times in one zone and UTC milliseconds.

Twice a year a local time is ambiguous or does not exist. A time inside the spring gap is
read with the offset before it, so it falls as many minutes after the change as it claims. A
time inside the repeated autumn hour is read as its first pass. Both are conventions: the
provider sends nothing that would decide.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_LOCAL_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def parse_local_time(text: str) -> datetime | None:
    """Parse `YYYY-MM-DD HH:MM:SS` into a naive time; None if it is invalid.

    Args:
        text: Date as the API writes it; the seconds may be missing.
    """
    match = _LOCAL_TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return datetime(*(int(number or 0) for number in match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def to_utc(local: datetime, zone: ZoneInfo) -> int:
    """Convert a naive local time to ms UTC.

    Args:
        local: Naive local time.
        zone: Time zone of the account's dates.
    """
    return (local.replace(tzinfo=zone, fold=0) - _EPOCH) // _MILLISECOND


def parse_time(text: str, zone: ZoneInfo) -> int | None:
    """Parse a documented date into ms UTC; None if there is none.

    Args:
        text: Date as the API writes it.
        zone: Time zone of the account's dates.
    """
    local = parse_local_time(text)
    return None if local is None else to_utc(local, zone)


def to_local_time(at: int, zone: ZoneInfo) -> datetime:
    """Convert ms UTC to the naive local time of a zone, in whole seconds.

    Args:
        at: Time in ms UTC.
        zone: Time zone of the account's dates.

    Raises:
        ValueError: If the time is out of range.
    """
    try:
        return datetime.fromtimestamp(at // 1000, zone).replace(tzinfo=None, fold=0)
    except (OverflowError, OSError) as error:
        raise ValueError("the time is out of range") from error


def format_local_time(local: datetime) -> str:
    """Format a naive local time as the API writes it.

    Args:
        local: Naive local time.
    """
    return local.isoformat(sep=" ", timespec="seconds")


def move_before_repeat(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the time itself, or a time before the repeated hour if it lies in one.

    In the second pass new events have earlier times than known ones; a request from before
    the hour finds both passes.

    Args:
        local: Naive local time.
        zone: Time zone of the account's dates.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None and second is not None
    return local - max(first - second, timedelta(0))
