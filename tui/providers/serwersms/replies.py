"""Incoming messages of every type: answers to ECO+, shared and own numbers, premium, MMS."""

from typing import Any

from tui.domain.events import Reply, Unreadable
from tui.providers.masking import digest
from tui.providers.serwersms.account import Account
from tui.providers.serwersms.attachments import read_attachments, text_parts, without_content
from tui.providers.serwersms.fields import Item, flag_of, items_of, text_of
from tui.providers.serwersms.times import parse_wall, read_time, write_wall

_DATE = ("received", "recived")
"""The documentation spells it `recived`, the newest clients `received`."""


def read_reply(item: Any, account: Account) -> Reply | Unreadable:
    """One incoming message. Source: SerwerSMS HTTPS API v2, incoming messages."""
    if not isinstance(item, dict):
        return set_aside("a reply that is not an object", item, account)
    kept = without_content(item)
    party = text_of(item, "phone").strip()
    if not party:
        return set_aside("a reply without the number it came from", kept, account)
    if not _has_content(item):
        return set_aside("a reply without text, title or attachments", kept, account)
    attachments = read_attachments(item)
    return Reply(
        event_id=_event_id(item),
        party=party,
        text=text_of(item, "text") or text_parts(attachments),
        received_at=read_time(text_of(item, *_DATE), account.zone),
        raw=account.raw(kept),
        own=text_of(item, "to_number"),
        answers=text_of(item, "message_id"),
        attachments=attachments,
        subject=text_of(item, "title"),
        opted_out=flag_of(item, "blacklist"),
    )


def is_known_again(item: Item) -> bool:
    """Whether the item has what its event id is made of, so that both ways bring the same event."""
    return bool(text_of(item, "id")) and parse_wall(text_of(item, *_DATE)) is not None


def set_aside(problem: str, payload: Any, account: Account) -> Unreadable:
    """An event for what could not be understood."""
    raw = account.raw(payload)
    return Unreadable(
        event_id=digest(raw), problem=f"SerwerSMS sent {problem}", raw=raw, confirm=False
    )


def _has_content(item: Item) -> bool:
    """Whether there is anything to show; a text that is empty or null is still a text."""
    text = item.get("text", False)
    if text is None or (isinstance(text, str | int | float) and not isinstance(text, bool)):
        return True
    return bool(text_of(item, "title") or items_of(item, "attachments"))


def _event_id(item: Item) -> str:
    """The provider's id with the date beside it, the same whether polled or pushed.

    Ids are numbered for each type apart, and a pushed reply does not tell its type: id and second
    together never meet twice.
    """
    identity = text_of(item, "id")
    date = text_of(item, *_DATE)
    wall = parse_wall(date)
    if not identity:
        return digest(text_of(item, "phone"), date, text_of(item, "text", "title"))
    return f"{identity}@{write_wall(wall) if wall else date}"
