"""Addresses of pictures that a provider will fetch."""

import pytest

from tui.domain.message import InvalidPictureUrlError, parse_picture_urls


def test_addresses_are_separated_by_blanks_and_taken_once() -> None:
    text = " https://x.example/a.png\nhttp://y.example/b.gif https://x.example/a.png "
    assert parse_picture_urls(text) == ("https://x.example/a.png", "http://y.example/b.gif")
    assert parse_picture_urls("  ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "ftp://x.example/a",
        "javascript:alert(1)",
        "x.example/a.png",
        "https://",
        "https://me:secret@x.example/a",
        "https://x.example/\x1b[31m",
        "https://x.example/ą",
        "https://[::1",
        "https://x.example/" + "a" * 2_000,
        " ".join(f"https://x.example/{n}" for n in range(11)),
    ],
)
def test_what_cannot_be_fetched_is_refused(text: str) -> None:
    with pytest.raises(InvalidPictureUrlError):
        parse_picture_urls(text)
