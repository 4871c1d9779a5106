"""Classify undocumented HTTP answers by what they mean for the request."""

from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OutOfCredit,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.http import Answer


def make_unexpected_error(answer: Answer, *, sending: bool, detail: str = "") -> ProviderError:
    """Return the error for an answer without a documented body.

    A 4xx status of a send means that nothing was sent; a 2xx or 5xx answer leaves that
    uncertain.

    Args:
        answer: The HTTP answer.
        sending: Whether the request was a send.
        detail: Text of the answer for the log, without secrets.
    """
    code = str(answer.status)
    after = "; nothing was sent" if sending else ""
    match answer.status:
        case 401:
            line = f"Messente does not accept the API key (HTTP 401){after}"
            return CredentialsRefused(line, code=code, detail=detail)
        case 402:
            return OutOfCredit(f"The Messente account cannot pay (HTTP 402){after}", code=code)
        case 403:
            line = f"The Messente API key may not do this (HTTP 403){after}"
            return AccountBlocked(line, code=code, detail=detail)
        case status if status in (404, 405) or 300 <= status < 400:
            line = f"No Messente API answers at the account's address (HTTP {code}){after}"
            return AddressWrong(line, code=code, detail=detail)
        case 408:
            return Unavailable(
                f"Messente did not get the whole request (HTTP 408){after}", code=code
            )
        case status if 400 <= status < 500:
            line = f"Messente refuses the request (HTTP {code}){after}"
            kind = MessageInvalid if sending else NotPossible
            return kind(line, code=code, detail=detail)
        case _:
            return _make_uncertain_error(answer, sending=sending, detail=detail)


def _make_uncertain_error(answer: Answer, *, sending: bool, detail: str) -> ProviderError:
    """Return the error for an answer that does not show whether the request was executed."""
    code = str(answer.status)
    if sending:
        line = f"Messente's answer does not tell whether the message was taken (HTTP {code})"
        return Uncertain(line, code=code, detail=detail)
    if answer.is_success:
        line = f"Messente's answer is not the documented one (HTTP {code})"
        return UnreadableAnswer(line, code=code, detail=detail)
    return Unavailable(f"Messente is in trouble (HTTP {code})", code=code, detail=detail)
