"""Convert times to the API's format: local in Poland, to the second, without a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def format_local(at: int) -> str:
    """Return a time as `2026-03-04 09:15:02`.

    Args:
        at: Time in milliseconds UTC.
    """
    moment = datetime.fromtimestamp(at // 1000, UTC)
    return moment.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M:%S")


def parse_local(text: str) -> int:
    """Return a local time (or a day alone) in milliseconds UTC; raise `ValueError`.

    A time in the repeated hour of autumn means its first occurrence; a time in the skipped hour
    of spring lies an hour later.

    Args:
        text: ISO 8601 date, with or without time and zone.
    """
    moment = datetime.fromisoformat(text)
    return round(moment.replace(tzinfo=moment.tzinfo or WARSAW).timestamp() * 1000)
