"""Choose advice for SerwerSMS's reasons and codes (HTTPS API v2, delivery reports and errors)."""

from tui.domain.message import Advice
from tui.providers.serwersms.refusals import make_refusal

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
