"""Test how times look in few cells."""

from datetime import UTC

import pytest

from tui.clock import DAY, HOUR
from tui.desk import format

NOW = 1_772_611_200_000
"""Wednesday, 4 March 2026, 08:00 UTC."""


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, "till reply"),
        (NOW - HOUR, "till 07:00"),
        (NOW + 2 * HOUR, "till 10:00"),
        (NOW + DAY, "till Thu"),
        (NOW + 9 * DAY, "till 13 Mar"),
    ],
)
def test_until_when_a_conversation_sleeps(at: int | None, words: str) -> None:
    assert format.format_snooze_end(at, NOW, UTC) == words
