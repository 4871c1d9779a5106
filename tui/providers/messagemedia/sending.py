"""Send batches to MessageMedia, which accepts all messages of a request or none.

So a refused batch can be repeated without the messages at fault: nothing was sent the first
time. A batch whose answer did not arrive, or cannot be read, is never repeated. The JSON of a
message is built here (MessageMedia API, send).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.clock import Clock
from tui.domain.message import Format
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.providers.answer import Answer
from tui.providers.errors import (
    MessageInvalid,
    NotPossible,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient
from tui.providers.messagemedia.parse import PAGE_SIZE, parse_body, parse_send_answer
from tui.providers.messagemedia.trouble import find_faults, raise_for_refusal
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome, SendRefused

LONGEST_TEXT = 5000
"""Maximum length of `content` in characters."""
_LONGEST_SUBJECT = 64
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 10, 100, 256
_DESTINATION = re.compile(r"\+?[0-9]{3,15}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NUMBER = re.compile(r"\+?[0-9]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_request_entry(
    message: Outgoing, *, now: int, validity: int, metadata: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return one entry of `messages`.

    Reports are always requested. Our reference is sent as metadata, because metadata comes
    back with every report and reply.

    Args:
        message: Message to send.
        now: Current time (ms UTC).
        validity: How long a message without its own limit may wait for delivery (ms); 0 for
            the default.
        metadata: Pairs of the account; those of the message replace them.
    """
    validity = message.valid_for or validity
    starts_at = message.scheduled_at if message.scheduled_at is not None else now
    return {
        "content": repair_text(message.text),
        "destination_number": message.to,
        "delivery_report": True,
        "format": message.format.value,
        "metadata": _build_metadata(message, metadata or {}),
        **_build_sender_fields(message.sender),
        **_build_optional_field("callback_url", message.callback_url),
        **_build_optional_field("scheduled", _format_iso_time(message.scheduled_at)),
        **_build_optional_field(
            "message_expiry_timestamp", _format_iso_time(starts_at + validity) if validity else ""
        ),
        **(_build_mms_fields(message) if message.format is Format.MMS else {}),
    }


def find_fault(message: Outgoing) -> MessageInvalid | None:
    """Return the reason for which MessageMedia will refuse a message, or None.

    It is checked before the request, because one bad message spoils a batch of 100.
    """
    if not _DESTINATION.fullmatch(message.to):
        return MessageInvalid("The number is not one that can be texted", field="to")
    if not message.text:
        return MessageInvalid("The message has no text", field="text")
    if len(message.text) > LONGEST_TEXT:
        line = f"The text is longer than {LONGEST_TEXT} characters"
        return MessageInvalid(line, field="text")
    return _find_mms_fault(message)


def _find_mms_fault(message: Outgoing) -> MessageInvalid | None:
    """Return the reason for which pictures or subject will be refused, or None."""
    if message.format is not Format.MMS:
        line = "Pictures and a subject need the format MMS"
        return MessageInvalid(line, field="format") if message.media or message.subject else None
    if not message.media:
        return MessageInvalid("An MMS needs the address of a picture", field="media")
    if len(message.subject) > _LONGEST_SUBJECT:
        line = f"The subject is longer than {_LONGEST_SUBJECT} characters"
        return MessageInvalid(line, field="subject")
    return None


def _build_metadata(message: Outgoing, metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata of a message; no own pair replaces our reference."""
    own = {
        repair_text(k): repair_text(v) for k, v in {**metadata, **dict(message.metadata)}.items()
    }
    return {**own, "reference": message.reference}


def _find_metadata_fault(message: Outgoing, metadata: Mapping[str, str]) -> MessageInvalid | None:
    """Return the reason for which the metadata will be refused, or None."""
    pairs = _build_metadata(message, metadata)
    if len(pairs) > _MOST_PAIRS:
        line = f"More than {_MOST_PAIRS - 1} pairs of metadata, with those of the account"
        return MessageInvalid(line, field="metadata")
    if any(len(k) > _LONGEST_KEY or len(v) > _LONGEST_VALUE for k, v in pairs.items()):
        line = (
            f"A name of the metadata is longer than {_LONGEST_KEY} characters, or a value "
            f"longer than {_LONGEST_VALUE}"
        )
        return MessageInvalid(line, field="metadata")
    return None


def get_sender_type(sender: str) -> str:
    """Return the provider's type of a sender ID.

    The type is always sent, because the provider sometimes detects it wrongly.
    """
    if _SHORT_CODE.fullmatch(sender):
        return "SHORTCODE"
    return "INTERNATIONAL" if _NUMBER.fullmatch(sender) else "ALPHANUMERIC"


def _build_sender_fields(sender: str) -> dict[str, str]:
    """Return the sender and its type; empty to use the account's default."""
    if not sender:
        return {}
    return {"source_number": repair_text(sender), "source_number_type": get_sender_type(sender)}


def _build_mms_fields(message: Outgoing) -> dict[str, str | Sequence[str]]:
    """Return the pictures and the subject."""
    media = {"media": [repair_text(address) for address in message.media]}
    return {**media, **_build_optional_field("subject", repair_text(message.subject))}


def _build_optional_field(name: str, value: str) -> dict[str, str]:
    """Return the field, or nothing if its value is empty."""
    return {name: value} if value else {}


def _format_iso_time(at: int | None) -> str:
    """Return ms UTC as ISO 8601 with milliseconds and Z; empty for None."""
    if at is None:
        return ""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


MessageBatch = Mapping[int, Outgoing]
"""Messages by their position in the caller's sequence."""

_NOT_YET = "Not sent: MessageMedia refused the batch because of other messages; try again"
_NO_ID = "MessageMedia took the batch without an id for this message: it may have been sent"


class BatchSender:
    """Send batches for one account."""

    def __init__(
        self, http: HttpClient, clock: Clock, validity: int, metadata: Mapping[str, str]
    ) -> None:
        """Create the sender.

        Args:
            http: HTTP client of the account.
            clock: Source of the current time.
            validity: How long a message may wait for delivery (ms); 0 for the default.
            metadata: Pairs to send with every message.
        """
        self._metadata = metadata
        self._http = http
        self._clock = clock
        self._validity = validity

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Return one outcome per message, in order; raise if one error holds for all of them."""
        if len(messages) > PAGE_SIZE:
            raise NotPossible(f"MessageMedia takes at most {PAGE_SIZE} messages at once")
        outcomes = _find_known_faults(messages, self._metadata)
        rest = {place: m for place, m in enumerate(messages) if place not in outcomes}
        try:
            outcomes |= await self._post_with_retry(rest)
        except ProviderError as error:
            if not outcomes:
                raise
            outcomes |= dict.fromkeys(rest, SendRefused(error))
        return [outcomes[place] for place in range(len(messages))]

    async def _post_with_retry(self, batch: MessageBatch) -> dict[int, SendOutcome]:
        """Post the batch; if the provider blames some messages, post the others once more.

        If it blames none by name, post each alone, so that one cannot block the rest.
        """
        outcomes = await self._post_batch(batch)
        rest = {place: m for place, m in batch.items() if place not in outcomes}
        groups = [rest] if outcomes else [{place: m} for place, m in rest.items()]
        for group in groups:
            try:
                outcomes |= await self._post_batch(group)
            except ProviderError as error:
                outcomes |= dict.fromkeys(group, SendRefused(error))
                # The error concerns the account, so the remaining messages are not posted either.
                break
        return {place: outcomes.get(place, SendRefused(Unavailable(_NOT_YET))) for place in batch}

    async def _post_batch(self, batch: MessageBatch) -> dict[int, SendOutcome]:
        """Post one request and return the outcomes of the messages that its answer mentions."""
        if not batch:
            return {}
        now = self._clock.now()
        body = [
            to_request_entry(m, now=now, validity=self._validity, metadata=self._metadata)
            for m in batch.values()
        ]
        answer = await self._http.send_request(
            "POST", "/v1/messages", json_body={"messages": body}, effect=True
        )
        try:
            raise_for_refusal(answer, effect=True)
        except MessageInvalid as refusal:
            return _get_blamed(batch, answer, refusal)
        return _parse_outcomes(batch, answer, now)


def _find_known_faults(
    messages: Sequence[Outgoing], metadata: Mapping[str, str]
) -> dict[int, SendOutcome]:
    """Return the outcomes of the messages that MessageMedia is known to refuse."""
    faults = {
        place: find_fault(message) or _find_metadata_fault(message, metadata)
        for place, message in enumerate(messages)
    }
    return {place: _make_refused(place, fault) for place, fault in faults.items() if fault}


def _get_blamed(
    batch: MessageBatch, answer: Answer, refusal: MessageInvalid
) -> dict[int, SendOutcome]:
    """Return the outcomes of the messages that a refusal blames, or of a single message."""
    positions = list(batch)
    faults = find_faults(answer, [message.to for message in batch.values()])
    if not faults and len(positions) == 1:
        faults = {0: refusal}
    return {positions[n]: _make_refused(positions[n], fault) for n, fault in faults.items()}


def _make_refused(position: int, fault: MessageInvalid) -> SendRefused:
    """Return the outcome of a message at fault, with its position."""
    fault.index = position
    return SendRefused(fault)


def _parse_outcomes(batch: MessageBatch, answer: Answer, now: int) -> dict[int, SendOutcome]:
    """Return the outcomes in a 2xx answer; a message that it omits is `Uncertain`."""
    try:
        accepted = parse_send_answer(parse_body(answer), [m.reference for m in batch.values()])
    except UnreadableAnswer as error:
        raise Uncertain(
            "MessageMedia's answer cannot be read: the messages may have been sent",
            code=error.code,
            detail=error.detail,
        ) from None
    return {
        place: _correct_status(taken, message, now) if taken else SendRefused(Uncertain(_NO_ID))
        for (place, message), taken in zip(batch.items(), accepted, strict=True)
    }


def _correct_status(accepted: SendAccepted, message: Outgoing, now: int) -> SendAccepted:
    """Return the acceptance with `SCHEDULED` for a message whose time is in the future.

    The provider answers "queued" for such a message too.
    """
    is_scheduled = message.scheduled_at is not None and message.scheduled_at > now
    if is_scheduled and accepted.status is Status.ACCEPTED:
        return replace(accepted, status=Status.SCHEDULED)
    return accepted
