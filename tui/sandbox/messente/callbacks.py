"""What is pushed to the desk: receipts of both APIs and inbound messages, with their signatures
(Messente API, delivery report; inbound messages)."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from tui.sandbox.messente.words import COARSE, Outcome
from tui.sandbox.push import Push

PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0)
"""Seconds before each of the five repetitions."""
TIMEOUT = 10.0
SIGNATURE = "X-Messente-Signature"


def sign(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of the raw body in lower-case hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_ok(status: int, body: bytes) -> bool:
    """What the classic API takes for received."""
    return status == 200


def is_received(status: int, body: bytes) -> bool:
    """What the Omnichannel API takes for received."""
    return 200 <= status < 400


def classic_report(message_id: str, said: Outcome) -> dict[str, object]:
    """The query of a classic receipt; `err` is empty where there was no error."""
    status, mask = COARSE[said.word]
    return {
        "sms_unique_id": message_id,
        "status": status,
        "stat": said.word,
        "err": f"{said.err:03d}" if said.err else "",
        "dlr-mask": mask,
    }


def get_push(url: str, query: Mapping[str, object], delivered: Callable[[], None]) -> Push:
    """A classic receipt: a GET that keeps the query which the address already has."""
    parts = urlsplit(url)
    joined = "&".join(filter(None, (parts.query, urlencode(query))))
    address = urlunsplit(parts._replace(query=joined, fragment=""))
    return Push(
        address,
        method="GET",
        pauses=PAUSES,
        timeout=TIMEOUT,
        delivered=delivered,
        taken=is_ok,
    )


def post_push(
    url: str, body: Mapping[str, object], secret: str, delivered: Callable[[], None]
) -> Push:
    """A signed JSON body."""
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: sign(secret, data)}
    return Push(
        url,
        data,
        headers=headers,
        pauses=PAUSES,
        timeout=TIMEOUT,
        delivered=delivered,
        taken=is_received,
    )


def inbound(
    ids: tuple[str, str], sender: str, recipient: str, text: str, at: int
) -> dict[str, object]:
    """An inbound message; `ids` are `msg_id` and `sub_msg_id`."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return {
        "msg_id": ids[0],
        "sub_msg_id": ids[1],
        "channel": "sms",
        "recipient": recipient,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "text": text,
        "sender": sender,
    }
