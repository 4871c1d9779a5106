"""Sign requests with MessageMedia's HMAC authentication.

The provider rebuilds the signed text from the names listed in the header, so each name is
spelled the same in the header and in the signed text. The documentation names SHA-256, its
older text SHA-1; both are supported.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate

from tui.clock import SECOND, Clock

HMAC_ALGORITHMS = {"hmac-sha256": "sha256", "hmac-sha1": "sha1"}
"""Hash names of the `hashlib` module by the provider's names."""


class HmacSigner:
    """Sign each request with the account's secret (MessageMedia API, HMAC authentication)."""

    def __init__(self, api_key: str, api_secret: str, algorithm: str, clock: Clock) -> None:
        """Create the signer of one account.

        Args:
            api_key: Key that names the account.
            api_secret: Secret that signs.
            algorithm: A key of `HMAC_ALGORITHMS`.
            clock: Source of the date of each request.
        """
        self._api_key = api_key
        self._secret = api_secret.encode()
        self._algorithm = algorithm
        self._hash = HMAC_ALGORITHMS[algorithm]
        self._clock = clock

    def sign_request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return `Date`, `Content-MD5` if there is a body, and `Authorization`.

        Args:
            method: HTTP method.
            target: Path and query exactly as they are sent.
            headers: Headers that the request has already; they are not signed.
            body: Body exactly as it is sent.
        """
        signed = {"Date": formatdate(self._clock.now() / SECOND, usegmt=True)}
        if body:
            # The API demands MD5 here; the security lies in the HMAC over this header.
            signed["Content-MD5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        lines = [f"{name}: {value}" for name, value in signed.items()]
        lines.append(f"{method} {target} HTTP/1.1")
        return {
            **signed,
            "Authorization": self._build_authorization([*signed, "request-line"], lines),
        }

    def _build_authorization(self, names: list[str], lines: list[str]) -> str:
        """Return the header that names what is signed and holds the signature."""
        digest = hmac.new(self._secret, "\n".join(lines).encode(), self._hash).digest()
        return (
            f'hmac username="{self._api_key}", algorithm="{self._algorithm}", '
            f'headers="{" ".join(names)}", signature="{base64.b64encode(digest).decode()}"'
        )
