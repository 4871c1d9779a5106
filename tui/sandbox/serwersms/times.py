"""Times as the API writes them: local in Poland, to the second, without a zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


def local(at: int) -> str:
    """Milliseconds UTC as `2026-03-04 09:15:02`."""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    return moment.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M:%S")


def parse_local(text: str) -> int:
    """Such a time (or a day alone) in milliseconds UTC; raises `ValueError`.

    Of an hour that comes twice it is the first; one that is left out lies an hour later.
    """
    moment = datetime.fromisoformat(text)
    return round(moment.replace(tzinfo=moment.tzinfo or WARSAW).timestamp() * 1000)
