"""Provide an account at Messente's Omnichannel API and recorded responses."""

from pathlib import Path

import httpx

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.providers.messente import Messente

DATA = Path(__file__).parents[1] / "data" / "messente"
OMNI_ID = "3c1c7c1e-7d5b-4b0e-9a55-0a4c3f1f6a21"


def load_response(name: str, status: int = 200) -> httpx.Response:
    """Return a recorded body as a response."""
    content = (DATA / f"{name}.json").read_bytes()
    return httpx.Response(status, content=content, headers={"Content-Type": "application/json"})


def create_account(wire: Wire, clock: ManualClock | None = None, validity: int = 0) -> Messente:
    """Return an Omnichannel account on that wire."""
    return Messente(
        base_url="https://desk.test/messente",
        api_key="user",
        api_secret="pass word",
        clock=clock or ManualClock(),
        transport=httpx.MockTransport(wire),
        validity=validity,
    )
