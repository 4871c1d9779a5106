"""MessagePort's answers as outcomes, typed errors and a balance.

`errors` is a number, an object, or an object with an array inside: every step looks at the type.
The texts are for people and may change; only codes and field names decide.
"""

import math
from collections.abc import Iterator
from typing import Any

from tui.domain.events import Balance
from tui.domain.text import one_line
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OptedOut,
    OutOfCredit,
    ProviderError,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer
from tui.providers.masking import Mask
from tui.providers.messageport.words import ANSWERS, FIELDS, TITLE
from tui.providers.protocol import Accepted
from tui.providers.sending import undocumented

_SUCCESS = 200
_LONGEST_DETAIL = 160


def accepted(answer: Answer, mask: Mask) -> Accepted:
    """The answer to `POST messages`; raises what it says instead of 200."""
    body = _object(answer)
    if _code(answer, body) != _SUCCESS:
        raise _trouble(answer, body, mask, effect=True)
    return Accepted(provider_id="", word=str(_SUCCESS), raw=mask.raw(body))


def balance(answer: Answer, mask: Mask) -> Balance:
    """The answer to `GET users`: credits left, a whole number or a decimal."""
    body = _object(answer)
    if _code(answer, body) != _SUCCESS:
        raise _trouble(answer, body, mask, effect=False)
    credits_left = _amount(body.get("credits"))
    if credits_left is None:
        raise Unreadable(f"{TITLE} answered without saying how many credits are left")
    details = {name: body.get(name) for name in ("username", "senderid", "mobile")}
    return Balance(
        text=f"{_in_words(credits_left)} credit{'' if credits_left == 1 else 's'}",
        amount=credits_left,
        details={k: mask.text(v) for k, v in details.items() if isinstance(v, str) and v},
    )


def _object(answer: Answer) -> dict[str, Any]:
    """The body's JSON object, an empty one when there is none."""
    body = answer.json_or_none()
    return body if isinstance(body, dict) else {}


def _code(answer: Answer, body: dict[str, Any]) -> int:
    """What the answer says, by its HTTP status and its `code` together; 0 when that is unclear."""
    said = _whole(body.get("code"))
    if answer.ok:
        return said if said in ANSWERS else 0
    if answer.status >= 500 or said is None:
        return answer.status
    if said == _SUCCESS:
        return 0
    return said if said in ANSWERS else answer.status


def _trouble(answer: Answer, body: dict[str, Any], mask: Mask, *, effect: bool) -> ProviderError:
    """The typed error for an answer that is not a success."""
    code = _code(answer, body)
    line, said = ANSWERS.get(code, ""), mask.text(_text(body.get("message")))[:_LONGEST_DETAIL]
    match code:
        case 0:
            return _contradictory(answer, effect=effect)
        case 400:
            return _invalid(body, mask)
        case 402:
            return OutOfCredit(line, code="402", detail=said)
        case 403:
            return CredentialsRefused(line, code="403", detail=said)
        case 405:
            return NotPossible(line, code="405", detail=said)
        case 406:
            return OptedOut(line, code="406", detail=said)
        case 409:
            return MessageInvalid(line, field="to", code="409", detail=said)
    return undocumented(answer, TITLE, effect=effect)


def _contradictory(answer: Answer, *, effect: bool) -> ProviderError:
    """The error for an answer whose status and `code` do not tell one thing."""
    line = f"{TITLE} answered HTTP {answer.status} with a code that does not fit it"
    kind = Uncertain if effect else Unreadable
    return kind(line, code=str(answer.status))


def _invalid(body: dict[str, Any], mask: Mask) -> MessageInvalid:
    """The error for a form that was refused: the first bad field names it, all are told."""
    bad = list(_bad_fields(body.get("errors")))
    said = "; ".join(text for _, text in bad) or _text(body.get("message"))
    detail = one_line(mask.text(said), _LONGEST_DETAIL)
    line = f"{TITLE} refused the message: {detail}" if detail else ANSWERS[400]
    field = next((FIELDS.get(name, name) for name, _ in bad if name), "")
    return MessageInvalid(line, field=field, code="400", detail=detail)


def _bad_fields(errors: Any) -> Iterator[tuple[str, str]]:
    """The form's complaints as (field, text); the field is empty for those about the whole form."""
    if not isinstance(errors, dict):
        return
    children = errors.get("children")
    for name, child in children.items() if isinstance(children, dict) else ():
        yield from ((name, text) for text in _texts(child))
    yield from (("", text) for text in _texts(errors))


def _texts(holder: Any) -> list[str]:
    """The texts under `errors` of an object; none for the empty array of a good field."""
    found = holder.get("errors") if isinstance(holder, dict) else None
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _text(value: Any) -> str:
    """A text, empty for anything else."""
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    """A code as a number, also when it came as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    return value if type(value) is int else None


def _amount(value: Any) -> float | None:
    """A finite number, also when it came as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return amount if math.isfinite(amount) else None


def _in_words(amount: float) -> str:
    """An amount without needless decimals."""
    return str(int(amount)) if amount.is_integer() else f"{amount:.2f}"
