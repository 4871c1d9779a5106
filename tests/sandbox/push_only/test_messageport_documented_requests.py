"""Replay the requests of MessagePort's own documentation exactly as written.

Its curl commands do not encode their data, so "Hello World" arrives with a plain blank.
"""

import httpx
import pytest

MESSAGES = "http://sandbox/messageport/rest/v1/messages"
USERS = "http://sandbox/messageport/rest/v1/users"
KEY = ("sandbox", "sandbox-secret")
NUMBER, MESSAGE = "number=61440111222", "message=Hello World"
REST = "senderid=Edgility&reference=APIMessage1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def send_request(client: httpx.AsyncClient, *parts: str) -> httpx.Response:
    """Send what `curl -X POST -d ... -d ... -u ...` sends."""
    body = "&".join(parts).encode()
    return await client.post(MESSAGES, content=body, headers=FORM, auth=KEY)


async def test_sending(client: httpx.AsyncClient) -> None:
    answer = await send_request(client, NUMBER, MESSAGE, REST)
    assert (answer.status_code, answer.json()) == (200, {"code": 200, "errors": 0, "message": ""})


async def test_the_balance(client: httpx.AsyncClient) -> None:
    answer = await client.get(USERS, auth=KEY)
    account = answer.json()
    assert (answer.status_code, account["code"]) == (200, 200)
    assert list(account) == ["username", "credits", "senderid", "mobile", "code"]
    assert isinstance(account["credits"], int)
    assert account["mobile"].isdecimal() and "@" in account["username"]


def make_error_children(**children: object) -> dict[str, object]:
    """Return the four children of a form error."""
    return {"message": [], "number": [], "senderid": [], "reference": [], **children}


@pytest.mark.parametrize(
    ("parts", "errors"),
    [
        (
            (NUMBER, REST),
            {"children": make_error_children(message={"errors": ["Messagefield not supplied"]})},
        ),
        (
            (NUMBER, MESSAGE, REST, "campaignName=Spring"),
            {
                "errors": ["This form should not contain extra fields."],
                "children": make_error_children(),
            },
        ),
        (
            ("number=6144a333222", MESSAGE, REST),
            {
                "children": make_error_children(
                    number={"errors": ["Number field contains invalid characters"]}
                )
            },
        ),
    ],
)
async def test_a_bad_request(
    client: httpx.AsyncClient, parts: tuple[str, ...], errors: dict[str, object]
) -> None:
    answer = await send_request(client, *parts)
    assert answer.status_code == 400
    assert answer.json() == {"code": 400, "message": "Validation Failed", "errors": errors}


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        ("61400000402", 402, "Not enough credits"),
        ("61400000406", 406, "Number is opted out"),
        ("4915112345678", 409, "Country not supported"),
    ],
)
async def test_unsendable_messages(
    client: httpx.AsyncClient, number: str, code: int, message: str
) -> None:
    answer = await send_request(client, f"number={number}", MESSAGE, REST)
    assert answer.status_code == code
    assert answer.json() == {"code": code, "errors": code, "message": message}


async def test_wrong_keys(client: httpx.AsyncClient) -> None:
    answer = await client.get(USERS, auth=("UNIQUE_ID", "UNIQUE_PASSWORD"))
    assert answer.status_code == 403
    assert answer.json() == {"errors": {"auth": "Authentication failed."}, "code": 403}


async def test_getting_messages(client: httpx.AsyncClient) -> None:
    answer = await client.get(MESSAGES, auth=KEY)
    assert answer.status_code == 405
    assert answer.json() == {"code": 405, "errors": 405, "message": "GET Method Not Allowed"}
