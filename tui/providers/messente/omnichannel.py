"""Call the Omnichannel API: JSON, where the HTTP status decides whether a request succeeded.

It accepts no client reference and no idempotency key, so a message whose answer is lost can
only be matched by a receipt that is pushed to the message's own callback address.
"""

import contextlib
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tui.clock import Clock
from tui.domain.events import Receipt
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.providers.answer import Answer
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    ProviderError,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient
from tui.providers.messente.keys import AccountKeys
from tui.providers.messente.parse import (
    BadItem,
    make_unexpected_error,
    parse_report,
    read_text,
    to_whole_minutes,
)
from tui.providers.messente.status_codes import OMNICHANNEL_CODES
from tui.providers.protocol import Outgoing, SendAccepted

_UNKNOWN_MESSAGE_ID = "00000000-0000-0000-0000-000000000000"
"""Id that no message has: requesting it proves the key and changes nothing."""
_NOT_FOUND, _FORBIDDEN, _UNAUTHORIZED, _SERVER_FAILURE, _NOT_OFFERED = (
    "101",
    "102",
    "103",
    "104",
    "107",
)
_ERROR_PRIORITY = {
    _UNAUTHORIZED: 0,
    _FORBIDDEN: 1,
    _SERVER_FAILURE: 2,
    _NOT_OFFERED: 3,
    _NOT_FOUND: 4,
}
"""Order in which one of several errors represents all of them."""
_CODE_STATUSES = {_NOT_FOUND: 404, _FORBIDDEN: 403, _UNAUTHORIZED: 401, _NOT_OFFERED: 405}
"""HTTP status of each code that has one of its own (Omnichannel API, errors)."""
_MAX_DETAIL = 200


class OmnichannelApi:
    """Calls of the Omnichannel API."""

    def __init__(self, http: HttpClient, *, keys: AccountKeys, clock: Clock) -> None:
        """Create the calls of one account.

        Args:
            http: Client with the base address and the API key.
            keys: Secrets of the account.
            clock: Source of the current time.
        """
        self._http = http
        self._keys = keys
        self._clock = clock

    async def send_message(self, message: Outgoing) -> SendAccepted:
        """Send one message (Omnichannel API, send)."""
        later = message.scheduled_at is not None and message.scheduled_at > self._clock.now()
        payload = _build_payload(message, later=later)
        answer = await self._http.send_request(
            "POST", "/v1/omnimessage", json_body=payload, effect=True
        )
        body = self._parse_body(answer, sending=True)
        provider_id = read_text(body, "omnimessage_id")
        if not provider_id:
            raise make_unexpected_error(
                answer, sending=True, detail=self._get_raw_body(answer)[:200]
            )
        status = Status.SCHEDULED if later else Status.ACCEPTED
        return SendAccepted(provider_id, status=status, raw=self._get_raw_body(answer))

    async def fetch_receipt(self, provider_id: str) -> Receipt:
        """Return the state of one message (Omnichannel API, status)."""
        answer = await self._http.send_request("GET", f"{_build_path(provider_id)}/status")
        body, raw = self._parse_body(answer, sending=False), self._get_raw_body(answer)
        try:
            return _choose_receipt(body, provider_id, raw)
        except BadItem as error:
            raise UnreadableAnswer(str(error), code=str(answer.status), detail=raw[:200]) from None

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message.

        Raises:
            NotFound: If it is too late or the id is unknown.
        """
        answer = await self._http.send_request("DELETE", _build_path(provider_id))
        if not answer.is_success:
            self._parse_body(answer, sending=False)

    async def verify_credentials(self) -> str:
        """Request a message that cannot exist: only a valid key gets the answer "not found"."""
        with contextlib.suppress(NotFound):
            await self.fetch_receipt(_UNKNOWN_MESSAGE_ID)
        return "Messente accepts the API key"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _get_raw_body(self, answer: Answer) -> str:
        """Return the body as it is stored, with secrets masked."""
        return self._keys.hide_secrets(repair_text(answer.text))

    def _parse_body(self, answer: Answer, *, sending: bool) -> dict[str, Any]:
        """Return the JSON object of a 2xx answer; raise the error that any other answer means."""
        answer.raise_if_unavailable()
        body = answer.parse_json_or_none()
        if answer.is_success and isinstance(body, dict):
            return body
        refusal = _find_refusal(body, answer.status, sending=sending)
        raise refusal or make_unexpected_error(
            answer, sending=sending, detail=self._get_raw_body(answer)[:200]
        )


def _build_path(provider_id: str) -> str:
    """Return the path of one message; the id is one segment, whatever it contains."""
    # An id of dots would address another path.
    if not provider_id.strip(". "):
        raise NotFound("Messente gave this message no id")
    return f"/v1/omnimessage/{quote(provider_id, safe='', errors='replace')}"


def _build_payload(message: Outgoing, *, later: bool) -> dict[str, Any]:
    """Return the JSON of a message; a scheduled time that has passed is left out."""
    sms: dict[str, Any] = {"channel": "sms", "text": repair_text(message.text)}
    if message.sender:
        sms["sender"] = repair_text(message.sender)
    if message.valid_for:
        sms["validity"] = to_whole_minutes(message.valid_for)
    payload: dict[str, Any] = {"to": repair_text(message.to), "messages": [sms]}
    if message.callback_url:
        payload["dlr_url"] = message.callback_url
    if later and message.scheduled_at is not None:
        payload["time_to_send"] = _format_iso_time(message.scheduled_at)
    return payload


def _format_iso_time(at: int) -> str:
    """Format ms UTC as whole seconds in ISO 8601, never earlier than requested."""
    return datetime.fromtimestamp(-(-at // 1000), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _choose_receipt(body: dict[str, Any], provider_id: str, raw: str) -> Receipt:
    """Return the receipt of the delivered attempt, otherwise of the last readable one."""
    entries = body.get("statuses")
    if not isinstance(entries, list):
        raise BadItem("Messente's answer has no list of statuses")
    if not entries:
        return parse_report({}, provider_id=provider_id, raw=raw)
    receipts = [
        receipt
        for receipt in (_parse_attempt(entry, provider_id, raw) for entry in entries)
        if receipt
    ]
    if not receipts:
        raise BadItem("Messente's answer has no readable status")
    delivered = [receipt for receipt in receipts if receipt.status is Status.DELIVERED]
    return delivered[0] if delivered else receipts[-1]


def _parse_attempt(entry: object, provider_id: str, raw: str) -> Receipt | None:
    """Parse one entry of `statuses`; None if it is unreadable, as the others still count."""
    if not isinstance(entry, dict):
        return None
    try:
        return parse_report(entry, provider_id=provider_id, raw=raw)
    except BadItem:
        return None


def _find_refusal(body: object, status: int, *, sending: bool) -> ProviderError | None:
    """Return the most important error of a body, or None if it has none that fits the status.

    The HTTP status decides: a body can only say more about it. "Not found" (101) in a 401
    must not prove that the API key is accepted. Errors of the account come before errors of
    the message.
    """
    errors = [error for error in _list_errors(body) if _fits_status(error, status)]
    if not errors:
        return None
    errors.sort(
        key=lambda error: _ERROR_PRIORITY.get(read_text(error, "code"), len(_ERROR_PRIORITY))
    )
    code, field = read_text(errors[0], "code"), _extract_field(read_text(errors[0], "source"))
    meaning = OMNICHANNEL_CODES.get(code, "Messente refuses the request")
    detail = "; ".join(filter(None, map(_format_error, errors)))[:_MAX_DETAIL]
    message = f"{meaning}{f': {detail}' if detail else ''}{'; nothing was sent' if sending else ''}"
    if code == _UNAUTHORIZED:
        return CredentialsRefused(message, code=code, detail=detail)
    if code == _FORBIDDEN or (sending and code in (_NOT_FOUND, _NOT_OFFERED)):
        return AccountBlocked(message, code=code, detail=detail)
    if sending:
        return MessageInvalid(message, field=field, code=code, detail=detail)
    kind = NotFound if code == _NOT_FOUND else NotPossible
    return kind(message, code=code, detail=detail)


def _fits_status(error: dict[str, Any], status: int) -> bool:
    """Return whether an error only says more about the HTTP status that it came with."""
    code = read_text(error, "code")
    if status in _CODE_STATUSES.values() or code in (_NOT_FOUND, _NOT_OFFERED):
        return _CODE_STATUSES.get(code) == status
    # After a 2xx or a 5xx the message may have been accepted, whatever the body says.
    return 400 <= status < 500 and status not in (402, 408)


def _list_errors(body: object) -> list[dict[str, Any]]:
    """Return the error objects of a body (Omnichannel API, errors)."""
    errors = body.get("errors") if isinstance(body, dict) else None
    entries = errors if isinstance(errors, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and read_text(entry, "code")]


def _format_error(error: dict[str, Any]) -> str:
    """Return Messente's own description on one line, with the field that it is about."""
    description = read_text(error, "detail") or read_text(error, "title")
    source = read_text(error, "source")
    return " ".join((f"{source}: {description}" if source and description else description).split())


def _extract_field(source: str) -> str:
    """Return the last name in a `source` such as `messages.0.text`."""
    names = re.findall(r"[A-Za-z_]+", source)
    return names[-1] if names else ""
