"""Replay the requests of the switch's documentation (HTTP API message) exactly as written."""

import httpx

BASE = "http://sandbox/smartswitch"
ONE = "/api/message?_login={}&_password={}&destination_number=12123388100&body=test&require_dlr=1"
TWO = ONE + "&destination_number=12123388101&body=test1&require_dlr=1"


async def post_request(client: httpx.AsyncClient, request: str, password: str) -> object:
    """Post to that path and query with an empty body and return the response."""
    answer = await client.post(BASE + request.format("sandbox", password))
    return answer.json()


def check_ids(entry: dict[str, object]) -> dict[str, object]:
    """Check the id of an entry and return the entry without it."""
    number = entry.pop("id")
    assert isinstance(number, str) and number.isdecimal() and len(number) == 13
    return entry


async def test_a_message_to_one_recipient(client: httpx.AsyncClient) -> None:
    answer = await post_request(client, ONE, "sandbox-secret")
    assert isinstance(answer, dict) and set(answer) == {"data"}
    assert check_ids(answer["data"]) == {
        "attributes": {"destination_number": "12123388100", "segments": 1, "status": "ok"},
        "meta": {"request_id": "1"},
        "type": "message",
    }


async def test_a_message_to_two_recipients(client: httpx.AsyncClient) -> None:
    answer = await post_request(client, TWO, "sandbox-secret")
    assert isinstance(answer, dict) and set(answer) == {"data"}
    assert int(answer["data"][1]["id"]) == int(answer["data"][0]["id"]) + 1
    assert [check_ids(entry) for entry in answer["data"]] == [
        {
            "attributes": {"destination_number": number, "segments": 1, "status": "ok"},
            "meta": {"request_id": place},
            "type": "message",
        }
        for number, place in (("12123388100", "1"), ("12123388101", "2"))
    ]


async def test_an_error(client: httpx.AsyncClient) -> None:
    assert await post_request(client, ONE, "PASSWORD") == {
        "errors": [
            {
                "code": "authentication",
                "detail": "Please check your login and password",
                "title": "Authentication error",
            }
        ]
    }
