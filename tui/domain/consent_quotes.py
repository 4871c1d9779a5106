"""Find a customer's own words in a message that quotes a text of ours.

A phone answers a reaction with a text: Loved “Your order is ready. Reply STOP to unsubscribe”.
The quoted words are ours, so they must not count as an opt-out. Phones word this in the language
of their owner, before or after the quotation; an emoji may stand in place of a verb.
"""

import re
import unicodedata

from tui.domain.consent_words import fold_words
from tui.domain.record_type import record

_CLOSING = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "「": "」",
    "『": "』",
    "‘": "’",
    '"': '"',
    "'": "'",
}
"""Quotation marks by the mark that opens them; languages differ in how they close."""
_OPENING = "".join(_CLOSING)
_MAX_HEAD_WORDS = 9
_MAX_HEAD_LENGTH = 70
_LEAST_QUOTED_WORDS = 5
_QUOTED_LINE = re.compile(r"^[ \t]*>(?=[\s>\w\"“„«]|$).*$\n?", re.MULTILINE)
"""Line of a reply by email program; ">:(" is none."""
_END_OF_OWN_TEXT = re.compile(
    r"^(--[ \t]*|-+ ?Original Message ?-+|(On|Am|Le|El|Op|Den|Il giorno|W dniu|Dnia) .{4,120}"
    r"(wrote|schrieb|a écrit|escribió|schreef|skrev|ha scritto|napisał|pisze).{0,80}:)[ \t]*$",
    re.MULTILINE,
)
"""Line above a signature or above the message that is answered."""
_INSTRUCTION = re.compile(
    r"\w\W.*\b(STOPP?|СТОП|ΣΤΟΠ|UNSUBSCRIBE|OPT-?OUT|BAJA|ARRET|WYPISZ)\b\W{1,3}"
    r"(to|2|au|an|na|pour|para|al|a|til|för|voor|om|aan|per|um|für|zum|чтобы|на|для|aby|by|lai)\b"
)
"""Capitals inside a sentence, then the purpose: our own words, which say how to opt out."""
_STOP_SIGN = "🛑"

_VERBS = (
    "loved liked disliked laughed emphasized emphasised questioned reacted removed reacting",
    "adore aime ri rigole souligne exclame interroge reagi attribue retire ajoute evidence",
    "gefallt gefiel gefallen missfallt liebt liebte lacht lachte gelacht betont betonte",
    "hinterfragt hinterfragte fragt reagiert reagierte markiert entfernt hervorgehoben missfiel",
    "encanto encanta gusto gusta rio risa reaccion enfatizo exclamo dudo pregunto cuestiono",
    "reacciono elimino quito destaco amou adorou gostou curtiu riu enfatizou questionou reagiu",
    "removeu piaciuto piace amato adorato riso enfatizzato evidenziato domandato reagito rimosso",
    "messo aggiunto dodal dodala menyukai поставил поставила отметил отметила зареагував",
    "зареагувала",
    "hield vond leuk geliked benadrukte lachte reageerde verwijderde vindt gelachen benadrukt",
    "polubil polubila polubiono lubi uwielbia pokochal zasmial zasmiala smieje zasmiano podkreslil",
    "podkreslono zakwestionowal zakwestionowano dodano zareagowal zareagowala usunal usunela",
    "usunieto kocha pokochano polubienie",
    "нравится понравилось полюбил полюбила рассмеялся рассмеялась засмеялся засмеялась",
    "посмеялся посмеялась выделил выделила подчеркнул подчеркнула отреагировал отреагировала",
    "удалил удалила усомнился подобається сподобалося вподобав вподобала відреагував відреагувала",
    "gillade gillar alskade alskar ogillade skrattade betonade ifragasatte reagerade",
    "likte elsket lo understreket reagerte elskede grinede fremhaevede reagerede liker synes",
    "tykkasi rakasti nauroi korosti kyseenalaisti reagoi piti pitaa poisti",
    "meeldis meeldib armastas naeris rohutas kusis reageeris eemaldas",
    "reagoval reagovala libi libilo zasmal zvyraznil odstranil paci pacilo",
    "kedvelte imadta nevetett kiemelte reagalt tetszett apreciat placut reactionat iubit",
    "begendi sevdi guldu vurguladi tepki sorguladi verdi αγαπησε αρεσε γελασε αντεδρασε",
    "אהבתי אהב אהבה צחק צחקה הדגיש הגיב הגיבה أحب أعجب أعجبه أعجبني ضحك تفاعل",
)
_FUNCTION_WORDS = (
    "at to from with on a an the and of heart like dislike laugh laughter exclamation exclamations",
    "question mark emphasis thumbs up down sticker point points haha love reaction message text",
    "il elle on n ne pas de du la le les un une sur s est e j m mention coeur reaction avec mis en",
    "d que pose au nicht mir mich das dies diese hat ein eine einen uber mit auf fur herz als von",
    "zu den der die es sich fragezeichen ausrufezeichen daumen hoch me no se con por una corazon",
    "ha puso dio signo interrogacion exclamacion nao gostei em o os do da ao com um uma coracao",
    "mi ti gli lo non e di su il una cuore reazione aan op om een hart van niet dit bij aan het",
    "а сердечко сердечком лаик viestiin sonumile pesan",
    "met sie sam z za na w do i nie serce reakcje ze jest serduszko polubienie",
    "не на над с от из это эта сердце реакцию мне вам вы вона він сподобалось як реагував щодо",
    "inte at om pa med ett en hjarta till fran ikke over af fra et hjerte ei sydamen sta",
    "ha et ga reaksjon tommel opp o si som k s se ne nu la cu a ca pe mi",
    "ile icin bir kalp ifadesi begenmedi az to με στο σε την על את ב ل على",
)
_REACTION_WORDS = frozenset(fold_words(" ".join(_VERBS)).split())
_SMALL_WORDS = frozenset(fold_words(" ".join(_FUNCTION_WORDS)).split())
_STEMS_WITHOUT_BLANKS = tuple(
    fold_words(stem)
    for stem in (
        *("赞", "讚", "喜欢", "喜歡", "爱", "愛", "强调", "強調", "质疑", "質疑", "大笑", "回应"),
        *(
            "回應",
            "いいね",
            "好き",
            "ハート",
            "笑い",
            "笑っ",
            "疑問",
            "リアクション",
            "좋아",
            "하트",
        ),
        *("웃", "강조", "반응", "사랑", "ถูกใจ", "รัก", "หัวเราะ", "แสดงความรู้สึก"),
    )
)
"""Beginnings of reactions in scripts that write no blanks."""
_MAX_UNSPACED_LENGTH = 20


@record
class _Quotation:
    """A message split at its first quotation."""

    head: str
    quoted: str
    tail: str
    is_closed: bool


def find_own_words(message: str) -> str:
    """Return what the customer added to quoted words; the message if it quotes nothing.

    The result is empty if there is nothing but a quotation.

    Args:
        message: Message without blanks around it.
    """
    lines = _QUOTED_LINE.sub("", message).strip()
    if not lines:
        return "" if _INSTRUCTION.search(message) else message
    written = message[: found.start()] if (found := _END_OF_OWN_TEXT.search(message)) else lines
    written = _QUOTED_LINE.sub("", written).strip() or lines
    quotation = _split_quotation(written)
    if quotation is None or not _is_reaction(quotation):
        return written
    own = _remove_reaction_words(quotation.tail)
    return f"{_STOP_SIGN} {own}".strip() if _STOP_SIGN in quotation.head else own


def _is_reaction(quotation: _Quotation) -> bool:
    """Return whether the words around a quotation are those of a phone, not of its owner."""
    head, tail = quotation.head, quotation.tail
    if len(head) > _MAX_HEAD_LENGTH or "\n" in head.strip():
        return False
    words = fold_words(head).split()
    if len(words) > _MAX_HEAD_WORDS:
        return False
    if _are_reaction_words(words):
        around = {*words, *fold_words(tail).split()}
        if around & _REACTION_WORDS or _has_emoji(head):
            return True
    around_text = fold_words(head + tail).replace(" ", "")
    if len(around_text) <= _MAX_UNSPACED_LENGTH and _starts_reaction(around_text):
        return True
    # A phone in another language: a few words, then a text of ours with its instruction.
    return (
        bool(words)
        and quotation.is_closed
        and len(quotation.quoted.split()) >= _LEAST_QUOTED_WORDS
        and bool(_INSTRUCTION.search(quotation.quoted))
    )


def _are_reaction_words(words: list[str]) -> bool:
    """Return whether phones use all of these words around a quotation."""
    return all(word in _REACTION_WORDS or word in _SMALL_WORDS for word in words)


def _starts_reaction(text: str) -> bool:
    """Return whether a text without blanks contains the word of a reaction."""
    return any(stem in text for stem in _STEMS_WITHOUT_BLANKS)


def _has_emoji(text: str) -> bool:
    """Return whether a text contains a symbol that is no punctuation."""
    return any(unicodedata.category(char) in ("So", "Sk", "Cn") or char in "‼⁉" for char in text)


def _remove_reaction_words(tail: str) -> str:
    """Return what the customer wrote after a quotation, without the words of the phone."""
    # Some phones quote the name of the reaction first: a attribué la mention « Adore » à « … ».
    inner = _split_quotation(tail)
    if inner is not None and _are_reaction_words(fold_words(inner.head).split()):
        tail = inner.tail
    words = fold_words(tail).split()
    unspaced = "".join(words)
    if len(unspaced) <= _MAX_UNSPACED_LENGTH and _starts_reaction(unspaced):
        return ""
    if words and _are_reaction_words(words):
        return ""
    return tail.strip() if words or _STOP_SIGN in tail else ""


def _split_quotation(text: str) -> _Quotation | None:
    """Return the text before, in and after the first quotation, or None without one."""
    start = next((i for i, char in enumerate(text) if _opens(text, i, char)), None)
    if start is None:
        return None
    end = _find_end(text, start)
    if end is None:
        return _Quotation(text[:start], text[start + 1 :], "", is_closed=False)
    return _Quotation(text[:start], text[start + 1 : end], text[end + 1 :], is_closed=True)


def _opens(text: str, index: int, char: str) -> bool:
    """Return whether a character opens a quotation: an apostrophe inside a word does not."""
    if char not in _OPENING:
        return False
    before = text[index - 1 : index]
    return char not in "'‘\"" or not before or before.isspace()


def _find_end(text: str, start: int) -> int | None:
    """Return the index of the mark that closes a quotation, or None if it was cut off.

    A quotation can contain others. If the marks do not match, the last one closes it.
    """
    opening = text[start]
    closing = _CLOSING[opening]
    depth, last = 1, None
    for index in range(start + 1, len(text)):
        char = text[index]
        if char not in closing and char != opening:
            continue
        before, after = text[index - 1], text[index + 1 : index + 2]
        if char == opening and (char not in closing or _begins_inside(before, after)):
            depth += 1
        elif char not in "'’" or not (before.isalnum() and after.isalnum()):
            depth, last = depth - 1, index
            if depth == 0 and not _ends_with_mark(text[index + 1 :], closing):
                return index
    return last


def _begins_inside(before: str, after: str) -> bool:
    """Return whether a mark that also closes opens an inner quotation: after a blank only."""
    return before.isspace() and bool(after) and not after.isspace()


def _ends_with_mark(rest: str, closing: str) -> bool:
    """Return whether the rest ends with a closing mark that no opening mark belongs to."""
    rest = rest.rstrip()
    return rest[-1:] in set(closing) and not any(char in rest[:-1] for char in _OPENING)
