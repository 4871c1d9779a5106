"""Test outside text: repaired on entry, harmless on output, otherwise unchanged."""

import json
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain.file_names import to_safe_file_name
from tui.domain.text import one_line, repair_json, repair_text, to_printable

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
NASTY_TEXT = st.text(
    st.sampled_from(
        "ab e\u0301\u0302\u200d\u200c\u200b\u202e\n\r\t\v\x00\x1b\x85\u2028\x9b\ufe0f"
        "👨👩\ud83d\ude00\ue000\u3164\u034f\uffff"
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("plain", "plain"),
        ("Zażółć 😀", "Zażółć 😀"),
        ("\ud83d\ude00", "😀"),
        ("a\ud83db", "a\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("a\0b", "a\ufffdb"),
        ("ż\0", "ż\ufffd"),
        ("\x1b[31m\u202e", "\x1b[31m\u202e"),
    ],
)
def test_repair_replaces_only_surrogates_and_null(raw: str, stored: str) -> None:
    assert repair_text(raw) == stored


@given(ANY_TEXT | NASTY_TEXT)
def test_repaired_text_can_be_stored(text: str) -> None:
    repaired = repair_text(text)
    assert repaired.encode().decode() == repaired
    assert "\0" not in repaired
    assert repair_text(repaired) == repaired


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_valid_text_is_stored_unchanged(text: str) -> None:
    assert repair_text(text) == text


def test_repair_json_repairs_keys_at_every_depth() -> None:
    body = json.loads(r'{"k\ud83d": ["\u0000", {"x": "\ud83d\ude00"}, 1, null, true, 2.5]}')
    repaired = {"k\ufffd": ["\ufffd", {"x": "😀"}, 1, None, True, 2.5]}
    assert repair_json(body) == repaired


def test_repair_json_does_not_change_its_argument() -> None:
    body = {"texts": ["\0"]}
    repair_json(body)
    assert body == {"texts": ["\0"]}


@pytest.mark.parametrize("bare", ["\0", 7, None, True])
def test_repair_json_accepts_a_bare_value(bare: object) -> None:
    assert repair_json(bare) == ("\ufffd" if bare == "\0" else bare)


def test_repair_json_accepts_any_depth() -> None:
    deep: list[object] = ["\0"]
    for _ in range(50_000):
        deep = [deep]
    repaired = repair_json(deep)
    for _ in range(50_000):
        repaired = repaired[0]
    assert repaired == ["\ufffd"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("as written [/] [@click=app.quit]x[/]", "as written [/] [@click=app.quit]x[/]"),
        ("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb", "a    b"),
        ("\x1b]52;c;eA==\x07", "␛]52;c;eA==␇"),
        ("\x00\x08\x1f\x7f", "␀␈␟␡"),
        ("\x9b31m\x90", "\ufffd31m\ufffd"),
        ("\ud83d", "\ufffd"),
        ("\ue000\U000f0000", "\ufffd\ufffd"),
        ("\u0378\uffff", "\ufffd\ufffd"),
        ("\U0001faff", "\U0001faff"),
        ("\U0001f8ff", "\U0001f8ff"),
        ("a\u202eb\u2066c\u200b\u00ad\ufeff\U000e0041d", "abcd"),
        ("a\u034f\u115f\u1160\u17b4\u180e\u2800\u3164\uffa0\U000e0100b", "ab"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 6),
        ("\u0301a", "\u25cc\u0301a"),
        ("a\n\u0301b", "a\n\u25cc\u0301b"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("a\u200d\u200d\u200cb", "a\u200db"),
        ("\u200da", "a"),
        (" \u200da", " a"),
        ("نامه\u200cها", "نامه\u200cها"),
        ("क्\u200dष", "क्\u200dष"),
        ("", ""),
    ],
)
def test_printable_keeps_visible_text_and_replaces_the_rest(raw: str, shown: str) -> None:
    assert to_printable(raw) == shown


def is_harmless(char: str) -> bool:
    """Return whether one shown character can neither control nor spoil a terminal."""
    category = unicodedata.category(char)
    if category == "Cn":
        return ord(char) in range(0x1F000, 0x1FC00)
    return char in "\n\u200c\u200d" or category not in ("Cc", "Cf", "Cs", "Co")


@given(ANY_TEXT | NASTY_TEXT)
@example("\r\u200b\n")
@example("\u25cc\u0301\u200d\u0301\u200d")
def test_printable_text_cannot_control_a_terminal(text: str) -> None:
    shown = to_printable(text)
    assert all(map(is_harmless, shown))
    assert to_printable(shown) == shown


@given(ANY_TEXT | NASTY_TEXT)
def test_printable_stacks_at_most_six_marks_and_one_joiner(text: str) -> None:
    marks, joiners, based = 0, 0, False
    for char in to_printable(text):
        if char in "\u200c\u200d":
            joiners += 1
        elif unicodedata.category(char).startswith("M"):
            marks += 1
        else:
            marks, joiners, based = 0, 0, char != "\n"
        assert marks <= 6
        assert joiners <= 1
        assert based or char == "\n"


@given(NASTY_TEXT, st.integers(min_value=0, max_value=20))
def test_a_limit_is_respected_and_cutting_again_changes_nothing(text: str, limit: int) -> None:
    shown = to_printable(text, limit=limit)
    assert len(shown) <= limit
    assert to_printable(shown, limit=limit) == shown


def test_a_cut_text_ends_in_an_ellipsis() -> None:
    assert to_printable("abcdef", limit=4) == "abc…"
    assert to_printable("abcd", limit=4) == "abcd"
    assert to_printable("👨\u200d👩", limit=3) == "👨\u200d👩"
    assert to_printable("👨\u200d👩\u200d👧", limit=3) == "👨…"


def test_only_the_start_of_a_long_text_is_processed() -> None:
    assert to_printable("\u200b" * 1_000_000 + "x", limit=10) == "…"


def test_a_preview_is_one_line() -> None:
    assert one_line("Dzień dobry,\r\nczekam\x1b[2J") == "Dzień dobry,⏎czekam␛[2J"
    assert one_line("a" * 300) == "a" * 199 + "…"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Zdjęcie łódź.jpeg", "Zdjęcie łódź.jpeg"),
        ("नमस्ते.png", "नमस्ते.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("a\0b\x1b[31m\n.txt", "a_b__31m.txt"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("-rf *", "rf"),
        ("~/.ssh", "ssh"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("no.suffix at all here", "no.suffix at all here"),
        ("$(reboot);`x`|y", "(reboot)__x__y"),
        ("", "attachment"),
        ("...", "attachment"),
        ("///", "attachment"),
        ("\x00\x1b", "attachment"),
    ],
)
def test_a_file_name_from_outside_is_harmless(name: str, kept: str) -> None:
    assert to_safe_file_name(name, "attachment") == kept


@given(ANY_TEXT | NASTY_TEXT | st.text("./\\ -_~\0ab", max_size=12))
def test_no_file_name_points_outside_its_directory(name: str) -> None:
    kept = to_safe_file_name(name, "attachment")
    assert kept not in ("", ".", "..")
    assert not kept.startswith((".", "-", "~", " "))
    assert not set(kept) & set("/\\:*?\"<>|\0\n\x1b$`;'")
    assert len(kept.encode()) <= 121


def test_a_long_file_name_keeps_its_suffix() -> None:
    kept = to_safe_file_name("ż" * 300 + ".jpeg", "attachment")
    assert kept.endswith("ż.jpeg")
    assert len(kept.encode()) <= 120


def test_modules_for_the_first_paint_have_no_heavy_imports() -> None:
    probe = (
        "import sys, tui.domain.text, tui.domain.text, tui.domain.consent, tui.domain.phone,"
        " tui.domain.sms; print({'phonenumbers', 'wcwidth', 'gsmcodecs'} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True)
    assert loaded.stdout.strip() == b"set()"
