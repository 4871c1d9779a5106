"""Make up texts in several scripts whose words are as frequent as words really are."""

import random
from collections.abc import Iterator

COMMON = [
    "the", "to", "and", "you", "is", "my", "a", "for", "it", "of", "please", "order", "hello",
    "hi", "your", "in", "on", "this", "not", "when", "i", "have", "be", "can", "thanks",
    "delivery", "number", "we", "will", "at", "with", "parcel", "today", "are", "code", "time",
    "address", "still", "message", "good", "tomorrow", "no", "yes", "call", "back", "received",
    "sent", "waiting",
]  # fmt: skip
_SYLLABLES = [
    "ba", "ce", "di", "fo", "gu", "ha", "ki", "lo", "me", "nu", "pa", "ri", "so", "te", "vu",
    "wa", "ya", "zi", "tra", "ster", "men", "tion",
]  # fmt: skip
_POLISH = [
    "że", "się", "ść", "ół", "ęć", "ąc", "ńsk", "żó", "dź", "ło", "prze", "sta", "nie", "wie",
]  # fmt: skip
_ARABIC = [
    "طلب", "شحن", "رقم", "وصل", "توصيل", "عنوان", "موعد", "دفع", "رمز", "متجر", "خدمة", "سعر",
    "هاتف", "يوم", "مدينة", "بيت",
]  # fmt: skip
_HEBREW = ["חבילה", "משלוח", "הזמנה", "כתובת", "תודה", "שלום", "מספר", "קוד", "תשלום"]
_EMOJI = ("👍", "😂", "❤️", "🙏", "👨‍👩‍👧", "🇵🇱", "1️⃣", "🎉")
_WORDS = 20_000


def _range_characters(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last)))


_ALPHABETS = {
    "han": (_range_characters(0x4E00, 0x5800), 2, 5_000),
    "kana": (_range_characters(0x3042, 0x3094), 3, 1_500),
    "thai": (_range_characters(0x0E01, 0x0E2F), 4, 3_000),
    "hangul": (_range_characters(0xAC00, 0xB200), 2, 3_000),
}
_SHARES = {"latin": 52, "polish": 12, "arabic": 8, "hebrew": 2, "han": 12, "kana": 5, "thai": 6} | {
    "hangul": 3
}


class _Vocabulary:
    """Words of one script, the first of them the most frequent."""

    def __init__(self, words: list[str], joint: str, rng: random.Random) -> None:
        """Create the vocabulary; `joint` stands between two words."""
        self._words = words
        self._weights = [1 / (rank + 3) for rank in range(len(words))]
        self._joint = joint
        self._rng = rng

    def write_text(self, length: int) -> str:
        """Return a text of so many words."""
        return self._joint.join(self._rng.choices(self._words, self._weights, k=length))


def _build_vocabularies(rng: random.Random) -> dict[str, _Vocabulary]:
    """Return the words of every script."""

    def compose(parts: list[str], count: int, first: list[str]) -> list[str]:
        made = {"".join(rng.choices(parts, k=rng.randint(2, 4))) for _ in range(count)}
        return first + sorted(made, key=lambda word: (len(word), rng.random()))

    words = {
        "latin": compose(_SYLLABLES, _WORDS, COMMON),
        "polish": compose(_SYLLABLES + _POLISH, _WORDS, []),
        "arabic": [article + w for w in _ARABIC for article in ("", "ال", "و", "وال")],
        "hebrew": [prefix + w for w in _HEBREW for prefix in ("", "ה", "ב")],
    }
    found = {script: _Vocabulary(those, " ", rng) for script, those in words.items()}
    for script, (characters, longest, count) in _ALPHABETS.items():
        weights = [1 / (rank + 5) for rank in range(len(characters))]
        made = [
            "".join(rng.choices(characters, weights, k=rng.randint(1, longest)))
            for _ in range(count)
        ]
        found[script] = _Vocabulary(made, "", rng)
    return found


def write_texts(seed: int) -> Iterator[str]:
    """Yield texts forever: half of them with a number, some with an emoji."""
    rng = random.Random(seed)
    vocabularies = _build_vocabularies(rng)
    scripts, shares = list(_SHARES), list(_SHARES.values())
    while True:
        text = vocabularies[rng.choices(scripts, shares)[0]].write_text(rng.randint(4, 18))
        if rng.random() < 0.5:
            text += f" {rng.choice(_NUMBERS)(rng)}"
        if rng.random() < 0.1:
            text += f" {rng.choice(_EMOJI)}"
        yield text


_NUMBERS = (
    lambda rng: str(rng.randrange(10_000, 100_000)),
    lambda rng: f"04{rng.randrange(91, 99)} {rng.randrange(1000):03} {rng.randrange(1000):03}",
    lambda rng: f"+6149{rng.randrange(10**7):07}",
    lambda rng: f"PL{rng.randrange(10**10):010}",
    lambda rng: f"2026-0{rng.randrange(1, 9)}-1{rng.randrange(9)}",
)
