"""The requests of the switch's own documentation (HTTP API message), replayed as written there."""

import httpx

BASE = "http://sandbox/smartswitch"
ONE = "/api/message?_login={}&_password={}&destination_number=12123388100&body=test&require_dlr=1"
TWO = ONE + "&destination_number=12123388101&body=test1&require_dlr=1"


async def ask(client: httpx.AsyncClient, request: str, password: str) -> object:
    """POST that path and query, with an empty body; the answer."""
    answer = await client.post(BASE + request.format("sandbox", password))
    return answer.json()


def without_ids(entry: dict[str, object]) -> dict[str, object]:
    """An entry of the answer, its id checked and left out."""
    number = entry.pop("id")
    assert isinstance(number, str) and number.isdecimal() and len(number) == 13
    return entry


async def test_a_message_to_one_recipient(client: httpx.AsyncClient) -> None:
    answer = await ask(client, ONE, "sandbox-secret")
    assert isinstance(answer, dict) and set(answer) == {"data"}
    assert without_ids(answer["data"]) == {
        "attributes": {"destination_number": "12123388100", "segments": 1, "status": "ok"},
        "meta": {"request_id": "1"},
        "type": "message",
    }


async def test_a_message_to_two_recipients(client: httpx.AsyncClient) -> None:
    answer = await ask(client, TWO, "sandbox-secret")
    assert isinstance(answer, dict) and set(answer) == {"data"}
    assert int(answer["data"][1]["id"]) == int(answer["data"][0]["id"]) + 1
    assert [without_ids(entry) for entry in answer["data"]] == [
        {
            "attributes": {"destination_number": number, "segments": 1, "status": "ok"},
            "meta": {"request_id": place},
            "type": "message",
        }
        for number, place in (("12123388100", "1"), ("12123388101", "2"))
    ]


async def test_an_error(client: httpx.AsyncClient) -> None:
    assert await ask(client, ONE, "PASSWORD") == {
        "errors": [
            {
                "code": "authentication",
                "detail": "Please check your login and password",
                "title": "Authentication error",
            }
        ]
    }
