"""One call of the SerwerSMS API: who is asking, and what an answer that is no answer means."""

from typing import Any

from tui.clock import Clock
from tui.domain.text import repair_json
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    ProviderError,
    Unavailable,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer, Http, Transport
from tui.providers.masking import Mask
from tui.providers.serwersms.fields import Item
from tui.providers.serwersms.refusals import refusal_in
from tui.providers.serwersms.words import meaning

_WRONG_PLACE = frozenset({301, 302, 303, 307, 308, 404, 405, 410})
_TRY_AGAIN = frozenset({408, 425})


class Api:
    """Posts actions and returns the object in the answer."""

    def __init__(
        self,
        base_url: str,
        *,
        username: str,
        password: str,
        token: str,
        mask: Mask,
        clock: Clock,
        transport: Transport | None,
    ) -> None:
        """With a `token` the user and the password stay at home."""
        self._login = {} if token else {"username": username, "password": password}
        self._mask = mask
        self._http = Http(
            base_url,
            clock=clock,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            transport=transport,
            name="SerwerSMS",
        )

    async def call(self, action: str, fields: Item, *, effect: bool = False) -> dict[str, Any]:
        """The answer to `action`; `effect` says that repeating it would do harm (a send).

        Raises the typed error of what SerwerSMS refused, whatever the HTTP status.
        """
        sent = {**self._login, **repair_json(dict(fields))}
        answer = await self._http.request("POST", f"/{action}.json", json_body=sent, effect=effect)
        body = answer.json_or_none()
        error = refusal_in(body)
        if error is not None:
            raise self._masked(_weighed(error, answer, effect))
        answer.raise_for_trouble()
        if answer.ok and (isinstance(body, dict) or body == []):
            return dict(body)
        raise self._masked(_misread(answer, effect))

    def _masked(self, error: ProviderError) -> ProviderError:
        """The error without a password or token that the other side has echoed."""
        error.detail = self._mask.text(error.detail)
        return error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _weighed(error: ProviderError, answer: Answer, effect: bool) -> ProviderError:
    """The refusal as it is, unless it is too vague for what was asked."""
    if not isinstance(error, MessageInvalid):
        return error
    if not effect:
        return Unreadable(error.message, code=error.code, detail=error.detail)
    if answer.status >= 500 and not meaning(int(error.code or 0)):
        return _unknown_outcome(answer)
    return error


def _misread(answer: Answer, effect: bool) -> ProviderError:
    """The error for an answer without a readable object in it."""
    code, detail = str(answer.status), answer.text[:200]
    if answer.status == 401:
        return CredentialsRefused("SerwerSMS refuses the login (HTTP 401)", code=code)
    if answer.status == 403:
        return AccountBlocked("SerwerSMS does not allow this (HTTP 403)", code=code)
    if answer.status in _WRONG_PLACE:
        line = f"The base URL does not lead to the SerwerSMS API (HTTP {answer.status})"
        return AddressWrong(line, code=code)
    if effect and (answer.ok or answer.status >= 500):
        return _unknown_outcome(answer)
    if answer.status in _TRY_AGAIN or answer.status >= 500:
        line = f"SerwerSMS has trouble (HTTP {answer.status})"
        return Unavailable(line, code=code, retry_after=answer.retry_after)
    if effect:
        line = f"SerwerSMS refused the message without saying why (HTTP {answer.status})"
        return MessageInvalid(line, code=code, detail=detail)
    line = f"SerwerSMS answered something unknown (HTTP {answer.status})"
    return Unreadable(line, code=code, detail=detail)


def _unknown_outcome(answer: Answer) -> Uncertain:
    """The send reached SerwerSMS and its answer does not tell what became of it."""
    line = f"SerwerSMS answered the send unreadably (HTTP {answer.status}): it may have gone out"
    return Uncertain(line, code=str(answer.status), detail=answer.text[:200])
