"""Test that simulated customers write unprompted and reply with their own texts."""

import asyncio
import contextlib
import random
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

from tui.clock import ManualClock
from tui.sandbox.customers import CUSTOMERS
from tui.sandbox.handset import extract_digits
from tui.sandbox.scenario import MOST_WAITING, add_customers, play_scenario
from tui.sandbox.state import Sandbox

FICTION = re.compile(
    r"\+(614915[67]\d{4}|614915700\d\d|447700900\d{3}|4917139200\d\d|336399[89]\d{4}|1\d{3}55501\d\d)"
)


def test_every_customer_has_a_fictional_number_and_texts() -> None:
    assert len({customer.number for customer in CUSTOMERS}) == len(CUSTOMERS)
    for customer in CUSTOMERS:
        assert FICTION.fullmatch(customer.number), customer.number
        assert customer.history and customer.openings and customer.answers
        ages = [line.minutes_ago for line in customer.history]
        assert ages == sorted(ages, reverse=True)


async def test_a_customer_writes_within_seconds_and_then_every_half_minute(
    sandbox: Sandbox, clock: ManualClock
) -> None:
    replies = sandbox.emulators["messagemedia"].ledger.replies
    playing = asyncio.create_task(play_scenario(sandbox, random.Random(5), clock))
    seen = list[int]()
    for seconds in (0.0, 4.0, 40.0, 40.0, 40.0):
        await asyncio.sleep(0)
        clock.advance(seconds)
        await asyncio.sleep(0)
        seen.append(len(replies.unconfirmed_ids))
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    assert seen == [0, 1, 2, 3, 4]
    assert len({event.body["source_number"] for event in replies.get_page(9)}) == 4


async def test_a_customer_replies_to_a_message(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock
) -> None:
    add_customers(sandbox)
    customer = CUSTOMERS[0]
    message = {"content": "Ready for pick-up", "destination_number": customer.number}
    for _ in range(len(customer.answers) + 1):
        await client.post("/messagemedia/v1/messages", json={"messages": [message]})
        clock.advance(6)
    replies = (await client.get("/messagemedia/v1/replies")).json()["replies"]
    given = [reply["content"] for reply in replies]
    assert given == [*customer.answers]


def void(_: object) -> None:
    """Ignore a value."""


async def play_for(
    sandbox: Sandbox, clock: ManualClock, rounds: int, answer: Callable[[str], None]
) -> list[tuple[str, str]]:
    """Play the scenario for some pauses and return who wrote what.

    Args:
        sandbox: Sandbox that is written into.
        clock: Clock of the sandbox.
        rounds: Number of pauses of 40 seconds.
        answer: Called with each number that has written.
    """
    emulators = sandbox.emulators.values()
    written: list[tuple[str, str]] = []
    receive = {emulator: emulator.receive_message for emulator in emulators}

    def record(number: str, own: str, text: str, files: Any, *, emulator: Any) -> str:
        written.append((number, text))
        return str(receive[emulator](number, own, text, files))

    for emulator in emulators:
        emulator.receive_message = partial(record, emulator=emulator)  # type: ignore[method-assign]
    playing = asyncio.create_task(play_scenario(sandbox, random.Random(3), clock))
    for _ in range(rounds):
        for _ in range(3):
            await asyncio.sleep(0)
        count = len(written)
        clock.advance(40)
        for _ in range(3):
            await asyncio.sleep(0)
        for number, _text in written[count:]:
            answer(number)
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    return written


async def test_customers_rest_while_they_wait_for_answers(
    sandbox: Sandbox, clock: ManualClock
) -> None:
    written = await play_for(sandbox, clock, 60, lambda number: None)
    assert len(written) == MOST_WAITING == len({number for number, _ in written})


async def test_no_customer_says_anything_twice(sandbox: Sandbox, clock: ManualClock) -> None:
    written = await play_for(
        sandbox, clock, 60, lambda number: void(sandbox.responders[extract_digits(number)]("Hello"))
    )
    present = [customer for customer in CUSTOMERS if customer.provider in sandbox.emulators]
    assert len(written) == len(set(written)) == sum(len(c.openings) for c in present)
    firsts = [number for number, _ in written[: len(present)]]
    assert len(set(firsts)) == len(present)
