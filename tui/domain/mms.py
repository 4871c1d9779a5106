"""Check the URLs of pictures for an MMS: the provider fetches them, so they must be public."""

from urllib.parse import urlsplit

_MAX_PICTURES = 10
_MAX_URL_LENGTH = 2_000


class InvalidPictureUrlError(ValueError):
    """A URL that no provider can fetch; the message says why, on one line."""


def parse_picture_urls(text: str) -> tuple[str, ...]:
    """Return the URLs in `text`, which are separated by blanks, each once.

    Raises:
        InvalidPictureUrlError: One of them cannot be fetched, or there are too many.
    """
    found = tuple(dict.fromkeys(text.split()))
    if len(found) > _MAX_PICTURES:
        raise InvalidPictureUrlError(f"At most {_MAX_PICTURES} pictures")
    for address in found:
        _check_url(address)
    return found


def _check_url(address: str) -> None:
    """Raise `InvalidPictureUrlError` unless it is http or https with a host, in plain ASCII."""
    if len(address) > _MAX_URL_LENGTH:
        raise InvalidPictureUrlError(f"An address is longer than {_MAX_URL_LENGTH} characters")
    if not address.isascii() or not address.isprintable():
        raise InvalidPictureUrlError("An address has only ASCII letters: write others as %..")
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        raise InvalidPictureUrlError("Not an address: it begins with https://") from None
    if parts.scheme not in ("http", "https"):
        raise InvalidPictureUrlError("An address begins with https:// or http://")
    if not host or parts.username is not None:
        raise InvalidPictureUrlError("An address needs a host, and no user name in it")
