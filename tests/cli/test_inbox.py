"""Test the options of `smsdesk` without a command."""

from pathlib import Path

import pytest

from tui.cli.inbox import load_inbox_settings
from tui.cli.parse_arguments import parse_arguments


@pytest.mark.parametrize(
    ("arguments", "setting", "ascii"),
    [
        ([], "", None),
        ([], "true", True),
        (["--ascii"], "", True),
        (["--ascii"], "false", True),
    ],
)
def test_ascii_is_chosen_by_option_or_setting(
    arguments: list[str],
    setting: str,
    ascii: bool | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("SMSDESK_CONFIG", raising=False)
    monkeypatch.delenv("SMSDESK_ASCII", raising=False)
    if setting:
        monkeypatch.setenv("SMSDESK_ASCII", setting)
    assert load_inbox_settings(parse_arguments(arguments)).ascii is ascii
