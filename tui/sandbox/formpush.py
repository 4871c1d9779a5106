"""Pushes whose body is a form, for the providers that sign nothing and expect any 2xx."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from tui.sandbox.push import Push

FORM = "application/x-www-form-urlencoded"


def urlencoded(fields: Mapping[str, object]) -> bytes:
    """A form in UTF-8; a lone surrogate becomes the three bytes that a careless encoder writes."""
    return urlencode(fields, errors="surrogatepass").encode("ascii")


def form_push(
    url: str, fields: Mapping[str, object], pauses: tuple[float, ...], delivered: Callable[[], None]
) -> Push:
    """A POST of these fields, repeated after `pauses` in seconds."""
    return Push(
        url,
        urlencoded(fields),
        headers={"Content-Type": FORM},
        pauses=pauses,
        delivered=delivered,
    )
