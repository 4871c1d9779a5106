"""Decide what is kept of a text that an agent types, pastes or imports, and what of it is sent.

What an agent types or pastes goes through `clean_typed_text`, and through `compose_outgoing_text`
when it is taken for sending: what was counted is what is sent.
"""

import re
import unicodedata

from tui.domain.text import INVISIBLE_CHARACTERS, repair_text, visible_forms

_TAGS = range(0xE0020, 0xE0080)
_TAGGED_FLAG = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0020-\U000e007f]")
"""A black flag with the tags that make the flag of England of it; or a tag outside of one."""
_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})


class _TypedForms(dict[int, str]):
    """Cache of what remains of each character that an agent types or pastes."""

    def __missing__(self, code: int) -> str:
        """Compute and store what remains of one code point."""
        kept = self[code] = _find_typed_form(code)
        return kept


_typed_forms = _TypedForms()


def clean_typed_text(text: str) -> str:
    """Return what an agent typed, pasted or imported, without what no message should contain.

    The only place that decides it: line breaks become LF and a tab four spaces; control codes
    become visible; byte order marks, direction marks and other format characters are removed.
    No-break spaces, joiners, variation selectors, fillers, flags with tags and marks stay.
    Idempotent.

    Args:
        text: Text of the agent, of an editor, a file or a pipe.
    """
    text = repair_text(text)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    kept = text.replace("\r\n", "\n").translate(_typed_forms)
    return _TAGGED_FLAG.sub(r"\1", kept) if max(kept, default="") >= chr(_TAGS.start) else kept


def is_tag(char: str) -> bool:
    """Return whether a character is a tag, which only makes a flag together with a black one."""
    return ord(char) in _TAGS


def compose_outgoing_text(text: str) -> str:
    """Return a text as it is sent: cleaned and composed (NFC), which is what was counted.

    "é" typed as two code points becomes the one character that GSM-7 has.
    """
    return unicodedata.normalize("NFC", clean_typed_text(text))


def is_blank_text(text: str) -> bool:
    """Return whether there is nothing to see in a text.

    Blank are spaces of every kind, joiners and other format characters, fillers such as U+2800
    and U+3164, variation selectors, and marks without a character that carries them.
    """
    return all(
        ord(char) in INVISIBLE_CHARACTERS or unicodedata.category(char) in _BLANK_CATEGORIES
        for char in text
    )


def _find_typed_form(code: int) -> str:
    """Return what remains of a code point that was typed."""
    char = chr(code)
    is_filler = code in INVISIBLE_CHARACTERS and unicodedata.category(char) != "Cf"
    return char if is_filler or is_tag(char) else visible_forms[code]


def normalize_sent_text(text: str) -> str:
    """Return a text for the comparison with another: blanks and capitals make no difference."""
    return " ".join(compose_outgoing_text(text).casefold().split())
