"""Drive the clients against a sandbox that behaves as vendors do besides their documentation."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tui.clock import ManualClock
from tui.domain.events import Event, Reply
from tui.providers.catalog import CATALOG
from tui.providers.errors import CredentialsRefused, OutOfCredit
from tui.providers.protocol import Outgoing, Provider, Push, SendAccepted, SendRefused
from tui.providers.registry import open_provider
from tui.sandbox import API_KEY, API_SECRET, INBOUND_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.signing import PUBLIC_KEY
from tui.sandbox.quirks import Quirk
from tui.sandbox.state import PushSettings, Sandbox

CUSTOMER = "+61491570156"
NUMBERS = {
    "messagemedia": CUSTOMER,
    "messente": "+37251234567",
    "serwersms": "+48500600700",
    "smartswitch": "+12025550143",
    "messageport": CUSTOMER,
}


@pytest.fixture
def pushed() -> list[httpx.Request]:
    """Return the list of requests that the listener received."""
    return []


@pytest.fixture
def sandbox(clock: ManualClock, pushed: list[httpx.Request]) -> Sandbox:
    """Return a sandbox with every provider, which pushes to a list."""

    def accept_push(request: httpx.Request) -> httpx.Response:
        pushed.append(request)
        return httpx.Response(200, text="OK")

    push = PushSettings(base_url="http://desk", transport=httpx.MockTransport(accept_push))
    return Sandbox(clock=clock, rng=random.Random(7), push=push)


class Desk:
    """Open accounts at the sandbox, and read what it pushes."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock, pushed: list[httpx.Request]) -> None:
        """Create a desk without accounts."""
        self.sandbox, self.clock, self.pushed = sandbox, clock, pushed
        self.requests: list[httpx.Request] = []
        self._opened: list[Provider] = []

    def open(self, name: str, **options: object) -> Provider:
        """Return an account at the sandbox."""
        path = urlsplit(CATALOG[name].base_url).path
        app = httpx.ASGITransport(create_app(self.sandbox))
        requests = self.requests

        class Recorder(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                requests.append(request)
                return await app.handle_async_request(request)

        key = {"api_key": API_KEY, "api_secret": API_SECRET}
        values = {"base_url": f"http://sandbox/{name}{path}", **key, **options}
        account = open_provider(name, values, self.clock, Recorder())
        self._opened.append(account)
        return account

    def switch_on(self, name: str, *quirks: Quirk) -> None:
        """Switch quirks of a provider on."""
        self.sandbox.quirks[name].update(quirks)

    async def receive_push(self, name: str, text: str = "Hello", to: str | None = None) -> Push:
        """Return the push of a customer's message as the listener passes it on."""
        self.sandbox.emulators[name].receive_message(NUMBERS[name], to, text, ())
        await self.sandbox.settle_all()
        request = self.pushed[-1]
        return Push(
            request.method,
            request.url.raw_path.decode(),
            "",
            parse_qsl(request.url.query.decode(), keep_blank_values=True),
            {name.lower(): value for name, value in request.headers.items()},
            request.content,
        )

    async def close(self) -> None:
        """Close the accounts."""
        for account in self._opened:
            await account.aclose()


@pytest.fixture
async def desk(
    sandbox: Sandbox, clock: ManualClock, pushed: list[httpx.Request]
) -> AsyncIterator[Desk]:
    """Return a desk at that sandbox."""
    made = Desk(sandbox, clock, pushed)
    yield made
    await made.close()


def get_reply(events: tuple[Event, ...]) -> Reply:
    """Return the only event, which is a reply."""
    (event,) = events
    assert isinstance(event, Reply)
    return event


async def test_replies_of_messente_need_the_secret_of_the_number(desk: Desk) -> None:
    push = await desk.receive_push("messente")
    with pytest.raises(CredentialsRefused, match="inbound_secret is not set"):
        desk.open("messente").read_push(push)
    with pytest.raises(CredentialsRefused, match="another secret than inbound_secret"):
        desk.open("messente", inbound_secret=API_SECRET).read_push(push)
    account = desk.open("messente", inbound_secret=INBOUND_SECRET)
    assert get_reply(account.read_push(push).events).text == "Hello"


@pytest.mark.parametrize("count", [0, 1, 25, 30, 60])
async def test_a_server_that_ignores_the_page_is_asked_twice_at_most(
    desk: Desk, count: int
) -> None:
    desk.switch_on("serwersms", Quirk.NO_PAGING)
    account = desk.open("serwersms")
    for number in range(count):
        desk.sandbox.emulators["serwersms"].receive_message("+48500600700", None, f"{number}", ())
    cursor, asked = "", 0
    for _ in range(2):
        more = True
        while more:
            page = await account.fetch_replies(cursor)
            cursor, more, asked = page.cursor, page.has_more, asked + 1
            assert asked <= 4
    assert len(desk.requests) == asked


async def test_signed_pushes_are_read_behind_a_proxy(desk: Desk) -> None:
    desk.switch_on("messagemedia", Quirk.SIGNED)
    push = await desk.receive_push("messagemedia")
    account = desk.open("messagemedia", signature_key=PUBLIC_KEY, public_path="/sms")
    for version in ("1.0", "1.1"):
        received = replace(push, http_version=version)
        assert get_reply(account.read_push(received).events).text == "Hello"
    with pytest.raises(CredentialsRefused):
        account.read_push(replace(push, body=push.body + b" "))


async def test_confirmations_pass_a_strict_accept_header(desk: Desk) -> None:
    desk.switch_on("messagemedia", Quirk.STRICT_ACCEPT)
    account = desk.open("messagemedia")
    desk.sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello", ())
    page = await account.fetch_replies("")
    await account.confirm_replies([event.event_id for event in page.events])
    assert (await account.fetch_replies("")).events == ()
    desk.switch_on("messagemedia", Quirk.STUCK_CONFIRMATIONS)
    desk.sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, "Hello", ())
    page = await account.fetch_replies("")
    await account.confirm_replies([event.event_id for event in page.events])
    assert (await account.fetch_replies("")).events == page.events


async def test_a_message_id_that_is_used_again_is_another_reply(desk: Desk) -> None:
    desk.switch_on("smartswitch", Quirk.REUSED_IDS)
    account = desk.open("smartswitch")
    first = account.read_push(await desk.receive_push("smartswitch", "One"))
    second = account.read_push(await desk.receive_push("smartswitch", "Two"))
    assert get_reply(first.events).event_id != get_reply(second.events).event_id
    assert first.body == second.body == b"message_id=1"


async def test_two_types_with_one_id_in_one_second_are_two_replies(desk: Desk) -> None:
    emulator = desk.sandbox.emulators["serwersms"]
    picture = json.loads('{"content_type": "image/png", "content": "iVBO", "name": "a.png"}')
    from tui.sandbox.ledger import MmsFile

    emulator.receive_message("+48500600700", None, "Zdjęcie", [MmsFile(**picture)])
    emulator.receive_message("+48600700800", None, "Tekst", ())
    page = await desk.open("serwersms").fetch_replies("")
    raws = [json.loads(event.raw) for event in page.events]
    assert {raw["id"] for raw in raws} == {1001}
    assert len({event.event_id for event in page.events}) == 2


@pytest.mark.parametrize("name", ["messente", "serwersms", "messageport"])
async def test_without_credit_the_balance_is_nothing(desk: Desk, name: str) -> None:
    account = desk.open(name, **({"api": "classic"} if name == "messente" else {}))
    assert ((await account.fetch_balance()).amount or 0) > 0
    desk.switch_on(name, Quirk.NO_CREDIT)
    assert (await account.fetch_balance()).amount == 0
    with pytest.raises(OutOfCredit):
        await _send(account, NUMBERS[name])
    desk.sandbox.quirks[name].clear()
    assert isinstance(await _send(account, NUMBERS[name]), SendAccepted)


async def test_a_number_without_credits_agrees_with_the_balance(desk: Desk) -> None:
    account = desk.open("messageport")
    with pytest.raises(OutOfCredit):
        await _send(account, "+61400000402")
    assert (await account.fetch_balance()).amount == 0
    with pytest.raises(OutOfCredit):
        await _send(account, CUSTOMER)
    desk.clock.advance(60)  # topped up
    assert isinstance(await _send(account, CUSTOMER), SendAccepted)
    assert ((await account.fetch_balance()).amount or 0) > 0


async def _send(account: Provider, to: str) -> object:
    """Return the outcome of one message; raise its error."""
    (outcome,) = await account.send_messages([Outgoing("m1abcdefghi0", to, "Hello")])
    if isinstance(outcome, SendRefused):
        raise outcome.error
    return outcome


async def test_a_form_or_json_is_the_same_reply(desk: Desk) -> None:
    for name in ("messageport", "smartswitch"):
        account = desk.open(name)
        desk.switch_on(name, Quirk.JSON)
        push = await desk.receive_push(name, "Zażółć & 1=1")
        assert push.headers["content-type"] == "application/json"
        assert get_reply(account.read_push(push).events).text == "Zażółć & 1=1"
