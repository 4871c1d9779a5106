"""Test the quirks of the sandbox: pushes in other notations, charsets and versions of HTTP."""

import asyncio
import json
import random
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.push import PushRequest
from tui.sandbox.quirks import Quirk, rewrite_push
from tui.sandbox.state import PushSettings, Sandbox

TEXT = "Zażółć & 1=1\nŁódź"
PICTURE = {"content_type": "image/png", "content": "iVBOR", "name": "zdjęcie.png"}


@pytest.fixture
def sandbox(clock: ManualClock, push: PushSettings) -> Sandbox:
    """Return a sandbox with every provider that pushes to the listener."""
    return Sandbox(clock=clock, rng=random.Random(7), push=push)


async def call_control(sandbox: Sandbox, control: str, **body: object) -> httpx.Response:
    """Call a control of the sandbox."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        return await client.post(f"/_sandbox/{control}", content=json.dumps(body))


async def push_reply(
    sandbox: Sandbox, pushed: list[httpx.Request], provider: str, *quirks: Quirk, **body: object
) -> httpx.Request:
    """Return the push of a reply while these quirks are on."""
    for quirk in quirks:
        answer = await call_control(sandbox, "quirks", provider=provider, quirk=quirk)
        assert answer.json() == {"provider": provider, "quirk": quirk, "on": True}
    inbound = {"provider": provider, "from": "+61491570156", "text": TEXT, **body}
    assert (await call_control(sandbox, "inbound", **inbound)).status_code == 202
    await sandbox.settle_all()
    return pushed[-1]


def read_multipart(request: httpx.Request, charset: str = "utf-8") -> dict[str, str]:
    """Return the fields of a multipart body."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    fields = {}
    for part in message_from_bytes(head + request.content).get_payload():
        name = part.get_param("name", header="Content-Disposition")  # type: ignore[union-attr]
        data: Any = part.get_payload(decode=True)  # type: ignore[union-attr]
        fields[str(name)] = data.decode(charset)
    return fields


@pytest.mark.parametrize(
    ("provider", "field"), [("messageport", "message"), ("smartswitch", "body")]
)
async def test_a_form_comes_as_multipart(
    sandbox: Sandbox, pushed: list[httpx.Request], provider: str, field: str
) -> None:
    fields = read_multipart(await push_reply(sandbox, pushed, provider, Quirk.MULTIPART))
    assert fields[field] == TEXT


@pytest.mark.parametrize(
    ("provider", "field"), [("messageport", "message"), ("smartswitch", "body")]
)
async def test_a_form_comes_as_json(
    sandbox: Sandbox, pushed: list[httpx.Request], provider: str, field: str
) -> None:
    request = await push_reply(sandbox, pushed, provider, Quirk.JSON)
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content)[field] == TEXT


@pytest.mark.parametrize("provider", ["messagemedia", "serwersms"])
@pytest.mark.parametrize("quirk", [Quirk.ARRAY, Quirk.MULTIPART])
async def test_attachments_come_in_array_notation(
    sandbox: Sandbox, pushed: list[httpx.Request], provider: str, quirk: Quirk
) -> None:
    request = await push_reply(sandbox, pushed, provider, quirk, attachments=[PICTURE])
    if quirk is Quirk.MULTIPART:
        fields = read_multipart(request)
    else:
        fields = {name: value[0] for name, value in parse_qs(request.content.decode()).items()}
    name = "attachments[0][name]" if provider == "serwersms" else "attachments[0][original_name]"
    assert fields[name] == "zdjęcie.png"


async def test_texts_come_in_an_undeclared_old_code_page(
    sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    quirk = Quirk.LEGACY_CHARSET
    form = await push_reply(sandbox, pushed, "messageport", quirk, text="Café “ok”")
    assert b"message=Caf%E9%20%93ok%94" in form.content
    assert "charset" not in form.headers["Content-Type"]
    query = await push_reply(sandbox, pushed, "serwersms", quirk, text="Łódź")
    assert b"=\xa3\xf3d\x9f&" in unquote_to_bytes(query.url.query)
    multipart = await push_reply(
        sandbox, pushed, "messageport", quirk, Quirk.MULTIPART, text="Café"
    )
    assert b"Caf\xe9" in multipart.content
    as_json = await push_reply(sandbox, pushed, "smartswitch", quirk, Quirk.JSON, text="Café")
    assert b"Caf\xe9" in as_json.content


async def test_a_quirk_is_switched_off_again(sandbox: Sandbox, pushed: list[httpx.Request]) -> None:
    await push_reply(sandbox, pushed, "messageport", Quirk.JSON)
    await call_control(sandbox, "quirks", provider="messageport", quirk="json", on=False)
    request = await push_reply(sandbox, pushed, "messageport")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"provider": "unknown", "quirk": "json"}, "provider"),
        ({"provider": "messente", "quirk": "odd"}, "quirk"),
        ({"provider": "messente"}, "quirk"),
        ({"provider": "messente", "quirk": "json", "on": 1}, "on"),
    ],
)
async def test_an_invalid_quirk_is_refused(
    sandbox: Sandbox, body: dict[str, object], problem: str
) -> None:
    answer = await call_control(sandbox, "quirks", **body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(problem)


async def test_signed_json_of_messente_keeps_its_body(
    sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    request = await push_reply(sandbox, pushed, "messente", Quirk.MULTIPART, Quirk.LEGACY_CHARSET)
    assert json.loads(request.content)["text"] == TEXT


async def test_a_push_arrives_in_http_1_0() -> None:
    received: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(3))
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nOK")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sandbox = Sandbox(emulators=[], push=PushSettings())
    from tui.sandbox.ledger import PushCounts

    counts = PushCounts()
    pusher = sandbox.create_pusher(counts)
    url = f"http://127.0.0.1:{port}/hooks/x?a=b"
    push = PushRequest(url, b"a=b", headers={"X-One": "1"})
    for version in ("closed", "1.0"):
        target = push if version == "1.0" else PushRequest("http://127.0.0.1:9/x", b"")
        pusher.add(rewrite_push(target, {Quirk.HTTP_1_0}, "cp1252"))
        await pusher.send_ready()
    server.close()
    assert (counts.delivered, counts.abandoned) == (1, 1)
    assert received[0].startswith(b"POST /hooks/x?a=b HTTP/1.0\r\n")
    assert received[0].endswith(b"\r\n\r\na=b") and b"X-One: 1\r\n" in received[0]
