"""SerwerSMS tells the time by the wall clock of one zone; the desk counts UTC milliseconds.

Twice a year a wall clock lies. A time inside the spring gap is read with the offset before it, so
it falls as many minutes after the change as it pretends to. A time inside the repeated autumn hour
is read as its first pass. Both are rules, not truths: the provider sends nothing that tells.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_WALL = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def parse_wall(text: str) -> datetime | None:
    """`YYYY-MM-DD HH:MM:SS` as a naive time; None when it is none."""
    match = _WALL.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return datetime(*(int(number or 0) for number in match.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None


def to_utc(wall: datetime, zone: ZoneInfo) -> int:
    """A naive wall time as ms UTC."""
    return (wall.replace(tzinfo=zone, fold=0) - _EPOCH) // _MILLISECOND


def read_time(text: str, zone: ZoneInfo) -> int | None:
    """A documented date as ms UTC; None when there is none."""
    wall = parse_wall(text)
    return None if wall is None else to_utc(wall, zone)


def to_wall(at: int, zone: ZoneInfo) -> datetime:
    """Ms UTC as the naive wall time of `zone`, whole seconds. Raises ValueError out of range."""
    try:
        return datetime.fromtimestamp(at // 1000, zone).replace(tzinfo=None, fold=0)
    except (OverflowError, OSError) as error:
        raise ValueError("the time is out of range") from error


def write_wall(wall: datetime) -> str:
    """A naive wall time as the API writes it."""
    return wall.isoformat(sep=" ", timespec="seconds")


def before_repeat(wall: datetime, zone: ZoneInfo) -> datetime:
    """`wall` itself, or a time before the repeated hour when it lies in one.

    In the second pass new events carry smaller times than those already seen; asking from before
    the hour finds both passes.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None and second is not None
    return wall - max(first - second, timedelta(0))
