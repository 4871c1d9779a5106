"""Convert rows of `arrivals` and `refusals` into what the rest of the program reads."""

import json
from typing import Any

from tui.domain.arrivals import (
    Arrival,
    ArrivalState,
    Channel,
    HeldGroup,
    HeldItem,
    HeldReason,
    Refusal,
    RefusalCount,
)
from tui.domain.events import Cause, EventKind


def to_held_item(row: Any) -> HeldItem:
    """Convert a row of `arrivals`."""
    arrival = Arrival(
        channel=Channel(row["channel"]),
        body=bytes(row["body"]),
        source=EventKind(row["source"]),
        method=row["method"],
        target=row["target"],
        tail=row["tail"],
        query=tuple((name, text) for name, text in json.loads(row["query"])),
        headers=json.loads(row["headers"]),
        http_version=row["http_version"],
    )
    return HeldItem(
        id=row["id"],
        account=row["account"],
        arrival=arrival,
        state=ArrivalState(row["state"]),
        reason=HeldReason(Cause(row["cause"]), row["reason"]),
        size=row["size"],
        received_at=row["received_at"],
        last_at=row["last_at"],
        repeats=row["repeats"],
        done_at=row["done_at"],
        done_by=row["done_by"],
    )


def to_held_group(row: Any) -> HeldGroup:
    """Convert a row of the summary of held items."""
    reason = HeldReason(Cause(row["cause"]), row["reason"])
    return HeldGroup(row["account"], reason, row["count"], row["last_at"])


def to_refusal_count(row: Any) -> RefusalCount:
    """Convert a row of `refusals`."""
    return RefusalCount(row["account"], Refusal(row["refusal"]), row["count"], row["last_at"])
