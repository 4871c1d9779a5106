"""Test that parsed stylesheets are kept from one start to the next, and only if they are ours."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tui.settings.paths import find_style_file
from tui.startup.style_cache import keep_parsed_styles
from tui.terminal import private_styles
from tui.terminal.private_styles import FastStylesheet

_CSS = "Static { color: $accent; }\nInput:focus { border: round red; }"


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test, as each process, with no rules."""
    monkeypatch.setattr(private_styles, "_PARSED", type(private_styles._PARSED)(64))


def parse_styles(environ: dict[str, str], accent: str = "blue") -> str:
    """Parse the stylesheet in one run of the program; return its rules as CSS."""
    with keep_parsed_styles(environ):
        stylesheet = FastStylesheet(variables={"accent": accent})
        stylesheet.add_source(_CSS, ("here", ""))
        stylesheet.parse()
        return stylesheet.css


def start_again(environ: dict[str, str]) -> int:
    """Start the program again; return the sources whose rules are known before any is parsed."""
    private_styles._PARSED.clear()
    with keep_parsed_styles(environ):
        return len(private_styles._PARSED)


def test_what_was_parsed_is_known_at_the_next_start(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = parse_styles(environ)
    assert start_again(environ) == 1
    private_styles._PARSED.clear()
    assert parse_styles(environ) == first
    assert find_style_file(environ).stat().st_mode & 0o777 == 0o600


def test_the_rules_of_another_theme_are_not_kept(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = parse_styles(environ)
    assert parse_styles(environ, accent="red") != first
    assert start_again(environ) == 1
    assert parse_styles(environ) == first


def replace_heading(path: Path) -> None:
    """Let the file be one of another version."""
    path.write_bytes(b"0.1 " + path.read_bytes())


def cut_file(path: Path) -> None:
    """Let the file be damaged."""
    path.write_bytes(path.read_bytes()[:-20])


def link_file(path: Path) -> None:
    """Let a link stand in the place of the file."""
    path.rename(path.with_suffix(".other"))
    path.symlink_to(path.with_suffix(".other"))


@pytest.mark.parametrize(
    "change",
    [replace_heading, cut_file, link_file, Path.unlink, lambda path: path.chmod(0o622)],
)
def test_a_file_that_may_not_be_ours_is_not_read(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = parse_styles(environ)
    change(find_style_file(environ))
    assert start_again(environ) == 0
    assert parse_styles(environ) == first


def test_a_folder_that_can_not_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "smsdesk").write_text("a file where the folder should be")
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    assert parse_styles(environ) == parse_styles(environ)
