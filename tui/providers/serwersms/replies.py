"""Parse incoming messages of every type: ECO+, shared and own numbers, premium, MMS."""

from typing import Any

from tui.domain.events import Reply, Unreadable
from tui.providers.masking import digest_parts
from tui.providers.serwersms.account import AccountContext
from tui.providers.serwersms.attachments import join_text_parts, parse_attachments, remove_content
from tui.providers.serwersms.fields import Item, read_flag, read_items, read_text
from tui.providers.serwersms.times import format_local_time, parse_local_time, parse_time

_DATE_FIELDS = ("received", "recived")
"""The documentation spells it `recived`, the newest clients `received`."""


def parse_reply(item: Any, account: AccountContext) -> Reply | Unreadable:
    """Parse one incoming message. Source: SerwerSMS HTTPS API v2, incoming messages.

    Args:
        item: Entry of the list of messages, of any type.
        account: Time zone and secrets of the account.
    """
    if not isinstance(item, dict):
        return make_unreadable("a reply that is not an object", item, account)
    stored = remove_content(item)
    party = read_text(item, "phone").strip()
    if not party:
        return make_unreadable("a reply without the number it came from", stored, account)
    if not _has_content(item):
        return make_unreadable("a reply without text, title or attachments", stored, account)
    attachments = parse_attachments(item)
    return Reply(
        event_id=_make_event_id(item),
        party=party,
        text=read_text(item, "text") or join_text_parts(attachments),
        received_at=parse_time(read_text(item, *_DATE_FIELDS), account.zone),
        raw=account.format_raw(stored),
        own=read_text(item, "to_number"),
        answered_id=read_text(item, "message_id"),
        attachments=attachments,
        subject=read_text(item, "title"),
        opted_out=read_flag(item, "blacklist"),
    )


def has_stable_id(item: Item) -> bool:
    """Return whether the item gets the same event id from polling and from a push.

    Args:
        item: Incoming message.
    """
    return (
        bool(read_text(item, "id")) and parse_local_time(read_text(item, *_DATE_FIELDS)) is not None
    )


def make_unreadable(problem: str, payload: Any, account: AccountContext) -> Unreadable:
    """Return an event for a payload that cannot be parsed.

    Args:
        problem: Description of the payload, as the rest of a sentence.
        payload: Payload as received.
        account: Secrets of the account.
    """
    raw = account.format_raw(payload)
    return Unreadable(
        event_id=digest_parts(raw), problem=f"SerwerSMS sent {problem}", raw=raw, can_confirm=False
    )


def _has_content(item: Item) -> bool:
    """Return whether there is anything to show; a text that is empty or null still counts."""
    text = item.get("text", False)
    if text is None or (isinstance(text, str | int | float) and not isinstance(text, bool)):
        return True
    return bool(read_text(item, "title") or read_items(item, "attachments"))


def _make_event_id(item: Item) -> str:
    """Return the provider's id with the date, the same whether polled or pushed.

    Each type of message numbers its ids separately, and a pushed reply does not name its
    type: id and second together are unique.
    """
    identity = read_text(item, "id")
    date = read_text(item, *_DATE_FIELDS)
    wall = parse_local_time(date)
    if not identity:
        return digest_parts(read_text(item, "phone"), date, read_text(item, "text", "title"))
    return f"{identity}@{format_local_time(wall) if wall else date}"
