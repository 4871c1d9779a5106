"""Parse MessagePort's answers into outcomes, errors and a balance.

`errors` is a number, an object, or an object with an array inside, so every step checks the
type. The texts are for people and may change; only codes and field names decide.
"""

import math
from collections.abc import Iterator
from typing import Any

from tui.domain.events import Balance
from tui.domain.text import one_line
from tui.providers.answer import Answer
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RecipientOptedOut,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.masking import SecretMask
from tui.providers.messageport.status_codes import ANSWER_MEANINGS, FIELD_NAMES, TITLE
from tui.providers.protocol import SendAccepted
from tui.providers.sending import build_undocumented_error

_SUCCESS = 200
_LONGEST_DETAIL = 160
_DECIDING_STATUSES = frozenset({401, 408, 429})
"""Statuses that are not documented, but mean the same everywhere."""


def parse_send_answer(answer: Answer, mask: SecretMask) -> SendAccepted:
    """Return the acceptance in the answer to `POST messages`, or raise its error.

    Args:
        answer: Answer of the provider.
        mask: Removes the account's secrets.
    """
    body = _get_body(answer)
    if _resolve_code(answer, body) != _SUCCESS:
        raise _build_error(answer, body, mask, effect=True)
    return SendAccepted(provider_id="", word=str(_SUCCESS), raw=mask.mask_payload(body))


def parse_balance(answer: Answer, mask: SecretMask) -> Balance:
    """Return the credits in the answer to `GET users`, an integer or a decimal.

    Args:
        answer: Answer of the provider.
        mask: Removes the account's secrets.
    """
    body = _get_body(answer)
    if _resolve_code(answer, body) != _SUCCESS:
        raise _build_error(answer, body, mask, effect=False)
    credits_left = _parse_amount(body.get("credits"))
    if credits_left is None:
        raise UnreadableAnswer(f"{TITLE} answered without saying how many credits are left")
    details = {name: body.get(name) for name in ("username", "senderid", "mobile")}
    return Balance(
        text=f"{_format_amount(credits_left)} credit{'' if credits_left == 1 else 's'}",
        amount=credits_left,
        details={k: mask.mask_text(v) for k, v in details.items() if isinstance(v, str) and v},
    )


def _get_body(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of the body, or an empty one."""
    body = answer.parse_json_or_none()
    return body if isinstance(body, dict) else {}


def _resolve_code(answer: Answer, body: dict[str, Any]) -> int:
    """Return the code that the answer means; 0 if it is unclear.

    Both agree by the documentation (REST response headers). Of two refusals the HTTP status
    wins, if it has a meaning; a `code` of success in a refusal leaves it open what happened.
    """
    body_code = _parse_code(body.get("code"))
    if answer.is_success:
        return body_code if body_code in ANSWER_MEANINGS else 0
    if answer.status >= 500 or body_code is None:
        return answer.status
    if body_code == _SUCCESS:
        return 0
    is_decided = answer.status in ANSWER_MEANINGS or answer.status in _DECIDING_STATUSES
    return body_code if body_code in ANSWER_MEANINGS and not is_decided else answer.status


def _build_error(
    answer: Answer, body: dict[str, Any], mask: SecretMask, *, effect: bool
) -> ProviderError:
    """Return the error for an answer that is not a success."""
    code = _resolve_code(answer, body)
    line, detail = (
        ANSWER_MEANINGS.get(code, ""),
        mask.mask_text(_text_or_empty(body.get("message")))[:_LONGEST_DETAIL],
    )
    match code:
        case 0:
            return _build_contradiction_error(answer, effect=effect)
        case 400:
            return _build_form_error(body, mask)
        case 402:
            return OutOfCredit(line, code="402", detail=detail)
        case 403:
            return CredentialsRefused(line, code="403", detail=detail)
        case 405:
            return NotPossible(line, code="405", detail=detail)
        case 406:
            return RecipientOptedOut(line, code="406", detail=detail)
        case 409:
            return MessageInvalid(line, field="to", code="409", detail=detail)
    return build_undocumented_error(answer, TITLE, effect=effect)


def _build_contradiction_error(answer: Answer, *, effect: bool) -> ProviderError:
    """Return the error for an answer whose status and `code` contradict each other."""
    line = f"{TITLE} answered HTTP {answer.status} with a code that does not fit it"
    kind = Uncertain if effect else UnreadableAnswer
    return kind(line, code=str(answer.status))


def _build_form_error(body: dict[str, Any], mask: SecretMask) -> MessageInvalid:
    """Return the error for a refused form: it names the first bad field and quotes all texts."""
    bad = list(_find_bad_fields(body.get("errors")))
    explanation = "; ".join(text for _, text in bad) or _text_or_empty(body.get("message"))
    detail = one_line(mask.mask_text(explanation), _LONGEST_DETAIL)
    line = f"{TITLE} refused the message: {detail}" if detail else ANSWER_MEANINGS[400]
    field = next((FIELD_NAMES.get(name, name) for name, _ in bad if name), "")
    return MessageInvalid(line, field=field, code="400", detail=detail)


def _find_bad_fields(errors: Any) -> Iterator[tuple[str, str]]:
    """Yield the errors of a form as (field, text); the field is empty for the whole form."""
    if not isinstance(errors, dict):
        return
    children = errors.get("children")
    for name, child in children.items() if isinstance(children, dict) else ():
        yield from ((name, text) for text in _get_error_texts(child))
    yield from (("", text) for text in _get_error_texts(errors))


def _get_error_texts(holder: Any) -> list[str]:
    """Return the texts under `errors` of an object; a valid field has an empty array."""
    found = holder.get("errors") if isinstance(holder, dict) else None
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _text_or_empty(value: Any) -> str:
    """Return a text, or an empty one for any other value."""
    return value if isinstance(value, str) else ""


def _parse_code(value: Any) -> int | None:
    """Return a code as a number, also if it came as a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    return value if type(value) is int else None


def _parse_amount(value: Any) -> float | None:
    """Return a finite number, also if it came as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    return amount if math.isfinite(amount) else None


def _format_amount(amount: float) -> str:
    """Return an amount without needless decimals."""
    return str(int(amount)) if amount.is_integer() else f"{amount:.2f}"
