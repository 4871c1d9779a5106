"""Test that no burst of keys ends the inbox, through a real terminal.

The gate runs a few bursts. `KEY_BURSTS=5000 python -m pytest tests/ui/test_key_fuzz.py` runs many;
a failure names the seed of the session, and the bursts that it has typed.
"""

import contextlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.ui.desk import NARROW, WIDE
from tests.ui.terminal import Terminal, open_terminal

BURSTS = int(os.environ.get("KEY_BURSTS", "60"))
PER_SESSION = 30
FIRST_SEED = int(os.environ.get("KEY_SEED", "1"))
ERRORS = "errors.log"

# Neither q nor Ctrl+C, which leave, nor the key that runs a shell command.
CHARACTERS = [bytes([code]) for code in range(33, 127) if chr(code) not in "q|"]
OPENERS = [b"l", b"a", b":", b"/", b"r", b"p", b"c", b"h", b"v", b"?", b"gt", b"g/", b"C", b"&"]
MOVES = [b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F"]
ACTIONS = [
    b"\r",
    b"\n",
    b"\t",
    b"\x7f",
    b"\x1b",
    b"\x1b",
    b"\x1b\r",
    b" ",
    b"\x05",
    b"\x07",
    b"\x0b",
]
FUNCTIONS = [b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1b[15~", b"\x1b[17~", b"\x1b[19~", b"\x1b[20~"]
STRANGE = [
    b"\x1b[<0;5;5M\x1b[<0;5;5m",
    b"\x1b[<64;5;5M",
    b"\x1b[200~one\rtwo\x1b[201~",
    b"\x1b[999~",
    b"\x1b[",
    b"\xff\xc3",
    b"alpha\rbeta\r",
    b"\x1b[I",
    b"\x1bz",
]
KINDS = [CHARACTERS, OPENERS, OPENERS, MOVES, MOVES, ACTIONS, FUNCTIONS, STRANGE]


def make_burst(rng: random.Random) -> bytes:
    """Return some keys that arrive at once."""
    return b"".join(rng.choice(rng.choice(KINDS)) for _ in range(rng.randint(1, 8)))


def type_session(path: Path, seed: int) -> tuple[int, str]:
    """Type bursts into an inbox, from before its first picture on.

    Args:
        path: Database.
        seed: Seed of the session.

    Returns:
        Number of bursts, and what went wrong.
    """
    rng = random.Random(seed)
    typed: list[bytes] = []
    arguments = ("-m", "tests.ui.inbox_process", str(path), "5")
    with open_terminal(arguments, rng.choice((NARROW, WIDE)), path.parent) as desk:
        time.sleep(rng.choice((0.1, 0.3, 0.5, 0.7, 1.0)))
        while len(typed) < PER_SESSION and desk.process.poll() is None:
            typed.append(make_burst(rng))
            desk.type(typed[-1])
            time.sleep(rng.choice((0.0, 0.02, 0.1, 0.3)))
        _leave(desk)
        code = desk.process.poll()
    log = path.parent / ERRORS
    errors = log.read_text("utf-8") if log.exists() else ""
    wrong = errors or ("" if code == 0 else f"exit code {code}: {desk.tail()}")
    return len(typed), wrong and f"seed {seed}: {wrong[:300]} … {wrong[-2_000:]}\n{typed}"


def _leave(desk: Terminal) -> None:
    """Leave the inbox with Ctrl+C twice, which works from any place."""
    for _ in range(20):
        if desk.process.poll() is not None:
            return
        desk.type(b"\x03\x03")
        # While it ends, the terminal is as it was before: there Ctrl+C is a signal.
        with contextlib.suppress(subprocess.TimeoutExpired):
            desk.process.wait(3.0)


@pytest.mark.timeout(max(120, BURSTS))
def test_no_burst_ends_the_inbox(tmp_path: Path) -> None:
    template = tmp_path / "template.db"
    with open_terminal(("-m", "tests.ui.inbox_process", str(template)), NARROW, tmp_path) as desk:
        desk.shows("Chloe Martin")
        _leave(desk)
    failures, count, seed = list[str](), 0, FIRST_SEED
    while count < BURSTS:
        folder = tmp_path / str(seed)
        folder.mkdir()
        shutil.copy(template, folder / "desk.db")
        done, wrong = type_session(folder / "desk.db", seed)
        failures += [wrong] if wrong else []
        count, seed = count + done, seed + 1
        shutil.rmtree(folder)
    assert not failures, f"{len(failures)} of {seed - FIRST_SEED} sessions:\n" + "\n\n".join(
        failures
    )
