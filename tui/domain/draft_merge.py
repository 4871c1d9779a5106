"""Merge what one agent has typed in two windows, so that no text disappears unseen.

Each window knows the draft that its text continues (the base). If the stored draft is another one
by now, what both have changed is joined: changes at different places are both made, and where
both have changed the same place, both texts stay, one below the other. A line that both have
written stands there once.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from tui.domain.conversation import Draft
from tui.domain.message import MmsContent
from tui.domain.record_type import record


@record
class TextEdit:
    """Replacement of one range of a text."""

    start: int
    end: int
    text: str

    def is_apart_from(self, other: "TextEdit") -> bool:
        """Return whether another edit of the same text is at another place."""
        return self.end < other.start or other.end < self.start


def find_edit(before: str, after: str) -> TextEdit:
    """Return the one edit that makes a text of another one, as far to the end as possible.

    Args:
        before: Text to change.
        after: Text that results.
    """
    start = _count_common(before, after)
    rest, new = before[start:], after[start:]
    same_end = _count_common(rest[::-1], new[::-1])
    return TextEdit(start, len(before) - same_end, new[: len(new) - same_end])


def _list_edits(before: str, after: str) -> Iterator[TextEdit]:
    """Yield the edits that make a text of another one: "aa" of "a" begins at two places."""
    yield find_edit(before, after)
    same_end = _count_common(before[::-1], after[::-1])
    rest, new = before[: len(before) - same_end], after[: len(after) - same_end]
    start = _count_common(rest, new)
    yield TextEdit(start, len(rest), new[start:])


def _count_common(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their begin."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def apply_edits(text: str, *edits: TextEdit) -> str:
    """Return a text after edits of different places.

    Args:
        text: Text to change.
        *edits: Edits by their places in this text.
    """
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def merge_texts(base: str, theirs: str, mine: str) -> str:
    """Return one text with what both windows have typed.

    Args:
        base: Text that both have continued.
        theirs: Text of the other window.
        mine: Text of this window.
    """
    if base in (theirs, mine) or theirs == mine:
        return mine if theirs == base else theirs
    return _drop_repeated_lines(_join_changes(base, theirs, mine), base, theirs, mine)


def _join_changes(base: str, theirs: str, mine: str) -> str:
    """Return one text with the changes of both windows; a line that both have can stand twice."""
    for their_edit, my_edit in itertools.product(
        _list_edits(base, theirs), _list_edits(base, mine)
    ):
        if their_edit.is_apart_from(my_edit):
            return apply_edits(base, their_edit, my_edit)
    if mine.startswith(theirs) or theirs.startswith(mine):
        return max(mine, theirs, key=len)
    # A line that was added below goes below what was typed at the end of the line above.
    for first, second in ((mine, theirs), (theirs, mine)):
        if base and second.startswith(f"{base}\n"):
            joined = first + second.removeprefix(base)
            if joined == _drop_repeated_lines(joined, base, theirs, mine):
                return joined
            return _interleave_lines(first, second.removeprefix(f"{base}\n"))
    return _interleave_lines(theirs, mine)


def _interleave_lines(first: str, second: str) -> str:
    """Return the lines of two texts in the order of both, with what both have once."""
    ours, others = first.split("\n"), second.split("\n")
    lines: list[str] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(
        None, ours, others, autojunk=False
    ).get_opcodes():
        lines += ours[start:end]
        lines += others[other_start:other_end] if tag != "equal" else []
    return "\n".join(lines)


def _drop_repeated_lines(text: str, *sources: str) -> str:
    """Return a text in which no line stands more often than in one of the texts it was made of.

    Blank lines stay: they separate paragraphs.

    Args:
        text: Joined text.
        *sources: Texts that were joined.
    """
    counts = [Counter(source.split("\n")) for source in sources]
    seen: Counter[str] = Counter()
    lines = []
    for line in text.split("\n"):
        seen[line] += 1
        if not line.strip() or seen[line] <= max(1, *(count[line] for count in counts)):
            lines.append(line)
    return "\n".join(lines)


def remove_sent_text(sent: str, typed: str) -> str:
    """Return what was typed in addition to a text that another window has sent.

    Args:
        sent: Text that was sent.
        typed: Text of this window.
    """
    return typed.removeprefix(sent).lstrip() if typed.startswith(sent) else typed


def is_same_draft(first: Draft, second: Draft) -> bool:
    """Return whether two drafts would send the same, in the same way."""
    return _list_content(first) == _list_content(second)


def is_same_text(first: Draft, second: Draft) -> bool:
    """Return whether two drafts would send the same at the same time, over whatever route."""
    return _list_content(replace(first, account="", sender="")) == _list_content(
        replace(second, account="", sender="")
    )


def _list_content(draft: Draft) -> tuple[object, ...]:
    """Return what a draft contains."""
    return draft.body, draft.account, draft.sender, draft.mms, *_get_plan(draft)


def _get_plan(draft: Draft) -> tuple[int | None, bool]:
    """Return when a draft is to be sent."""
    return draft.send_at, draft.cancel_on_reply


def merge_drafts(base: Draft, theirs: Draft, mine: Draft) -> Draft:
    """Return one draft with the texts, pictures, route and time that both windows have chosen.

    If both have changed the time, a text that one of them plans is not sent at once.

    Args:
        base: Draft that both have continued.
        theirs: Draft as the other window has stored it.
        mine: Draft of this window.
    """
    removed = set(base.mms.media) - (set(theirs.mms.media) & set(mine.mms.media))
    media = dict.fromkeys((*theirs.mms.media, *mine.mms.media))
    subject = merge_texts(base.mms.subject, theirs.mms.subject, mine.mms.subject)
    is_my_route = (mine.account, mine.sender) != (base.account, base.sender) or not theirs.account
    route = mine if is_my_route else theirs
    is_my_plan = _get_plan(theirs) == _get_plan(base) or (
        _get_plan(mine) != _get_plan(base) and mine.send_at is not None
    )
    planned = mine if is_my_plan else theirs
    return replace(
        mine,
        body=merge_texts(base.body, theirs.body, mine.body),
        mms=MmsContent(tuple(url for url in media if url not in removed), subject),
        account=route.account,
        sender=route.sender,
        send_at=planned.send_at,
        cancel_on_reply=planned.cancel_on_reply,
        began_at=min(theirs.began_at or mine.began_at, mine.began_at),
    )
