"""The Omnichannel API: JSON, where the HTTP status carries the verdict.

It takes no client reference and no idempotency key, so a send whose answer is lost can only be
matched by a receipt pushed to the message's own callback address.
"""

import contextlib
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tui.clock import Clock
from tui.domain.events import Receipt
from tui.domain.status import Status
from tui.domain.text import repair
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    ProviderError,
    Unreadable,
)
from tui.providers.http import Answer, Http
from tui.providers.messente.keys import Keys
from tui.providers.messente.parse import BadItem, read_status, text_of
from tui.providers.messente.trouble import unexpected
from tui.providers.messente.words import OMNICHANNEL_CODES
from tui.providers.protocol import Accepted, Outgoing

_NO_MESSAGE = "00000000-0000-0000-0000-000000000000"
"""An id that no message has: asking for it proves the key and changes nothing."""
_NOT_FOUND, _FORBIDDEN, _UNAUTHORIZED, _SERVER, _NOT_OFFERED = "101", "102", "103", "104", "107"
_URGENT = {_UNAUTHORIZED: 0, _FORBIDDEN: 1, _SERVER: 2, _NOT_OFFERED: 3, _NOT_FOUND: 4}
"""Which of several errors speaks for all of them."""
_LONGEST_DETAIL = 200


class Omnichannel:
    """The calls of the Omnichannel API."""

    def __init__(self, http: Http, *, keys: Keys, clock: Clock) -> None:
        """`http` carries the base address and the API key."""
        self._http = http
        self._keys = keys
        self._clock = clock

    async def send(self, message: Outgoing) -> Accepted:
        """Hand over one message (Omnichannel API, send)."""
        later = message.scheduled_at is not None and message.scheduled_at > self._clock.now()
        payload = _payload(message, later=later)
        answer = await self._http.request("POST", "/v1/omnimessage", json_body=payload, effect=True)
        body = self._body(answer, sending=True)
        provider_id = text_of(body, "omnimessage_id")
        if not provider_id:
            raise unexpected(answer, sending=True, detail=self._raw(answer)[:200])
        status = Status.SCHEDULED if later else Status.ACCEPTED
        return Accepted(provider_id, status=status, raw=self._raw(answer))

    async def look_up(self, provider_id: str) -> Receipt:
        """The state of one message (Omnichannel API, status)."""
        answer = await self._http.request("GET", f"{_path(provider_id)}/status")
        body, raw = self._body(answer, sending=False), self._raw(answer)
        try:
            return _newest(body, provider_id, raw)
        except BadItem as error:
            raise Unreadable(str(error), code=str(answer.status), detail=raw[:200]) from None

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message; `NotFound` when it is too late or the id is unknown."""
        answer = await self._http.request("DELETE", _path(provider_id))
        if not answer.ok:
            self._body(answer, sending=False)

    async def prove(self) -> str:
        """Ask for a message that cannot exist: "not found" is said only to a valid key."""
        with contextlib.suppress(NotFound):
            await self.look_up(_NO_MESSAGE)
        return "Messente accepts the API key"

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _raw(self, answer: Answer) -> str:
        """The body as it is kept."""
        return self._keys.hide(repair(answer.text))

    def _body(self, answer: Answer, *, sending: bool) -> dict[str, Any]:
        """The JSON object of a 2xx answer; raises what any other answer means."""
        answer.raise_for_trouble()
        body = answer.json_or_none()
        refusal = _refusal(body, sending=sending) if answer.status < 500 else None
        if refusal:
            raise refusal
        if not answer.ok or not isinstance(body, dict):
            raise unexpected(answer, sending=sending, detail=self._raw(answer)[:200])
        return body


def _path(provider_id: str) -> str:
    """The address of one message; an id is one segment, whatever it holds."""
    if not provider_id.strip(". "):
        raise NotFound("Messente gave this message no id")
    return f"/v1/omnimessage/{quote(provider_id, safe='', errors='replace')}"


def _payload(message: Outgoing, *, later: bool) -> dict[str, Any]:
    """The JSON of a send; a moment that is over means now, and is left out."""
    sms = {"channel": "sms", "text": repair(message.text)}
    if message.sender:
        sms["sender"] = repair(message.sender)
    payload: dict[str, Any] = {"to": repair(message.to), "messages": [sms]}
    if message.callback_url:
        payload["dlr_url"] = message.callback_url
    if later and message.scheduled_at is not None:
        payload["time_to_send"] = _iso(message.scheduled_at)
    return payload


def _iso(at: int) -> str:
    """Ms UTC as whole seconds in ISO 8601, never earlier than asked."""
    return datetime.fromtimestamp(-(-at // 1000), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _newest(body: dict[str, Any], provider_id: str, raw: str) -> Receipt:
    """The receipt for the message: its delivered attempt, otherwise its last readable one."""
    entries = body.get("statuses")
    if not isinstance(entries, list):
        raise BadItem("Messente's answer has no list of statuses")
    if not entries:
        return read_status({}, provider_id=provider_id, raw=raw)
    receipts = [one for one in (_attempt(entry, provider_id, raw) for entry in entries) if one]
    if not receipts:
        raise BadItem("Messente's answer has no readable status")
    delivered = [one for one in receipts if one.status is Status.DELIVERED]
    return delivered[0] if delivered else receipts[-1]


def _attempt(entry: object, provider_id: str, raw: str) -> Receipt | None:
    """One entry of `statuses`, None when it is none: the others still count."""
    if not isinstance(entry, dict):
        return None
    try:
        return read_status(entry, provider_id=provider_id, raw=raw)
    except BadItem:
        return None


def _refusal(body: object, *, sending: bool) -> ProviderError | None:
    """What a body of `errors` means, the account's trouble before the message's; None without."""
    errors = _errors(body)
    if not errors:
        return None
    errors.sort(key=lambda error: _URGENT.get(text_of(error, "code"), len(_URGENT)))
    code, field = text_of(errors[0], "code"), _field(text_of(errors[0], "source"))
    meaning = OMNICHANNEL_CODES.get(code, "Messente refuses the request")
    detail = "; ".join(filter(None, map(_said, errors)))[:_LONGEST_DETAIL]
    words = f"{meaning}{f': {detail}' if detail else ''}{'; nothing was sent' if sending else ''}"
    if code == _UNAUTHORIZED:
        return CredentialsRefused(words, code=code, detail=detail)
    if code == _FORBIDDEN or (sending and code in (_NOT_FOUND, _NOT_OFFERED)):
        return AccountBlocked(words, code=code, detail=detail)
    if sending:
        return MessageInvalid(words, field=field, code=code, detail=detail)
    kind = NotFound if code == _NOT_FOUND else NotPossible
    return kind(words, code=code, detail=detail)


def _errors(body: object) -> list[dict[str, Any]]:
    """The error objects of a body (Omnichannel API, errors)."""
    errors = body.get("errors") if isinstance(body, dict) else None
    entries = errors if isinstance(errors, list) else []
    return [entry for entry in entries if isinstance(entry, dict) and text_of(entry, "code")]


def _said(error: dict[str, Any]) -> str:
    """Messente's own words on one line, with the field they are about."""
    words = text_of(error, "detail") or text_of(error, "title")
    source = text_of(error, "source")
    return " ".join((f"{source}: {words}" if source and words else words).split())


def _field(source: str) -> str:
    """The last name in a `source` such as `messages.0.text`."""
    names = re.findall(r"[A-Za-z_]+", source)
    return names[-1] if names else ""
