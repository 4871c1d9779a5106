"""Parse the pushes of MessagePort: final receipts and replies, without id or signature.

A push is repeated up to 20 times until it is answered. A repetition is recognised by its
content, so the event id is a digest of the content.

A push gives its time as the account's wall clock shows it. Twice a year that is ambiguous:
in autumn one hour occurs twice, in spring one hour does not exist.
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from tui.clock import MINUTE, Clock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.message import Advice
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.providers.masking import SecretMask, digest_parts
from tui.providers.messageport.status_codes import RECEIPT_ADVICE, RECEIPT_REASONS, RECEIPT_STATUSES
from tui.providers.protocol import Push, PushAnswer
from tui.providers.webhook_bodies import PushItem, get_repeat_window, parse_items
from tui.providers.webhook_forms import BodyRules

_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_UTC_NAMES = frozenset({"UTC", "GMT"})
_CLOCK_SKEW_MS = 5 * MINUTE
"""How far the desk's clock may be behind the provider's."""
BODY_RULES = BodyRules(
    names=frozenset({"reference", "description", "time", "timezone", "message", "number"}),
    texts=frozenset({"message"}),
)
"""Fields of receipts and replies (MessagePort, pushes)."""


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo | None:
    """Return the time zone of an IANA name or a UTC offset, or None for any other text.

    Bare abbreviations are refused: "EST" is New York in the IANA names and Sydney to an
    Australian.
    """
    offset = _OFFSET.fullmatch(name)
    if offset:
        return _make_fixed_zone(offset[1], int(offset[2]), int(offset[3] or 0))
    if "/" not in name and name not in _UTC_NAMES:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def parse_local_time(text: str, zone: tzinfo, now: int) -> int | None:
    """Return a local time as ms UTC, or None if the text is no such time.

    Of an hour that occurs twice, the later reading that is not in the future is taken. A
    time in an hour that does not exist is read with the offset that was valid before it.

    Args:
        text: Time as "YYYY-MM-DD HH:MM:SS".
        zone: Time zone of the text.
        now: Current time (ms UTC).
    """
    try:
        local = datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=zone)
        first, second = (_to_utc_ms(local.replace(fold=fold)) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    is_ambiguous = second > first
    return second if is_ambiguous and second <= now + _CLOCK_SKEW_MS else first


def _to_utc_ms(local: datetime) -> int:
    """Return an aware time as ms UTC."""
    return int(local.timestamp()) * 1000


def _make_fixed_zone(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """Return the time zone of a fixed offset, or None if no place has it."""
    if hours > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


_NEW_ZEALAND = frozenset({"Pacific/Auckland", "Pacific/Chatham", "NZ", "NZ-CHAT"})


def find_region(time_zone: str) -> str:
    """Return the country of an account by its time zone: New Zealand, or else Australia.

    MessagePort serves these two (MessagePort, area).
    """
    return "NZ" if time_zone in _NEW_ZEALAND else "AU"


def to_international(number: str, region: str) -> str:
    """Return a number in international form if it is a national one, else as it is.

    The web application understands national forms, so a customer's number may come in one; a
    send needs the international form (MessagePort, numbers).

    Args:
        number: Phone number, short code or name.
        region: Country of a national number.
    """
    if not number.lstrip("( ").startswith("0") or number.startswith("00"):
        return number
    return parse_address(number, region).e164 or number


@record
class MessagePortPushReader:
    """Read the pushes of one account."""

    region: str
    """Country of national numbers."""
    zone: tzinfo
    """The account's time zone, for a push that names none or an unknown one."""
    clock: Clock
    mask: SecretMask
    rules: BodyRules = BODY_RULES

    def read_push(self, push: Push) -> PushAnswer:
        """Return the events in a push; 200 with a short body ends the repetitions."""
        items = parse_items(push, self.rules)
        return PushAnswer(tuple(self._parse_event(item) for item in items), body=b"OK")

    def _parse_event(self, item: PushItem) -> Event:
        """Return one event: a receipt has a `description`, a reply a `message`.

        Both may be sent to the same address.
        """
        if item.problem:
            return self._make_unreadable(item, item.problem)
        if item.get_text("description"):
            return self._parse_receipt(item)
        if item.has_field("message") or item.files:
            return self._parse_reply(item)
        return self._make_unreadable(item, "The push is neither a receipt nor a reply")

    def _parse_receipt(self, item: PushItem) -> Event:
        """Return a final receipt; only our reference names the message (delivery receipts)."""
        reference, word = item.get_text("reference"), item.get_text("description")
        if not reference:
            return self._make_unreadable(item, "The receipt names no reference, so no message")
        return Receipt(
            event_id=digest_parts("receipt", reference, word),
            status=RECEIPT_STATUSES.get(word.upper()),
            word=word,
            at=self._parse_time(item),
            raw=self.mask.mask_payload(item.payload),
            reference=reference,
            reason=RECEIPT_REASONS.get(word.upper(), ""),
            advice=RECEIPT_ADVICE.get(word.upper(), Advice.NONE),
        )

    def _parse_reply(self, item: PushItem) -> Event:
        """Return a reply (MessagePort, replies); it may have no reference of ours."""
        number, text = item.get_text("number"), item.fields.get("message", "")
        if not number:
            return self._make_unreadable(item, "The reply does not say who sent it")
        when = item.get_text("time") or get_repeat_window(self.clock.now())
        content = (item.get_text("reference"), number, when, text, *item.list_file_digests())
        return Reply(
            event_id=digest_parts("reply", *content),
            party=to_international(number, self.region),
            text=text,
            received_at=self._parse_time(item),
            raw=self.mask.mask_payload(item.payload),
            reference=item.get_text("reference"),
            attachments=item.files,
        )

    def _parse_time(self, item: PushItem) -> int | None:
        """Return the time of the event, in the push's own time zone or else in the account's."""
        zone = find_zone(item.get_text("timezone")) or self.zone
        return parse_local_time(item.get_text("time"), zone, self.clock.now())

    def _make_unreadable(self, item: PushItem, problem: str) -> Unreadable:
        """Return an event for an item that cannot be read, with its complete payload."""
        raw = self.mask.mask_payload(item.payload)
        return Unreadable(digest_parts("unreadable", raw), problem, raw, can_confirm=False)
