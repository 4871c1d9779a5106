"""Find the phone numbers in one cell of an address book, as people and spreadsheets write them."""

import re
import unicodedata
from collections.abc import Iterable

from tui.desk.contact_files.code_pages import find_calling_code
from tui.domain.phone import AddressKind, InvalidNumberError, parse_address, parse_destination
from tui.domain.record_type import record
from tui.domain.text import from_cell

_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co"})
_FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
_GUARD = re.compile(r"['\u2018\u2019`=]+(?=[\s(]*[+0-9])")
_WHOLE_FLOAT = re.compile(r"(\+?[0-9]{6,})[.,]0+")
_SCIENTIFIC = re.compile(r"\+?([0-9])(?:[.,]([0-9]*))?e\+?([0-9]{1,2})", re.IGNORECASE)
_STRONG_SEPARATOR = re.compile(r"\s*(?::::|[\n\r\t;|•])\s*")
_WEAK_SEPARATOR = re.compile(
    r"\s*(?:[/,\\&]|\s(?:or|oder|lub|ou|oraz|und|and|y|i|или|и)\s|\s(?=\+)|(?<=[0-9])\s*(?=\+))\s*"
)
_WORDS_BETWEEN = re.compile(r"(?:(?<=\s)[-–—(\[]\s*|[^\W\d_]|(?<=[^\W\d_])[.:)\]]+)+")
"""The last resort: "mobile 0151 … office 030 …", "… - after 16:00"."""
_PLUS_SIGNS = re.compile(r"^\+[+\s]+")
_TRUNK_ZERO = re.compile(r"(?<=[0-9])\s*[(\[]\s*0\s*[)\]]")
"""A zero that is dialled inside the country only: "+44 (0) 7911 …"."""
_URI_SCHEME = re.compile(r"(?:tel|sms|callto|whatsapp|skype|p)\s*:\s*", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][^\d+:;,(]*(?:[:.\s]\s*(?=[+(0-9])|(?=[+(]))")
_TRAILING_WORDS = re.compile(r"\s+[-–—,]?\s*[^\W\d_][^\d]*$")
_BRACKETED_WORDS = re.compile(r"[(\[<{][^()\[\]<>{}]*[^\W\d_][^()\[\]<>{}]*[)\]>}]")
_EXTENSION = re.compile(
    r"""\s*(?:;\s*(?:ext|isub|phone-context)=.*
        | [,;(\-–]?\s*(?:extension|extn?|x|int|intern[ao]?|wew|w|dw|durchwahl|poste|anexo|ramal
            |toestel|klapka|linka|доб|вн|dahili|mellék|内線|分机|分機|내선)\s*[.:]*\s*[0-9]{1,7}\s*\)?
        | \s*\#\s*[0-9]{1,7}
        | [,;pw]+[0-9]{1,6}\#?)$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DIAL_CODE = re.compile(r"(?:\+|00)?[0-9]{1,5}")
_MAX_CELL = 1_000
"""Characters of a cell that can hold numbers: a longer one is a text in the wrong column."""
_INVALID = "no valid number"
_ROUNDED = "a spreadsheet has rounded the number"
_UNROUND = "format the column as text and export the file again"


@record
class NumberProblem:
    """Why a text is no valid number."""

    reason: str
    detail: str = ""
    """The text, which is from outside, and what to do."""


@record
class NumberCell:
    """What was found in one cell."""

    numbers: tuple[str, ...] = ()
    """Numbers in E.164, or one short code, in the order of the cell."""
    problems: tuple[NumberProblem, ...] = ()
    """One for each part that is no valid number."""


def clean_cell(text: str) -> str:
    """Return a cell without invisible characters and without the guards of spreadsheets.

    `="+48…"` and `'+48…` keep a spreadsheet from taking a number for a formula.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            c for c in text if c in "\n\t\r" or unicodedata.category(c) not in _NOT_SHOWN
        )
    text = text.strip()
    if text[:1] == "=" and (quoted := _FORMULA_TEXT.fullmatch(text)):
        text = quoted[1].replace('""', '"').strip()
    # The apostrophe that our own export writes before a formula; other programs write it too
    # before a phone number, which our export leaves alone.
    return text[1:] if text[:2] == "'+" else from_cell(text)


def read_numbers(text: str, region: str | None) -> NumberCell:
    """Return the numbers of a cell: several, with extensions, labels or guards. Never raises.

    Args:
        text: Cell as it was read.
        region: Country code (ISO 3166) for numbers without one, or None.
    """
    cell = _normalise_digits(clean_cell(text))
    cell = _GUARD.sub("", cell, count=1) if _GUARD.match(cell) else cell
    cell = cell.strip("'\"`;:,|/*?!~_ \t\r\n\u2018\u2019\u201c\u201d").replace("_", " ")
    cell = _PLUS_SIGNS.sub("+", cell)
    if not cell:
        return NumberCell()
    if len(cell) > _MAX_CELL:
        return NumberCell(problems=(NumberProblem(_INVALID, f'"{cell[:40]}…" (too long)'),))
    if (code := _read_short_code(cell, region)) is not None:
        return NumberCell((code,))
    number = _read_one(cell, region)
    if isinstance(number, str):
        return NumberCell((number,))
    for separator in (_STRONG_SEPARATOR, _WEAK_SEPARATOR, _WORDS_BETWEEN):
        parts = [part for part in separator.split(cell) if part.strip()]
        if len(parts) > 1:
            found = _read_parts(parts, region)
            if found.numbers:
                return found
    return NumberCell(problems=(number,))


def read_numbers_after(code: str, text: str, region: str | None) -> NumberCell:
    """Return the numbers of a cell whose country or area code stands in the cell before it.

    Args:
        code: Cell with the code, or with something else.
        text: Cell with the number.
        region: Country code (ISO 3166) for numbers without one, or None.
    """
    start, rest = _normalise_digits(clean_cell(code)), _normalise_digits(clean_cell(text))
    start = re.sub(r"[\s()'\-/]", "", start)
    if not rest or rest.startswith(("+", "00")) or not _DIAL_CODE.fullmatch(start):
        return read_numbers(text, region)
    # No area code is that of the own country without a zero before it.
    plus = "+" if region and start == find_calling_code(region) else ""
    whole = read_numbers(f"{plus}{start}{rest}", region)
    has_code = rest.startswith(start)
    # Without its area code a number is that of another subscriber.
    needs_code = start[0] == "0" and not start.startswith("00") and not has_code
    return whole if needs_code or (whole.numbers and not has_code) else read_numbers(text, region)


def _normalise_digits(text: str) -> str:
    """Return `text` with digits of any script and full-width signs as ASCII."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)


def _read_parts(parts: Iterable[str], region: str | None) -> NumberCell:
    """Return the numbers of a cell that was split, and what is wrong with the other parts."""
    numbers: list[str] = []
    problems: list[NumberProblem] = []
    for part in parts:
        cell = read_numbers(part, region)
        # A piece of a number looks like a short code.
        full = [number for number in cell.numbers if number[0] == "+"]
        numbers += full
        if not full and any(char.isdecimal() for char in part):
            problems += cell.problems or (NumberProblem(_INVALID, f'"{part.strip()}"'),)
    return NumberCell(tuple(dict.fromkeys(numbers)), tuple(problems))


def _read_short_code(cell: str, region: str | None) -> str | None:
    """Return a short code, or None; in a country with numbers that short it is a number."""
    if not _SHORT_CODE.fullmatch(cell):
        return None
    if region:
        try:
            national = parse_destination(cell, region).e164
        except InvalidNumberError:
            national = None
        if national is not None and national != f"+{cell}":
            return national
    return cell if parse_address(cell, region).kind is AddressKind.SHORT_CODE else None


def _read_one(cell: str, region: str | None) -> str | NumberProblem:
    """Return the one number of a text, or why there is none."""
    if whole := _WHOLE_FLOAT.fullmatch(cell):
        cell = whole[1]
    if rounded := _SCIENTIFIC.fullmatch(cell.replace(" ", "")):
        first, decimals, exponent = rounded[1], rounded[2] or "", int(rounded[3])
        if len(decimals.rstrip("0")) < 8 or len(decimals) != exponent:
            return NumberProblem(_ROUNDED, f'"{cell}" ({_UNROUND})')
        cell = first + decimals
    reason = ""
    for candidate in _list_candidates(cell):
        try:
            found = parse_destination(candidate, region).e164
        except InvalidNumberError as problem:
            reason = reason or str(problem)
        else:
            if found is not None:
                return found
    # The reason goes on in a sentence of ours.
    return NumberProblem(_INVALID, f'"{cell}" ({reason[:1].lower()}{reason[1:]})')


def _list_candidates(cell: str) -> list[str]:
    """Return what may be the number in a text, the text itself first."""
    bare = _BRACKETED_WORDS.sub(" ", _URI_SCHEME.sub("", cell, count=1))
    bare = re.sub(r"[<>\[\]{}]", " ", bare).strip()
    unlabelled = _LABEL.sub("", bare, count=1) if _LABEL.match(bare) else bare
    plain = _EXTENSION.sub("", unlabelled)
    candidates = [cell, bare, plain, _TRAILING_WORDS.sub("", plain), _TRUNK_ZERO.sub("", plain)]
    return list(dict.fromkeys(c for c in candidates if sum(x.isdigit() for x in c) > 5)) or [cell]
