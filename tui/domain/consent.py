"""What a customer's message says about being written to at all.

Product behaviour, not legal advice. Only a whole message that is one of the agreed words decides
by itself; anything else that sounds like "leave me alone" is shown to an agent, who decides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.fold import fold

_LONGEST_COMMAND = 160
"""Characters that a lone word may come in with its blanks and exclamation marks."""
_LONGEST_READ = 1_000
"""Characters of a message that are searched for phrases: who wants out says so early."""
_APART = re.compile(r"[^\w\s]|_")
_SHOUTED_STOP = re.compile(r"\W*STOPP?\b")


class Verdict(StrEnum):
    """What a message asks for."""

    STOP = "stop"
    """An agreed word, nothing else: lock the contact."""
    START = "start"
    """In again; means something only for a contact who is out."""
    HELP = "help"
    SUSPECTED = "suspected"
    """Sounds like opting out: an agent decides, nothing is locked by guess."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class WordList:
    """Agreed words, in the form that `word_list` gives them."""

    stop: frozenset[str]
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()

    def verdict(self, said: Iterable[str]) -> Verdict:
        """Return what a message means that can be read as any of `said`; stop comes first."""
        forms = frozenset(said)
        if forms & self.stop:
            return Verdict.STOP
        if forms & self.start:
            return Verdict.START
        return Verdict.HELP if forms & self.help else Verdict.NONE


def word_list(
    *, stop: Iterable[str], start: Iterable[str] = (), help: Iterable[str] = ()
) -> WordList:
    """Return a list of agreed words, which may be written with any case, accent or punctuation."""
    return WordList(_forms_of_all(stop), _forms_of_all(start), _forms_of_all(help))


@dataclass(frozen=True, slots=True)
class Words:
    """The agreed words: those that count everywhere, and more by country (ISO)."""

    everywhere: WordList
    countries: Mapping[str, WordList] = field(default_factory=dict)

    def lists(self, country: str | None) -> Iterator[WordList]:
        """Yield the lists that count in `country`; all of them when it is not known."""
        yield self.everywhere
        for code, words in self.countries.items():
            if country is None or code == country.upper():
                yield words


def judge(text: str, country: str | None = None, words: Words | None = None) -> Verdict:
    """Return what the customer's message `text` asks for. Never raises.

    The whole message must be a word on the list, apart from case, accents and punctuation. A word
    of another country's list is only suspected.
    """
    words = words or DEFAULT
    message = text.strip()
    if len(message) <= _LONGEST_COMMAND:
        said = _forms(message)
        for agreed in words.lists(country):
            if (verdict := agreed.verdict(said)) is not Verdict.NONE:
                return verdict
    return Verdict.SUSPECTED if _sounds_like_stop(message[:_LONGEST_READ], words) else Verdict.NONE


def _sounds_like_stop(message: str, words: Words) -> bool:
    """Tell whether a message that is no agreed word still seems to say "no more of this"."""
    from tui.domain.consent_phrases import asks_to_stop

    first_line = message.partition("\n")[0]
    stops = (words.everywhere.stop, *(agreed.stop for agreed in words.countries.values()))
    if len(first_line) <= _LONGEST_COMMAND and _forms(first_line) & frozenset().union(*stops):
        return True
    return bool(_SHOUTED_STOP.match(message)) or asks_to_stop(_spaced(fold(message)))


def _forms(message: str) -> frozenset[str]:
    """Return the ways to read a message as a word: "opt-out" as "opt out" and as "optout"."""
    folded = fold(message)
    return frozenset({_spaced(folded), " ".join(_APART.sub("", folded).split())})


def _forms_of_all(words: Iterable[str]) -> frozenset[str]:
    """Return the readings of all `words`, without the empty one."""
    return frozenset(form for word in words for form in _forms(word) if form)


def _spaced(folded: str) -> str:
    """Return folded text as words with one blank between them."""
    return " ".join(_APART.sub(" ", folded).split())


_FRENCH = word_list(stop=("ARRET", "ARRETER", "STOPPER"))
_GERMAN = word_list(stop=("STOPP",))

DEFAULT = Words(
    everywhere=word_list(
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
        "PL": word_list(stop=("WYPISZ", "REZYGNUJE")),
        "EE": word_list(stop=("STOPP", "LOOBU")),
    },
)  # fmt: skip
"""Words to start from. There is no common list for Europe: edit these by country."""
