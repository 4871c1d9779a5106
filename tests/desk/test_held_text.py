"""Test that a held item is shown as text that can be read, and without the account's secret."""

import gzip
import random

import pytest

from tui.desk.held_text import format_content, format_excerpt
from tui.domain.arrivals import Arrival, Channel

WORDS = "text=Где посылка?"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WORDS.encode(), ""),
        (WORDS.encode("utf-16"), ""),
        (WORDS.encode("utf-16-be"), "text/plain; charset=utf-16be"),
        (WORDS.encode("cp1251"), "text/plain; charset=windows-1251"),
        (gzip.compress(WORDS.encode(), mtime=0), ""),
        (gzip.compress(WORDS.encode(), mtime=0)[:-4], "application/json"),
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


def make_arrival(body: bytes) -> Arrival:
    """Return a push with this body."""
    return Arrival(Channel.PUSH, body, method="POST")


def test_a_text_that_is_cut_inside_of_a_character_stays_readable() -> None:
    for start in range(4):
        arrival = make_arrival(b"x" * start + "漢字🙂".encode() * 3_000)
        assert "漢字🙂" in format_content(arrival)
        assert "漢字🙂" in format_excerpt(arrival)


def test_bytes_that_are_no_text_are_hexadecimal_in_the_list_too() -> None:
    for seed in range(50):
        arrival = make_arrival(random.Random(seed).randbytes(10_000))
        start = arrival.body[:4].hex(" ")
        assert format_content(arrival).startswith(start)
        assert format_excerpt(arrival).startswith(start)


def test_text_in_a_code_page_is_text() -> None:
    for text in ("Grüße, Jürgen", "à bientôt"):
        assert format_content(make_arrival(text.encode("cp1252"))) == text
    assert format_content(make_arrival(b"Gr\xfc\xdfe\x1b[2J")) == "Grüße␛[2J"
