"""Every key is shown as it is printed on a keyboard."""

import string

import pytest
from textual.keys import _character_to_key

from tui.desk.key_names import format_key


@pytest.mark.parametrize("sign", string.punctuation)
def test_a_sign_is_shown_as_itself(sign: str) -> None:
    assert format_key(_character_to_key(sign)) == sign


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("ctrl+e", "Ctrl+E"),
        ("alt+enter", "Alt+Enter"),
        ("f5", "F5"),
        ("g slash", "g /"),
        ("pagedown", "PgDn"),
        ("a", "a"),
        ("A", "A"),
        ("space", "Space"),
        ("tab", "Tab"),
        ("shift+tab", "Shift+Tab"),
        ("ctrl+end", "Ctrl+End"),
        ("ctrl+f5", "Ctrl+F5"),
        ("right", "→"),
        ("left", "←"),
        ("delete", "Delete"),
        ("backspace", "Backspace"),
        ("ctrl+underscore", "Ctrl+_"),
    ],
)
def test_a_key_is_shown_as_people_call_it(key: str, label: str) -> None:
    assert format_key(key) == label
