"""Test which keys are named from where the agent is."""

import pytest

from tui.commands import COMMANDS, remap_keys
from tui.widgets.bindings import get_reachable_keys


@pytest.mark.parametrize(
    ("command_id", "outside", "inside"),
    [
        ("take_over", "T", "Esc T"),
        ("consent", "!", "Esc !"),
        ("show_drafts", "g d", "Esc g d"),
        ("schedule", "F5", "F5"),
        ("palette", ":", "Ctrl+K"),
        ("send", "Enter", "Enter"),
        ("new_line", "Alt+Enter", "Alt+Enter"),
        ("accounts", "F3", "F3"),
    ],
)
def test_a_key_is_named_as_it_works_where_the_agent_is(
    command_id: str, outside: str, inside: str
) -> None:
    assert get_reachable_keys(COMMANDS, is_writing=False)[command_id] == outside
    assert get_reachable_keys(COMMANDS, is_writing=True)[command_id] == inside


def test_a_command_without_keys_is_named_nowhere() -> None:
    commands = remap_keys({"take_over": (), "consent": ("f12",)})
    keys = get_reachable_keys(commands, is_writing=True)
    assert (keys["take_over"], keys["consent"]) == ("", "Esc F12")
