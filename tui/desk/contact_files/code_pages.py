"""Find the code page of bytes that are not UTF-8: the one that fits best.

Address books are exported in the code page of the computer's country. A short list of names is
too little for general detectors, but it comes with telephone numbers and headings: the country
codes say which code pages are likely, and known headings which one is right.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from tui.desk.contact_files.headings import Field, classify_heading
from tui.domain.record_type import record
from tui.domain.tokens import split_words

_SAMPLE_BYTES = 16 * 1024
_MAX_WORDS = 1_000
"""Words that a code page is judged by."""
_CALLING_CODE = re.compile(rb"(?<![0-9])(?:\+|00)([1-9][0-9]{2})[0-9\s]")
_HIGH_WORD = re.compile(r"[^\s,;|\"()<>/0-9]*[^\x00-\x7f\s][^\s,;|\"()<>/0-9]*")
_HIGH_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_PUNCTUATION = frozenset("‘’‚“”„«»–—…€£©®™°ºª¿¡§·•№・ー、。（）「」　々〆・")
_HALF_WIDTH = range(0xFF61, 0xFFA0)


@record
class _CodePage:
    """One code page with what speaks for it."""

    codec: str
    label: str
    alphabets: tuple[str, ...]
    """Characters beyond ASCII of each language, in lower case."""
    headings: frozenset[str] = frozenset()
    """Folded words of headings in these languages."""
    calling_codes: frozenset[str] = frozenset()
    """Country codes of telephone numbers in the countries that use it."""
    prior: float = 0.0


def _page(
    codec: str, label: str, codes: str, *alphabets: str, words: str = "", prior: float = 0.0
) -> _CodePage:
    """Return a code page with its country codes and its headings as one text each."""
    codes_and_words = frozenset(words.split()), frozenset(codes.split())
    return _CodePage(codec, label, alphabets, *codes_and_words, prior)


_WESTERN = (
    *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "áâãàçéêíóôõúü", "àèéìíòóù", "åäöé", "æøåéäö"),
    *("ëïéèöüáóíç", "áéíóúýðþæö", "àçèéíïòóúü·"),
)
_CENTRAL = (
    *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț", "äöüß"),
)
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_PAGES = (
    _page("cp1252", "Windows-1252 (Western European)", "", *_WESTERN, prior=0.2),
    _page(
        *("cp1250", "Windows-1250 (Central European)"),
        "48 420 421 36 385 386 381 387 382 40 355 383",
        *_CENTRAL,
        words="imie nazwisko nazwa numer uwagi komorka jmeno prijmeni meno priezvisko cislo"
        " poznamka nev vezeteknev keresztnev telefonszam ime prezime priimek broj nume prenume",
    ),
    _page(
        *("cp1251", "Windows-1251 (Cyrillic)", "7 380 375 359 381 389 996 992 976 998"),
        *(_CYRILLIC + "ё", _CYRILLIC + "іїєґ", _CYRILLIC + "іў", _CYRILLIC + "ђјљњћџ"),
    ),
    _page("cp1253", "Windows-1253 (Greek)", "30 357", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"),
    _page(
        "cp1254",
        "Windows-1254 (Turkish)",
        "90 994",
        "çğıöşüâîûi̇",
        words="ad adi soyad soyadi isim cep numara notlar",
    ),
    _page("cp1255", "Windows-1255 (Hebrew)", "972", "אבגדהוזחטיךכלםמןנסעףפץצקרשת"),
    _page(
        *(
            "cp1256",
            "Windows-1256 (Arabic)",
            "966 971 20 962 964 965 968 973 974 961 963 967 212 213 216",
        ),
        "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيپچگ",
    ),
    _page(
        *("cp1257", "Windows-1257 (Baltic)", "370 371 372"),
        *("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
        words="vardas pavarde telefonas vards uzvards talrunis eesnimi perekonnanimi pastabos",
    ),
    _page(
        "cp1258",
        "Windows-1258 (Vietnamese)",
        "84",
        "ăâđêôơưáàéèíóúùýñ\u0300\u0301\u0303\u0309\u0323",
    ),
    _page("cp874", "Windows-874 (Thai)", "66", "".join(map(chr, range(0xE01, 0xE4F)))),
    _page("cp932", "Shift-JIS (Japanese)", "81"),
    _page("gbk", "GBK (Chinese)", "86 65"),
    _page("big5", "Big5 (Chinese)", "886 852 853"),
    _page("cp949", "Windows-949 (Korean)", "82"),
    _page(
        *("iso8859_2", "ISO 8859-2 (Central European)", "48 420 421 36 385 386 381 40"),
        *_CENTRAL,
        prior=-0.1,
    ),
    _page("koi8_r", "KOI8-R (Cyrillic)", "7", _CYRILLIC + "ё", prior=-0.2),
    _page("cp866", "DOS 866 (Cyrillic)", "7 375", _CYRILLIC + "ё", prior=-0.3),
    _page("mac_roman", "Mac Roman", "", *_WESTERN, prior=-0.5),
    _page("cp850", "DOS 850 (Western European)", "", *_WESTERN, prior=-0.55),
    _page("cp852", "DOS 852 (Central European)", "48 420 421 36 385 386 40", *_CENTRAL, prior=-0.6),
)
_COMMON_DOUBLE_BYTE = {"cp932": "cp932", "gbk": "gb2312", "big5": "big5", "cp949": "euc_kr"}
"""Codecs of two bytes a character, with the codec that has only the common ones."""


def find_codec(data: bytes, region: str | None) -> tuple[str, str]:
    """Return the codec and the name of the code page that fits bytes which are not UTF-8 best.

    Args:
        data: Lines of the file.
        region: Country code (ISO 3166) of this desk, or None.
    """
    page = _find_page(data, region)
    return page.codec, page.label


def _find_page(data: bytes, region: str | None) -> _CodePage:
    """Return the code page that fits best."""
    lines = b"\n".join(_list_lines(data))
    countries = _count_countries(data)
    total = sum(countries.values())
    home = find_calling_code(region) if region else ""
    titles = data[:1_000].partition(b"\n")[0]

    def rate_page(page: _CodePage) -> float:
        """Return how well a code page fits."""
        try:
            text = lines.decode(page.codec)
        except UnicodeDecodeError:
            # A few undefined bytes do not refute a page, but a better one is likely.
            text = lines.decode(page.codec, "replace")
        share = sum(countries.get(c, 0) for c in page.calling_codes) / total if total else 0.0
        evidence = 0.6 * share + (0.3 if home in page.calling_codes else 0.0)
        if page.alphabets == _WESTERN:
            known = {c for other in _PAGES for c in other.calling_codes}
            foreign = sum(n for c, n in countries.items() if c not in known)
            evidence += 0.6 * foreign / total if total else 0.0
            evidence += 0.3 if home and home not in known else 0.0
        return _rate_text(text, page) + evidence + page.prior + _rate_titles(titles, page)

    return max(_PAGES, key=rate_page)


def _list_lines(data: bytes) -> list[bytes]:
    """Return the lines that have bytes beyond ASCII, as many as needed."""
    found: list[bytes] = []
    size = 0
    for match in _HIGH_LINE.finditer(data):
        found.append(match[0][:1_000])
        size += len(found[-1])
        if size > _SAMPLE_BYTES:
            break
    return found


def _count_countries(data: bytes) -> dict[str, int]:
    """Return how often each country code of a known page, or another one, begins a number."""
    known = {c for page in _PAGES for c in page.calling_codes}
    counts: dict[str, int] = {}
    for match in _CALLING_CODE.finditer(data[: 64 * _SAMPLE_BYTES]):
        digits = match[1].decode()
        code = next((digits[:n] for n in (1, 2, 3) if digits[:n] in known), "other")
        counts[code] = counts.get(code, 0) + 1
    return counts


@lru_cache(maxsize=8)
def find_calling_code(region: str) -> str:
    """Return the country code of telephone numbers in a country."""
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region))


def _rate_titles(titles: bytes, page: _CodePage) -> float:
    """Return a bonus for headings that this code page makes readable, or that its languages use."""
    text = titles.decode(page.codec, "replace")
    cells = re.split(r"[,;\t|\"]", text)
    known = sum(
        not cell.isascii() and classify_heading(cell) is not Field.UNKNOWN for cell in cells
    )
    is_used = not page.headings.isdisjoint(split_words(text))
    return min(2.0, known * 1.0) + 0.5 * is_used


def _rate_text(text: str, page: _CodePage) -> float:
    """Return from about -3 to 1 how much the words look like those of a language."""
    words = list(dict.fromkeys(_HIGH_WORD.findall(text)))[:_MAX_WORDS]
    if page.codec in _COMMON_DOUBLE_BYTE:
        scores = [_rate_wide_word(word, _COMMON_DOUBLE_BYTE[page.codec]) for word in words]
    else:
        scores = [_rate_word(word, page.alphabets) for word in words]
    return sum(scores) / len(scores) if scores else 0.0


def _rate_word(word: str, alphabets: Sequence[str]) -> float:
    """Return 1 for a word in one language, less for others, a negative for no word at all."""
    high = [char for char in word if char > "\x7f"]
    if any(char == "\ufffd" or unicodedata.category(char)[0] == "C" for char in high):
        return -3.0
    others = [char for char in high if char not in _PUNCTUATION]
    alphabetic = [char for char in others if unicodedata.category(char)[0] in "LM"]
    if len(alphabetic) < len(others):
        return -2.0
    if any(char.isalpha() for char in word) and not _is_punctuated_well(word):
        return -1.5
    if not alphabetic or len(word) == 1:
        return 0.4 if alphabetic else 0.6
    if _is_oddly_cased(word) or _is_mixed(word):
        return -2.0
    lower = set("".join(alphabetic).lower())
    if any(lower <= set(alphabet) for alphabet in alphabets):
        return 1.0
    known = set("".join(alphabets))
    return 0.5 if lower <= known else -0.5


def _rate_wide_word(word: str, common: str) -> float:
    """Return how common the characters of a word of Han, Kana or Hangul are."""
    wide = [char for char in word if char > "\x7f"]
    scores = []
    for char in wide:
        if ord(char) in _HALF_WIDTH or char == "\ufffd":
            scores.append(-2.0)
        elif char in _PUNCTUATION:
            scores.append(0.5)
        else:
            scores.append(_rate_wide_character(char, common))
    if any(char.isascii() and char.isalpha() for char in word):
        scores.append(-2.0)
    return sum(scores) / len(scores)


@lru_cache(maxsize=4096)
def _rate_wide_character(char: str, common: str) -> float:
    """Return 1 for a character that every text may have, 0.3 or less for a rare one."""
    try:
        encoded = char.encode(common)
    except UnicodeEncodeError:
        return -1.0
    if common == "cp932":
        # Kana and the first level of Kanji.
        return 1.0 if "\u3041" <= char <= "\u30ff" or 0x88 <= encoded[0] <= 0x97 else -0.3
    if common == "big5":
        return 1.0 if 0xA4 <= encoded[0] <= 0xC6 else -0.3
    if common == "gb2312":
        return 1.0 if 0xB0 <= encoded[0] <= 0xD7 else -0.3
    return 1.0 if 0xB0 <= encoded[0] <= 0xC8 else -0.8


def _is_punctuated_well(word: str) -> bool:
    """Return whether marks stand where they do in words: quotes around, apostrophes inside."""
    inner = all(char in "‘’·•" for char in word[1:-1] if char in _PUNCTUATION)
    return inner and not any(char in "€£©®™§№°º" for char in word)


def _is_oddly_cased(word: str) -> bool:
    """Return whether a capital stands inside of a small word, as in no name but McX."""
    if any(
        a.islower() and b.isupper() and not (a + b).isascii() for a, b in itertools.pairwise(word)
    ):
        return True
    return any(
        a.isupper() and b.isupper() and c.islower() and b > "\x7f"
        for a, b, c in zip(word, word[1:], word[2:], strict=False)
    )


def _is_mixed(word: str) -> bool:
    """Return whether a word has characters of two scripts."""
    scripts = {unicodedata.name(char, "?").partition(" ")[0] for char in word if char.isalpha()}
    return len(scripts - {"FEMININE", "MASCULINE"}) > 1
