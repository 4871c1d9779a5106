"""When a customer is awake again, offered to whoever writes at night."""

from datetime import datetime

from tui.clock import SECOND
from tui.domain.local_time import next_waking, quiet_clocks, zones_for
from tui.seat import Seat


def waking_words(seat: Seat, address: str) -> str:
    """The moment as the agent would type it; empty while the customer is awake."""
    zones, now, hours = zones_for(address), seat.clock.now(), seat.quiet_hours
    if hours is None or not quiet_clocks(zones, now, hours):
        return ""
    at = next_waking(zones, now, hours)
    return f"{datetime.fromtimestamp(at / SECOND, seat.zone):%Y-%m-%d %H:%M}" if at else ""
