"""Test that a held item is shown as text that can be read, and without the account's secret."""

import gzip

import pytest

from tui.desk.held_text import format_content
from tui.domain.arrivals import Arrival, Channel

WORDS = "text=Где посылка?"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WORDS.encode(), ""),
        (WORDS.encode("utf-16"), ""),
        (WORDS.encode("utf-16-be"), "text/plain; charset=utf-16be"),
        (WORDS.encode("cp1251"), "text/plain; charset=windows-1251"),
        (gzip.compress(WORDS.encode()), ""),
        (gzip.compress(WORDS.encode())[:-4], "application/json"),
    ],
)
def test_a_body_is_shown_as_text(body: bytes, content_type: str) -> None:
    arrival = Arrival(Channel.PUSH, body, headers={"content-type": content_type})
    assert format_content(arrival) == WORDS


@pytest.mark.parametrize("body", [b"\0\1\2\3\4\5", b"\x1f\x8b\x08damaged"])
def test_what_is_no_text_is_shown_as_digits(body: bytes) -> None:
    assert format_content(Arrival(Channel.PUSH, body)) == body.hex(" ")


def test_a_character_at_the_cut_does_not_change_the_charset_of_the_others() -> None:
    shown = format_content(Arrival(Channel.PUSH, b"a" + "é".encode() * 100), limit=10)
    assert shown == "aéééééééé…"


@pytest.mark.parametrize("slash", ["/", r"\/", "%2F", "%2f", "%252F", r"\u002f", "&#x2F;"])
@pytest.mark.parametrize("end", ["", '"', "&x=1", "?x=1", " x"])
def test_the_secret_in_an_echoed_address_is_hidden(slash: str, end: str) -> None:
    path = slash.join(["https:", "", "x", "hooks", "au", "s3.c~r-et", "ref"])
    shown = format_content(Arrival(Channel.PUSH, f"callback_url={path}{end}".encode()))
    assert "s3" not in shown
    assert shown.endswith(f"{slash}ref{end}")
