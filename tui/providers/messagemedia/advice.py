"""What MessageMedia's codes and words advise (MessageMedia API, error codes and statuses)."""

from tui.domain.message import Advice

ADVICE_BY_CODE: dict[str, Advice] = {
    "101": Advice.WAIT,
    "102": Advice.WAIT,
    "151": Advice.WAIT,
    "200": Advice.WAIT,
    "210": Advice.WAIT,
    "211": Advice.WAIT,
    "212": Advice.WAIT,
    "213": Advice.WAIT,
    "220": Advice.WAIT,
    "221": Advice.WAIT,
    "301": Advice.TOP_UP,
    "302": Advice.STOP,
    "303": Advice.FIX_SENDER,
    "304": Advice.ASK_PROVIDER,
    "305": Advice.FIX_TEXT,
    "320": Advice.RETRY,
    "330": Advice.RETRY,
    "331": Advice.OTHER_ACCOUNT,
    "332": Advice.OTHER_ACCOUNT,
    "333": Advice.FIX_SENDER,
    "400": Advice.OTHER_ACCOUNT,
    "401": Advice.LATER,
    "402": Advice.OTHER_ACCOUNT,
    "403": Advice.OTHER_ACCOUNT,
    "405": Advice.OTHER_ACCOUNT,
    "410": Advice.FIX_SENDER,
    "411": Advice.FIX_NUMBER,
    "412": Advice.STOP,
    "413": Advice.FIX_NUMBER,
    "414": Advice.LATER,
}
"""Advice for each code of a delivery report (MessageMedia API, error codes)."""
_ADVICE_BY_STATUS: dict[str, Advice] = {
    "expired": Advice.LATER,
    "rejected": Advice.ASK_PROVIDER,
    "failed": Advice.OTHER_ACCOUNT,
    "undeliverable": Advice.OTHER_ACCOUNT,
    "held": Advice.WAIT,
}


def get_advice(word: str, code: str) -> Advice:
    """Return the advice for a code, else for a status word; `NONE` if neither adds anything.

    Args:
        word: The provider's status word.
        code: Code of the delivery report; empty without one.
    """
    return ADVICE_BY_CODE.get(code) or _ADVICE_BY_STATUS.get(word.strip().lower(), Advice.NONE)
