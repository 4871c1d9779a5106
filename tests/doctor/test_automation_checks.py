"""Test that doctor finds what is wrong with hooks and webhooks before an event comes."""

from pathlib import Path

import pytest

from tui.doctor.automation_checks import check_hooks
from tui.settings.public import Preferences
from tui.settings.values import Webhook

ENVIRON = {"PATH": "/usr/bin:/bin"}


def list_lines(desk: Preferences) -> list[str]:
    """Return the lines of the checks."""
    return [result.line for result in check_hooks(desk, 0, ENVIRON)]


@pytest.mark.parametrize(
    ("secret", "line"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "is empty: write a secret into it"),
        ("whsec_***", "holds no secret: text, or whsec_ and base64"),
        ("any text", ""),
    ],
)
def test_a_secret_that_cannot_sign_is_found(tmp_path: Path, secret: str | None, line: str) -> None:
    file = tmp_path / "secret"
    if secret is not None:
        file.write_text(secret)
    webhooks = {"crm": Webhook("https://crm.example.com", str(file))}
    desk = Preferences(database=tmp_path / "inbox.db", webhooks=webhooks)
    assert list_lines(desk) == ([f"webhook crm: {file} {line}"] if line else [])


def test_an_address_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("any text")
    webhook = Webhook(f"file:{tmp_path}/url", str(tmp_path / "secret"))
    desk = Preferences(database=tmp_path / "inbox.db", webhooks={"crm": webhook})
    line = f"webhook crm: {tmp_path}/url cannot be read (No such file or directory)"
    assert list_lines(desk) == [line]


def test_programs_that_are_not_there_and_hooks_of_rules_are_named(tmp_path: Path) -> None:
    hooks: dict[str, tuple[str, ...]] = {
        "reply": ("/nowhere/on-reply",),
        "crm": ("sh",),
        "note": ("sh",),
    }
    desk = Preferences(database=tmp_path / "inbox.db", hooks=hooks)
    assert list_lines(desk) == [
        "hook reply: /nowhere/on-reply is not there, or is not a program",
        "hook crm: only rules run it, as no kind of event has this name",
    ]
