"""Turn typed words into a query of the search index, and find the matches in a text.

Every word must occur, whole or as the beginning of a longer one; "words in quotes" must follow
each other. What can be written in several ways is searched in all of them.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from tui.domain import codes, tokens
from tui.domain.char_classes import classify
from tui.domain.codes import Code, Term
from tui.domain.folding import fold_text
from tui.domain.record_type import record

_INDEXED_PREFIX = 4
"""Characters of the longest beginning of a word that the index has a list for: see the schema."""
_COMMON_LENGTH = 7
"""Characters of the longest number that many messages can begin with."""
_TYPED_LIMIT = 1_000
_CONDITION_LIMIT = 24
_PHRASE_LIMIT = 24
"""Terms of a phrase."""
_GROUP_LIMIT = 8
_TERM_LENGTH = 64
_NUMBER_LENGTH = 32
_MIN_DIGITS_APART = 5
"""Digits of a code that are rare enough to be searched apart from the rest."""
_PHONE_LENGTHS = range(10, 16)
_NOTHING = '""'
_QUOTED = re.compile(r'(?:(?<=\s)|^)"([^"]*)("?)')
_ELEMENT = re.compile(
    rf"(?P<emoji>{tokens.EMOJI_PATTERN})|(?P<run>{tokens.RUN_PATTERN})"
    rf"|(?P<code>{codes.CODE_PATTERN})"
    rf"|(?P<words>{tokens.WORD_PATTERN}(?:['\-/.]{tokens.WORD_PATTERN})*)"
)
_JOINERS = re.compile(r"[wda]+(?:['\-][wda]+)+|[wa](?:\.[wa])+")
"""Words that are also written as one: don't, e-mail, a.m."""
_SCRIPT_CHANGE = re.compile(r"[hy]+|[wda]+")


@record
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

    def shorten(self) -> "Phrase":
        """Return a condition that is met by more texts and tested faster by the index."""
        word = self.terms[0]
        is_rare = len(word) > _COMMON_LENGTH and any(char.isdecimal() for char in word)
        if len(self.terms) > 1 or not self.is_begun or is_rare:
            return self
        return Phrase((word[:_INDEXED_PREFIX],))

    def is_met(self, words: "Words") -> bool:
        """Return whether a text contains the phrase."""
        return any(True for _ in words.find(self))


@record
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

    def shorten(self) -> "Combination":
        """Return conditions that are met by more texts and tested faster by the index."""
        return Combination(self.operator, [condition.shorten() for condition in self.conditions])

    def is_met(self, words: "Words") -> bool:
        """Return whether a text meets the conditions."""
        met = (condition.is_met(words) for condition in self.conditions)
        return any(met) if self.operator == "OR" else all(met)


Condition = Phrase | Combination


class Words:
    """Terms of a text, to be compared with those of a search."""

    def __init__(self, folded: str) -> None:
        """Split a folded text."""
        self.terms, self.other = tokens.split_terms(folded)

    def find(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Yield the begin and end of every place of a phrase in the folded text."""
        count, last = len(phrase.terms), phrase.terms[-1]
        places = itertools.chain(self.terms, self.other) if count == 1 else self.terms
        for index, (text, begin, end, is_piece) in enumerate(places):
            if not (text == last or (phrase.is_begun and text.startswith(last))):
                continue
            first = index - count + 1
            before = self.terms[max(first, 0) : index] if count > 1 else []
            if tuple(term[0] for term in before) == phrase.terms[:-1]:
                start = self.terms[first][1] if count > 1 else begin
                yield start, begin + len(last) if is_piece else end


def is_match(text: str, conditions: Sequence[Condition]) -> bool:
    """Return whether a text meets all conditions of a search.

    Args:
        text: Text of a message.
        conditions: Conditions from `parse_words`.
    """
    words = Words(fold_text(text))
    return all(condition.is_met(words) for condition in conditions)


def format_fts_query(conditions: Sequence[Condition]) -> str:
    """Return conditions as an FTS5 query for an index of `tokens.to_index_text`."""
    return " AND ".join(condition.format() for condition in conditions) or _NOTHING


def to_fts_query(text: str) -> str:
    """Return typed text as an FTS5 query.

    Never raises and never makes a query that FTS5 rejects; without a word it finds nothing.
    """
    return format_fts_query(parse_words(text))


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
    classes = classify(folded)
    for found in _ELEMENT.finditer(classes):
        begin, end = found.span()
        match found.lastgroup:
            case "emoji":
                terms, _ = tokens.split_terms(folded[begin:end])
                yield _make_phrase(terms, is_open=False)
            case "run":
                yield _search_run(folded[begin:end], found[0])
            case "code":
                yield _search_code(codes.read_code(folded, classes, begin, end))
            case _:
                yield _search_words(folded[begin:end], found[0])


def _read_phrase(typed: str, *, is_open: bool) -> Iterator[Condition]:
    """Yield the condition for words in quotes, if there are any.

    Args:
        typed: What is typed between the quotes.
        is_open: Whether the last quote is still missing.
    """
    folded = fold_text(typed.strip())
    classes = classify(folded)
    terms, _ = tokens.split_terms(folded)
    if not terms:
        return
    phrase = _make_phrase(terms, is_open=is_open)
    elements = list(_ELEMENT.finditer(classes))
    if len(elements) == 1 and elements[0].lastgroup == "code":
        code = codes.read_code(folded, classes, *elements[0].span())
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
    """Return the condition for a word or code in one piece."""
    if "d" in classes:
        return _search_code(codes.read_code(part, classes, 0, len(part)))
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
    beginnings, ends = [joined], [joined] if len(joined) >= codes.MIN_SUFFIX else []
    if joined.isdecimal():
        national = codes.list_national_numbers(code)
        if joined[0] == "0" and len(joined) > codes.MIN_PHONE:
            national.append(joined[1:])
        beginnings += national
        ends += national
        if len(joined) in _PHONE_LENGTHS and joined[0] != "0":
            # Without its plus sign; the Russian 8 stands for a country code, too.
            ends += [codes.strip_country_code(joined), joined.removeprefix("8")]
    yield from (Phrase((text[:_NUMBER_LENGTH],)) for text in beginnings)
    yield from (Phrase((codes.reverse_code(text),)) for text in ends)


def _split_code(code: str) -> Iterator[Condition]:
    """Yield the conditions for a code with blanks around its digits."""
    borders = codes.split_code(code)
    parts = [code[begin:end] for begin, end in itertools.pairwise(borders)]
    if len(parts) == 1:
        return
    digits = sum(len(part) for part in parts if part.isdecimal())
    if digits >= codes.MIN_SUFFIX or all(len(p) > 1 for p in parts if not p.isdecimal()):
        yield Phrase(tuple(parts[:_PHRASE_LIMIT]))
    if digits >= _MIN_DIGITS_APART:
        classes = [classify(part) for part in parts]
        apart = zip(parts[:_GROUP_LIMIT], classes, strict=False)
        yield Combination("AND", [_search_part(part, kind) for part, kind in apart])
