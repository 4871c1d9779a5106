"""Turn typed words into a query of the search index, and find the matches in a text.

Every word must occur, whole or as the beginning of a longer one; "words in quotes" must follow
each other. What can be written in several ways is searched in all of them.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tui.domain import tokens
from tui.domain.folding import fold_text
from tui.domain.tokens import Code, Term

_TYPED_LIMIT = 1_000
_CONDITION_LIMIT = 24
_PHRASE_LIMIT = 24
"""Terms of a phrase."""
_GROUP_LIMIT = 8
_TERM_LENGTH = 64
_NUMBER_LENGTH = 32
_MIN_DIGITS_APART = 5
"""Digits of a code that are rare enough to be searched apart from its letters."""
_PHONE_LENGTHS = range(10, 16)
_NOTHING = '""'
_QUOTED = re.compile(r'(?:(?<=\s)|^)"([^"]*)("?)')
_ELEMENT = re.compile(
    rf"(?P<emoji>{tokens.EMOJI_PATTERN})|(?P<run>{tokens.RUN_PATTERN})"
    rf"|(?P<code>{tokens.CODE_PATTERN})"
    rf"|(?P<words>{tokens.WORD_PATTERN}(?:['\-/.]{tokens.WORD_PATTERN})*)"
)
_JOINERS = re.compile(r"[wda]+(?:['\-][wda]+)+|[wa](?:\.[wa])+")
"""Words that are also written as one: don't, e-mail, a.m."""
_SCRIPT_CHANGE = re.compile(r"[hy]+|[wda]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that follow each other."""

    terms: tuple[str, ...]
    is_begun: bool = True
    """Whether the last term may be the beginning of a longer one."""

    def format(self) -> str:
        """Return the phrase as a part of a query."""
        return f'"{" ".join(self.terms)}"{"*" if self.is_begun else ""}'

    def list_phrases(self) -> "Iterator[Phrase]":
        """Yield the phrase itself."""
        yield self


@dataclass(frozen=True, slots=True)
class Combination:
    """Several conditions of which all or any must hold."""

    operator: Literal["AND", "OR"]
    conditions: Sequence["Condition"]

    def format(self) -> str:
        """Return the conditions as a part of a query."""
        # Two forms of one word are often the same.
        parts = list(dict.fromkeys(condition.format() for condition in self.conditions))
        return parts[0] if len(parts) == 1 else f"({f' {self.operator} '.join(parts)})"

    def list_phrases(self) -> Iterator[Phrase]:
        """Yield every phrase of the conditions."""
        for condition in self.conditions:
            yield from condition.list_phrases()


Condition = Phrase | Combination


def to_fts_query(text: str) -> str:
    """Return typed text as an FTS5 query for an index of `tokens.to_index_text`.

    Never raises and never makes a query that FTS5 rejects; without a word it finds nothing.
    """
    return " AND ".join(condition.format() for condition in parse_words(text)) or _NOTHING


def parse_words(text: str) -> list[Condition]:
    """Return what a text must fulfil to contain the typed words and "phrases in quotes"."""
    typed, conditions, end = text[:_TYPED_LIMIT], list[Condition](), 0
    for quoted in _QUOTED.finditer(typed):
        conditions += _read_words(typed[end : quoted.start()])
        conditions += _read_phrase(quoted[1], is_open=not quoted[2])
        end = quoted.end()
    conditions += _read_words(typed[end:])
    return conditions[:_CONDITION_LIMIT]


def _read_words(typed: str) -> Iterator[Condition]:
    """Yield a condition for every word, number, emoji and run without blanks."""
    folded = fold_text(typed)
    classes = tokens.classify(folded)
    for found in _ELEMENT.finditer(classes):
        begin, end = found.span()
        match found.lastgroup:
            case "emoji":
                terms, _ = tokens.split_terms(folded[begin:end])
                yield _make_phrase(terms, is_open=False)
            case "run":
                yield _search_run(folded[begin:end], found[0])
            case "code":
                yield _search_code(tokens.read_code(folded, classes, begin, end))
            case _:
                yield _search_words(folded[begin:end], found[0])


def _read_phrase(typed: str, *, is_open: bool) -> Iterator[Condition]:
    """Yield the condition for words in quotes, if there are any.

    Args:
        typed: What is typed between the quotes.
        is_open: Whether the last quote is still missing.
    """
    folded = fold_text(typed.strip())
    classes = tokens.classify(folded)
    terms, _ = tokens.split_terms(folded)
    if not terms:
        return
    phrase = _make_phrase(terms, is_open=is_open)
    elements = list(_ELEMENT.finditer(classes))
    if len(elements) == 1 and elements[0].lastgroup == "code":
        code = tokens.read_code(folded, classes, *elements[0].span())
        yield Combination("OR", [phrase, *_list_code_forms(code)])
    else:
        yield phrase


def _make_phrase(terms: list[Term], *, is_open: bool) -> Phrase:
    """Return the terms as a phrase.

    Args:
        terms: Terms in their order, at least one.
        is_open: Whether the last word may be the beginning of a longer one.
    """
    kept = list(terms)
    # The shorter pieces at the end of a run are at its end in the index only.
    while len(kept) > 1 and kept[-2][2] == kept[-1][2]:
        kept.pop()
    is_cut = len(kept) > _PHRASE_LIMIT
    *_, is_piece = kept[-1]
    return Phrase(tuple(text for text, *_ in kept[:_PHRASE_LIMIT]), is_open or is_cut or is_piece)


def _search_run(run: str, classes: str) -> Condition:
    """Return the condition for a run without blanks, which may contain words and numbers."""
    phrase = _make_phrase(tokens.split_run(run, classes, 0, len(run)), is_open=True)
    parts = [(run[part.start() : part.end()], part[0]) for part in _SCRIPT_CHANGE.finditer(classes)]
    if len(parts) == 1:
        return phrase
    # In the text they may stand apart.
    apart = [
        _search_run(part, kind) if kind[0] in "hy" else _search_part(part, kind)
        for part, kind in parts[:_GROUP_LIMIT]
    ]
    return Combination("OR", [phrase, Combination("AND", apart)])


def _search_part(part: str, classes: str) -> Condition:
    """Return the condition for letters and digits without anything between them."""
    if "d" in classes:
        return _search_code(tokens.read_code(part, classes, 0, len(part)))
    return _search_words(part, classes)


def _search_words(words: str, classes: str) -> Condition:
    """Return the condition for a word, or for words without blanks between them."""
    parts = [text for text, *_ in tokens.split_terms(words)[0]]
    if len(parts) > 1:
        forms: list[Condition] = [Phrase(tuple(parts[:_PHRASE_LIMIT]))]
        if _JOINERS.fullmatch(classes):
            forms.append(Phrase(("".join(parts)[:_NUMBER_LENGTH],)))
        return Combination("OR", forms)
    whole = Phrase((words[:_TERM_LENGTH],))
    stem = tokens.strip_article(words) if classes[0] == "a" else ""
    return Combination("OR", [whole, Phrase((stem[:_TERM_LENGTH],))]) if stem else whole


def _search_code(code: Code) -> Condition:
    """Return the condition for a number, or a code with digits, in one or more groups."""
    forms: list[Condition] = [*_list_code_forms(code)]
    if len(code.groups) > 1:
        groups = [Code((group,), False) for group in code.groups[:_GROUP_LIMIT]]
        forms.append(Combination("AND", [_search_code(group) for group in groups]))
    else:
        forms += _split_code(code.joined[:_TERM_LENGTH])
    return Combination("OR", forms)


def _list_code_forms(code: Code) -> Iterator[Phrase]:
    """Yield the ways to write a number: its beginning, its end, with another prefix."""
    joined = code.joined
    beginnings, ends = [joined], [joined] if len(joined) >= tokens.MIN_SUFFIX else []
    if joined.isdecimal():
        national = tokens.list_national_numbers(code)
        if joined[0] == "0" and len(joined) > tokens.MIN_PHONE:
            national.append(joined[1:])
        beginnings += national
        ends += national
        if len(joined) in _PHONE_LENGTHS and joined[0] != "0":
            # Without its plus sign; the Russian 8 stands for a country code, too.
            ends += [tokens.strip_country_code(joined), joined.removeprefix("8")]
    yield from (Phrase((text[:_NUMBER_LENGTH],)) for text in beginnings)
    yield from (Phrase((tokens.reverse_code(text),)) for text in ends)


def _split_code(code: str) -> Iterator[Condition]:
    """Yield the conditions for a code that has blanks between its letters and digits."""
    borders = tokens.split_code(code)
    parts = [code[begin:end] for begin, end in itertools.pairwise(borders)]
    if len(parts) == 1:
        return
    digits = sum(len(part) for part in parts if part.isdecimal())
    if digits >= tokens.MIN_SUFFIX or all(len(p) > 1 for p in parts if not p.isdecimal()):
        yield Phrase(tuple(parts[:_PHRASE_LIMIT]))
    if digits >= _MIN_DIGITS_APART:
        classes = [tokens.classify(part) for part in parts]
        apart = zip(parts[:_GROUP_LIMIT], classes, strict=False)
        yield Combination("AND", [_search_part(part, kind) for part, kind in apart])


def find_spans(shown: str, text: str) -> list[tuple[int, int]]:
    """Return the begin and end of what a search has found in a text, in order.

    Args:
        shown: Text on the screen.
        text: Words of the search.
    """
    phrases = {phrase for one in parse_words(text) for phrase in one.list_phrases()}
    if not phrases:
        return []
    folded, begins, ends = _fold_with_places(shown)
    terms, extra = tokens.split_terms(folded)
    found = set()
    for phrase in phrases:
        found |= set(_find_phrase(phrase, terms))
        if len(phrase.terms) == 1:
            found |= {span for term in extra for span in _find_phrase(phrase, [term])}
    return _merge_spans(sorted((begins[begin], ends[end - 1]) for begin, end in found))


def _find_phrase(phrase: Phrase, terms: list[Term]) -> Iterator[tuple[int, int]]:
    """Yield the places of a phrase in consecutive terms."""
    count, last = len(phrase.terms), phrase.terms[-1]
    for index in range(len(terms) - count + 1):
        those = terms[index : index + count]
        text, begin, end, is_piece = those[-1]
        if not (text == last or (phrase.is_begun and text.startswith(last))):
            continue
        if tuple(text for text, *_ in those[:-1]) == phrase.terms[:-1]:
            yield those[0][1], begin + len(last) if is_piece else end


def _merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those joined that overlap."""
    merged: list[tuple[int, int]] = []
    for begin, end in spans:
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


_EXTENDING = re.compile("[\uff9e\uff9f\u1160-\u11ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Characters besides marks that change the one before them."""


def _fold_with_places(shown: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return a folded text, and where each of its characters begins and ends in `shown`."""
    if shown.isascii():
        return fold_text(shown), range(len(shown)), range(1, len(shown) + 1)
    folded, begins, ends = list[str](), list[int](), list[int]()
    begin = 0
    while begin < len(shown):
        end = begin + 1
        while end < len(shown) and _is_extending(shown[end]):
            end += 1
        part = fold_text(shown[begin:end])
        folded.append(part)
        begins += [begin] * len(part)
        ends += [end] * len(part)
        begin = end
    return "".join(folded), begins, ends


def _is_extending(char: str) -> bool:
    """Return whether a character belongs to the one before it."""
    if char < "\u0300":
        return False
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf") or bool(_EXTENDING.match(char))
