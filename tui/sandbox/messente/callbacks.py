"""Build the pushes to the desk: receipts of both APIs and inbound messages, with signatures.

See delivery report and inbound messages in the Messente API.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from tui.sandbox.messente.status_codes import CLASSIC_STATUSES, ReportedOutcome
from tui.sandbox.push import PushRequest

PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0)
"""Seconds before each of the five repetitions."""
TIMEOUT_SECONDS = 10.0
SIGNATURE_HEADER = "X-Messente-Signature"


def sign_body(secret: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of the raw body in lower-case hex.

    Args:
        secret: Key of the signature.
        body: Raw body.
    """
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_ok(status: int, body: bytes) -> bool:
    """Return whether the classic API counts an answer as received.

    Args:
        status: HTTP status of the answer.
        body: Body of the answer, not used.
    """
    return status == 200


def is_received(status: int, body: bytes) -> bool:
    """Return whether the Omnichannel API counts an answer as received.

    Args:
        status: HTTP status of the answer.
        body: Body of the answer, not used.
    """
    return 200 <= status < 400


def build_classic_report(message_id: str, outcome: ReportedOutcome) -> dict[str, object]:
    """Return the query of a classic receipt; `err` is empty if there was no error.

    Args:
        message_id: Id of the message.
        outcome: Status to report.
    """
    status, mask = CLASSIC_STATUSES[outcome.status]
    return {
        "sms_unique_id": message_id,
        "status": status,
        "stat": outcome.status,
        "err": f"{outcome.err:03d}" if outcome.err else "",
        "dlr-mask": mask,
    }


def build_get_push(
    url: str, query: Mapping[str, object], delivered: Callable[[], None]
) -> PushRequest:
    """Return a classic receipt: a GET that preserves the query which the address already has.

    Args:
        url: Address of the push.
        query: Parameters to add.
        delivered: Called once when the desk has accepted it.
    """
    parts = urlsplit(url)
    joined = "&".join(filter(None, (parts.query, urlencode(query))))
    address = urlunsplit(parts._replace(query=joined, fragment=""))
    return PushRequest(
        address,
        method="GET",
        pauses=PAUSES,
        timeout=TIMEOUT_SECONDS,
        on_delivered=delivered,
        is_accepted=is_ok,
    )


def build_post_push(
    url: str, body: Mapping[str, object], secret: str, delivered: Callable[[], None]
) -> PushRequest:
    """Return a POST of a signed JSON body.

    Args:
        url: Address of the push.
        body: Object to send.
        secret: Key of the signature.
        delivered: Called once when the desk has accepted it.
    """
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign_body(secret, data)}
    return PushRequest(
        url,
        data,
        headers=headers,
        pauses=PAUSES,
        timeout=TIMEOUT_SECONDS,
        on_delivered=delivered,
        is_accepted=is_received,
    )


def build_inbound(
    ids: tuple[str, str], sender: str, recipient: str, text: str, at: int
) -> dict[str, object]:
    """Return an inbound message.

    Args:
        ids: `msg_id` and `sub_msg_id`.
        sender: Number of the handset.
        recipient: Number of the desk.
        text: Text of the message.
        at: Time in milliseconds UTC.
    """
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
