"""Build pushes whose body is a form, for the providers that sign nothing and expect any 2xx."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from tui.sandbox.push import PushRequest

FORM = "application/x-www-form-urlencoded"


def encode_form(fields: Mapping[str, object]) -> bytes:
    """Return a form in UTF-8.

    A lone surrogate becomes the three bytes that a careless encoder writes.

    Args:
        fields: Fields of the form; values are converted with `str`.
    """
    return urlencode(fields, errors="surrogatepass").encode("ascii")


def build_form_push(
    url: str, fields: Mapping[str, object], pauses: tuple[float, ...], delivered: Callable[[], None]
) -> PushRequest:
    """Return a POST of a form.

    Args:
        url: Address of the desk.
        fields: Fields of the form.
        pauses: Seconds before each repetition.
        delivered: Called once when the desk has accepted it.
    """
    return PushRequest(
        url,
        encode_form(fields),
        headers={"Content-Type": FORM},
        pauses=pauses,
        on_delivered=delivered,
    )
