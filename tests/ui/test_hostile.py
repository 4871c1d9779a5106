"""Nothing a customer sends can drive the terminal, on any surface, in any language."""

import base64
import contextlib
from pathlib import Path

import pytest

from tests.ui.desk import NARROW, WIDE
from tests.ui.terminal import copied, harmful, plain, shapes, terminal

Size = tuple[int, int]


def walks(folder: Path, size: Size) -> tuple[str, str]:
    """All that two walks through every command write, with plain words and with hostile ones."""
    with contextlib.ExitStack() as opened:
        both = [
            opened.enter_context(
                terminal(
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
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])
def test_no_text_from_outside_drives_the_terminal(tmp_path: Path, size: Size) -> None:
    harmless, hostile = walks(tmp_path, size)
    assert shapes(hostile) - shapes(harmless) == set()
    assert harmful(plain(hostile)) - harmful(plain(harmless)) == set()
    assert "[@click=app.quit]A[/]" in plain(hostile)
    for text in copied(hostile):
        assert harmful(base64.b64decode(text).decode()) == set()
