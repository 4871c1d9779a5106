"""Recognise keywords that were meant but not written: "S T O P", "ST0P", "unsubcribe", "СTOP".

Such a text is shown to an agent; it never decides by itself.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tui.domain.consent_words import fold_words
from tui.domain.text import fold_text

_KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACES = {
    char: (row, column + row / 3)
    for row, keys in enumerate(_KEYBOARD)
    for column, char in enumerate(keys)
}
"""Row and column of each key: a row stands a third of a key further right than the one above."""
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("асеоіјрѕтухвнкмпьԁԛԝ", "aceoijpstyxbhkmpbdqw", strict=True)),
        **dict(zip("αβεηικμνορτυχζσς", "abehikmnoptyxzss", strict=True)),
        **dict(zip("ᴀʙᴄᴅᴇɪʟɴᴏᴘʀꜱᴛᴜ", "abcdeilnoprstu", strict=True)),
        **dict(zip("013457$@€+", "oieastsaet", strict=True)),
        **{chr(0x1F170 + n): chr(ord("a") + n) for n in range(26)},
        **{chr(0x1F150 + n): chr(ord("a") + n) for n in range(26)},
        **{chr(0x1F1E6 + n): chr(ord("a") + n) for n in range(26)},
        "π": "p",
        "l": "i",
        "|": "i",
    }
)
"""Characters of folded text that look like another one, and digits typed in place of characters.

Applied to both sides: "l" and "1" become "i", because either may stand for the other.
"""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"(.)\1+")
_SPELLED = re.compile(r"(?<!\S)(?:\w ){2,}\w(?!\S)")
_MASKED = re.compile(r"\W*s[t*#]{1,2}[o0*#]p\W*", re.IGNORECASE)
_SIGNS = re.compile("[🛑⛔🚫\\s\ufe0f!.]*[🛑⛔🚫][🛑⛔🚫\\s\ufe0f!.]*")
_COMPOUND = re.compile(
    r"(txt|text|send|reply|pls|please|sms|msg|2|to)?stop(p|all)?"
    r"(\d\w*|(to|and|or)(end|quit|cancel|stop|unsub\w*|optout)|sms|pub|txts?|texts?|texting|msgs?"
    r"|messages?|now|pls|plz|please|it|me|this|spam|ads|end|quit|cancel|unsub\w*|optout)?"
)
"""One word made of "stop" and others: "STOP2END", "STOPSMS", "TXTSTOP"."""
_STOP_TO_END = re.compile(r"stop (2|to|4|and|or) ?(end|quit|cancel|stop|unsub\w*|opt ?out)")
_COURTESY = frozenset(
    fold_words(
        "please pls plz thanks thank you thx ok now sms bitte danke proszę dziękuję svp merci por"
        " favor gracias per favore grazie obrigado obrigada palun aitäh tänan tack takk tak kiitos"
        " lütfen teşekkürler prosím děkuji ďakujem kérem köszönöm molim hvala vă rog mulțumesc"
        " пожалуйста спасибо будь ласка дякую моля благодаря lūdzu paldies prašau ačiū"
        " παρακαλώ ευχαριστώ בבקשה תודה من فضلك شكرا 请 谢谢 謝謝 お願いします"
    ).split()
)
_MAX_LENGTH = 40
_MAX_WORDS = 3
_LEAST_FUZZY_LENGTH = 4
_LEAST_OMITTED_LENGTH = 6
"""Shorter words with a character missing are other words: "top", "sto"."""
_ORDINARY_WORDS = frozenset(
    fold_words(
        "stops stopped stopper stol atop strop removed remover removes revoked quits cancels"
        " canceled cancelled unsubscribed start unstop"
    ).split()
)
"""Words one slip of the finger away from a keyword."""
_LONG_KEYWORD = "unsubscribe"
_LONG_KEYWORD_SIMILARITY = 0.8
_OMITTED_PREFIX = "subscri"
"""Without its "un" the word says the opposite."""


def is_near_stop(message: str, keywords: frozenset[str]) -> bool:
    """Return whether a short message is nearly one of the keywords.

    Args:
        message: Message as it was received.
        keywords: Folded keywords that opt out.
    """
    if len(message) > _MAX_LENGTH * 4:
        return False
    if _SIGNS.fullmatch(message) or _MASKED.fullmatch(message):
        return True
    folded = fold_words(message)
    if len(folded) > _MAX_LENGTH or _STOP_TO_END.fullmatch(folded):
        return len(folded) <= _MAX_LENGTH
    words = [word for word in folded.split() if word not in _COURTESY] or folded.split()
    plain = " ".join(words)
    if plain in keywords and plain != folded:
        return True
    if len(words) == 1 and (_COMPOUND.fullmatch(plain) or plain in _ORDINARY_WORDS):
        return plain not in _ORDINARY_WORDS
    skeleton = _to_skeleton(message)
    shapes = _to_skeletons(keywords)
    if skeleton in shapes or _to_skeleton(plain) in shapes:
        return True
    if len(words) > _MAX_WORDS:
        return False
    word, targets = plain.replace(" ", ""), _group_by_length(keywords)
    lengths = (len(word) - 1, len(word), len(word) + 1)
    return any(_is_typo(word, target) for length in lengths for target in targets.get(length, ()))


def has_misspelled_unsubscribe(words: str) -> bool:
    """Return whether a folded text contains "unsubscribe" with a mistake.

    Args:
        words: Folded text with one blank between its words.
    """
    return any(
        word[0] == "u"
        and word not in _ORDINARY_WORDS
        and difflib.SequenceMatcher(None, word, _LONG_KEYWORD).ratio() >= _LONG_KEYWORD_SIMILARITY
        for word in words.split()
        if abs(len(word) - len(_LONG_KEYWORD)) <= _MAX_WORDS
    )


def join_spelled_words(words: str) -> str:
    """Return a folded text with "s t o p" as "stop".

    Args:
        words: Folded text with one blank between its words.
    """
    return _SPELLED.sub(lambda found: found[0].replace(" ", ""), words)


def _to_skeleton(text: str) -> str:
    """Return the shape of a text: look-alikes as one character, without blanks and repetition."""
    # Symbols that stand for characters have to be replaced before punctuation is removed.
    shape = fold_text(text).rstrip("!|.$+ ").translate(_LOOKALIKES)
    return _REPEATED.sub(r"\1", _NOT_ALPHANUMERIC.sub("", shape))


@lru_cache(maxsize=64)
def _to_skeletons(keywords: frozenset[str]) -> frozenset[str]:
    """Return the shapes of the keywords that are long enough to be recognised by them."""
    shapes = (_to_skeleton(keyword) for keyword in keywords)
    return frozenset(shape for shape in shapes if len(shape) >= _LEAST_FUZZY_LENGTH)


@lru_cache(maxsize=64)
def _group_by_length(keywords: frozenset[str]) -> Mapping[int, Sequence[str]]:
    """Return the keywords that are typed on a Latin keyboard, without blanks, by length."""
    groups: dict[int, list[str]] = {}
    for keyword in {keyword.replace(" ", "") for keyword in keywords if keyword.isascii()}:
        if len(keyword) >= _LEAST_FUZZY_LENGTH:
            groups.setdefault(len(keyword), []).append(keyword)
    return groups


def _is_typo(word: str, keyword: str) -> bool:
    """Return whether a word is a keyword after one slip of the finger."""
    difference = len(word) - len(keyword)
    if difference == 0:
        return _is_swapped(word, keyword) or _has_wrong_key(word, keyword)
    if difference == 1:
        return any(_is_extra_key(word, i, keyword) for i in range(len(word)))
    omitted = difference == -1 and len(keyword) >= _LEAST_OMITTED_LENGTH
    return omitted and any(
        keyword[:i] + keyword[i + 1 :] == word and not word.startswith(_OMITTED_PREFIX)
        for i in range(len(keyword))
    )


def _is_swapped(word: str, keyword: str) -> bool:
    """Return whether two neighbouring characters changed places."""
    return any(
        word[:i] + word[i + 1] + word[i] + word[i + 2 :] == keyword for i in range(len(word) - 1)
    )


def _has_wrong_key(word: str, keyword: str) -> bool:
    """Return whether one character is that of a neighbouring key."""
    different = [pair for pair in zip(word, keyword, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and _are_neighbours(*different[0])


def _is_extra_key(word: str, index: int, keyword: str) -> bool:
    """Return whether the character at `index` was hit together with one next to it."""
    if word[:index] + word[index + 1 :] != keyword:
        return False
    around = word[max(0, index - 1) : index] + word[index + 1 : index + 2]
    return any(_are_neighbours(word[index], char) for char in around)


def _are_neighbours(one: str, other: str) -> bool:
    """Return whether two keys touch each other, or are the same."""
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, column), (other_row, other_column) = _PLACES[one], _PLACES[other]
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1
