"""Test the opt-out list and the messages to its numbers."""

import httpx
import pytest

from tui.clock import ManualClock

BASE = "/messagemedia/v1"
LIST = f"{BASE}/number_authorisation/mt/blacklist"


async def list_numbers(client: httpx.AsyncClient, token: str = "") -> list[str]:
    """Return the numbers of one page."""
    numbers: list[str] = (await client.get(LIST, params={"token": token})).json()["numbers"]
    return numbers


async def test_a_reply_with_a_stop_phrase_blocks_the_number(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message = {
        "content": "hello",
        "destination_number": "+61491570195",
        "delivery_report": True,
    }
    await client.post(f"{BASE}/messages", json={"messages": [message]})
    clock.advance(10)
    assert await list_numbers(client) == ["+61491570195"]
    answer = await client.post(f"{BASE}/messages", json={"messages": [message]})
    assert (answer.status_code, answer.json()["messages"][0]["status"]) == (202, "queued")
    clock.advance(10)
    reports = (await client.get(f"{BASE}/delivery_reports")).json()["delivery_reports"]
    assert (reports[-1]["status"], reports[-1]["error_code"]) == ("rejected", "302")
    replies = (await client.get(f"{BASE}/replies")).json()["replies"]
    assert [reply["content"] for reply in replies] == ["STOP"]


async def test_numbers_are_added_and_removed(client: httpx.AsyncClient) -> None:
    number = {"numbers": ["+61491570156"]}
    assert (await client.post(LIST, json=number)).status_code == 201
    assert (await client.post(LIST, json=number)).status_code == 200
    assert await list_numbers(client) == ["+61491570156"]
    assert (await client.delete(f"{LIST}/+61491570156")).status_code == 200
    assert (await client.delete(f"{LIST}/+61491570156")).status_code == 404
    assert await list_numbers(client) == []


@pytest.mark.parametrize("numbers", [[], ["+61491570156"] * 11, None, ["abc"], [61491570156]])
async def test_up_to_ten_numbers_are_added_at_a_time(
    client: httpx.AsyncClient, numbers: object
) -> None:
    assert (await client.post(LIST, json={"numbers": numbers})).status_code == 400


async def test_the_list_comes_in_pages_of_100(client: httpx.AsyncClient) -> None:
    numbers = [f"+614915701{n:02d}" for n in range(100)] + ["+61491570200", "+61491570201"]
    for start in range(0, len(numbers), 10):
        await client.post(LIST, json={"numbers": numbers[start : start + 10]})
    first = (await client.get(LIST)).json()
    assert first["numbers"] == numbers[:100]
    rest = (await client.get(LIST, params={"token": first["pagination"]["page"]})).json()
    assert (rest["numbers"], rest["pagination"]) == (numbers[100:], {})


async def test_numbers_are_checked_against_the_list(client: httpx.AsyncClient) -> None:
    await client.post(LIST, json={"numbers": ["+61491570156"]})
    path = "number_authorisation/is_authorised/+61491570156,+61491570157"
    answer = await client.get(f"{BASE}/{path}")
    assert answer.json()["numbers"] == [
        {"number": "+61491570156", "authorised": False},
        {"number": "+61491570157", "authorised": True},
    ]
