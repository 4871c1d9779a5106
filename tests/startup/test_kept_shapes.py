"""Test that the first picture groups numbers as an earlier start did, without the library."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui.domain import number_shapes
from tui.domain.number_shapes import remember_shape
from tui.domain.phone import format_phone_number
from tui.settings.paths import find_shape_file
from tui.startup import kept_shapes
from tui.startup.kept_shapes import keep_shapes, use_kept_shapes

_FORMAT = """
import os, sys
from tui.domain.phone import format_phone_number
from tui.startup.kept_shapes import use_kept_shapes
with use_kept_shapes(os.environ):
    print(format_phone_number("+12035550123"), "phonenumbers" in sys.modules)
"""


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return an environment with a directory of its own, before any number was grouped."""
    shapes: dict[str, str] = {}
    monkeypatch.setattr(number_shapes, "seen_shapes", shapes)
    monkeypatch.setattr(kept_shapes, "seen_shapes", shapes)
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}


def test_numbers_are_grouped_as_before_without_the_library(environ: dict[str, str]) -> None:
    with keep_shapes(environ):
        remember_shape("+12035550100", "+1 203-555-0100")
    assert find_shape_file(environ).stat().st_mode & 0o777 == 0o600
    run = subprocess.run(
        [sys.executable, "-c", _FORMAT],
        env={**environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "+1 203-555-0123 False\n"


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"+12035 12": 5}', b"\xff", b"[" * 100_000])
def test_a_damaged_file_only_costs_time(environ: dict[str, str], content: bytes) -> None:
    path = find_shape_file(environ)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with keep_shapes(environ), use_kept_shapes(environ):
        assert format_phone_number("+12035550100") == "+1 203-555-0100"
