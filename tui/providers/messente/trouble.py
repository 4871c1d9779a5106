"""HTTP answers that are none of the documented ones, and what they mean for the request."""

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
    Unreadable,
)
from tui.providers.http import Answer


def unexpected(answer: Answer, *, sending: bool, detail: str = "") -> ProviderError:
    """The error for an answer whose body says nothing known.

    A refusal by its status means that nothing was sent; a 2xx or 5xx answer to a send leaves that
    open.
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
            return _open(answer, sending=sending, detail=detail)


def _open(answer: Answer, *, sending: bool, detail: str) -> ProviderError:
    """The error for an answer that leaves open what was done."""
    code = str(answer.status)
    if sending:
        line = f"Messente's answer does not tell whether the message was taken (HTTP {code})"
        return Uncertain(line, code=code, detail=detail)
    if answer.ok:
        line = f"Messente's answer is not the documented one (HTTP {code})"
        return Unreadable(line, code=code, detail=detail)
    return Unavailable(f"Messente is in trouble (HTTP {code})", code=code, detail=detail)
