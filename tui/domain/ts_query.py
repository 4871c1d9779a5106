"""Put the conditions of a search into the language of PostgreSQL's text search (`tsquery`).

For SQLite, `matching.format_fts_query` does the same.
"""

import re
from collections.abc import Sequence

from tui.domain.matching import Combination, Condition, Phrase

_OPERATORS = {"AND": " & ", "OR": " | "}
_SEPARATOR = re.compile(r"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")
"""What stands between the terms of a text: see `to_terms` in the schema."""
_LONGEST_TERM = 500


def format_ts_query(conditions: Sequence[Condition]) -> str:
    """Return conditions as a `tsquery` for an index of `tokens.to_index_text`.

    Args:
        conditions: Conditions that must all be met; none finds nothing.
    """
    return " & ".join(filter(None, map(_format_condition, conditions)))


def _format_condition(condition: Condition) -> str:
    """Return one condition; empty if it has no term."""
    if isinstance(condition, Phrase):
        return _format_phrase(condition)
    return _format_combination(condition)


def _format_combination(combination: Combination) -> str:
    """Return the conditions of which all or any must hold."""
    parts = dict.fromkeys(map(_format_condition, combination.conditions))
    return f"({_OPERATORS[combination.operator].join(filter(None, parts))})"


def _format_phrase(phrase: Phrase) -> str:
    """Return terms that follow each other."""
    words = [word for term in phrase.terms for word in _SEPARATOR.split(term) if word]
    quoted = [f"'{word[:_LONGEST_TERM]}'" for word in words]
    if quoted and phrase.is_begun:
        quoted[-1] += ":*"
    text = " <-> ".join(quoted)
    return f"({text})" if len(quoted) > 1 else text
