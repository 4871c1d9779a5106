"""Build pushes from templates; macros in an address are replaced by values of the event.

See forwarding of incoming messages in the SerwerSMS API.
"""

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote

from tui.sandbox.ledger import Event
from tui.sandbox.push import PushRequest
from tui.sandbox.serwersms.message_records import IncomingMessage, format_local

REPORT_QUERY = "?smsid=#SMSID#&stan=#STAN#&data=#DATA#&przyczyna=#PRZYCZYNA#"
REPLY_QUERY = "?wiadomosc=#WIADOMOSC#&numer=#NUMER#&data=#DATA#&id=#ID#&type="
"""Added to the desk's address, followed by the type: each type has its own template."""

PAUSES = (300.0, 600.0, 900.0, 3600.0)
"""Seconds before each repetition."""


def is_verified(status: int, body: bytes) -> bool:
    """Return whether an answer counts as received when verification is on.

    Args:
        status: HTTP status of the answer.
        body: Body of the answer; only `OK` counts.
    """
    return status == 200 and body.strip() == b"OK"


def fill_template(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its macros replaced; what UTF-8 cannot encode becomes `?`.

    Args:
        template: Address with macros such as `#SMSID#`.
        values: Value of each macro, by its name without `#`.
    """
    for name, value in values.items():
        template = template.replace(f"#{name}#", quote(value, safe="", errors="replace"))
    return template


def build_get_push(url: str, delivered: Callable[[], None]) -> PushRequest:
    """Return a GET of a filled template.

    Args:
        url: Address with its macros replaced.
        delivered: Called once when the desk has accepted it.
    """
    return PushRequest(
        url, method="GET", pauses=PAUSES, on_delivered=delivered, is_accepted=is_verified
    )


def build_report_push(template: str, event: Event, delivered: Callable[[], None]) -> PushRequest:
    """Return the push of a receipt.

    Args:
        template: Address of the desk with macros.
        event: Receipt with `date` and `reason`.
        delivered: Called once when the desk has accepted it.
    """
    macros = {
        "SMSID": event.message_id or "",
        "STAN": event.status,
        "DATA": str(event.body["date"]),
        "PRZYCZYNA": str(event.body["reason"]),
    }
    return build_get_push(fill_template(template, macros), delivered)


def build_reply_push(
    hook_url: str, item: IncomingMessage, delivered: Callable[[], None]
) -> PushRequest:
    """Return the push of a reply: SMS by GET, MMS by POST.

    Args:
        hook_url: Address of the desk.
        item: Incoming message.
        delivered: Called once when the desk has accepted it.
    """
    if item.kind == "mms":
        body = json.dumps(item.to_json("recived", blacklisted=False)).encode()
        headers = {"Content-Type": "application/json"}
        return PushRequest(
            hook_url,
            body,
            headers=headers,
            pauses=PAUSES,
            on_delivered=delivered,
            is_accepted=is_verified,
        )
    macros = {
        "WIADOMOSC": item.text,
        "NUMER": item.phone,
        "DATA": format_local(item.at),
        "ID": str(item.number),
    }
    return build_get_push(fill_template(f"{hook_url}{REPLY_QUERY}{item.kind}", macros), delivered)
