"""Test each provider end to end over a real socket: send, receipts, reply, and failures."""

import pytest

from tests.stories.conftest import Scenario
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
async def test_a_message_is_sent_once_and_ends_as_delivered(
    scenario: Scenario, provider: str
) -> None:
    message = await scenario.queue_message(provider, PHONES[provider], "Your parcel is here")
    assert (await scenario.wait_for_status(message, *ENDS)).status is Status.DELIVERED
    assert [line["text"] for line in await scenario.fetch_accepted(provider)] == [
        "Your parcel is here"
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_reply_arrives_in_the_conversation_of_the_message(
    scenario: Scenario, provider: str
) -> None:
    phone = PHONES[provider]
    message = await scenario.queue_message(provider, phone, "Are you coming?")
    await scenario.wait_for_status(message, *ENDS)
    own = find_account(provider).own_number if provider != "serwersms" else ""
    await scenario.post_control(
        "inbound", provider=provider, to=own, text="Tak, będę o 16", **{"from": phone}
    )
    await wait_until(lambda: scenario.list_texts(phone), 60, f"{provider}'s reply")
    assert await scenario.list_texts(phone) == ["Tak, będę o 16"]
    states = await scenario.store.accounts.get_states()
    assert {state.health for state in states.values()} <= {Health.OK, Health.UNKNOWN}


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_failure_has_a_readable_reason(scenario: Scenario, provider: str) -> None:
    phone, word = FAILING[provider]
    message = await scenario.wait_for_status(
        await scenario.queue_message(provider, phone, "Hello"), *ENDS
    )
    assert message.status is not Status.DELIVERED
    assert message.reason
    assert word in message.reason.lower()


@pytest.mark.parametrize(("provider", "numbers"), CODES.items(), ids=CODES)
async def test_every_documented_failure_has_a_readable_reason(
    scenario: Scenario, provider: str, numbers: list[str]
) -> None:
    sent = [await scenario.queue_message(provider, number, "Hello") for number in numbers]
    ended = [await scenario.wait_for_status(message, *ENDS) for message in sent]
    explained = [end.status is not Status.DELIVERED and bool(end.reason) for end in ended]
    assert [
        number for number, is_explained in zip(numbers, explained, strict=True) if not is_explained
    ] == []


@pytest.mark.parametrize("provider", ("messagemedia", "messente", "serwersms"))
async def test_a_scheduled_message_waits_at_the_provider_and_can_be_cancelled(
    scenario: Scenario, provider: str
) -> None:
    later = SystemClock().now() + HOUR
    message = await scenario.queue_message(
        provider, PHONES[provider], "Tomorrow", scheduled_at=later
    )
    await scenario.wait_for_status(message, Status.SCHEDULED)
    await scenario.store.intents.request_cancel(message.id, "mia")
    await scenario.wait_for_status(message, Status.CANCELLED)


async def test_an_unreachable_provider_affects_only_its_own_account(scenario: Scenario) -> None:
    await scenario.post_control("faults", provider="serwersms", fault="refuse", count=-1)

    async def retrying() -> bool:
        state = (await scenario.store.accounts.get_states()).get("pl")
        return state is not None and state.health is Health.RETRYING

    await wait_until(retrying, 60, "pl in trouble")
    message = await scenario.queue_message("messagemedia", PHONES["messagemedia"], "Still here")
    await scenario.wait_for_status(message, Status.DELIVERED)
    states = await scenario.store.accounts.get_states()
    assert {name for name, state in states.items() if state.health is not Health.OK} == {"pl"}


async def test_a_message_without_response_is_uncertain_until_a_receipt(scenario: Scenario) -> None:
    await scenario.post_control(
        "faults", provider="messagemedia", fault="drop_after_accept", count=1
    )
    message = await scenario.queue_message("messagemedia", PHONES["messagemedia"], "Only once")
    assert (await scenario.wait_for_status(message, *ENDS)).status is Status.DELIVERED
    assert len(await scenario.fetch_accepted("messagemedia")) == 1


@pytest.mark.parametrize(
    ("phone", "end"), [("+12025550143", Status.DELIVERED), ("+12025550105", Status.FAILED)]
)
async def test_a_ping_reports_whether_a_phone_is_on_and_answers_no_customer(
    scenario: Scenario, phone: str, end: Status
) -> None:
    ping = await scenario.queue_message(
        "smartswitch", phone, "Is this phone on?", format=Format.PING
    )
    assert (await scenario.wait_for_status(ping, *ENDS)).status is end
    assert (await scenario.store.conversations.get_counts()).failed == 0
