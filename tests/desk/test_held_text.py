"""Test how held items are shown: as text where they are text, harmless always."""

import random

from tui.desk.held_text import format_content, format_excerpt
from tui.domain.arrivals import Arrival, Channel


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
