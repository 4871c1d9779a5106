"""Recognise opt-outs, opt-ins and calls for help in a customer's message.

Product behaviour, not legal advice. Only a message that consists of one agreed keyword decides on
its own. Any other text that resembles an opt-out is shown to an agent, who decides.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from tui.domain.consent_words import (
    DEFAULT_KEYWORDS,
    Keywords,
    KeywordTable,
    collect_possible_words,
    fold_forms,
    fold_words,
    make_keywords,
)

__all__ = ["DEFAULT_KEYWORDS", "KeywordTable", "Keywords", "Verdict", "classify_message"]
__all__ += ["make_keywords"]

_KEYWORD_LIMIT = 160
"""Longest message in characters that can be a keyword with blanks and punctuation."""
_PHRASE_LIMIT = 1_000
"""Characters searched for phrases: an opt-out stands near the beginning of a message."""
_SHOUTED_STOP = re.compile(r"\W*(STOPP?|СТОП|ΣΤΟΠ)\b")
_LAST_SHOUT = re.compile(r"(\w+)[^\w]+(STOPP?|СТОП|ΣΤΟΠ)\W*$")
_SENTENCE_END = re.compile(r"[.!?\n]+\s*")
_BEFORE_NOUN = frozenset(
    fold_words(
        "a an the bus tram train next last first second third this that your my our full pit one"
        " to t not never dont don wont cannot non der die das am zum le la au un du"
    ).split()
)
"""Words after which "stop" is no order to us: "the bus stop", "don't stop"."""


class Verdict(StrEnum):
    """Meaning of a message for consent."""

    STOP = "stop"
    """An opt-out keyword and nothing else: lock the contact."""
    START = "start"
    """An opt-in; has a meaning only for a contact who opted out."""
    HELP = "help"
    SUSPECTED = "suspected"
    """Resembles an opt-out: an agent decides, nothing is locked on a guess."""
    NONE = "none"


def classify_message(
    text: str, country: str | None = None, keywords: KeywordTable | None = None
) -> Verdict:
    """Return the meaning of a customer's message. Never raises.

    The whole message must be a keyword, apart from case, accents and punctuation. A keyword of
    another country is only suspected.

    Args:
        text: Message as it was received.
        country: Country of the customer (ISO), or None if unknown.
        keywords: Keywords to use in place of `DEFAULT_KEYWORDS`.
    """
    keywords = keywords or DEFAULT_KEYWORDS
    message = text.strip()
    if len(message) <= _KEYWORD_LIMIT:
        readings = fold_forms(message)
        for agreed in keywords.select_lists(country):
            if (verdict := _match_keyword(agreed, readings)) is not Verdict.NONE:
                return verdict
    is_possible = _is_possible_stop(message[:_PHRASE_LIMIT], country, keywords)
    return Verdict.SUSPECTED if is_possible else Verdict.NONE


def _match_keyword(agreed: Keywords, readings: Iterable[str]) -> Verdict:
    """Return the meaning of a message that is a keyword; an opt-out wins.

    Args:
        agreed: Agreed keywords.
        readings: Normalised forms of the message.
    """
    forms = frozenset(readings)
    if forms & agreed.stop:
        return Verdict.STOP
    if forms & agreed.start:
        return Verdict.START
    return Verdict.HELP if forms & agreed.help else Verdict.NONE


def _is_possible_stop(message: str, country: str | None, keywords: KeywordTable) -> bool:
    """Return whether a message without a keyword still seems to be an opt-out."""
    from tui.domain.consent_phrases import is_stop_request
    from tui.domain.consent_quotes import find_own_words
    from tui.domain.consent_typos import (
        has_misspelled_unsubscribe,
        is_near_stop,
        join_spelled_words,
    )

    own = find_own_words(message)
    possible = collect_possible_words(keywords, country)
    first_line = own.partition("\n")[0]
    if len(first_line) <= _KEYWORD_LIMIT and fold_forms(first_line) & possible:
        return True
    words = join_spelled_words(fold_words(own.replace("🛑", " stop ")))
    return (
        _is_shouted(own)
        or words in possible
        or is_near_stop(own, possible)
        or is_stop_request(words)
        or has_misspelled_unsubscribe(words)
        or _ends_with_stop(own)
    )


def _is_shouted(message: str) -> bool:
    """Return whether a message begins or ends with STOP in capitals."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKC", message)
        if unicodedata.category(char) != "Cf"
    )
    if _SHOUTED_STOP.match(plain):
        return True
    last = _LAST_SHOUT.search(plain)
    # In a message that is written in capitals altogether, those of STOP mean nothing.
    is_shout = last is not None and any(char.islower() for char in plain)
    return is_shout and last is not None and last[1].casefold() not in _BEFORE_NOUN


def _ends_with_stop(message: str) -> bool:
    """Return whether the last sentence asks to stop: "Wrong number. Please stop"."""
    from tui.domain.consent_phrases import is_stop_request

    sentences = [part for part in _SENTENCE_END.split(message) if part.strip()]
    return len(sentences) > 1 and is_stop_request(fold_words(sentences[-1]))
