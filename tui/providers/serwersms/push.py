"""What SerwerSMS calls the listener with: replies and reports by GET, MMS by POST.

The addresses are templates typed into the customer panel, so the parameter names are the
customer's own. SerwerSMS signs nothing: the secret part of the path is the only guard. It wants
to read `OK`, whatever came: with verification on it would repeat everything else.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from tui.domain.events import Event, Receipt
from tui.domain.ids import from_reference
from tui.domain.text import repair, repair_json
from tui.providers.masking import digest
from tui.providers.protocol import Push, PushAnswer
from tui.providers.serwersms.account import Account
from tui.providers.serwersms.advice import advice_for
from tui.providers.serwersms.attachments import without_content
from tui.providers.serwersms.fields import Item, text_of
from tui.providers.serwersms.replies import is_known_again, read_reply, set_aside
from tui.providers.serwersms.times import read_time
from tui.providers.serwersms.words import BLACKLISTED, REASONS, status_of

_MOST_FIELDS = 200
_NAMELESS = "a reply without #ID# and #DATA#; put both into the address, polling brings the reply"


@dataclass(frozen=True, slots=True)
class PushNames:
    """The parameter names in the panel's address templates, each with the macro it carries."""

    text: str = "wiadomosc"
    """`#WIADOMOSC#`"""
    sender: str = "numer"
    """`#NUMER#`, for premium messages `#NUMEROD#`"""
    own: str = "numerdo"
    """`#NUMERDO#`"""
    date: str = "data"
    """`#DATA#`, in replies and in reports"""
    id: str = "id"
    """`#ID#`, for premium messages `#IDSMS#`"""
    message: str = "smsid"
    """`#SMSID#`"""
    state: str = "stan"
    """`#STAN#`"""
    reason: str = "przyczyna"
    """`#PRZYCZYNA#`"""

    def report_url(self, callback_url: str) -> str:
        """The address template for the reports of one message."""
        template = (
            f"{self.message}=#SMSID#&{self.state}=#STAN#"
            f"&{self.date}=#DATA#&{self.reason}=#PRZYCZYNA#"
        )
        return f"{callback_url}{'&' if '?' in callback_url else '?'}{template}"


def read(push: Push, names: PushNames, account: Account) -> PushAnswer:
    """The events in a pushed request and the answer SerwerSMS wants."""
    fields = _fields(push)
    events = (_event(fields, push, names, account),) if fields else ()
    return PushAnswer(events=events, body=b"OK")


def _event(fields: Item, push: Push, names: PushNames, account: Account) -> Event:
    """The one event that a request carries."""
    if names.state in fields:
        return _report(fields, push.tail, names, account)
    return _reply(fields, names, account)


def _reply(fields: Item, names: PushNames, account: Account) -> Event:
    """A reply that can be known again when polling brings it; without that it would show twice."""
    templated = names.text in fields or names.sender in fields
    item = _as_item(fields, names) if templated else fields
    kept = without_content(fields)
    if not is_known_again(item):
        return set_aside(_NAMELESS, kept, account)
    return replace(read_reply(item, account), raw=account.raw(kept))


def _report(fields: Item, tail: str, names: PushNames, account: Account) -> Event:
    """A delivery report; the address it came to may end in our reference."""
    identity = text_of(fields, names.message, names.id)
    reference = tail.rpartition("/")[2]
    reference = reference if from_reference(reference) is not None else ""
    if not identity and not reference:
        return set_aside("a report that names no message", fields, account)
    word, reason = text_of(fields, names.state), text_of(fields, names.reason)
    date = text_of(fields, names.date)
    return Receipt(
        event_id=digest(identity, reference, word, reason, date),
        status=status_of(word, reason),
        word=word,
        at=read_time(date, account.zone),
        raw=account.raw(fields),
        provider_id=identity,
        reference=reference,
        code=reason,
        reason=REASONS.get(reason, reason),
        opted_out=reason == BLACKLISTED,
        advice=advice_for(word, reason),
    )


def _as_item(fields: Item, names: PushNames) -> dict[str, Any]:
    """A pushed reply with the names that a polled one has."""
    known = {
        names.text: "text",
        names.sender: "phone",
        names.own: "to_number",
        names.date: "recived",
        names.id: "id",
    }
    item = {known.get(name, name): value for name, value in fields.items()}
    return item | {"phone": _with_plus(item.get("phone"))}


def _with_plus(number: Any) -> Any:
    """A number whose `+` an unescaped address has turned into a blank."""
    return f"+{number[1:]}" if isinstance(number, str) and number.startswith(" ") else number


def _fields(push: Push) -> dict[str, Any]:
    """All parameters, those of the body over those of the address; the first of a name counts."""
    return _first_of_each(push.query) | _body_fields(push)


def _body_fields(push: Push) -> dict[str, Any]:
    """The body as JSON or as a form; the fields of a pushed MMS are documented nowhere."""
    if not push.body.strip():
        return {}
    text = push.body.decode("utf-8", "replace")
    parsed = _json_or_none(text)
    if isinstance(parsed, dict):
        return parsed
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        pairs = []
    form = _first_of_each(pairs) or {"body": repair(text)}
    parts = _json_or_none(form.get("attachments", ""))
    return {**form, "attachments": parts} if isinstance(parts, list) else form


def _first_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters as an object, repaired."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields.setdefault(repair(name), repair(value))
    return fields


def _json_or_none(text: str) -> Any:
    """Parsed JSON, repaired; None when it is none."""
    try:
        return repair_json(json.loads(text))
    except (ValueError, RecursionError):
        return None
