"""Tab completes what can be typed, in three shells, from the parser alone."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tui.cli.arguments import COMMANDS

SHELLS = ("bash", "zsh", "fish")

BASH = """
source smsdesk.bash
COMP_LINE={line}; COMP_POINT={point}; COMP_TYPE=9; COMP_CWORD={word}; COMP_WORDS=({words})
_python_argcomplete smsdesk
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def needs(shell: str) -> None:
    """Skip the test on a machine without this shell."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")


class Shell:
    """A shell in which completion is set up, with one account in the settings."""

    def __init__(self, home: Path) -> None:
        """Install the program and the three scripts in a directory."""
        self.home = home
        program = home / "bin" / "smsdesk"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tui "$@"\n')
        program.chmod(0o755)
        for shell in SHELLS:
            script = self.run(["smsdesk", "completion", shell])
            (home / f"smsdesk.{shell}").write_text(script)

    def run(self, command: list[str]) -> str:
        """Return what a command prints; it must not fail."""
        account = "SMSDESK_ACCOUNTS__SUPPORT_AU__"
        environ = {
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            f"{account}PROVIDER": "messagemedia",
            f"{account}API_KEY": "sandbox",
            f"{account}API_SECRET": "sandbox-secret",
        }
        done = subprocess.run(
            command, cwd=self.home, env=environ, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""
        return done.stdout

    def complete_in_bash(self, line: str) -> list[str]:
        """Return the words that bash suggests at the end of a line."""
        words = line.split(" ")
        script = BASH.format(
            line=shlex.quote(line),
            point=len(line),
            word=len(words) - 1,
            words=" ".join(map(shlex.quote, words)),
        )
        return [word.rstrip() for word in self.run(["bash", "-c", script]).splitlines() if word]

    def complete_in_fish(self, line: str) -> list[str]:
        """Return the words that fish suggests at the end of a line."""
        script = f"source smsdesk.fish; complete -C {shlex.quote(line)}"
        return [found.partition("\t")[0] for found in self.run(["fish", "-c", script]).splitlines()]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a shell with completion."""
    return Shell(tmp_path)


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_has_no_syntax_error(shell: Shell, name: str) -> None:
    needs(name)
    assert shell.run([name, "-n", f"smsdesk.{name}"]) == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("smsdesk th", ["threads"]),
        ("smsdesk ", list(COMMANDS)),
        ("smsdesk messages --", ["--help", "--limit", "--json", "--config"]),
        ("smsdesk --config a.toml threads --j", ["--json"]),
        ("smsdesk export --format ", ["jsonl", "csv"]),
        ("smsdesk export --format=c", ["csv"]),
        ("smsdesk send --account ", ["support_au"]),
        ("smsdesk send --account x", []),
        ("smsdesk help key", ["keys"]),
        ("smsdesk help sen", ["send"]),
        ("smsdesk completion ", list(SHELLS)),
        ("smsdesk threads --limit ", []),
        ("smsdesk backup bi", ["bin/"]),
        ("smsdesk backup bin/", ["bin/smsdesk"]),
        ("smsdesk import contacts smsdesk.z", ["smsdesk.zsh"]),
        ("smsdesk --config=no/such/", []),
    ],
)
def test_bash_completes_what_can_be_typed(shell: Shell, line: str, expected: list[str]) -> None:
    needs("bash")
    assert shell.complete_in_bash(line) == expected


def test_fish_completes_what_can_be_typed(shell: Shell) -> None:
    needs("fish")
    assert shell.complete_in_fish("smsdesk th") == ["threads"]
    assert shell.complete_in_fish("smsdesk send --account ") == ["support_au"]
    assert shell.complete_in_fish("smsdesk backup bi") == ["bin/"]


def test_zsh_takes_the_script_as_its_completion_of_smsdesk(shell: Shell) -> None:
    needs("zsh")
    script = (
        "autoload -Uz compinit; compinit -u; source smsdesk.zsh; print -r -- ${_comps[smsdesk]}"
    )
    assert shell.run(["zsh", "-f", "-c", script]) == "_python_argcomplete\n"


def test_a_settings_file_with_an_error_completes_no_accounts_and_prints_nothing(
    shell: Shell,
) -> None:
    needs("bash")
    (shell.home / "bad.toml").write_text("no toml")
    assert shell.complete_in_bash("smsdesk --config bad.toml send --account ") == []
