"""Parse SerwerSMS's calls to the listener: replies and reports by GET, MMS by POST.

The addresses are templates typed into the customer panel, so the parameter names are chosen
by the customer. SerwerSMS signs nothing: the secret part of the path is the only
protection. It expects the answer `OK`, whatever arrived: with verification turned on it
would repeat everything else.
"""

from dataclasses import astuple, replace
from typing import Any

from tui.domain.events import Event, Receipt
from tui.domain.ids import parse_reference
from tui.domain.record_type import record
from tui.providers.masking import digest_parts
from tui.providers.protocol import Push, PushAnswer
from tui.providers.serwersms.attachments import remove_content
from tui.providers.serwersms.fields import AccountContext, Item, read_text
from tui.providers.serwersms.incoming import has_stable_id, make_unreadable, parse_reply
from tui.providers.serwersms.refusals import find_advice
from tui.providers.serwersms.status_codes import REASON_BLACKLISTED, REASON_MEANINGS, map_status
from tui.providers.serwersms.times import parse_time
from tui.providers.webhook_bodies import PushItem, parse_items, parse_query
from tui.providers.webhook_forms import BodyRules, UnreadableBody
from tui.providers.webhook_json import parse_json

_NATIVE_NAMES = frozenset(
    {"attachments", "phone", "received", "recived", "text", "title", "to_number"}
)
"""Names of a polled message that a pushed MMS may have; its own are not documented."""
_NO_REPLY_ID = (
    "a reply without #ID# and #DATA#; put both into the address, polling brings the reply"
)


@record
class PushNames:
    """Parameter names in the panel's address templates, each with the macro it carries."""

    text: str = "wiadomosc"
    """`#WIADOMOSC#`"""
    sender: str = "numer"
    """`#NUMER#`; for premium messages `#NUMEROD#`"""
    own: str = "numerdo"
    """`#NUMERDO#`"""
    date: str = "data"
    """`#DATA#`; in replies and in reports"""
    id: str = "id"
    """`#ID#`; for premium messages `#IDSMS#`"""
    message: str = "smsid"
    """`#SMSID#`"""
    state: str = "stan"
    """`#STAN#`"""
    reason: str = "przyczyna"
    """`#PRZYCZYNA#`"""

    def build_rules(self, charset: str) -> BodyRules:
        """Return which fields the account's templates have.

        Args:
            charset: Charset of texts that are not UTF-8 and declare none.
        """
        names = frozenset(name.casefold() for name in astuple(self))
        return BodyRules(
            names=names | _NATIVE_NAMES,
            texts=frozenset({self.text.casefold(), "text", "title"}),
            charset=charset,
            file_list="attachments",
        )

    def build_report_url(self, callback_url: str) -> str:
        """Return the address template for the reports of one message.

        Args:
            callback_url: Address of the listener for this message.
        """
        template = (
            f"{self.message}=#SMSID#&{self.state}=#STAN#"
            f"&{self.date}=#DATA#&{self.reason}=#PRZYCZYNA#"
        )
        return f"{callback_url}{'&' if '?' in callback_url else '?'}{template}"


def parse_push(push: Push, names: PushNames, account: AccountContext) -> PushAnswer:
    """Return the events in a pushed request, with the answer that SerwerSMS expects.

    Args:
        push: Request that reached the listener.
        names: Parameter names of the account's templates.
        account: Time zone and secrets of the account.
    """
    rules = names.build_rules(account.charset)
    query = dict(reversed(parse_query(push, rules)))
    items = parse_items(push, rules)
    events = tuple(_parse_item(item, query, push.tail, names, account) for item in items)
    return PushAnswer(events=events, body=b"OK")


def _parse_item(
    item: PushItem, query: Item, tail: str, names: PushNames, account: AccountContext
) -> Event:
    """Return the event that an item carries; its fields override those of the address."""
    if item.problem:
        return make_unreadable(f"a push that cannot be read. {item.problem}", item.payload, account)
    if not isinstance(item.payload, dict):
        return make_unreadable("a push without any fields", item.payload, account)
    fields = {**query, **item.payload}
    parts = _parse_json(fields.get("attachments"))
    if isinstance(parts, list):
        fields["attachments"] = parts
    if names.state in fields:
        return _parse_report(fields, tail, names, account)
    return _parse_reply(fields, names, account)


def _parse_reply(fields: Item, names: PushNames, account: AccountContext) -> Event:
    """Parse a reply; treat it as unreadable if polling could not match it later.

    Without a stable id the reply would be shown twice, once pushed and once polled.
    """
    has_template_names = names.text in fields or names.sender in fields
    item = _rename_fields(fields, names) if has_template_names else fields
    stored = remove_content(fields)
    if not has_stable_id(item):
        return make_unreadable(_NO_REPLY_ID, stored, account)
    return replace(parse_reply(item, account), raw=account.format_raw(stored))


def _parse_report(fields: Item, tail: str, names: PushNames, account: AccountContext) -> Event:
    """Parse a delivery report; the address that it was sent to may end in our reference."""
    identity = read_text(fields, names.message, names.id)
    reference = tail.rpartition("/")[2]
    reference = reference if parse_reference(reference) is not None else ""
    if not identity and not reference:
        return make_unreadable("a report that names no message", fields, account)
    provider_status, reason = read_text(fields, names.state), read_text(fields, names.reason)
    date = read_text(fields, names.date)
    return Receipt(
        event_id=digest_parts(identity, reference, provider_status, reason, date),
        status=map_status(provider_status, reason),
        word=provider_status,
        at=parse_time(date, account.zone),
        raw=account.format_raw(fields),
        provider_id=identity,
        reference=reference,
        code=reason,
        reason=REASON_MEANINGS.get(reason, reason),
        opted_out=reason == REASON_BLACKLISTED,
        advice=find_advice(provider_status, reason),
    )


def _rename_fields(fields: Item, names: PushNames) -> dict[str, Any]:
    """Return a pushed reply with the field names of a polled one."""
    known = {
        names.text: "text",
        names.sender: "phone",
        names.own: "to_number",
        names.date: "recived",
        names.id: "id",
    }
    item = {known.get(name, name): value for name, value in fields.items()}
    return item | {"phone": _restore_plus(item.get("phone"))}


def _restore_plus(number: Any) -> Any:
    """Restore the `+` of a number; an unescaped address turns it into a blank."""
    return f"+{number[1:]}" if isinstance(number, str) and number.startswith(" ") else number


def _parse_json(text: Any) -> Any:
    """Return parsed JSON with repaired texts; None if it is not a text of JSON."""
    try:
        return parse_json(text) if isinstance(text, str) else None
    except UnreadableBody:
        raise  # with its attachments, so that they are not lost
    except ValueError:
        return None
