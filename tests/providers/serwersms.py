"""Provide an account at SerwerSMS, recorded responses and hostile items."""

import json
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.providers.serwersms import SerwerSms

DATA = Path(__file__).parents[1] / "data" / "serwersms"
NOON = 1_772_622_000_000
"""4 March 2026, 12:00 in Warsaw."""
PASSWORD = "sandbox-secret"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = ("id", "type", "phone", "recived", "text", "title", "attachments", "status", "reason")
hostile_items = st.lists(json_values | st.dictionaries(st.sampled_from(names), json_values))


def load_body(name: str) -> Any:
    """Return a recorded body."""
    return json.loads((DATA / f"{name}.json").read_bytes())


def create_account(wire: Wire, now: int = NOON, **options: Any) -> SerwerSms:
    """Return an account on that wire."""
    return SerwerSms(
        base_url="https://desk.test/serwersms/",
        api_key="sandbox",
        api_secret=PASSWORD,
        clock=ManualClock(now),
        transport=httpx.MockTransport(wire),
        **options,
    )
