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
_INBOUND_FIELDS = frozenset({"recipient", "text"})
_REPORT_FIELDS = frozenset({"omnimessage_id", "message_id", "status"})
_OTHER_BODY_METHODS = frozenset({"PUT", "PATCH"})
BODY_RULES = BodyRules(
    names=frozenset({"msg_id", "sender", "recipient", "text", "time", "sub_msg_id"})
    | {"omnimessage_id", "message_id", "status", "channel", "timestamp", "err", "error"}
    | {"type", "price_info", "sms_unique_id", "stat", "dlr-mask"},
    texts=frozenset({"text"}),
)
"""Fields of inbound messages and of receipts, in both APIs."""


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
    """Return the event in a signed body; verify the signature before anything else."""
    signature = push.headers.get("x-messente-signature", "")
    bodies = list_signed_bodies(push)
    report = any(keys.is_report_signature(body, signature) for body in bodies)
    inbound = any(keys.is_inbound_signature(body, signature) for body in bodies)
    if not report and not inbound:
        raise CredentialsRefused("A push with a wrong or missing signature reached the listener")
    found = parse_items(replace(push, path="", query=()), rules)
    item = found[0] if len(found) == 1 else PushItem({}, None)
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
    if "msg_id" not in item and _REPORT_FIELDS & item.keys():
        if not report:
            raise CredentialsRefused("A delivery report was not signed with the API key's password")
        return parse_report(item, reference=extract_reference(tail), raw=raw)
    if "msg_id" not in item and not _INBOUND_FIELDS & item.keys():
        raise BadItem("The push is neither a delivery report nor an inbound message")
    if not inbound:
        raise CredentialsRefused("An inbound message was not signed with the inbound secret")
    return parse_inbound(item, raw=raw)


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
