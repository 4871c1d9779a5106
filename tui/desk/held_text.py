"""Show held items as harmless text: in the list, in detail, and as JSON."""

import codecs
import re
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from tui.desk.badges import format_held_count
from tui.desk.format import format_date_time
from tui.domain.arrivals import (
    CAUSE_FIXES,
    REFUSAL_TEXTS,
    Arrival,
    ArrivalState,
    Channel,
    HeldGroup,
    HeldItem,
    RefusalCount,
    RetryResult,
    hide_hook_secrets,
)
from tui.domain.charsets import decode_text, find_declared_charset
from tui.domain.file_names import format_size
from tui.domain.json_fields import format_iso_time
from tui.domain.text import one_line, repair_text, to_printable

if TYPE_CHECKING:
    from tui.store.store import Store

RetryHeld = Callable[[Sequence[HeldItem]], Awaitable[RetryResult]]
"""Reads held items again with the settings of now; raises `HeldRetryError`."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_CONTROL_CODES = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_SHOWN_CHARACTERS = 4_000
_TYPICAL_CHARACTERS = 400
_MOST_AT_ONCE = 10_000
"""Items that are taken in together; an account has fewer."""


NO_RETRY = "Nothing can be taken in here: the demo has no settings to read it with"
"""What is said where `RetryHeld` is missing."""


class HeldRetryError(Exception):
    """Raised when nothing could be read again; the text is fit for an agent."""


async def list_same_reason(store: "Store", item: HeldItem) -> list[HeldItem]:
    """Return all items of the account that are held for the same reason.

    Args:
        store: Store that holds the items.
        item: One of the items.
    """
    held = await store.held_items.list_held(item.account, limit=_MOST_AT_ONCE)
    return [other for other in held if other.reason == item.reason]


def format_group(group: HeldGroup) -> str:
    """Return the held items of one account and reason: "2 held: The signature is wrong".

    Args:
        group: Items with the same reason.
    """
    return f"{format_held_count(group.count)}: {one_line(group.reason.text, 200)}"


def find_fix(group: HeldGroup, accounts: Collection[str]) -> str:
    """Return what to do about the held items of one account and reason.

    Args:
        group: Items with the same reason.
        accounts: Names of the accounts in the settings.
    """
    if group.account not in accounts:
        return "add the account to the settings again and retry, or dismiss what is held"
    return CAUSE_FIXES[group.reason.cause]


def format_refusals(found: RefusalCount, zone: tzinfo | None = None) -> str:
    """Return how many requests were refused, and when the last one came.

    Args:
        found: Requests that were refused for one reason.
        zone: Time zone of the agent; None for the system's.
    """
    noun = "request" if found.count == 1 else "requests"
    ending = format_date_time(found.last_at, zone)
    return f"{found.count} {noun} {REFUSAL_TEXTS[found.refusal]}, the last {ending}"


def list_facts(item: HeldItem, zone: tzinfo | None = None) -> list[str]:
    """Return what is known of an item besides its content, one line each.

    Args:
        item: Item that is or was held.
        zone: Time zone of the agent; None for the system's.
    """
    arrival = item.arrival
    way = f"{arrival.method} push" if arrival.channel is Channel.PUSH else "polled item"
    kind = one_line(arrival.content_type, 60) or "no content type"
    lines = [
        f"Account  {one_line(item.account, 40)}",
        f"Arrived  {format_date_time(item.received_at, zone)}{_format_repeats(item, zone)}",
        f"As       {way}, {kind}, {format_size(item.size)}",
        f"Reason   {one_line(item.reason.text, 300)}",
    ]
    if item.state is ArrivalState.HELD:
        return [*lines, f"Fix      {item.fix[:1].upper()}{item.fix[1:]}"]
    actor = one_line(item.done_by, 40) or "smsdesk"
    word = "Taken in" if item.state is ArrivalState.RETAKEN else "Dismissed"
    return [*lines, f"{word} {format_date_time(item.done_at, zone)} by {actor}"]


def _format_repeats(item: HeldItem, zone: tzinfo | None) -> str:
    """Return how often the same content came again; empty for never."""
    if not item.repeats:
        return ""
    times = "once more" if item.repeats == 1 else f"{item.repeats} times more"
    return f", then {times}, the last time {format_date_time(item.last_at, zone)}"


def format_content(arrival: Arrival, limit: int = _SHOWN_CHARACTERS) -> str:
    """Return the query and the body as text that is safe for a terminal, without the secret.

    Args:
        arrival: What arrived.
        limit: Maximum length in characters.
    """
    lines = [f"{name}={text}" for name, text in arrival.query]
    if arrival.body:
        lines.append(_decode_body(arrival, limit * 4))
    shown = hide_hook_secrets("\n".join(lines), "…")
    return to_printable(shown, limit=limit) or "(no content)"


def _decode_body(arrival: Arrival, limit: int) -> str:
    """Return the first bytes of a body as text; of one that is no text, hexadecimal digits."""
    body = arrival.body[:limit]
    if body.startswith(_GZIP_MAGIC):
        try:
            body = zlib.decompressobj(_GZIP).decompress(body, limit)
        except zlib.error:
            return body[:512].hex(" ")
    charset = find_declared_charset(arrival.content_type)
    text = decode_text(body, charset, "cp1252")
    # Any bytes are text in a code page.
    most_controls = 0.1 if charset or _is_utf8(body) else 0.02
    controls = len(_CONTROL_CODES.findall(text))
    return body[:512].hex(" ") if controls > 1 + most_controls * len(text) else text


def _is_utf8(body: bytes) -> bool:
    """Return whether bytes are UTF-8 that may have been cut inside of a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return True


def format_excerpt(arrival: Arrival) -> str:
    """Return the beginning of the content on one line, for a list."""
    return one_line(format_content(arrival, _TYPICAL_CHARACTERS), 160)


def format_retry_result(result: RetryResult) -> str:
    """Return what became of items that were read again, as one line.

    Args:
        result: Result of reading them.
    """
    if not result.taken and not result.still_held:
        return "Nothing is held"
    taken = f"{result.taken} taken in" if result.taken else "Nothing could be taken in"
    if not result.still_held:
        known = "" if result.new_events else "; the inbox had the content already"
        return f"{taken}{known}"
    return f"{taken}, {result.still_held} still held: {one_line(result.first_reason, 200)}"


def held_item_to_json(item: HeldItem) -> dict[str, Any]:
    """Return an item as an object for scripts; the ids are strings, the times ISO 8601 UTC.

    Args:
        item: Item that is or was held.
    """
    return {
        "id": str(item.id),
        "account": item.account,
        "state": item.state.value,
        "cause": item.reason.cause.value,
        "reason": item.reason.text,
        "channel": item.arrival.channel.value,
        "method": item.arrival.method or None,
        "content_type": item.arrival.content_type or None,
        "size": item.size,
        "received_at": format_iso_time(item.received_at),
        "last_at": format_iso_time(item.last_at),
        "repeats": item.repeats,
        "done_at": format_iso_time(item.done_at),
        "done_by": item.done_by or None,
        "content": repair_text(format_content(item.arrival)),
    }
