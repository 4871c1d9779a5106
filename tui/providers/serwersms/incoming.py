"""Parse incoming messages of SerwerSMS: ECO+, shared and own numbers, premium, MMS."""

from typing import Any

from tui.domain.events import EventKind, Reply, Unreadable
from tui.providers.masking import digest_parts
from tui.providers.serwersms.attachments import join_text_parts, parse_attachments, remove_content
from tui.providers.serwersms.fields import AccountContext, Item, read_flag, read_items, read_text
from tui.providers.serwersms.times import format_local_time, parse_local_time, parse_time

_NATIONAL_DIGITS = 9
_DATE_FIELDS = ("received", "recived")
"""The documentation spells it `recived`, the newest clients `received`."""


def parse_reply(
    item: Any, account: AccountContext, *, plain_ids_until: int = 0
) -> Reply | Unreadable:
    """Parse one incoming message. Source: SerwerSMS HTTPS API v2, incoming messages.

    Args:
        item: Entry of the list of messages, of any type.
        account: Time zone and secrets of the account.
        plain_ids_until: Messages up to this time (ms UTC) get an id without their sender.
    """
    if not isinstance(item, dict):
        return make_unreadable("a reply that is not an object", item, account)
    party = read_text(item, "phone").strip()
    if not party:
        return make_unreadable("a reply without the number it came from", item, account)
    if not _has_content(item):
        return make_unreadable("a reply without text, title or attachments", item, account)
    attachments = parse_attachments(item)
    received_at = parse_time(read_text(item, *_DATE_FIELDS), account.zone)
    names_sender = received_at is None or received_at > plain_ids_until
    return Reply(
        event_id=_make_event_id(item, party if names_sender else ""),
        party=party,
        text=read_text(item, "text") or join_text_parts(attachments, account.charset),
        received_at=received_at,
        raw=account.format_raw(remove_content(item)),
        own=read_text(item, "to_number"),
        answered_id=read_text(item, "message_id"),
        attachments=attachments,
        subject=read_text(item, "title"),
        opted_out=read_flag(item, "blacklist"),
        party_name=_read_contact_name(item.get("contact")),
    )


def has_stable_id(item: Item) -> bool:
    """Return whether the item gets the same event id from polling and from a push.

    Args:
        item: Incoming message.
    """
    return (
        bool(read_text(item, "id")) and parse_local_time(read_text(item, *_DATE_FIELDS)) is not None
    )


def make_unreadable(
    problem: str, payload: Any, account: AccountContext, source: EventKind = EventKind.REPLY
) -> Unreadable:
    """Return an event for a payload that cannot be parsed.

    Args:
        problem: Description of the payload, as the rest of a sentence.
        payload: Payload as received, completely.
        account: Secrets of the account.
        source: Kind of the page that it was on.
    """
    raw = account.format_raw(payload)
    return Unreadable(
        event_id=digest_parts(raw),
        problem=f"SerwerSMS sent {problem}",
        raw=raw,
        can_confirm=False,
        source=source,
    )


def _has_content(item: Item) -> bool:
    """Return whether there is anything to show; a text that is empty or null still counts."""
    text = item.get("text", False)
    if text is None or (isinstance(text, str | int | float) and not isinstance(text, bool)):
        return True
    return bool(read_text(item, "title") or read_items(item, "attachments"))


def _read_contact_name(contact: Any) -> str:
    """Return the name of an entry of the address book (`show_contact`).

    Its form is not documented; the names are those of the address book's own calls.
    """
    if isinstance(contact, list):
        return next(filter(None, map(_read_contact_name, contact)), "")
    if not isinstance(contact, dict):
        return contact.strip() if isinstance(contact, str) else ""
    parts = [read_text(contact, name).strip() for name in ("first_name", "last_name")]
    person = " ".join(part for part in parts if part)
    return person or read_text(contact, "name").strip()


def _make_event_id(item: Item, party: str) -> str:
    """Return the provider's id with second and sender, the same whether polled or pushed.

    Each type of message numbers its ids separately, and a pushed reply does not name its
    type. Two messages that share id, second and sender differ in content alone.

    Args:
        item: Incoming message.
        party: Sender; empty to leave it out.
    """
    identity = read_text(item, "id")
    date = read_text(item, *_DATE_FIELDS)
    wall = parse_local_time(date)
    if not identity:
        return digest_parts(read_text(item, "phone"), date, read_text(item, "text", "title"))
    key = f"{identity}@{format_local_time(wall) if wall else date}"
    return f"{key}/{_shorten_party(party)}" if party else key


def _shorten_party(party: str) -> str:
    """Return what is equal in all notations of a sender: a template may omit the `+48`."""
    digits = "".join(character for character in party if character in "0123456789")
    is_number = len(digits) >= _NATIONAL_DIGITS and not any(map(str.isalpha, party))
    return digits[-_NATIONAL_DIGITS:] if is_number else "".join(party.split()).casefold()
