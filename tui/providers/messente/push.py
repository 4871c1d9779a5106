"""Parse what Messente pushes: signed JSON, and classic receipts by GET.

A message's own callback address ends in our reference, so that a receipt finds its message
even if the answer to the send was lost.
"""

import json
from dataclasses import replace
from typing import Any

from tui.domain.events import Event, Receipt, Unreadable
from tui.domain.ids import parse_reference
from tui.domain.text import repair_text
from tui.providers.errors import CredentialsRefused
from tui.providers.messente.keys import AccountKeys
from tui.providers.messente.parse import (
    BadItem,
    make_event_id,
    make_receipt,
    parse_err,
    parse_inbound,
    parse_report,
    read_text,
)
from tui.providers.messente.status_codes import map_status
from tui.providers.protocol import Push, PushAnswer
from tui.providers.webhook_bodies import (
    PushItem,
    list_signed_bodies,
    parse_items,
    parse_query,
    read_body_text,
)
from tui.providers.webhook_forms import BodyRules

_MASK_STATUSES = {"1": "DELIVERED", "2": "FAILED", "16": "FAILED", "4": "SENT", "8": "SENT"}
"""`dlr-mask`: the coarse status of a classic receipt as a number."""
_INBOUND_FIELDS = frozenset({"msg_id", "recipient", "text"})
_REPORT_FIELDS = frozenset({"omnimessage_id", "message_id", "status"})
_OTHER_BODY_METHODS = frozenset({"PUT", "PATCH"})
BODY_RULES = BodyRules(
    names=frozenset({"msg_id", "sender", "recipient", "text", "time", "sub_msg_id"})
    | {"omnimessage_id", "message_id", "status", "channel", "timestamp", "err", "error"}
    | {"type", "price_info", "sms_unique_id", "stat", "dlr-mask"},
    texts=frozenset({"text"}),
)
"""Fields of inbound messages and of receipts, in both APIs."""
_UNSIGNED = (
    "A push without X-Messente-Signature: it is not from Messente, or a proxy removed the header"
)
_WRONG_REPORT = (
    "A delivery report is not signed with api_secret: it has to be the password of the API key "
    "that sent the message"
)
_WRONG_INBOUND = (
    "A reply is signed with another secret than inbound_secret: copy the shared secret from "
    "Messente's dashboard, Inbound numbers, again"
)
_NO_INBOUND_SECRET = (
    "A reply cannot be verified because inbound_secret is not set: copy the shared secret from "
    "Messente's dashboard, Inbound numbers"
)
_SIGNED_AS_REPORT = (
    "A reply is signed with api_secret and not with inbound_secret: correct inbound_secret, or "
    "remove it if the number has no shared secret"
)


def parse_push(
    push: Push, *, keys: AccountKeys, unsigned: bool, rules: BodyRules = BODY_RULES
) -> PushAnswer:
    """Return the event in a pushed request.

    Args:
        push: Request that reached the listener.
        keys: Secrets of the account.
        unsigned: Whether the account receives classic receipts, which are not signed.
        rules: What is known of the bodies, with the account's charset.

    Raises:
        CredentialsRefused: If the signature is wrong, or missing where it is required.
    """
    if push.method == "POST" or (push.method in _OTHER_BODY_METHODS and push.body):
        return PushAnswer((_parse_signed(push, keys, rules),))
    if push.method != "GET":
        return PushAnswer(status=405)
    if not push.query:
        return PushAnswer()
    if not unsigned:
        raise CredentialsRefused("A delivery report without a signature reached the listener")
    return PushAnswer((_parse_classic(push, keys, rules),))


def _parse_signed(push: Push, keys: AccountKeys, rules: BodyRules) -> Event:
    """Return the event in a signed body.

    Of a body whose signature is wrong only its kind is used, to say which setting to correct.
    """
    signature = push.headers.get("x-messente-signature", "")
    bodies = list_signed_bodies(push)
    report = any(keys.is_report_signature(body, signature) for body in bodies)
    inbound = any(keys.is_inbound_signature(body, signature) for body in bodies)
    found = parse_items(replace(push, path="", query=()), rules)
    item = found[0] if len(found) == 1 else PushItem({}, None)
    if not report and not inbound:
        raise CredentialsRefused(_explain_signature(item.payload, signature, keys))
    if not _is_object(item):
        raw = keys.hide_secrets(repair_text(push.body.decode("utf-8", "replace")))
        problem = item.problem or "The push is not a JSON object"
        return _make_unreadable(push.body, problem, raw)
    raw = keys.hide_secrets(read_body_text(push, rules))
    try:
        return _parse_item(item.payload, raw=raw, tail=push.tail, report=report, inbound=inbound)
    except BadItem as error:
        return _make_unreadable(push.body, str(error), raw)


def _is_object(item: PushItem) -> bool:
    """Return whether an item has fields of Messente's, or is the empty object."""
    is_dict = isinstance(item.payload, dict) and not item.problem
    return is_dict and (not item.payload or any(map(BODY_RULES.knows_name, item.payload)))


def _parse_item(item: dict[str, Any], *, raw: str, tail: str, report: bool, inbound: bool) -> Event:
    """Return a reply or a receipt; each is accepted only with the key that signs its kind."""
    if _is_report(item):
        if not report:
            raise CredentialsRefused(_WRONG_REPORT)
        return parse_report(item, reference=extract_reference(tail), raw=raw)
    if not _is_inbound(item):
        raise BadItem("The push is neither a delivery report nor an inbound message")
    if not inbound:
        raise CredentialsRefused(_SIGNED_AS_REPORT)
    return parse_inbound(item, raw=raw)


def _is_report(item: Any) -> bool:
    """Return whether a JSON value is a delivery report."""
    return isinstance(item, dict) and "msg_id" not in item and bool(_REPORT_FIELDS & item.keys())


def _is_inbound(item: Any) -> bool:
    """Return whether a JSON value is an inbound message."""
    return isinstance(item, dict) and bool(_INBOUND_FIELDS & item.keys())


def _explain_signature(item: Any, signature: str, keys: AccountKeys) -> str:
    """Return why a push is refused whose signature no secret of the account makes."""
    if not signature:
        return _UNSIGNED
    if _is_report(item):
        return _WRONG_REPORT
    if _is_inbound(item):
        return _WRONG_INBOUND if keys.inbound_secret else _NO_INBOUND_SECRET
    return "A push is signed with neither api_secret nor inbound_secret"


def _parse_classic(push: Push, keys: AccountKeys, rules: BodyRules) -> Event:
    """Return the event in a classic receipt (classic API, asynchronous receipts)."""
    pairs = parse_query(push, rules)
    # Reversed, so that the first of several parameters with one name counts.
    fields = dict(reversed(pairs))
    raw = keys.hide_secrets(json.dumps(pairs, ensure_ascii=False))
    try:
        return _build_classic_receipt(fields, extract_reference(push.tail), raw)
    except BadItem as error:
        return _make_unreadable(raw.encode(), str(error), raw)


def _build_classic_receipt(fields: dict[str, str], reference: str, raw: str) -> Receipt:
    """Build a receipt from the fine status, or from the coarse one if the fine one is unknown."""
    provider_id = read_text(fields, "sms_unique_id")
    fine, given = read_text(fields, "stat"), read_text(fields, "err")
    coarse = read_text(fields, "status") or _MASK_STATUSES.get(read_text(fields, "dlr-mask"), "")
    if not provider_id and not reference:
        raise BadItem("The delivery report names no message")
    if not fine and not coarse:
        raise BadItem("The delivery report has no status")
    err = parse_err(given)
    code = given[:40] if given and err is None else ""
    word = fine if map_status(fine, err) or not map_status(coarse, err) else coarse
    return make_receipt(
        provider_id=provider_id, word=word, err=err, code=code, raw=raw, reference=reference
    )


def extract_reference(tail: str) -> str:
    """Return our client reference at the end of a callback path; empty if it is not ours.

    Args:
        tail: Path behind the account's secret.
    """
    last = tail.rstrip("/").rpartition("/")[2]
    return last if parse_reference(last) is not None else ""


def _make_unreadable(content: bytes, problem: str, raw: str) -> Unreadable:
    """Return an event for a push that cannot be parsed, with its content as received.

    Messente does not need a confirmation.
    """
    return Unreadable(make_event_id(repr(content)), problem, raw, can_confirm=False)
