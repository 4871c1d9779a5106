"""What Messente pushes: receipts and inbound messages as signed JSON, classic receipts by GET.

A message's own callback address ends in our reference, so that a receipt finds its message even
when the answer to the send was lost.
"""

import json
from typing import Any

from tui.domain.events import Event, Receipt, Unreadable
from tui.domain.ids import from_reference
from tui.domain.text import repair, repair_json
from tui.providers.errors import CredentialsRefused
from tui.providers.messente.keys import Keys
from tui.providers.messente.parse import (
    BadItem,
    digest,
    make_receipt,
    read_inbound,
    read_status,
    text_of,
    whole,
)
from tui.providers.messente.words import status_of
from tui.providers.protocol import Push, PushAnswer

_MASKS = {"1": "DELIVERED", "2": "FAILED", "16": "FAILED", "4": "SENT", "8": "SENT"}
"""`dlr-mask`: the coarse status of a classic receipt as a number."""
_INBOUND_FIELDS = frozenset({"recipient", "text"})
_REPORT_FIELDS = frozenset({"omnimessage_id", "message_id", "status"})


def read_push(push: Push, *, keys: Keys, unsigned: bool) -> PushAnswer:
    """The event in a push; `unsigned` says whether this account gets classic receipts.

    Raises `CredentialsRefused` for a wrong signature, and for a receipt that carries none where
    only signed ones can be Messente's.
    """
    if push.method == "POST":
        return PushAnswer((_read_signed(push, keys),))
    if push.method != "GET":
        return PushAnswer(status=405)
    if not push.query:
        return PushAnswer()
    if not unsigned:
        raise CredentialsRefused("A delivery report without a signature reached the listener")
    return PushAnswer((_read_classic(push, keys),))


def _read_signed(push: Push, keys: Keys) -> Event:
    """The event in a signed JSON body; the signature is checked before the body is looked at."""
    signature = push.headers.get("x-messente-signature", "")
    report = keys.sign_report(push.body, signature)
    inbound = keys.sign_inbound(push.body, signature)
    if not report and not inbound:
        raise CredentialsRefused("A push with a wrong or missing signature reached the listener")
    item = _json(push.body)
    raw = keys.hide(repair(push.body.decode("utf-8", "replace")))
    if not isinstance(item, dict):
        return _unreadable(push.body, "The push is no JSON object", raw)
    try:
        return _read_item(item, raw=raw, tail=push.tail, report=report, inbound=inbound)
    except BadItem as error:
        return _unreadable(push.body, str(error), raw)


def _read_item(item: dict[str, Any], *, raw: str, tail: str, report: bool, inbound: bool) -> Event:
    """A reply or a receipt, each only under the key that signs its kind."""
    if "msg_id" not in item and _REPORT_FIELDS & item.keys():
        if not report:
            raise CredentialsRefused("A delivery report was not signed with the API key's password")
        return read_status(item, reference=reference_in(tail), raw=raw)
    if "msg_id" not in item and not _INBOUND_FIELDS & item.keys():
        raise BadItem("The push is neither a delivery report nor an inbound message")
    if not inbound:
        raise CredentialsRefused("An inbound message was not signed with the inbound secret")
    return read_inbound(item, raw=raw)


def _read_classic(push: Push, keys: Keys) -> Event:
    """A classic receipt (classic API, asynchronous receipts)."""
    pairs = [(repair(name), repair(value)) for name, value in push.query]
    fields = dict(reversed(pairs))
    raw = keys.hide(json.dumps(pairs, ensure_ascii=False))
    try:
        return _classic_receipt(fields, reference_in(push.tail), raw)
    except BadItem as error:
        return _unreadable(raw.encode(), str(error), raw)


def _classic_receipt(fields: dict[str, str], reference: str, raw: str) -> Receipt:
    """The fine word decides; the coarse one where the fine one is missing or says nothing."""
    provider_id = text_of(fields, "sms_unique_id")
    fine, given = text_of(fields, "stat"), text_of(fields, "err")
    coarse = text_of(fields, "status") or _MASKS.get(text_of(fields, "dlr-mask"), "")
    if not provider_id and not reference:
        raise BadItem("The delivery report names no message")
    if not fine and not coarse:
        raise BadItem("The delivery report has no status")
    err = whole(given)
    code = given[:40] if given and err is None else ""
    word = fine if status_of(fine, err) or not status_of(coarse, err) else coarse
    return make_receipt(
        provider_id=provider_id, word=word, err=err, code=code, raw=raw, reference=reference
    )


def reference_in(tail: str) -> str:
    """Our client reference at the end of a callback address, empty when it is none of ours."""
    last = tail.rstrip("/").rpartition("/")[2]
    return last if from_reference(last) is not None else ""


def _json(body: bytes) -> Any:
    """The parsed body with its texts repaired, None when it is no JSON."""
    try:
        return repair_json(json.loads(body))
    except (ValueError, RecursionError):
        return None


def _unreadable(content: bytes, problem: str, raw: str) -> Unreadable:
    """A push that is kept as it came and set aside; Messente has nothing to confirm."""
    return Unreadable(digest(repr(content)), problem, raw, confirm=False)
