"""Decide whether a text may be answered automatically, so that two machines never write each other.

A text is not answered if a machine seems to have written it: it says so, it repeats itself or one
of ours, or it comes from an address that belongs to no phone.
"""

import functools
from collections.abc import Sequence

from tui.clock import HOUR, MINUTE
from tui.domain.folding import fold_text
from tui.domain.phone import AddressKind, can_be_answered, parse_address
from tui.domain.record_type import record
from tui.domain.tokens import split_words

ANSWER_PAUSE_MS = 12 * HOUR
"""Time (ms) between two automatic answers in one conversation, whatever rules send them."""
LONGEST_DELAY_MS = HOUR
"""Age (ms) from which a text is not answered any more: the answer would only puzzle."""
_REPEAT_MS = 10 * MINUTE
"""Time (ms) within which the same text twice is that of a machine."""
_ECHO_MS = 24 * HOUR
"""Time (ms) in which a text of ours may come back."""
_MIN_ECHO_LENGTH = 20
"""Characters of a text of ours that is looked for inside of another one."""
_BURST, _BURST_MS = 5, MINUTE
"""More texts than a person writes in this time (ms)."""
RECENT_TEXTS = 20
"""Texts of a conversation before this one that are looked at."""

_SIGNS = (
    *("auto reply", "autoreply", "auto response", "autoresponse", "automatic reply"),
    *("automatic response", "automated reply", "automated response", "automated message"),
    *("automatically generated", "auto generated", "out of office", "out of the office"),
    *("do not reply", "dont reply", "noreply", "no reply", "not monitored", "unmonitored"),
    *("vacation reply", "away message", "driving mode", "i am driving", "im driving"),
    *("automatische antwort", "automatische nachricht", "abwesenheitsnotiz", "nicht im buro"),
    *("automatisch antwoord", "automatisch bericht", "afwezigheidsbericht", "niet op kantoor"),
    *("reponse automatique", "message automatique", "absent du bureau", "ne pas repondre"),
    *("respuesta automatica", "mensaje automatico", "fuera de la oficina", "no responder"),
    *("resposta automatica", "mensagem automatica", "fora do escritorio", "nao responda"),
    *("risposta automatica", "messaggio automatico", "fuori ufficio", "non rispondere"),
    *("automatyczna odpowiedz", "odpowiedz automatyczna", "wiadomosc automatyczna"),
    *("poza biurem", "nie odpowiadaj", "autosvar", "automatiskt svar", "automatisk svar"),
    *("automaattinen vastaus", "automaattivastaus", "automaatvastus", "automaatne vastus"),
    *("automatiska atbilde", "automatinis atsakymas", "automaticka odpoved"),
    *("automatikus valasz", "raspuns automat", "automatski odgovor", "avtomatski odgovor"),
    *("otomatik yanit", "otomatik cevap", "balasan otomatis", "tra loi tu dong"),
    *("автоответ", "автоответчик", "автоматический ответ", "автоматическое сообщение"),
    *("автовідповідь", "автоматична відповідь", "автоматичен отговор"),
    *("αυτοματη απαντηση", "自动回复", "自動回覆", "自動返信", "자동 응답", "자동응답"),
    *("رد آلي", "الرد الآلي", "رد تلقائي", "מענה אוטומטי", "תשובה אוטומטית"),
)
"""What automatic texts call themselves, in the languages of the customers."""


@record
class RecentText:
    """A text of the conversation, beside the one that may be answered."""

    is_ours: bool
    text: str
    at: int
    """Ms UTC."""


@record
class AnswerFacts:
    """What decides whether a text is answered automatically."""

    party: str
    """Key of the customer: E.164 number, or a short code or name in lower case."""
    text: str
    at: int
    """When the customer wrote; for a wait, when its time was over (ms UTC)."""
    now: int
    """Time of the answer (ms UTC)."""
    is_opted_out: bool = False
    is_suspected: bool = False
    """Whether an agent has yet to decide if a text of the customer is an opt-out."""
    can_confirm: bool = False
    """Whether the text is an opt-out whose receipt may be confirmed."""
    is_answered_by_provider: bool = False
    """Whether the provider has handled the text, and has answered it itself."""
    answered_at: int | None = None
    """When the last automatic answer was written (ms UTC)."""
    recent: Sequence[RecentText] = ()
    """Newest texts that were there before it."""


def find_answer_problem(facts: AnswerFacts) -> str:
    """Return why a text gets no automatic answer, or "" if it may get one."""
    kind = parse_address(facts.party).kind
    if kind in (AddressKind.SHORT_CODE, AddressKind.NAME) or not can_be_answered(facts.party):
        return "the sender is a short code or a name"
    if facts.is_opted_out and not facts.can_confirm:
        return "the customer has opted out"
    if facts.is_suspected and not facts.can_confirm:
        return "the customer may have opted out, which an agent has to decide"
    if facts.is_answered_by_provider:
        return "the provider answers this text itself"
    if facts.answered_at is not None and facts.now - facts.answered_at < ANSWER_PAUSE_MS:
        return "there was an automatic answer in the last 12 hours"
    if facts.now - facts.at > LONGEST_DELAY_MS:
        return "the text is more than an hour old"
    return _find_machine(facts)


def _find_machine(facts: AnswerFacts) -> str:
    """Return why a machine seems to have written a text, or ""."""
    if is_automatic(facts.text):
        return "the text looks like an automatic one"
    own = _normalize(facts.text)
    texts = [one for one in facts.recent if not one.is_ours]
    if any(abs(facts.at - one.at) <= _REPEAT_MS and _normalize(one.text) == own for one in texts):
        return "the same text came a moment ago"
    if sum(abs(facts.at - one.at) <= _BURST_MS for one in texts) >= _BURST:
        return "more texts than a person writes came within a minute"
    for one in facts.recent:
        ours = _normalize(one.text) if one.is_ours and facts.at - one.at <= _ECHO_MS else ""
        if ours and (ours == own or (len(ours) >= _MIN_ECHO_LENGTH and ours in own)):
            return "it repeats a text of ours"
    return ""


def is_automatic(text: str) -> bool:
    """Return whether a text calls itself automatic."""
    folded = f" {_normalize(text)} "
    return any(sign in folded for sign in _fold_signs())


@functools.cache
def _fold_signs() -> tuple[str, ...]:
    """Return the signs as whole words; those of scripts without blanks as they are."""
    signs = dict.fromkeys(map(_normalize, _SIGNS))
    return tuple(sign if _is_unspaced(sign) else f" {sign} " for sign in signs)


def _is_unspaced(sign: str) -> bool:
    """Return whether a sign is of a script without blanks between its words."""
    return any("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in sign)


@functools.lru_cache(maxsize=2_000)
def _normalize(text: str) -> str:
    """Return the words of a text as a search folds them; without words the text itself."""
    folded = fold_text(text.replace("'", "").replace("’", ""))
    return " ".join(split_words(folded)) or folded.strip()
