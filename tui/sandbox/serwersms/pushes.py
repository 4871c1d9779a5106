"""Pushes by template: macros in an address are replaced by what happened (SerwerSMS API,
forwarding of incoming messages)."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import quote

from tui.sandbox.push import Push
from tui.sandbox.serwersms.records import Incoming
from tui.sandbox.serwersms.times import local

REPORT_QUERY = "?smsid=#SMSID#&stan=#STAN#&data=#DATA#&przyczyna=#PRZYCZYNA#"
REPLY_QUERY = "?wiadomosc=#WIADOMOSC#&numer=#NUMER#&data=#DATA#&id=#ID#&type="
"""Behind the desk's address; at the end stands the kind, for each kind has its own template."""

PAUSES = (300.0, 600.0, 900.0, 3600.0)


def is_verified(status: int, body: bytes) -> bool:
    """What counts when verification is on."""
    return status == 200 and body.strip() == b"OK"


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its macros replaced; what UTF-8 cannot write becomes a question mark."""
    for name, value in values.items():
        template = template.replace(f"#{name}#", quote(value, safe="", errors="replace"))
    return template


def get_push(url: str, delivered: Callable[[], None]) -> Push:
    """A call of a filled template."""
    return Push(url, method="GET", pauses=PAUSES, delivered=delivered, taken=is_verified)


def reply_push(hook_url: str, item: Incoming, delivered: Callable[[], None]) -> Push:
    """A reply: SMS by GET, MMS by POST."""
    if item.kind == "mms":
        body = json.dumps(item.as_json("recived", blacklisted=False)).encode()
        headers = {"Content-Type": "application/json"}
        return Push(
            hook_url, body, headers=headers, pauses=PAUSES, delivered=delivered, taken=is_verified
        )
    macros = {
        "WIADOMOSC": item.text,
        "NUMER": item.phone,
        "DATA": local(item.at),
        "ID": str(item.number),
    }
    return get_push(filled(f"{hook_url}{REPLY_QUERY}{item.kind}", macros), delivered)
