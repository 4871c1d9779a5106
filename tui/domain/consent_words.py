"""Hold the agreed keywords that opt out, opt in or call for help, and how texts compare with them.

A keyword decides only where customers use it: STOP everywhere, BAJA in Spanish-speaking countries.
Elsewhere, and for words that often mean something else alone ("cancelar" an appointment), an agent
is asked. There is no common list for Europe or Asia: operators can add words by country.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache

from tui.domain.record_type import record
from tui.domain.text import fold_text

_SEPARATOR = re.compile(r"[^\w\s]|_")
_TATWEEL = "\u0640"
"""Stretches an Arabic word without changing it."""


def fold_words(text: str) -> str:
    """Return a text as folded words with one blank between them.

    Keywords, phrases and messages are compared in this form only.
    """
    return " ".join(_SEPARATOR.sub(" ", _fold(text)).split())


def fold_forms(text: str) -> frozenset[str]:
    """Return all readings of a text as a keyword: "opt-out" as "opt out" and as "optout"."""
    folded = _fold(text)
    return frozenset(" ".join(_SEPARATOR.sub(blank, folded).split()) for blank in (" ", ""))


def _fold(text: str) -> str:
    """Return folded text without ornaments of the script."""
    return fold_text(text).replace(_TATWEEL, "")


@record
class Keywords:
    """Agreed keywords, normalised by `make_keywords`."""

    stop: frozenset[str]
    start: frozenset[str] = frozenset()
    help: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    """Words that opt out or mean something else: an agent decides."""
    ordinary: frozenset[str] = frozenset()
    """Ordinary words of this country that opt out in another."""


def make_keywords(
    *,
    stop: Iterable[str] = (),
    start: Iterable[str] = (),
    help: Iterable[str] = (),
    possible: Iterable[str] = (),
    ordinary: Iterable[str] = (),
) -> Keywords:
    """Return a list of agreed keywords; case, accents and punctuation do not matter.

    Args:
        stop: Keywords that opt out.
        start: Keywords that opt in again.
        help: Keywords that request help.
        possible: Words that may opt out.
        ordinary: Words that opt out in other countries, but not here.
    """
    lists = (stop, start, help, possible, ordinary)
    return Keywords(*(_normalize_all(words) for words in lists))


def _normalize_all(words: Iterable[str]) -> frozenset[str]:
    """Return the readings of all `words`, without the empty one."""
    return frozenset(form for word in words for form in fold_forms(word) if form)


@record(eq=False)
class KeywordTable:
    """Agreed keywords: those of all countries, and more by country (ISO)."""

    everywhere: Keywords
    countries: Mapping[str, Keywords] = field(default_factory=dict)

    def select_lists(self, country: str | None) -> Iterator[Keywords]:
        """Yield the lists of `country`, or all lists if the country is unknown."""
        yield self.everywhere
        if country is None:
            yield from self.countries.values()
        elif (keywords := self.countries.get(country.upper())) is not None:
            yield keywords


@lru_cache(maxsize=512)
def collect_possible_words(table: KeywordTable, country: str | None) -> frozenset[str]:
    """Return the words that may be an opt-out, if they are all that a customer wrote.

    Args:
        table: Agreed keywords.
        country: Country of the customer (ISO), or None if unknown.
    """
    selected = list(table.select_lists(country))
    words = frozenset().union(
        table.everywhere.stop,
        *(keywords.stop for keywords in table.countries.values()),
        *(keywords.possible for keywords in selected),
    )
    if country is None:
        return words
    return words.difference(*(keywords.ordinary for keywords in selected))


_FRENCH = make_keywords(stop=("ARRET", "ARRETER", "STOPPER"))
_GERMAN = make_keywords(stop=("STOPP",))
_SPANISH = make_keywords(
    stop=("BAJA", "DAR DE BAJA", "DARME DE BAJA", "DARSE DE BAJA", "DESUSCRIBIR", "DESUSCRIBIRME")
)
_PORTUGUESE = make_keywords(
    stop=("DESCADASTRAR", "DESCADASTRE", "DESINSCREVER", "CANCELAR INSCRIÇÃO"), ordinary=("ALTO",)
)
_DUTCH = ("AFMELDEN", "UITSCHRIJVEN")
_CYRILLIC = make_keywords(
    stop=(
        *("СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА", "ОТПИСАТЬ", "ОТПИШИТЕ", "ОТПИШИТЕ МЕНЯ"),
        *("ВІДПИСАТИСЯ", "ВІДПИСАТИСЬ", "ВІДПИСКА", "АДПІСАЦЦА", "ОТПИСВАНЕ", "ОТПИШИ МЕ"),
        *("ОТПИШЕТЕ МЕ", "ODJAVI ME", "ОДЈАВИ МЕ"),
    ),
    start=("СТАРТ",),
)
_BALTIC_CYRILLIC = ("СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА")
_ARABIC = make_keywords(
    stop=("توقف", "توقفوا", "إيقاف", "أوقف", "ستوب", "إلغاء الاشتراك", "الغاء اشتراك")
)
_CHINESE = make_keywords(
    stop=("退订", "退訂", "退定", "取消订阅", "取消訂閱", "拒收", "拒收短信", "回复TD", "TD退订")
)
_GREEK = make_keywords(stop=("ΣΤΟΠ", "ΑΠΕΓΓΡΑΦΗ"), start=("ΣΤΑΡΤ",))
_INDONESIAN = make_keywords(stop=("BERHENTI", "UNREG"))
_NORDIC_STOP = ("STOPP", "STOPPA")

_BY_LANGUAGE: tuple[tuple[str, Keywords], ...] = (
    ("FR LU CA", _FRENCH),
    ("CH", make_keywords(stop=(*_FRENCH.stop, *_GERMAN.stop))),
    ("BE", make_keywords(stop=(*_FRENCH.stop, *_DUTCH), ordinary=("HUY",))),
    ("NL", make_keywords(stop=_DUTCH)),
    ("DE AT", _GERMAN),
    ("PL", make_keywords(
        stop=("WYPISZ", "REZYGNUJE"), possible=("KONIEC", "USUŃ"), ordinary=("PARĘ",))),
    ("EE", make_keywords(
        stop=("STOPP", "LOOBU", *_BALTIC_CYRILLIC), possible=("SEIS", "LÕPP", "TÜHISTA"))),
    ("LV", make_keywords(
        stop=(*_BALTIC_CYRILLIC, "ATRAKSTĪTIES"), possible=("BEIGT", "ATCELT", "APTURĒT"))),
    ("LT", make_keywords(stop=_BALTIC_CYRILLIC, possible=("BAIGTI", "ATŠAUKTI"))),
    ("FI", make_keywords(stop=("LOPETA", "LOPETTAKAA", *_NORDIC_STOP))),
    ("SE", make_keywords(stop=(*_NORDIC_STOP, "AVREGISTRERA"), possible=("SLUTA",))),
    ("NO", make_keywords(stop=(*_NORDIC_STOP, "AVMELD"), possible=("SLUTT",))),
    ("DK", make_keywords(stop=("AFMELD", "FRAMELD"), ordinary=("RET",))),
    ("IS", make_keywords(possible=("HÆTTA",))),
    ("ES MX AR CO CL PE EC UY PY BO VE CR PA GT HN NI SV DO CU PR", _SPANISH),
    ("PT BR AO MZ", _PORTUGUESE),
    ("IT SM", make_keywords(
        stop=("CANCELLAMI", "DISISCRIVI", "DISISCRIVIMI", "RIMUOVIMI"), ordinary=("ALTO",))),
    ("RO", make_keywords(
        stop=("DEZABONARE", "DEZABONEAZĂ", "DEZABONEAZĂ-MĂ"), possible=("OPREȘTE", "RENUNȚ"))),
    ("HU", make_keywords(
        stop=("LEIRATKOZÁS", "LEIRATKOZOM", "LEIRATKOZNI"),
        possible=("ÁLLJ", "LEÁLLÍT", "LEMOND"), ordinary=("BAJA",))),
    ("CZ SK", make_keywords(possible=("KONEC", "KONIEC", "ZASTAVIT", "ZASTAVIŤ"))),
    ("HR SI", make_keywords(possible=("PREKINI", "PREKINITEV"))),
    ("TR", make_keywords(
        stop=("LİSTEDEN ÇIK", "ABONELİKTEN ÇIK"), possible=("RET", "DUR", "DURDUR", "ÇIK"))),
    ("GR CY", _GREEK),
    ("RU BY UA KZ KG UZ TJ AM AZ GE MD BG RS MK ME BA", _CYRILLIC),
    ("IL", make_keywords(
        stop=("הסר", "הסירו", "הסר אותי", "הסירו אותי", "להסרה", "סטופ", "הסרה"),
        possible=("די", "מספיק"))),
    ("AE SA EG JO KW QA BH OM LB IQ SY PS YE SD LY TN DZ MA", _ARABIC),
    ("CN HK TW MO SG", _CHINESE),
    ("JP", make_keywords(stop=("配信停止", "配信解除", "購読解除", "ストップ"))),
    ("KR", make_keywords(stop=("수신거부", "수신 거부", "수신거절", "스톱"), possible=("그만",))),
    ("IN", make_keywords(stop=("स्टॉप", "रोकें", "रोको"), possible=("बंद", "बंद करें", "BAND"))),
    ("TH", make_keywords(stop=("ยกเลิกรับข้อความ", "หยุดส่งข้อความ", "สต็อป"))),
    ("VN", make_keywords(stop=("HỦY ĐĂNG KÝ", "NGỪNG NHẬN TIN"), possible=("TC",))),
    ("ID MY", _INDONESIAN),
)  # fmt: skip

_POSSIBLE_EVERYWHERE = (
    *("CANCELAR", "CANCELA", "ALTO", "PARAR", "PARE", "DETENER", "SALIR", "BORRAR"),
    *("SAIR", "REMOVER", "ANNULLA", "CANCELLA", "BASTA", "ANNULER", "DESABO", "DÉSABO"),
    *("ABMELDEN", "ABMELDUNG", "ABBESTELLEN", "AUSTRAGEN", "AVSLUTA", "AVSLUTT", "PERUUTA"),
    *("ANULUJ", "REZYGNACJA", "ODHLÁSIT", "ODHLÁSIŤ", "ODHLÁSIT SE", "ZRUŠIT", "ZRUŠIŤ"),
    *("ODJAVA", "ОДЈАВА", "ANULARE", "LEMONDOM", "LEMONDÁS", "İPTAL", "HUY", "HỦY", "TỪ CHỐI"),
    *("ATTEIKTIES", "ATSISAKYTI", "ATSISAKAU", "BATAL", "ОТМЕНА", "ОТМЕНИТЬ", "ОТКАЗ"),
    *("СКАСУВАТИ", "ВІДМІНА", "ВІДМОВА", "ΔΙΑΓΡΑΦΗ", "ΑΚΥΡΩΣΗ", "ביטול", "בטל", "עצור"),
    *("إلغاء", "قف", "كفى", "取消", "停止", "解除", "退会", "중지", "해지", "취소", "거부"),
    *(
        "ОТПИС",
        "LOOBUN",
        "LOOBUDA",
        "ยกเลิก",
        "หยุด",
        "रद्द",
        "DELETE",
        "BLOCK",
        "DND",
        "NO MORE",
        "OPTO OUT",
    ),
)

DEFAULT_KEYWORDS = KeywordTable(
    everywhere=make_keywords(
        stop=(
            "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE",
            "OPTOUT", "OPT OUT", "OPT-OUT", "REMOVE", "TD",
        ),
        start=("START", "YES", "UNSTOP"),
        help=("HELP", "INFO"),
        possible=_POSSIBLE_EVERYWHERE,
    ),
    countries={code: words for codes, words in _BY_LANGUAGE for code in codes.split()},
)  # fmt: skip
"""Keywords to start from; the settings add more by country."""
