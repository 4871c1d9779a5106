"""The documentation is true: its commands run, its links resolve, and it stays short."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
GUIDES = (ROOT / "README.md", *sorted((ROOT / "tui/docs").glob("*.md")))
MAPS = (ROOT / "tui/README.md", ROOT / "tests/README.md")
PAGES = (*GUIDES, *MAPS, *sorted((ROOT / ".github").rglob("*.md")))

_README_LINES, _README_WORDS = 120, 1_100
_PAGE_LINES = 200
_SECONDS = 30
"""Far more than any block takes, so that a slow machine does not matter."""
_TIMED_OUT = 124
"""The exit code that `timeout` uses."""
_NOT_RUN = re.compile(r"<!-- (?:not run: \S.*|test command) -->")
_FENCE = re.compile(r"^```(\w*)\s*$")
_PORTS = ("8765", "8780")
"""Ports named in the documentation, each replaced by a free one."""
_OPTIONAL = ("jq", "curl")
"""Programs used by examples that a machine may lack."""
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"```.*?^```|`[^`]*`", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of shell lines in a page."""

    page: Path
    line: int
    """Where it begins, counted from 1."""
    text: str
    runnable: bool


def blocks_in(page: Path, wanted: str = "sh") -> list[Block]:
    """Return the blocks of a page marked with a language, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Block] = []
    start, language = 0, ""
    inside = False
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if not fence:
            continue
        if not inside:
            start, language = number, fence[1]
        elif language == wanted:
            above = lines[start - 1] if start else ""
            text = "\n".join(lines[start + 1 : number])
            found.append(Block(page, start + 1, text, not _NOT_RUN.fullmatch(above)))
        inside = not inside
    return found


BLOCKS = [block for page in GUIDES for block in blocks_in(page) if block.runnable]


SETTINGS = [page for page in GUIDES if blocks_in(page, "toml")]


def name_of(page: Path) -> str:
    """Return the path of a page within the repository."""
    return page.relative_to(ROOT).as_posix()


def free_port() -> str:
    """Return a port of this machine that is free now."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return str(bound.getsockname()[1])


class Runner:
    """Runs the blocks of all pages, each page in a directory of its own."""

    def __init__(self, folders: dict[Path, Path]) -> None:
        """Remember the directory of each page, and find free ports."""
        self._folders = folders
        self._ports = {port: free_port() for port in _PORTS}
        self._done: dict[Block, subprocess.CompletedProcess[str]] = {}

    def run(self, block: Block) -> subprocess.CompletedProcess[str]:
        """Run a block after the earlier blocks of its page, whose files it may need."""
        for other in BLOCKS:
            if other.page == block.page and other.line <= block.line and other not in self._done:
                self._done[other] = run_block(self._text(other), self._folders[other.page])
        return self._done[block]

    def _text(self, block: Block) -> str:
        """Return the lines of a block with free ports in them."""
        text = block.text
        for documented, free in self._ports.items():
            text = text.replace(documented, free)
        return text


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """One runner for all pages."""
    return Runner({page: tmp_path_factory.mktemp(page.stem) for page in GUIDES})


def install_program(folder: Path) -> Path:
    """Make a program `smsdesk` that runs this source tree, and return its directory."""
    programs = folder / ".programs"
    programs.mkdir(exist_ok=True)
    script = programs / "smsdesk"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tui "$@"\n')
    script.chmod(0o755)
    return programs


def environment(home: Path) -> dict[str, str]:
    """Return an environment with this source tree's `smsdesk` and nothing of the user's."""
    programs = os.pathsep.join([str(install_program(home)), os.environ["PATH"]])
    return {
        "PATH": programs,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TZ": "UTC",
        "LOGNAME": "mia",
        "no_proxy": "*",
    }


def run_block(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run shell lines in a folder, and end whatever they left running."""
    output = folder / ".output"
    with output.open("w") as file:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = shell.wait(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            code = _TIMED_OUT
        finally:
            _end_group(shell.pid)
            shell.wait()
    return subprocess.CompletedProcess(text, code, output.read_text(errors="replace"))


def _end_group(group: int) -> None:
    """End every process of a group; none may be left."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.skipif(shutil.which("bash") is None, reason="the blocks are written for bash")
@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: f"{name_of(b.page)}:{b.line}")
def test_a_block_of_commands_runs(block: Block, runner: Runner) -> None:
    missing = [name for name in _OPTIONAL if name in block.text and not shutil.which(name)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    done = runner.run(block)
    assert done.returncode == 0, f"exit code {done.returncode}:\n{done.stdout}"


@pytest.mark.parametrize("page", SETTINGS, ids=name_of)
def test_the_settings_that_a_page_shows_are_valid(page: Path, tmp_path: Path) -> None:
    shown = "\n".join(block.text for block in blocks_in(page, "toml"))
    config = tmp_path / "config.toml"
    config.write_text(shown.replace("…", "placeholder"), encoding="utf-8")
    config.chmod(0o600)
    checked = run_block("smsdesk doctor --offline --json --config config.toml || true", tmp_path)
    findings = [json.loads(line) for line in checked.stdout.splitlines()]
    about = [found for found in findings if found["subject"] == "settings"]
    assert about
    assert [found["line"] for found in about if found["verdict"] == "bad"] == []


def test_every_page_that_shows_commands_has_blocks_that_run() -> None:
    shown = {name_of(block.page) for block in BLOCKS}
    assert {"tui/docs/getting-started.md", "tui/docs/scripting.md"} <= shown


def test_the_readme_is_short() -> None:
    text = GUIDES[0].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= _README_LINES
    assert len(text.split()) <= _README_WORDS


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= _PAGE_LINES


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links_in(page) if not leads_somewhere(page, link)] == []


def links_in(page: Path) -> Iterator[str]:
    """Yield the links and pictures of a page that point into the repository."""
    for found in _LINK.finditer(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if not found[1].startswith(("http://", "https://", "mailto:")):
            yield found[1]


def leads_somewhere(page: Path, link: str) -> bool:
    """Return whether the file of a link exists, and the heading in it that the link names."""
    path, _, heading = unquote(link).partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not heading or heading in anchors_of(target)


def anchors_of(page: Path) -> set[str]:
    """Return the names of a page's headings, as they appear in links."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {text.strip().replace(" ", "-") for text in words}


def test_the_commands_of_a_block_know_nothing_of_the_user(tmp_path: Path) -> None:
    done = run_block("echo $HOME; env | grep -c ^SMSDESK || true", tmp_path)
    assert done.stdout.split() == [str(tmp_path), "0"]
