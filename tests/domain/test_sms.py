"""Test the length of an SMS: alphabets, the split into parts, and characters that force Unicode."""

import unicodedata

import gsmcodecs  # noqa: F401 (registers the codec)
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from tui.domain.sms import Encoding, SmsCount, count_parts, is_gsm, map_septets

FAMILY = "👨‍👩‍👧"
ZALGO = "a" + "\u0337" * 200

GSM_TEXT = st.text(st.sampled_from(sorted(map_septets())), max_size=400)
MIXED_TEXT = st.lists(
    st.sampled_from(["ą", "a", "€", "😀", "🇵🇱", FAMILY, "e\u0301", "\r\n", "क्षि", "👍🏽", ZALGO])
    | st.text(max_size=5),
    max_size=150,
).map("".join)
BROKEN_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


def list_part_units(counted: SmsCount) -> list[int]:
    """Return the units of each part."""
    return [part.units for part in counted.parts]


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", Encoding.GSM7, []),
        ("a", Encoding.GSM7, [1]),
        ("a" * 160, Encoding.GSM7, [160]),
        ("a" * 161, Encoding.GSM7, [153, 8]),
        ("a" * 306, Encoding.GSM7, [153, 153]),
        ("a" * 307, Encoding.GSM7, [153, 153, 1]),
        ("a" * 158 + "€", Encoding.GSM7, [160]),
        ("a" * 159 + "€", Encoding.GSM7, [153, 8]),
        ("a" * 152 + "€" + "a" * 20, Encoding.GSM7, [152, 22]),
        ("ą" * 70, Encoding.UCS2, [70]),
        ("ą" * 71, Encoding.UCS2, [67, 4]),
        ("ą" * 134, Encoding.UCS2, [67, 67]),
        ("ą" * 135, Encoding.UCS2, [67, 67, 1]),
        ("😀" * 35, Encoding.UCS2, [70]),
        ("😀" * 36, Encoding.UCS2, [66, 6]),
        ("ą" * 66 + "😀" + "ą" * 20, Encoding.UCS2, [66, 22]),
        ("a" * 50 + "’" + "a" * 49, Encoding.UCS2, [67, 33]),
        ("ą" * 65 + "🇵🇱" + "ą" * 5, Encoding.UCS2, [65, 9]),
        ("ą" * 60 + FAMILY + "ą" * 5, Encoding.UCS2, [60, 13]),
        ("ą" * 66 + "\r\n" + "ą" * 5, Encoding.UCS2, [67, 6]),
        ("\r\n" * 80, Encoding.GSM7, [160]),
        ("\r\n" * 81, Encoding.GSM7, [153, 9]),
    ],
)
def test_parts_are_filled_as_operators_fill_them(
    text: str, encoding: Encoding, parts: list[int]
) -> None:
    counted = count_parts(text)
    assert (counted.encoding, list_part_units(counted)) == (encoding, parts)


@pytest.mark.parametrize("char", "^{}\\[~]|€\f")
def test_the_extension_table_takes_two_septets(char: str) -> None:
    assert count_parts(char).units == 2


@pytest.mark.parametrize("char", "äöüñàéèìòùÇΔΦΓΛΩΠΨΣΘΞ@£$¥ØøÅåÆæßÉ¡¿§¤\n\r !_")
def test_the_basic_alphabet_takes_one_septet(char: str) -> None:
    counted = count_parts(char)
    assert (counted.encoding, counted.units) == (Encoding.GSM7, 1)


@pytest.mark.parametrize("char", "çáíóúõ`\t\u00a0‘’“”–—…ąćęłńśźžšżПαωÈ")
def test_characters_outside_the_gsm_alphabet_are_unicode(char: str) -> None:
    assert count_parts(char).encoding is Encoding.UCS2


@pytest.mark.parametrize(("emoji", "units"), [("😀", 2), ("🇵🇱", 4), (FAMILY, 8)])
def test_emoji_take_utf_16_units(emoji: str, units: int) -> None:
    assert count_parts(emoji).units == units


def test_text_is_composed_first() -> None:
    counted = count_parts("cafe\u0301")
    assert (counted.encoding, counted.units, counted.text) == (Encoding.GSM7, 4, "café")


@pytest.mark.parametrize(
    ("text", "per_part", "left"),
    [("", 160, 160), ("a", 160, 159), ("a" * 161, 153, 145), ("ą", 70, 69), ("ą" * 71, 67, 63)],
)
def test_the_remaining_units_are_those_of_the_last_part(
    text: str, per_part: int, left: int
) -> None:
    counted = count_parts(text)
    assert (counted.per_part, counted.units_left) == (per_part, left)


def test_each_character_that_forces_unicode_is_named_with_its_place() -> None:
    forcing = count_parts("Don’t go,\tżona 😀").non_gsm
    assert [(f.index, f.char, f.name) for f in forcing] == [
        (3, "’", "right single quotation mark"),
        (9, "\t", "tab"),
        (10, "ż", "latin small letter z with dot above"),
        (15, "😀", "grinning face"),
    ]
    assert count_parts("\ue000").non_gsm[0].name == "U+E000"
    assert count_parts("plain").non_gsm == ()


def test_a_very_long_grapheme_is_split_between_characters() -> None:
    assert list_part_units(count_parts(ZALGO)) == [67, 67, 67]


def test_lone_surrogates_are_counted_and_pairs_are_not_split() -> None:
    assert list_part_units(count_parts("ą" * 66 + "\ud83d\ude00" + "ąąą")) == [66, 5]
    assert count_parts("\ud83d").units == 1


@given(GSM_TEXT)
def test_the_gsm_count_agrees_with_the_codec(text: str) -> None:
    counted = count_parts(text)
    assert counted.encoding is Encoding.GSM7
    assert counted.units == len(unicodedata.normalize("NFC", text).encode("gsm23.038"))
    assert all(part.units == len(part.text.encode("gsm23.038")) for part in counted.parts)


@given(MIXED_TEXT)
@example("ą" * 69 + "\r\n")
def test_the_parts_hold_the_whole_text_and_none_is_too_long(text: str) -> None:
    counted = count_parts(text)
    limit = counted.encoding.single_limit if len(counted.parts) < 2 else counted.encoding.part_limit
    assert counted.text == unicodedata.normalize("NFC", text)
    assert all(0 < part.units <= limit for part in counted.parts)
    assert counted.units == sum(list_part_units(counted))
    assert (counted.encoding is Encoding.GSM7) is is_gsm(counted.text)
    if counted.encoding is Encoding.UCS2:
        assert list_part_units(counted) == [
            len(p.text.encode("utf-16-le")) // 2 for p in counted.parts
        ]


@given(MIXED_TEXT)
def test_no_grapheme_that_fits_a_part_is_split(text: str) -> None:
    borders: set[int] = set()
    at = 0
    counted = count_parts(text)
    for grapheme in iter_graphemes(counted.text):
        if len(grapheme.encode("utf-16-le")) // 2 <= 67 and grapheme != "\r\n":
            borders.update(range(at + 1, at + len(grapheme)))
        at += len(grapheme)
    at = 0
    for part in counted.parts[:-1]:
        at += len(part.text)
        assert at not in borders


@given(MIXED_TEXT)
def test_a_part_ends_only_where_the_next_piece_would_not_fit(text: str) -> None:
    counted = count_parts(text)
    for part, after in zip(counted.parts, counted.parts[1:], strict=False):
        first = next(iter_graphemes(after.text))
        room = counted.per_part - part.units
        assert count_parts(first).units > room or len(first.encode("utf-16-le")) > 2 * room


@given(BROKEN_TEXT)
def test_any_text_is_counted(text: str) -> None:
    counted = count_parts(text)
    joined = unicodedata.normalize("NFC", text).encode("utf-16-le", "surrogatepass")
    assert counted.text.encode("utf-16-le", "surrogatepass") == joined
