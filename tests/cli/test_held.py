"""Test `smsdesk held`: from a wrong secret in the settings to the reply in the inbox."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Desk, read_error_line

PREFIX = "SMSDESK_ACCOUNTS__MO__"
SECRET = "q7Rk2mXw9ZtB4nLs"
BODY = json.dumps(
    {
        "msg_id": "in-1",
        "channel": "sms",
        "sender": "+37251000000",
        "recipient": "+37251990011",
        "time": "2026-11-20T09:15:42.000000Z",
        "text": "Still no parcel",
    }
).encode()


@pytest.fixture
def messente(bare: Desk) -> Desk:
    """Return a home with an account whose inbound secret is wrong."""
    settings = {
        "PROVIDER": "messente",
        "API_KEY": "user",
        "API_SECRET": "password",
        "BASE_URL": "http://127.0.0.1:9",
        "HOOK_SECRET": SECRET,
        "INBOUND_SECRET": "wrong",
    }
    return Desk(bare.home, {**bare.environ, **{PREFIX + k: v for k, v in settings.items()}})


@pytest.fixture
def address(messente: Desk) -> Iterator[str]:
    """Return the base URL of a running listener."""
    process = messente.start("sync", "--listen", "127.0.0.1:0")
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on ")
        yield line.removeprefix("listening on ").strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def push(url: str, body: bytes = BODY) -> int:
    """Push a signed message and return the HTTP status."""
    digest = hmac.new(b"number-secret", body, hashlib.sha256).hexdigest()
    headers = {"X-Messente-Signature": digest, "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as got:
            return int(got.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_wrong_secret_is_seen_fixed_and_the_reply_taken_in(messente: Desk, address: str) -> None:
    assert push(f"{address}/hooks/mo/{SECRET}/inbound") == 403
    (item,) = messente.read_objects("held", "list")
    assert (item["account"], item["cause"], item["state"]) == ("mo", "signature", "held")
    assert json.loads(item["content"]) == json.loads(BODY)

    shown = messente.run("held", "show", item["id"])
    assert "Reason" in shown.stdout and "Still no parcel" in shown.stdout
    doctor = messente.run("doctor", "--offline", "--json")
    assert doctor.returncode == 1
    assert any('"held"' in line and '"bad"' in line for line in doctor.stdout.splitlines())

    failed = messente.run("held", "retry", "--all")
    assert failed.returncode == 1
    assert failed.stdout.startswith("Nothing could be taken in, 1 still held: ")
    fixed = messente.run("held", "retry", "--all", **{PREFIX + "INBOUND_SECRET": "number-secret"})
    assert (fixed.returncode, fixed.stdout) == (0, "1 taken in\n")
    assert "Still no parcel" in messente.run("messages", "+37251000000").stdout
    assert messente.read_objects("held", "list") == []
    (done,) = messente.read_objects("held", "list", "--done")
    assert (done["state"], done["done_by"]) == ("retaken", "mia")
    assert "  taken in  " in messente.run("held", "list", "--done").stdout


def test_items_are_dismissed_by_id(messente: Desk, address: str) -> None:
    assert push(f"{address}/hooks/mo/{SECRET}/inbound") == 403
    (item,) = messente.read_objects("held", "list")
    listed = messente.run("held", "list")
    assert listed.stdout.split()[0] == item["id"]
    assert listed.stderr.startswith("mo: 1 held: ")
    assert messente.run("held", "dismiss", item["id"]).stdout.startswith("1 dismissed")
    assert messente.run("held", "retry", "--all").stdout == "Nothing is held\n"


def test_wrong_use_is_named(messente: Desk, address: str) -> None:
    assert messente.run("held", "list").stdout == ""
    assert "name the item" in read_error_line(messente.run("held", "show"))
    assert "say which" in read_error_line(messente.run("held", "dismiss"))
    assert "no held item 7" in read_error_line(messente.run("held", "show", "7"))
