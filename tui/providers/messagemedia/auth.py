"""MessageMedia's HMAC authentication: what proves that a request is ours and unchanged.

The provider rebuilds the signed text from the names listed in the header, so the names here and
in the signed text are spelled alike. The documentation names SHA-256, its older text SHA-1.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate

from tui.clock import SECOND, Clock

HMAC_ALGORITHMS = {"hmac-sha256": "sha256", "hmac-sha1": "sha1"}
"""The provider's names of the two hashes, and ours."""


class HmacSigner:
    """Signs each request with the account's secret (MessageMedia API, HMAC authentication)."""

    def __init__(self, api_key: str, api_secret: str, algorithm: str, clock: Clock) -> None:
        """`algorithm` is a key of `HMAC_ALGORITHMS`; `clock` dates the requests."""
        self._api_key = api_key
        self._secret = api_secret.encode()
        self._algorithm = algorithm
        self._hash = HMAC_ALGORITHMS[algorithm]
        self._clock = clock

    def sign(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """`Date`, `Content-MD5` where there is a body, and `Authorization`."""
        signed = {"Date": formatdate(self._clock.now() / SECOND, usegmt=True)}
        if body:
            signed["Content-MD5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        lines = [f"{name}: {value}" for name, value in signed.items()]
        lines.append(f"{method} {target} HTTP/1.1")
        return {**signed, "Authorization": self._authorization([*signed, "request-line"], lines)}

    def _authorization(self, names: list[str], lines: list[str]) -> str:
        """The header that names what is signed, and the signature over it."""
        digest = hmac.new(self._secret, "\n".join(lines).encode(), self._hash).digest()
        return (
            f'hmac username="{self._api_key}", algorithm="{self._algorithm}", '
            f'headers="{" ".join(names)}", signature="{base64.b64encode(digest).decode()}"'
        )
