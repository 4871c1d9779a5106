"""What the `err` of Messente's receipts advises, the same in both APIs."""

from tui.domain.advice import Advice

ERRS: dict[int, Advice] = {
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
WORDS: dict[str, Advice] = {
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


def advice_for(word: str, err: int | None) -> Advice:
    """By the `err`, else by the word; `NONE` for a word that nobody documented."""
    return (ERRS.get(err) if err else None) or WORDS.get(word.upper(), Advice.NONE)
