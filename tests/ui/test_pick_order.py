"""Test the order of choices in a picker for typed text, and how audit entries read."""

from datetime import UTC

import pytest

from tui.screens.history import describe_entry
from tui.screens.key_help import wrap_key_labels
from tui.screens.pick import Choice, filter_matching
from tui.store.audit import AuditEntry

NOW = 1_772_611_200_000


def match_names(typed: str, *known: str) -> list[str]:
    """Return the names that match, best first."""
    return [choice.value for choice in filter_matching([Choice(n, n) for n in known], typed)]


def test_an_empty_text_matches_everything_in_its_order() -> None:
    assert match_names(" ", "zoe", "ana") == ["zoe", "ana"]


def test_names_that_begin_with_the_typed_text_come_first() -> None:
    assert match_names("bo", "elbow", "rob o", "bo", "Bohdan")[:2] == ["bo", "Bohdan"]


def test_a_match_may_skip_characters() -> None:
    assert match_names("ze", "zoe", "ana") == ["zoe"]


@pytest.mark.parametrize(
    ("action", "detail", "expected"),
    [
        ("close", "", "closed it"),
        ("assign", "", "unassigned it"),
        ("assign bo b", "", "assigned it to bo b"),
        ("label vip", "", "added the label #vip"),
        ("unlabel vip", "", "removed the label #vip"),
        ("snooze", "", "snoozed it until a reply"),
        ("snooze", str(NOW + 3_600_000), "snoozed it until today 09:00"),
        ("claim", "", "took it by replying"),
        ("note", "", "left a private note"),
        ("opt out", "STOP", 'recorded the opt-out: "STOP"'),
        ("opted out", "", "recorded the opt-out"),
        ("opt in", "by phone", 'lifted the opt-out: "by phone"'),
        ("something new", "more", "something new more"),
        ("label \x1b[31m", "", "added the label #␛[31m"),
    ],
)
def test_audit_entries_read_as_sentences(action: str, detail: str, expected: str) -> None:
    assert describe_entry(AuditEntry(NOW, "ana", action, 0, detail), UTC) == expected


def test_keys_that_may_follow_take_as_many_lines_as_they_need() -> None:
    pairs = [(str(number), "word" * 3) for number in range(9)]
    lines = wrap_key_labels(pairs, 40)
    assert [pair for line in lines for pair in line] == pairs
    assert all(sum(len(k) + len(w) + 3 for k, w in line) <= 40 for line in lines)
    assert wrap_key_labels([("a", "x" * 90)], 40) == [[("a", "x" * 90)]]
