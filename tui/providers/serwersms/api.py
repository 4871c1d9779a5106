"""Call the SerwerSMS API: authentication, the fields of a send, and errors for unusable answers."""

from typing import Any
from zoneinfo import ZoneInfo

from tui.clock import Clock
from tui.domain.sms import Encoding, count_parts
from tui.domain.text import repair_json
from tui.providers import catalog
from tui.providers.answer import Answer
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.http import HttpClient, Transport
from tui.providers.masking import SecretMask
from tui.providers.protocol import Outgoing
from tui.providers.serwersms.fields import Item
from tui.providers.serwersms.push import PushNames
from tui.providers.serwersms.refusals import find_refusal
from tui.providers.serwersms.status_codes import describe_code
from tui.providers.serwersms.times import format_local_time, to_local_time

_WRONG_ADDRESS = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
"""HTTP statuses that show that the base URL does not lead to the API."""
_TEMPORARY = frozenset({408, 425})
"""HTTP statuses below 500 after which the request may be repeated."""


class SerwerSmsApi:
    """Post actions and return the object in the answer."""

    def __init__(
        self,
        base_url: str,
        *,
        username: str,
        password: str,
        token: str,
        mask: SecretMask,
        clock: Clock,
        transport: Transport | None,
    ) -> None:
        """Create the client of one account.

        Args:
            base_url: Address of the API.
            username: API user.
            password: Password of the API user.
            token: API token; if given, user and password are not sent.
            mask: Removes the account's secrets from texts.
            clock: Source of the current time.
            transport: HTTP transport; None for the network.
        """
        self._login = {} if token else {"username": username, "password": password}
        self._mask = mask
        self._http = HttpClient(
            base_url,
            clock=clock,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            transport=transport,
            name=catalog.SERWERSMS.title,
        )

    async def call_action(
        self, action: str, fields: Item, *, effect: bool = False
    ) -> dict[str, Any]:
        """Call an action and return the object in its answer.

        Args:
            action: Path of the action, such as `messages/send_sms`.
            fields: Parameters of the action.
            effect: Whether repeating the call would do harm (a send).

        Raises:
            ProviderError: The error for what SerwerSMS refused.
        """
        payload = {**self._login, **repair_json(dict(fields))}
        answer = await self._http.send_request(
            "POST", f"/{action}.json", json_body=payload, effect=effect
        )
        answer.raise_if_unavailable()
        body = answer.parse_json_or_none()
        refusal = find_refusal(body)
        if refusal is not None:
            raise self._mask_error(_classify_refusal(refusal, answer, effect))
        # An empty object may arrive as an empty list.
        if answer.is_success and (isinstance(body, dict) or body == []):
            return dict(body)
        raise self._mask_error(_make_unreadable_error(answer, effect))

    def _mask_error(self, error: ProviderError) -> ProviderError:
        """Return the error without a password or token that the provider has echoed."""
        error.detail = self._mask.mask_text(error.detail)
        return error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _classify_refusal(error: ProviderError, answer: Answer, effect: bool) -> ProviderError:
    """Return the refusal as it is, unless it is too vague or contradicts the HTTP status.

    Refusals come with HTTP 200, so the body says what was refused; but no code of the body
    makes a 401 or a 403 an accepted login.
    """
    if answer.status in (401, 403) and not isinstance(error, CredentialsRefused | AccountBlocked):
        return _make_unreadable_error(answer, effect)
    if not isinstance(error, MessageInvalid):
        return error
    if not effect:
        return UnreadableAnswer(error.message, code=error.code, detail=error.detail)
    # A 5xx with an unknown code does not prove that nothing was sent.
    if answer.status >= 500 and not describe_code(int(error.code or 0)):
        return _make_uncertain_error(answer)
    return error


def _make_unreadable_error(answer: Answer, effect: bool) -> ProviderError:
    """Return the error for an answer without a readable object."""
    code, detail = str(answer.status), answer.text[:200]
    if answer.status == 401:
        return CredentialsRefused("SerwerSMS refuses the login (HTTP 401)", code=code)
    if answer.status == 403:
        return AccountBlocked("SerwerSMS does not allow this (HTTP 403)", code=code)
    if answer.status in _WRONG_ADDRESS:
        line = f"The base URL does not lead to the SerwerSMS API (HTTP {answer.status})"
        return AddressWrong(line, code=code)
    if effect and (answer.is_success or answer.status >= 500):
        return _make_uncertain_error(answer)
    if answer.status in _TEMPORARY or answer.status >= 500:
        line = f"SerwerSMS has trouble (HTTP {answer.status})"
        return Unavailable(line, code=code, retry_after=answer.retry_after)
    if effect:
        line = f"SerwerSMS refused the message without saying why (HTTP {answer.status})"
        return MessageInvalid(line, code=code, detail=detail)
    line = f"SerwerSMS answered something unknown (HTTP {answer.status})"
    return UnreadableAnswer(line, code=code, detail=detail)


def _make_uncertain_error(answer: Answer) -> Uncertain:
    """Return the error for a send whose answer does not show whether it was accepted."""
    line = f"SerwerSMS answered the send unreadably (HTTP {answer.status}): it may have been sent"
    return Uncertain(line, code=str(answer.status), detail=answer.text[:200])


def build_send_fields(message: Outgoing, zone: ZoneInfo, names: PushNames) -> dict[str, Any]:
    """Build the fields of the request.

    Source: SerwerSMS HTTPS API v2, sending SMS with the same content. `details` returns the
    id that reports are matched by. A message without a sender is ECO+, which does not
    accept `utf`.

    Args:
        message: Message to send.
        zone: Time zone of the account's dates.
        names: Parameter names of the account's templates.

    Raises:
        MessageInvalid: If the scheduled time is out of range.
    """
    fields: dict[str, Any] = {
        "phone": message.to,
        "text": message.text,
        "details": True,
        "unique_id": message.reference,
    }
    if message.sender:
        fields |= {"sender": message.sender, "utf": _needs_unicode(message.text)}
    if message.scheduled_at is not None:
        fields["date"] = _format_date(message.scheduled_at, zone)
    if message.callback_url:
        fields["dlr_url"] = names.build_report_url(message.callback_url)
    return fields


def _needs_unicode(text: str) -> bool:
    """Return whether the GSM alphabet would lose characters."""
    return count_parts(text).encoding is Encoding.UCS2


def _format_date(at: int, zone: ZoneInfo) -> str:
    """Format ms UTC as the account's local time.

    Both passes of a repeated hour give the same text.
    """
    try:
        return format_local_time(to_local_time(at, zone))
    except ValueError as error:
        line = "The time to send at is out of range"
        raise MessageInvalid(line, field="scheduled_at") from error
