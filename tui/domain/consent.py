"""Recognise opt-outs, opt-ins and calls for help in a customer's message.

Product behaviour, not legal advice. Only a message that consists of one agreed keyword decides on
its own. Any other text that resembles an opt-out is shown to an agent, who decides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.text import fold_text

_KEYWORD_LIMIT = 160
"""Longest message in characters that can be a keyword with blanks and punctuation."""
_PHRASE_LIMIT = 1_000
"""Characters searched for phrases: an opt-out stands near the beginning of a message."""
_SEPARATOR = re.compile(r"[^\w\s]|_")
_SHOUTED_STOP = re.compile(r"\W*STOPP?\b")


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


@dataclass(frozen=True, slots=True)
class Keywords:
    """Agreed keywords, normalised by `make_keywords`."""

    stop: frozenset[str]
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()

    def classify(self, readings: Iterable[str]) -> Verdict:
        """Return the meaning of a message; an opt-out wins.

        Args:
            readings: Normalised forms of the message.
        """
        forms = frozenset(readings)
        if forms & self.stop:
            return Verdict.STOP
        if forms & self.start:
            return Verdict.START
        return Verdict.HELP if forms & self.help else Verdict.NONE


def make_keywords(
    *, stop: Iterable[str], start: Iterable[str] = (), help: Iterable[str] = ()
) -> Keywords:
    """Return a list of agreed keywords; case, accents and punctuation do not matter.

    Args:
        stop: Keywords that opt out.
        start: Keywords that opt in again.
        help: Keywords that request help.
    """
    return Keywords(_normalize_all(stop), _normalize_all(start), _normalize_all(help))


@dataclass(frozen=True, slots=True)
class KeywordTable:
    """Agreed keywords: those of all countries, and more by country (ISO)."""

    everywhere: Keywords
    countries: Mapping[str, Keywords] = field(default_factory=dict)

    def select_lists(self, country: str | None) -> Iterator[Keywords]:
        """Yield the lists of `country`, or all lists if the country is unknown."""
        yield self.everywhere
        for code, keywords in self.countries.items():
            if country is None or code == country.upper():
                yield keywords


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
        readings = _normalize_forms(message)
        for agreed in keywords.select_lists(country):
            if (verdict := agreed.classify(readings)) is not Verdict.NONE:
                return verdict
    return (
        Verdict.SUSPECTED if _is_possible_stop(message[:_PHRASE_LIMIT], keywords) else Verdict.NONE
    )


def _is_possible_stop(message: str, keywords: KeywordTable) -> bool:
    """Return whether a message without a keyword still seems to be an opt-out."""
    from tui.domain.consent_phrases import is_stop_request

    first_line = message.partition("\n")[0]
    stops = (keywords.everywhere.stop, *(agreed.stop for agreed in keywords.countries.values()))
    if len(first_line) <= _KEYWORD_LIMIT and _normalize_forms(first_line) & frozenset().union(
        *stops
    ):
        return True
    return bool(_SHOUTED_STOP.match(message)) or is_stop_request(
        _separate_words(fold_text(message))
    )


def _normalize_forms(message: str) -> frozenset[str]:
    """Return all readings of a text as a keyword: "opt-out" as "opt out" and as "optout"."""
    folded = fold_text(message)
    return frozenset({_separate_words(folded), " ".join(_SEPARATOR.sub("", folded).split())})


def _normalize_all(words: Iterable[str]) -> frozenset[str]:
    """Return the readings of all `words`, without the empty one."""
    return frozenset(form for word in words for form in _normalize_forms(word) if form)


def _separate_words(folded: str) -> str:
    """Return folded text as words with one blank between them."""
    return " ".join(_SEPARATOR.sub(" ", folded).split())


_FRENCH = make_keywords(stop=("ARRET", "ARRETER", "STOPPER"))
_GERMAN = make_keywords(stop=("STOPP",))

DEFAULT_KEYWORDS = KeywordTable(
    everywhere=make_keywords(
        stop=(
            "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE",
            "OPTOUT", "OPT OUT", "OPT-OUT", "REMOVE", "TD",
        ),
        start=("START", "YES", "UNSTOP"),
        help=("HELP", "INFO"),
    ),
    countries={
        "FR": _FRENCH, "BE": _FRENCH, "CH": _FRENCH, "LU": _FRENCH, "CA": _FRENCH,
        "DE": _GERMAN, "AT": _GERMAN,
        "PL": make_keywords(stop=("WYPISZ", "REZYGNUJE")),
        "EE": make_keywords(stop=("STOPP", "LOOBU")),
    },
)  # fmt: skip
"""Keywords to start from. There is no common list for Europe: edit these by country."""
