"""Test that nothing a customer sends can drive the terminal, on any screen, in any language."""

import base64
import contextlib
from pathlib import Path

import pytest

from tests.ui.desk import LONG_AT_BOTH_SIZES
from tests.ui.terminal import (
    find_harmful_characters,
    list_clipboard_writes,
    list_sequence_kinds,
    open_terminal,
    strip_sequences,
)

Size = tuple[int, int]


def run_walks(folder: Path, size: Size) -> tuple[str, str]:
    """Return the output of two walks through every command: harmless and hostile texts."""
    with contextlib.ExitStack() as opened:
        both = [
            opened.enter_context(
                open_terminal(
                    ("-m", "tests.ui.hostile", str(folder / f"{texts}.db"), texts), size, folder
                )
            )
            for texts in ("harmless", "hostile")
        ]
        for one in both:
            assert one.wait(timeout=200) == 0, one.tail()
            assert "walked to the end" in one.output
        return both[0].output, both[1].output


@pytest.mark.timeout(240)
@LONG_AT_BOTH_SIZES
def test_no_text_from_outside_drives_the_terminal(tmp_path: Path, size: Size) -> None:
    harmless, hostile = run_walks(tmp_path, size)
    assert list_sequence_kinds(hostile) - list_sequence_kinds(harmless) == set()
    assert (
        find_harmful_characters(strip_sequences(hostile))
        - find_harmful_characters(strip_sequences(harmless))
        == set()
    )
    assert "[@click=app.quit]A[/]" in strip_sequences(hostile)
    for text in list_clipboard_writes(hostile):
        assert find_harmful_characters(base64.b64decode(text).decode()) == set()
