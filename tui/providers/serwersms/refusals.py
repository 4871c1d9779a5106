"""Turn SerwerSMS's refusals into typed errors, and choose the advice for its reasons and codes.

Refusals come in answers with HTTP 200, so the code decides. `message` in the answer is Polish
on live accounts, so it is stored as the detail and never compared. See HTTPS API v2, delivery
reports and errors.
"""

from typing import Any

from tui.domain.message import Advice
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RecipientOptedOut,
)
from tui.providers.serwersms.fields import read_count, read_text
from tui.providers.serwersms.status_codes import describe_code

_ERRORS_BY_CODE: dict[int, type[ProviderError]] = {
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
"""Errors that do not concern a field of the message."""
_ERRORS_BY_FAMILY: dict[int, type[ProviderError]] = {
    42: NotPossible,
    45: AccountBlocked,
    46: RecipientOptedOut,
}
"""The same for codes documented as a range, by their hundreds."""
_FIELDS_BY_CODE: dict[int, str] = {2001: "to", 3101: "text", 3102: "text", 3106: "sender"}
"""Field of the message that a code is about."""
_FIELDS_BY_FAMILY: dict[int, str] = {40: "media", 41: "to", 44: "sender"}
"""The same for codes documented as a range, by their hundreds."""
_MAX_DETAIL = 200


def find_refusal(body: Any) -> ProviderError | None:
    """Return the error in an answer's body, whatever its HTTP status, or None.

    Args:
        body: Parsed answer, of any type.
    """
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return None
    if not isinstance(error, dict):
        return make_refusal(0, error if isinstance(error, str) else "")
    return make_refusal(read_count(error, "code"), read_text(error, "message"))


def make_refusal(code: int, detail: str = "") -> ProviderError:
    """Return the typed error for a code; 0 and undocumented codes are about the message.

    Args:
        code: SerwerSMS's error code.
        detail: SerwerSMS's own description, often in Polish.
    """
    number = str(code) if code else ""
    message = (
        describe_code(code)
        or f"SerwerSMS refused it without a known reason (code {number or 'none'})"
    )
    error_type = _ERRORS_BY_CODE.get(code) or _ERRORS_BY_FAMILY.get(code // 100)
    if error_type is not None:
        return error_type(message, code=number, detail=detail[:_MAX_DETAIL])
    field = _FIELDS_BY_CODE.get(code) or _FIELDS_BY_FAMILY.get(code // 100, "")
    return MessageInvalid(message, field=field, code=number, detail=detail[:_MAX_DETAIL])


REASON_ADVICE: dict[str, Advice] = {
    "message_expired": Advice.LATER,
    "unsupported_number": Advice.FIX_NUMBER,
    "message_rejected": Advice.OTHER_ACCOUNT,
    "missed_call": Advice.LATER,
    "wrong_number": Advice.FIX_NUMBER,
    "limit_exhausted": Advice.TOP_UP,
    "lock_send": Advice.ASK_PROVIDER,
    "wrong_message": Advice.FIX_TEXT,
    "operator_error": Advice.RETRY,
    "wrong_sender_name": Advice.FIX_SENDER,
    "number_is_blacklisted": Advice.STOP,
    "sending_to_foreign_networks_is_locked": Advice.OTHER_ACCOUNT,
    "no_permission_to_send_messages": Advice.ASK_PROVIDER,
    "other_error": Advice.RETRY,
}
"""Advice for the `reason` of a report."""
_STATUS_ADVICE: dict[str, Advice] = {
    "undelivered": Advice.LATER,
    "undeliv": Advice.LATER,
    "expired": Advice.LATER,
    "unsent": Advice.OTHER_ACCOUNT,
    "rejectd": Advice.OTHER_ACCOUNT,
    "deleted": Advice.RETRY,
    "err": Advice.RETRY,
}
"""Advice for a provider status, used if a report has neither reason nor code."""


def find_advice(provider_status: str, reason: str, code: int = 0) -> Advice:
    """Return the advice for the reason, else for the error code, else for the provider status.

    Args:
        provider_status: Status of the report, in any case.
        reason: The report's `reason`; empty if it has none.
        code: The report's error code; 0 if it has none.
    """
    if reason in REASON_ADVICE:
        return REASON_ADVICE[reason]
    return (
        make_refusal(code).advice
        if code
        else _STATUS_ADVICE.get(provider_status.strip().lower(), Advice.NONE)
    )
