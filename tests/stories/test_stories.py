"""Each provider's whole story over a real socket: send, receipts, reply, thread; and what fails."""

import pytest

from tests.stories.conftest import Desk
from tests.waiting import wait_until
from tui.clock import HOUR, SystemClock
from tui.demo.accounts import ACCOUNTS, find_account
from tui.domain.account import Health
from tui.domain.message import Format
from tui.domain.status import Status

PROVIDERS = tuple(account.provider for account in ACCOUNTS)
PHONES = {
    "messagemedia": "+61491570156",
    "messente": "+37251234567",
    "serwersms": "+48500600700",
    "smartswitch": "+12025550143",
    "messageport": "+61491570157",
}
FAILING = {
    "messagemedia": ("+61491579332", "route"),
    "messente": ("+37255500003", "number"),
    "serwersms": ("+48690000005", ""),
    "smartswitch": ("+12025550105", ""),
    "messageport": ("+61491570193", ""),
}
_MESSAGEMEDIA = "320 401 301 302 303 304 305 402 403 410 411 412 413 414 330 331 332 333 400 405"
CODES = {
    "messagemedia": [f"+61491579{code}" for code in _MESSAGEMEDIA.split()],
    "messente": [f"+37255500{code:03}" for code in range(1, 10)],
    "serwersms": [f"+48690000{code:03}" for code in range(1, 15)],
    "smartswitch": [f"+12025550{code}" for code in (103, 105, 108)],
}
"""The sandbox's numbers that end with each documented code."""
ENDS = (Status.DELIVERED, Status.FAILED, Status.REJECTED, Status.EXPIRED)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_message_goes_out_once_and_its_badge_ends_at_delivered(
    desk: Desk, provider: str
) -> None:
    message = await desk.send(provider, PHONES[provider], "Your parcel is here")
    assert (await desk.status(message, *ENDS)).status is Status.DELIVERED
    assert [line["text"] for line in await desk.ledger(provider)] == ["Your parcel is here"]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_answer_comes_into_the_thread_of_the_message(desk: Desk, provider: str) -> None:
    phone = PHONES[provider]
    message = await desk.send(provider, phone, "Are you coming?")
    await desk.status(message, *ENDS)
    own = find_account(provider).own_number if provider != "serwersms" else ""
    await desk.control(
        "inbound", provider=provider, to=own, text="Tak, będę o 16", **{"from": phone}
    )
    await wait_until(lambda: desk.texts(phone), 60, f"{provider}'s reply")
    assert await desk.texts(phone) == ["Tak, będę o 16"]
    states = await desk.store.accounts.get_states()
    assert {state.health for state in states.values()} <= {Health.OK, Health.UNKNOWN}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_failure_says_why_in_words(desk: Desk, provider: str) -> None:
    phone, word = FAILING[provider]
    message = await desk.status(await desk.send(provider, phone, "Hello"), *ENDS)
    assert message.status is not Status.DELIVERED
    assert message.reason
    assert word in message.reason.lower()


@pytest.mark.parametrize(("provider", "numbers"), CODES.items(), ids=CODES)
async def test_every_documented_way_to_fail_is_told_in_words(
    desk: Desk, provider: str, numbers: list[str]
) -> None:
    sent = [await desk.send(provider, number, "Hello") for number in numbers]
    ended = [await desk.status(message, *ENDS) for message in sent]
    told = [end.status is not Status.DELIVERED and bool(end.reason) for end in ended]
    assert [number for number, said in zip(numbers, told, strict=True) if not said] == []


@pytest.mark.parametrize("provider", ("messagemedia", "messente", "serwersms"))
async def test_a_scheduled_message_waits_at_the_provider_and_can_be_cancelled(
    desk: Desk, provider: str
) -> None:
    later = SystemClock().now() + HOUR
    message = await desk.send(provider, PHONES[provider], "Tomorrow", scheduled_at=later)
    await desk.status(message, Status.SCHEDULED)
    await desk.store.intents.request_cancel(message.id, "mia")
    await desk.status(message, Status.CANCELLED)


async def test_a_provider_that_is_down_changes_only_its_own_account(desk: Desk) -> None:
    await desk.control("faults", provider="serwersms", fault="refuse", count=-1)

    async def retrying() -> bool:
        state = (await desk.store.accounts.get_states()).get("pl")
        return state is not None and state.health is Health.RETRYING

    await wait_until(retrying, 60, "pl in trouble")
    message = await desk.send("messagemedia", PHONES["messagemedia"], "Still here")
    await desk.status(message, Status.DELIVERED)
    states = await desk.store.accounts.get_states()
    assert {name for name, state in states.items() if state.health is not Health.OK} == {"pl"}


async def test_a_lost_answer_is_uncertain_until_a_receipt_tells(desk: Desk) -> None:
    await desk.control("faults", provider="messagemedia", fault="drop_after_accept", count=1)
    message = await desk.send("messagemedia", PHONES["messagemedia"], "Only once")
    assert (await desk.status(message, *ENDS)).status is Status.DELIVERED
    assert len(await desk.ledger("messagemedia")) == 1


@pytest.mark.parametrize(
    ("phone", "end"), [("+12025550143", Status.DELIVERED), ("+12025550105", Status.FAILED)]
)
async def test_a_ping_tells_whether_a_phone_is_on_without_answering_anyone(
    desk: Desk, phone: str, end: Status
) -> None:
    ping = await desk.send("smartswitch", phone, "Is this phone on?", format=Format.PING)
    assert (await desk.status(ping, *ENDS)).status is end
    assert (await desk.store.conversations.get_counts()).failed == 0
