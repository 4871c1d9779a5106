"""What SerwerSMS's reasons and codes advise (HTTPS API v2, delivery reports and errors)."""

from tui.domain.advice import Advice
from tui.providers.serwersms.refusals import refusal

REASONS: dict[str, Advice] = {
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
_WORDS: dict[str, Advice] = {
    "undelivered": Advice.LATER,
    "undeliv": Advice.LATER,
    "expired": Advice.LATER,
    "unsent": Advice.OTHER_ACCOUNT,
    "rejectd": Advice.OTHER_ACCOUNT,
    "deleted": Advice.RETRY,
    "err": Advice.RETRY,
}


def advice_for(word: str, reason: str, code: int = 0) -> Advice:
    """By the reason, else by the error's code, else by the report's word."""
    if reason in REASONS:
        return REASONS[reason]
    return refusal(code).advice if code else _WORDS.get(word.strip().lower(), Advice.NONE)
