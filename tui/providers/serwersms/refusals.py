"""What SerwerSMS refuses, as typed errors. They hide in answers of HTTP 200: the code decides.

`message` in the answer is Polish on live accounts, so it is kept as the detail and never matched.
"""

from typing import Any

from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OptedOut,
    OutOfCredit,
    ProviderError,
)
from tui.providers.serwersms.fields import count_of, text_of
from tui.providers.serwersms.words import meaning

_PLAIN: dict[int, type[ProviderError]] = {
    1000: NotPossible,
    1001: CredentialsRefused,
    1002: AccountBlocked,
    1003: CredentialsRefused,
    1004: NotFound,
    1005: AccountBlocked,
    1007: AccountBlocked,
    1008: AccountBlocked,
    2002: NotFound,
    3000: OutOfCredit,
    3001: AccountBlocked,
    3002: OutOfCredit,
    3003: AccountBlocked,
    3004: OutOfCredit,
    3005: AccountBlocked,
    3006: OutOfCredit,
    3007: AccountBlocked,
    3008: AccountBlocked,
    3009: AccountBlocked,
    3100: AccountBlocked,
    4312: NotPossible,
}
_PLAIN_FAMILIES: dict[int, type[ProviderError]] = {
    42: NotPossible,
    45: AccountBlocked,
    46: OptedOut,
}
_FIELDS: dict[int, str] = {2001: "to", 3101: "text", 3102: "text", 3106: "sender"}
_FIELD_FAMILIES: dict[int, str] = {40: "media", 41: "to", 44: "sender"}
_LONGEST_DETAIL = 200


def refusal_in(body: Any) -> ProviderError | None:
    """The error in an answer's body, whatever its HTTP status; None when there is none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return None
    if not isinstance(error, dict):
        return refusal(0, error if isinstance(error, str) else "")
    return refusal(count_of(error, "code"), text_of(error, "message"))


def refusal(code: int, detail: str = "") -> ProviderError:
    """The typed error for a code; 0 and codes nobody documented are about the message."""
    number = str(code) if code else ""
    words = (
        meaning(code) or f"SerwerSMS refused it without a known reason (code {number or 'none'})"
    )
    kind = _PLAIN.get(code) or _PLAIN_FAMILIES.get(code // 100)
    if kind is not None:
        return kind(words, code=number, detail=detail[:_LONGEST_DETAIL])
    field = _FIELDS.get(code) or _FIELD_FAMILIES.get(code // 100, "")
    return MessageInvalid(words, field=field, code=number, detail=detail[:_LONGEST_DETAIL])
