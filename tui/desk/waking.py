"""When a customer is awake again, offered to whoever writes at night."""

from datetime import datetime

from tui.clock import SECOND
from tui.domain.local_time import find_next_allowed_time, find_quiet_times, find_zones
from tui.seat import AppContext


def suggest_send_time(context: AppContext, address: str) -> str:
    """Return the end of the customer's quiet hours, as the agent would type it.

    Args:
        context: Settings of the agent.
        address: Number of the customer.

    Returns:
        A local date and time; "" if no quiet hours apply now.
    """
    zones, now, hours = find_zones(address), context.clock.now(), context.quiet_hours
    if hours is None or not find_quiet_times(zones, now, hours):
        return ""
    at = find_next_allowed_time(zones, now, hours)
    return f"{datetime.fromtimestamp(at / SECOND, context.zone):%Y-%m-%d %H:%M}" if at else ""
