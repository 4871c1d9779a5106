"""What the `err` of Messente's receipts advises, the same in both APIs."""

from tui.domain.message import Advice

ERR_ADVICE: dict[int, Advice] = {
    1: Advice.LATER,
    2: Advice.LATER,
    3: Advice.FIX_NUMBER,
    4: Advice.TOP_UP,
    5: Advice.FIX_NUMBER,
    6: Advice.FIX_TEXT,
    7: Advice.FIX_SENDER,
    8: Advice.STOP,
    9: Advice.OTHER_ACCOUNT,
    10: Advice.WAIT,
    999: Advice.RETRY,
}
"""Advice for the `err` of a receipt, the same in both APIs."""
STATUS_ADVICE: dict[str, Advice] = {
    "ACK": Advice.WAIT,
    "ACCEPTD": Advice.WAIT,
    "SENT": Advice.WAIT,
    "DELIVRD": Advice.WAIT,
    "DELIVERED": Advice.WAIT,
    "SEEN": Advice.WAIT,
    "UNDELIV": Advice.FIX_NUMBER,
    "FAILED": Advice.RETRY,
    "REJECTD": Advice.OTHER_ACCOUNT,
    "NACK": Advice.OTHER_ACCOUNT,
    "EXPIRED": Advice.LATER,
    "DELETED": Advice.WAIT,
    "UNKNOWN": Advice.WAIT,
}
"""Advice for a provider status, used when the receipt has no known `err`."""


def find_advice(provider_status: str, err: int | None) -> Advice:
    """Return the advice for the `err`, else for the status; `NONE` if neither is documented.

    Args:
        provider_status: Provider status, in any case.
        err: The receipt's `err`; None if it has none.
    """
    return (ERR_ADVICE.get(err) if err else None) or STATUS_ADVICE.get(
        provider_status.upper(), Advice.NONE
    )
