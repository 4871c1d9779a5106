"""Provide an account at a SmartSwitch server and recorded responses."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import httpx

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.providers.protocol import Outgoing
from tui.providers.smartswitch import SmartSwitch

DATA = Path(__file__).parents[1] / "data" / "smartswitch"
SECRET = "pass w0rd&+"
ANN = Outgoing(reference="desk-42", to="+12025550143", text="test one")

Handler = Callable[[httpx.Request], httpx.Response]


def load_body(name: str) -> bytes:
    """Return a recorded body."""
    return (DATA / f"{name}.json").read_bytes()


def create_account(
    handler: Handler,
    *,
    base_url: str = "https://sms.example.net/api/",
    batch: int = 10,
    source_name: str = "",
) -> SmartSwitch:
    """Return an account that sends its requests to `handler`."""
    return SmartSwitch(
        base_url=base_url,
        api_key="desk",
        api_secret=SECRET,
        clock=ManualClock(),
        transport=httpx.MockTransport(handler),
        batch=batch,
        source_name=source_name,
    )


def create_scripted_account(
    status: int, *contents: bytes
) -> tuple[SmartSwitch, list[httpx.Request]]:
    """Return an account whose switch sends these contents in turn, and its requests."""
    wire = Wire(*(httpx.Response(status, content=content) for content in contents))
    return create_account(wire), wire.requests


def read_parameters(request: httpx.Request) -> list[tuple[str, str]]:
    """Return the parameters after the credentials, which have to come first and once."""
    pairs = parse_qsl(request.url.query.decode(), keep_blank_values=True, strict_parsing=True)
    assert pairs[:2] == [("_login", "desk"), ("_password", SECRET)]
    return pairs[2:]


def make_entry(
    reference: str = "", *, number: str = "", status: object = "ok", identity: str = "1"
) -> dict[str, object]:
    """Return the entry of one recipient in a response."""
    meta = {"meta": {"request_id": reference}} if reference else {}
    attributes = {"destination_number": number, "segments": 1, "status": status}
    return {"type": "message", "id": identity, "attributes": attributes, **meta}


def make_data(*entries: object) -> bytes:
    """Return a response with these entries, as an array."""
    return json.dumps({"data": entries}).encode()
