"""Decide whether two payloads under one id are copies of one message, and what is best of both.

Providers push a reply and list it once more. One of the copies can be poorer: cut at an unescaped
`&`, read in a wrong charset, without its picture. Some providers also use an id twice. Whatever
is not clearly a copy counts as another message: a reply shown twice is better than a reply lost.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tui.domain.record_type import record
from tui.domain.text import repair_text

_REPLACEMENT = "\ufffd"
_MARKS = re.compile("([?\ufffd]+)")
"""Marks that stand where a character could not be read."""
_MAX_CUTS = 50
"""Places with `&` that are tried."""
_MIN_OWN_DIGITS = 6
_WIDE_CHARSETS = ("utf-8", "utf-16-be", "utf-16-le")
_BYTE_CHARSETS = (
    "cp1252",
    "latin-1",
    "iso-8859-15",
    "cp1250",
    "iso-8859-2",
    "cp1257",
    "iso-8859-13",
    "cp1251",
    "koi8-r",
    "cp437",
    "cp852",
)
_CONTROL_BYTES = {
    code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))
}


@record
class ReplyCopy:
    """The content of a reply as one payload contains it."""

    text: str
    subject: str = ""
    own: str | None = ""
    """Address that the customer wrote to; empty if not given, None if it was not recorded."""
    at: int | None = None
    """Provider's time (ms UTC); None if there is no credible one."""
    files: tuple[str, ...] = ()
    """Digest of each attached file; empty for a file without content."""

    @property
    def is_empty(self) -> bool:
        """Return whether there is neither text nor subject nor any file with content."""
        return not (self.text.strip() or self.subject.strip() or any(self.files))


def merge_copies(known: ReplyCopy, other: ReplyCopy) -> ReplyCopy | None:
    """Return the best of two copies of one message, or None if they are two messages.

    The result equals `known` if the other copy adds nothing. The customer has to be the same;
    the caller checks that.

    Args:
        known: Copy that is stored.
        other: Copy that came under the same id.
    """
    text = _choose_text(known.text, other.text)
    subject = _choose_text(known.subject, other.subject)
    files = _choose_files(known.files, other.files)
    if text is None or subject is None or files is None or not _share_content(known, other):
        return None
    if known.own and other.own and not _is_same_address(known.own, other.own):
        return None
    return ReplyCopy(
        text,
        subject,
        known.own or other.own if known.own is not None else None,
        known.at if known.at is not None else other.at,
        files,
    )


def has_more_to_read(known: ReplyCopy, merged: ReplyCopy) -> bool:
    """Return whether a completed message shows words or files that were missing.

    A text that was misread has the same words; it is never shorter than the right one.

    Args:
        known: Message before.
        merged: Message now.
    """
    longer = len(merged.text) > len(known.text) or len(merged.subject) > len(known.subject)
    return longer or merged.files != known.files


def is_same_content(known: ReplyCopy, other: ReplyCopy) -> bool:
    """Return whether text, subject and files are the same.

    Args:
        known: Copy that is stored.
        other: Copy that came under the same id.
    """
    return _read_content(known) == _read_content(other)


def digest_copy(party: str, copy: ReplyCopy) -> str:
    """Return a short digest of a payload's content, the same for each repetition of it.

    The time itself is not part of it: some providers count it in another zone when they repeat.

    Args:
        party: Conversation key of the customer.
        copy: Content of the payload.
    """
    own = _reduce_address(copy.own or "")
    values = [party, *_read_content(copy), own, copy.at is not None]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _read_content(copy: ReplyCopy) -> tuple[str, str, list[str]]:
    """Return what the customer wrote, for comparison."""
    return _normalize_text(copy.text), _normalize_text(copy.subject), sorted(copy.files)


def _normalize_text(text: str) -> str:
    """Return a text with one form of characters and line ends, without blanks around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _share_content(known: ReplyCopy, other: ReplyCopy) -> bool:
    """Return whether two copies have something in common, or one of them has no content."""
    if known.is_empty or other.is_empty:
        return True
    both_have_text = bool(known.text.strip() and other.text.strip())
    both_have_subject = bool(known.subject.strip() and other.subject.strip())
    return both_have_text or both_have_subject or bool(set(known.files) & set(other.files) - {""})


def _choose_files(known: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the files of the copy that has them all; None if neither has."""
    mine, theirs = Counter(filter(None, known)), Counter(filter(None, other))
    if theirs <= mine:
        return known if mine or known else other
    return other if mine <= theirs else None


def _is_same_address(first: str, second: str) -> bool:
    """Return whether two spellings can be one address: with or without the country code."""
    one, two = sorted((_reduce_address(first), _reduce_address(second)), key=len)
    return one == two or (one.isdigit() and len(one) >= _MIN_OWN_DIGITS and two.endswith(one))


@lru_cache(maxsize=256)
def _reduce_address(address: str) -> str:
    """Return the digits of a number without leading zeros; a name in lower case.

    A desk has few addresses, and each of its texts names one.
    """
    if any(char.isalpha() for char in address):
        return "".join(address.split()).casefold()
    return "".join(char for char in address if char.isdigit()).lstrip("0")


# Texts -------------------------------------------------------------------------------------


def _choose_text(known: str, other: str) -> str | None:
    """Return the better of two readings of one text; None if they are two texts."""
    one, two = _normalize_text(known), _normalize_text(other)
    if one == two or not two:
        return known
    if not one or _is_poorer(one, two):
        return other
    if _is_poorer(two, one) or _has_same_marks(one, two):
        return known
    if not _is_read_in_other_charset(one, two):
        return None
    # Nothing proves which of two charsets of one byte is right, but only in the right one most
    # bytes are alphabetic. The later copy is usually that of the list, which is UTF-8.
    return known if _count_alphabetic(one) > _count_alphabetic(two) else other


def _is_poorer(poor: str, rich: str) -> bool:
    """Return whether a text is a damaged or cut reading of another one."""
    if _is_damaged(poor, rich):
        return True
    cuts = [match.start() for match in re.finditer("&", rich)][:_MAX_CUTS]
    heads = [rich[:place].rstrip() for place in cuts]
    return any(poor == head or _is_damaged(poor, head) for head in heads if head)


def _is_damaged(poor: str, rich: str) -> bool:
    """Return whether a text has marks instead of characters, or was read in a wrong charset."""
    if _count_marks(rich) < _count_marks(poor) and _matches_marks(poor, rich):
        return True
    return not (rich.isascii() and poor.isascii()) and any(
        reading == poor for reading in _list_misreadings(rich)
    )


def _has_same_marks(one: str, two: str) -> bool:
    """Return whether two texts differ only in the marks that stand for the same characters."""
    return _count_marks(one) == _count_marks(two) and _matches_marks(one, two)


def _count_marks(text: str) -> int:
    """Return how many characters may stand for a character that could not be read."""
    return text.count(_REPLACEMENT) + text.count("?")


def _matches_marks(poor: str, rich: str) -> bool:
    """Return whether a text is the other one with marks instead of some characters.

    One character can have become several marks, one for each of its bytes. All possible places are
    followed at once, so that the time does not grow with the number of possibilities.
    """
    places = {0}
    for number, part in enumerate(_MARKS.split(poor)):
        if number % 2 == 0:
            places = {place + len(part) for place in places if rich.startswith(part, place)}
        else:
            places = {end for place in places for end in _list_ends(rich, place, len(part))}
        if not places:
            return False
    return len(rich) in places


def _list_ends(rich: str, place: int, most: int) -> Iterator[int]:
    """Yield the ends of the characters from a place on for which so many marks can stand."""
    for end in range(place + 1, min(place + most, len(rich)) + 1):
        if rich[end - 1].isascii() and rich[end - 1] != "?":
            return
        yield end


def _list_misreadings(text: str) -> Iterator[str]:
    """Yield how a text reads whose bytes were taken for those of another charset.

    Text that is valid UTF-8 is right: only invalid bytes show that it was another charset.
    """
    for true in (*_WIDE_CHARSETS, *_BYTE_CHARSETS):
        try:
            data = text.encode(true)
        except UnicodeEncodeError:
            continue
        if true != "utf-8" and _REPLACEMENT in (reading := _read_bytes(data, "utf-8")):
            yield reading
        if true in _WIDE_CHARSETS:
            yield from (_read_bytes(data, charset) for charset in ("ascii", *_BYTE_CHARSETS))
    # Browsers read bytes that Windows-1252 lacks as control characters, and some gateways
    # convert twice.
    for first in ({}, _CONTROL_BYTES):
        once = text.encode("utf-8").decode("latin-1").translate(first)
        yield _normalize_text(repair_text(once))
        for second in ({}, _CONTROL_BYTES):
            twice = once.encode("utf-8").decode("latin-1").translate(second)
            yield _normalize_text(repair_text(twice))


def _read_bytes(data: bytes, charset: str) -> str:
    """Return bytes as a client reads them that believes in this charset."""
    return _normalize_text(repair_text(data.decode(charset, "replace")))


def _is_read_in_other_charset(one: str, two: str) -> bool:
    """Return whether two texts are the same bytes in two charsets of one byte per character."""
    if len(one) != len(two) or one.isascii() or two.isascii():
        return False
    for charset in _BYTE_CHARSETS:
        try:
            data = one.encode(charset)
        except UnicodeEncodeError:
            continue
        if any(data.decode(other, "replace") == two for other in _BYTE_CHARSETS):
            return True
    return False


def _count_alphabetic(text: str) -> int:
    """Return how many characters of a text are alphabetic."""
    return sum(char.isalpha() for char in text)
